//! Templates of real manifests, rendered and compared with what dbt itself made of them. Without them this says so and passes.
//!
//! `FORESHOCK_SHOW=different` prints every text that differs, `refused` every refusal, and any other word the nodes with it in
//! their names. `FORESHOCK_MANIFESTS` takes more manifests than those of the corpus, separated as in `PATH`.
#![allow(clippy::print_stderr, reason = "says what was compared, and what was not there")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::time::Instant;

use foreshock_core::TemplateOptions;
use foreshock_core::dbt::{Sql, open_project};
use foreshock_core::jinja::{Data, Incremental, Refusal, Rendered, Templates, Why, render};
use foreshock_core::outcome::NodeKind;
use foreshock_tests::repository;

/// What a manifest holds, as the renderer takes it; and dbt's own text beside it.
fn templates(manifest: Vec<u8>) -> Option<(Templates, Vec<(String, String)>)> {
    let project = open_project("manifest.json", Rc::new(manifest)).0?;
    let rendered = [NodeKind::Model, NodeKind::Snapshot, NodeKind::Test];
    let wanted: Vec<usize> = (0..project.nodes.len())
        .filter(|ix| {
            let node = &project.nodes[*ix];
            rendered.contains(&node.kind) && !matches!(node.sql, Sql::Foreign(_))
        })
        .collect();
    let (_, schema, vars) = SETTINGS.iter().find(|(name, ..)| project.facts.name == *name).copied().unwrap_or_default();
    let vars = vars.iter().map(|(name, value)| ((*name).to_owned(), Data::Text((*value).to_owned()))).collect();
    let mut templates =
        project.templates(wanted.iter().copied(), &TemplateOptions { vars, ..TemplateOptions::default() })?;
    templates.project.target.schema = schema.map(str::to_owned).or(templates.project.target.schema.take());
    let expected = wanted.iter().filter_map(|ix| Some((project.id(*ix).to_owned(), project.sql(*ix)?.to_owned())));
    Some((templates, expected.collect()))
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
    let (templates, expected) = templates(bytes(path)?)?;
    if expected.is_empty() || templates.macros.is_empty() {
        return None;
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
