//! Templates of real manifests, rendered and compared with what dbt itself made of them. Without them this says so and passes.
//!
//! `FORESHOCK_SHOW=different` prints every text that differs, `refused` every refusal, and any other word the nodes with it in
//! their names. `FORESHOCK_MANIFESTS` takes more manifests than those of the corpus, separated as in `PATH`.
#![allow(clippy::print_stderr, reason = "says what was compared, and what was not there")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use foreshock_core::jinja::{
    Data, Incremental, MacroTemplate, ModelTemplate, Project, Quoted, Refusal, Relation, RelationPlace, Rendered,
    Target, Templates, Why, render,
};
use foreshock_tests::repository;

/// What a manifest holds, as the renderer takes it; and dbt's own text beside it.
fn templates(manifest: &Data) -> (Templates, Vec<(String, String)>) {
    let text = |node: &Data, key: &str| node.get(key).and_then(Data::as_text).map(str::to_owned);
    let entries = |section: &str| match manifest.get(section) {
        Some(Data::Map(entries)) => entries.as_slice(),
        _ => &[],
    };
    let metadata = manifest.get("metadata").cloned().unwrap_or_default();
    let mut templates = Templates {
        project: Project {
            name: text(&metadata, "project_name").unwrap_or_default(),
            adapter_type: text(&metadata, "adapter_type").unwrap_or_default(),
            dbt_version: text(&metadata, "dbt_version").unwrap_or_default(),
            target: Target::default(),
            run_started_at: text(&metadata, "run_started_at").or(text(&metadata, "generated_at")),
            invocation_id: text(&metadata, "invocation_id"),
            ..Project::default()
        },
        ..Templates::default()
    };
    let mut expected = Vec::new();
    for (id, node) in entries("macros") {
        templates.macros.push(MacroTemplate {
            unique_id: id.clone(),
            package: text(node, "package_name").unwrap_or_default(),
            name: text(node, "name").unwrap_or_default(),
            sql: text(node, "macro_sql").unwrap_or_default(),
        });
    }
    for (id, node) in entries("nodes").iter().chain(entries("sources")) {
        let kind = text(node, "resource_type").unwrap_or_default();
        let config = node.get("config").cloned().unwrap_or_default();
        let ephemeral = config.get("materialized").and_then(Data::as_text) == Some("ephemeral");
        let version = |key: &str| match node.get(key) {
            Some(Data::Int(version)) => Some(version.to_string()),
            Some(Data::Float(version)) => Some(version.to_string()),
            Some(Data::Text(version)) => Some(version.clone()),
            _ => None,
        };
        let place = RelationPlace {
            relation_name: text(node, "relation_name"),
            database: text(node, "database"),
            schema: text(node, "schema"),
            identifier: text(node, "alias").or(text(node, "identifier")),
            quoted: (kind == "source" && metadata.get("quoting").is_some()).then(|| quoted(node)),
        };
        let refers = matches!(kind.as_str(), "model" | "seed" | "snapshot" | "source");
        let package = text(node, "package_name").unwrap_or_default();
        let name = text(node, "name").unwrap_or_default();
        if refers {
            templates.relations.push(Relation {
                unique_id: id.clone(),
                package: package.clone(),
                name: name.clone(),
                source: (kind == "source").then(|| text(node, "source_name").unwrap_or_default()),
                version: version("version"),
                latest_version: version("latest_version"),
                ephemeral,
                place: place.clone(),
            });
        }
        let raw = text(node, "raw_code").or(text(node, "raw_sql")).filter(|raw| !raw.is_empty());
        let (Some(raw_code), true) = (raw, text(node, "language").is_none_or(|language| language == "sql")) else {
            continue;
        };
        if !matches!(kind.as_str(), "model" | "snapshot" | "test") {
            continue;
        }
        let compiled = text(node, "compiled_code").or(text(node, "compiled_sql")).filter(|code| !code.is_empty());
        expected.extend(compiled.map(|code| (id.clone(), code)));
        let depends_on = match node.get("depends_on").and_then(|depends| depends.get("nodes")) {
            Some(Data::List(nodes)) => nodes.iter().filter_map(Data::as_text).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let keys = ["alias", "tags", "description", "columns", "path", "original_file_path", "fqn", "meta", "version"];
        templates.models.push(ModelTemplate {
            unique_id: id.clone(),
            package,
            name,
            resource_type: kind,
            raw_code,
            config,
            depends_on,
            this: refers.then_some(place),
            test_kwargs: node.get("test_metadata").and_then(|test| test.get("kwargs")).cloned(),
            others: keys.iter().filter_map(|key| Some(((*key).to_owned(), node.get(key)?.clone()))).collect(),
        });
    }
    if templates.project.name.is_empty() {
        templates.project.name = root_package(&templates);
    }
    let own = templates
        .models
        .iter()
        .filter(|model| model.package == templates.project.name && model.resource_type == "model");
    templates.project.target = Target::inferred(&own.filter_map(|model| Some((model.this.as_ref()?, &model.config))));
    (templates, expected)
}

fn quoted(node: &Data) -> Quoted {
    let of = |part: &str| match node.get("quoting").and_then(|quoting| quoting.get(part)) {
        Some(Data::Bool(quoted)) => Some(*quoted),
        _ => None,
    };
    Quoted { database: of("database"), schema: of("schema"), identifier: of("identifier") }
}

/// Old manifests do not name their project: it is where most models are.
fn root_package(templates: &Templates) -> String {
    let mut packages: Vec<&str> = templates.models.iter().map(|model| model.package.as_str()).collect();
    packages.sort_unstable();
    let runs = packages.chunk_by(|left, right| left == right);
    runs.max_by_key(|run| run.len()).map_or(String::new(), |run| run[0].to_owned())
}

/// SQL without what white space there is between its words.
fn normal(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    for word in sql.split_whitespace() {
        let joins = |c: char| c.is_alphanumeric() || c == '_';
        if out.chars().next_back().is_some_and(joins) && word.chars().next().is_some_and(joins) {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// A project, its target's schema, and its variables.
type Settings = (&'static str, Option<&'static str>, &'static [(&'static str, &'static str)]);

/// What a person would have to say of these projects, and their manifests do not.
const SETTINGS: &[Settings] = &[(
    "daily_spellbook",
    Some("wizard"),
    &[("DBT_ENV_INCREMENTAL_TIME_UNIT", "day"), ("DBT_ENV_INCREMENTAL_TIME", "3")],
)];

#[derive(Default, Debug, Clone, Copy)]
struct Count {
    equal: usize,
    different: usize,
    refused: usize,
    database: usize,
}

fn manifests() -> Vec<PathBuf> {
    let corpus = repository("../shared/corpus");
    let mut found = Vec::new();
    let mut pending = vec![corpus.join("manifests"), corpus.join("wt04")];
    while let Some(folder) = pending.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() {
                pending.push(path);
            } else if is_manifest(&path) {
                found.push(path);
            }
        }
    }
    found.extend(std::env::var_os("FORESHOCK_MANIFESTS").iter().flat_map(std::env::split_paths));
    found.sort();
    found
}

fn is_manifest(path: &Path) -> bool {
    let name = path.file_name().expect("a name").to_string_lossy();
    let json = path.extension().is_some_and(|extension| extension == "json" || extension == "gz");
    json && name.contains("manifest")
}

/// The bytes of a manifest, unpacked where the machine can.
fn bytes(path: &Path) -> Option<Vec<u8>> {
    if path.extension().is_some_and(|extension| extension == "gz") {
        return Command::new("gzip").arg("-dc").arg(path).output().ok().map(|output| output.stdout);
    }
    fs::read(path).ok()
}

fn compare(path: &Path, show: Option<&str>) -> Option<Count> {
    let data: Data = serde_json::from_slice(&bytes(path)?).ok()?;
    let (mut templates, expected) = templates(&data);
    if expected.is_empty() || templates.macros.is_empty() {
        return None;
    }
    for (name, schema, vars) in SETTINGS {
        if templates.project.name == *name {
            templates.project.target.schema = schema.map(str::to_owned);
            templates.project.vars =
                vars.iter().map(|(name, value)| ((*name).to_owned(), Data::Text((*value).to_owned()))).collect();
        }
    }
    let start = Instant::now();
    let rendered = render(&templates);
    let took = start.elapsed();
    let rendered: BTreeMap<&str, &Result<Rendered, Refusal>> =
        rendered.iter().map(|rendering| (rendering.unique_id.as_str(), &rendering.result)).collect();
    let mut count = Count::default();
    for (id, compiled) in &expected {
        let result = rendered[id.as_str()];
        let wanted = normal(compiled);
        match result {
            // What dbt compiled on top of a table cannot be told from what it compiled anew.
            Ok(Rendered { sql, incremental: Some(Incremental::Refused(refusal)), .. }) if normal(sql) != wanted => {
                count.refused += 1;
                count.database += usize::from(refusal.why == Why::Database);
            }
            Ok(rendered) => {
                let incremental = match &rendered.incremental {
                    Some(Incremental::Sql(sql)) => normal(sql) == wanted,
                    _ => false,
                };
                if normal(&rendered.sql) == wanted || incremental {
                    count.equal += 1;
                } else {
                    count.different += 1;
                    if show.is_some_and(|show| show == "different" || id.contains(show)) {
                        eprintln!(
                            "different: {id}\nassumed {:?}\n--- dbt\n{compiled}\n--- here\n{}\n",
                            rendered.assumed, rendered.sql
                        );
                    }
                }
            }
            Err(refusal) => {
                count.refused += 1;
                count.database += usize::from(refusal.why == Why::Database);
                if show.is_some_and(|show| show == "refused" || id.contains(show)) {
                    eprintln!("refused: {id} {refusal:?}");
                }
            }
        }
    }
    let name = path.strip_prefix(repository("../shared/corpus")).unwrap_or(path);
    eprintln!(
        "{:60} {:5} equal {:5} different {:5} refused ({} ask the database) of {} in {took:?} ({} templates)",
        name.display(),
        count.equal,
        count.different,
        count.refused,
        count.database,
        expected.len(),
        templates.models.len()
    );
    Some(count)
}

#[test]
fn templates_render_to_what_dbt_compiled_them_to() {
    let show = std::env::var("FORESHOCK_SHOW").ok();
    let mut total = Count::default();
    for path in manifests() {
        // Its compiled code is not dbt's: another tool wrote NULL for every macro.
        if path.ends_with("docglow_jaffle_target/manifest.json") {
            continue;
        }
        let Some(count) = compare(&path, show.as_deref()) else { continue };
        total.equal += count.equal;
        total.different += count.different;
        total.refused += count.refused;
        total.database += count.database;
    }
    if total.equal == 0 {
        eprintln!("not run: there is no corpus at {}", repository("../shared/corpus").display());
        return;
    }
    // Whoever asks the database must be refused; of all the others dbt needs no more than what is here and in its settings.
    let offline = total.equal + total.different + total.refused - total.database;
    eprintln!("{total:?}: {:.2} % of those that ask no database are equal", per_cent(total.equal, offline));
    assert_eq!(total.different, 0, "a wrong text is worse than none");
    assert!(total.equal * 100 >= offline * 96, "{total:?}");
}

#[allow(clippy::cast_precision_loss, reason = "a share to be read")]
fn per_cent(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole as f64
}
