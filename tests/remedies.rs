//! The drafts for the worked example: what they leave broken, that their patch applies, and that nothing in them is guessed.

use std::fs;
use std::path::Path;
use std::process::Command;

use foreshock_core::documents::{Document, from_template};
use foreshock_core::outcome::Outcome;
use foreshock_core::remedy;
use foreshock_core::review::Remedy;
use foreshock_core::{InputFile, Session};
use foreshock_tests::{example_file, made_up, repository, session};

const PROJECT: &str = "tests/engines/dbt_projects/acme_analytics";
const SOURCES: &str = "models/staging/_sources.yml";

fn files(names: &[&str]) -> Vec<InputFile> {
    names.iter().map(|name| example_file(name)).collect()
}

fn with_sources(names: &[&str]) -> Session {
    let text = fs::read_to_string(repository(PROJECT).join(SOURCES)).expect("the project's sources");
    let mut files = files(names);
    files.push(made_up(SOURCES, text));
    session(files)
}

const ALL: [&str; 4] =
    ["manifest.json", "catalog.json", "V042__accounts_migration.sql", "U042__accounts_migration.sql"];

fn kind<'r>(remedies: &'r [Remedy], kind: &str) -> &'r Remedy {
    remedies.iter().find(|remedy| remedy.kind == kind).unwrap_or_else(|| panic!("a remedy of the kind {kind}"))
}

fn left(remedy: &Remedy) -> usize {
    remedy.residual.as_ref().expect("it was judged").after
}

#[test]
fn with_the_way_back_given_the_shim_leaves_nothing_broken() {
    let remedies = with_sources(&ALL).remedies();
    let shim = kind(&remedies, "staging_shim");
    assert_eq!(left(shim), 0, "{:?}", shim.residual);
    assert!(shim.residual.as_ref().is_some_and(|residual| residual.before == 46 && residual.unknown == 0));
    assert!(shim.decisions.is_empty(), "{:?}", shim.decisions);
    assert_eq!(left(kind(&remedies, "compatibility")), 0);
    assert_eq!(left(kind(&remedies, "expand_contract")), 0);
}

#[test]
fn what_no_script_says_is_a_decision_and_counts_as_broken() {
    let remedies = with_sources(&ALL[..3]).remedies();
    let shim = kind(&remedies, "staging_shim");
    assert!(shim.decisions.iter().any(|decision| decision.contains("country")), "{:?}", shim.decisions);
    let customers = shim.files.iter().find(|file| file.path.ends_with("stg_customers.sql")).expect("its draft");
    assert!(customers.text.contains("-- TODO: country"), "{}", customers.text);
    assert!(left(shim) > 0);
}

#[test]
fn the_compatibility_layer_given_with_the_migration_is_judged_as_its_draft_says() {
    for names in [&ALL[..], &ALL[..3]] {
        let remedies = with_sources(names).remedies();
        let draft = kind(&remedies, "compatibility");
        let create =
            draft.files.iter().find(|file| file.path == "compatibility/postgres/create.sql").expect("a script");
        let mut files = files(names);
        files.push(made_up("V043__compatibility.sql", create.text.clone()));
        let session = session(files);
        let review = session.review().expect("a review");
        let broken = review
            .nodes
            .iter()
            .filter(|node| !matches!(node.outcome, Outcome::Safe | Outcome::Unknown | Outcome::Changes));
        assert_eq!(broken.count(), left(draft), "{names:?}");
        assert_eq!(review.coverage.statements, review.coverage.statements_understood);
    }
}

#[test]
fn a_model_in_which_only_names_change_is_edited_where_they_stand() {
    let remedies = with_sources(&ALL).remedies();
    let shim = kind(&remedies, "staging_shim");
    let orders = shim.files.iter().find(|file| file.path.ends_with("stg_orders.sql")).expect("its draft");
    let changed: Vec<&str> = orders
        .diff
        .as_deref()
        .unwrap_or_default()
        .lines()
        .filter(|line| line.starts_with(['+', '-']) && !line.starts_with("+++") && !line.starts_with("---"))
        .collect();
    assert_eq!(changed, ["-    customer_id,", "+    account_id as customer_id,"]);
}

#[test]
fn the_patch_applies_to_the_project_with_and_without_its_yaml() {
    for (name, session) in [("with", with_sources(&ALL)), ("without", session(files(&ALL)))] {
        let patch = remedy::patch(&session.remedies());
        let folder = std::env::temp_dir().join(format!("foreshock-fix-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        copy(&repository(PROJECT), &folder);
        fs::write(folder.join("fix.patch"), &patch).expect("it is written");
        for arguments in [["git", "init", "-q", "."], ["git", "apply", "--whitespace=nowarn", "fix.patch"]] {
            let done =
                Command::new(arguments[0]).args(&arguments[1..]).current_dir(&folder).output().expect("git runs");
            assert!(done.status.success(), "{name}: {}\n{patch}", String::from_utf8_lossy(&done.stderr));
        }
        let customers = fs::read_to_string(folder.join("models/staging/stg_customers.sql")).expect("the model");
        assert!(customers.contains("when 'gold' then 'premium'"), "{name}: {customers}");
        fs::remove_dir_all(&folder).expect("it is taken away");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("it is made");
    for entry in fs::read_dir(from).expect("it is read") {
        let entry = entry.expect("an entry");
        let into = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &into);
        } else {
            fs::copy(entry.path(), into).expect("it is copied");
        }
    }
}

#[test]
fn a_team_can_bring_its_own_template() {
    let session = session(files(&ALL));
    let review = session.review().expect("a review");
    let template = "{{ title }}\n{% for part in sections if part.title == 'Backout' %}{{ part.text }}{% endfor %}{{ review.verdict }}";
    let paper = from_template(template, Document::Checklist, review).expect("it is written");
    assert!(paper.starts_with("Deployment checklist: V042") && paper.ends_with("block"), "{paper}");
    let error = from_template("\n{{ nothing.here }}", Document::Checklist, review).expect_err("a misspelt name");
    assert!(error.starts_with("line 2:"), "{error}");
}

/// A project of a source, whose columns a catalog knows or not, and of nodes: name, how it is built (`test` is one of a file), SQL, and whom it reads.
fn small(nodes: &[(&str, &str, &str, &str)], migration: &str) -> Vec<Remedy> {
    small_with(nodes, migration, true)
}

fn small_with(nodes: &[(&str, &str, &str, &str)], migration: &str, has_catalog: bool) -> Vec<Remedy> {
    let id = |name: &str| match nodes.iter().find(|(own, ..)| *own == name) {
        Some((_, "test", ..)) => format!("test.p.{name}"),
        Some(_) => format!("model.p.{name}"),
        None => format!("source.p.raw.{name}"),
    };
    let compiled = |sql: &str| {
        let inner =
            nodes.iter().filter(|(name, built, ..)| *built == "ephemeral" && sql.contains(&format!("ref('{name}')")));
        let mut ctes: Vec<String> = Vec::new();
        let mut text = sql.replace("{{ source('raw', 'calls') }}", "db.raw.calls");
        for (name, _, body, _) in inner {
            let body = body.replace("{{ source('raw', 'calls') }}", "db.raw.calls");
            ctes.push(format!("__dbt__cte__{name} as (\n{body}\n)"));
            text = text.replace(&format!("{{{{ ref('{name}') }}}}"), &format!("__dbt__cte__{name}"));
        }
        for (name, ..) in nodes {
            text = text.replace(&format!("{{{{ ref('{name}') }}}}"), &format!("db.dbt.{name}"));
        }
        if ctes.is_empty() { text } else { format!("with {} {text}", ctes.join(", ")) }
    };
    let entries: serde_json::Map<String, serde_json::Value> = nodes
        .iter()
        .map(|(name, built, sql, parent)| {
            let kind = if *built == "test" { "test" } else { "model" };
            let relation = (kind == "model" && *built != "ephemeral").then(|| format!("db.dbt.{name}"));
            let node = serde_json::json!({
                "unique_id": id(name), "resource_type": kind, "name": name, "package_name": "p", "database": "db",
                "schema": "dbt", "alias": name, "relation_name": relation, "original_file_path": format!("models/{name}.sql"),
                "config": { "materialized": built }, "language": "sql", "raw_code": sql, "compiled_code": compiled(sql),
                "depends_on": { "nodes": [id(parent)] },
            });
            (id(name), node)
        })
        .collect();
    let source = serde_json::json!({
        "unique_id": "source.p.raw.calls", "resource_type": "source", "name": "calls", "source_name": "raw", "package_name": "p",
        "identifier": "calls", "database": "db", "schema": "raw", "relation_name": "db.raw.calls",
    });
    let manifest = serde_json::json!({
        "metadata": { "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "adapter_type": "duckdb", "project_name": "p" },
        "nodes": entries, "sources": { "source.p.raw.calls": source },
    });
    let column = |(at, name): (usize, &str)| {
        (name.to_owned(), serde_json::json!({ "name": name, "type": "INTEGER", "index": at + 1 }))
    };
    let columns: serde_json::Map<_, _> = ["call_id", "topic", "minutes"].into_iter().enumerate().map(column).collect();
    let catalog = serde_json::json!({
        "metadata": { "dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json" }, "nodes": {},
        "sources": { "source.p.raw.calls": { "unique_id": "source.p.raw.calls", "columns": columns } },
    });
    let mut files = vec![("manifest.json", manifest.to_string()), ("V1__x.sql", migration.to_owned())];
    if has_catalog {
        files.push(("catalog.json", catalog.to_string()));
    }
    session(files.into_iter().map(|(name, text)| made_up(name, text)).collect()).remedies()
}

const RENAME: &str = "ALTER TABLE raw.calls RENAME COLUMN minutes TO duration;";

fn drafted(remedies: &[Remedy]) -> Vec<&str> {
    kind(remedies, "staging_shim").files.iter().map(|file| file.path.as_str()).collect()
}

#[test]
fn a_model_that_hands_on_all_columns_gives_the_old_names_back_to_its_readers() {
    let remedies = small(
        &[
            ("stg_calls", "view", "select * from {{ source('raw', 'calls') }}", "calls"),
            ("long_calls", "table", "select call_id from {{ ref('stg_calls') }} where minutes > 60", "stg_calls"),
            ("bare_calls", "table", "select minutes from {{ source('raw', 'calls') }}", "calls"),
        ],
        RENAME,
    );
    assert_eq!(drafted(&remedies), ["models/bare_calls.sql", "models/stg_calls.sql"]);
    assert_eq!(left(kind(&remedies, "staging_shim")), 0);
}

#[test]
fn the_readers_of_an_ephemeral_model_are_judged_with_its_draft() {
    let remedies = small(
        &[
            ("int_calls", "ephemeral", "select call_id, minutes as length from {{ source('raw', 'calls') }}", "calls"),
            ("lengths", "table", "select length from {{ ref('int_calls') }}", "int_calls"),
        ],
        RENAME,
    );
    assert_eq!(drafted(&remedies), ["models/int_calls.sql"]);
    assert_eq!(left(kind(&remedies, "staging_shim")), 0);
}

#[test]
fn a_test_with_a_file_of_its_own_is_edited_too() {
    let remedies = small(
        &[("no_long_calls", "test", "select 1 from {{ source('raw', 'calls') }} where minutes > 600", "calls")],
        RENAME,
    );
    assert_eq!(drafted(&remedies), ["models/no_long_calls.sql"]);
    assert!(kind(&remedies, "staging_shim").summary.starts_with("1 test edited"));
}

#[test]
fn a_name_that_an_alias_of_the_same_query_would_take_is_not_left_as_it_is() {
    let sql =
        "select topic, sum(minutes) as minutes, avg(minutes) as mean from {{ source('raw', 'calls') }} group by topic";
    let remedies = small(&[("talk_time", "table", sql, "calls")], RENAME);
    let text = &kind(&remedies, "staging_shim").files[0].text;
    assert!(text.contains("duration as minutes") && text.contains("avg(minutes)"), "{text}");
}

#[test]
fn where_all_that_is_missing_is_gone_for_good_no_model_is_made_to_run_and_lie() {
    let nodes = [("stg_calls", "view", "select call_id, minutes from {{ source('raw', 'calls') }}", "calls")];
    let remedies = small(&nodes, "ALTER TABLE raw.calls DROP COLUMN minutes;");
    assert!(remedies.iter().all(|remedy| remedy.kind != "staging_shim"));
}

#[test]
fn where_not_all_columns_are_known_the_star_leaves_out_what_is_given_back_under_its_old_name() {
    let nodes = [
        ("stg_calls", "view", "select * from {{ source('raw', 'calls') }}", "calls"),
        ("long_calls", "table", "select call_id from {{ ref('stg_calls') }} where minutes > 60", "stg_calls"),
    ];
    let remedies = small_with(&nodes, RENAME, false);
    let text = &kind(&remedies, "staging_shim").files[0].text;
    assert!(text.contains("* exclude (duration),") && text.contains("duration as minutes"), "{text}");
    assert_eq!(left(kind(&remedies, "staging_shim")), 0);
}
