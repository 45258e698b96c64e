//! The reference incident: what the review says of it, against what real dbt reported.

use std::collections::{BTreeMap, BTreeSet};

use foreshock_core::documents::Document;
use foreshock_core::outcome::{NodeKind, Outcome, Verdict};
use foreshock_core::review::{NodeImpact, Review};
use foreshock_tests::{content, example_file, made_up, reference, review as review_of, session};
use serde_json::Value;

fn healthy() -> Review {
    review_of(vec![
        example_file("manifest.json"),
        example_file("catalog.json"),
        example_file("V042__accounts_migration.sql"),
    ])
}

/// What dbt said of each node in a run.
fn statuses(run: &[u8]) -> BTreeMap<String, String> {
    let json: Value = serde_json::from_slice(run).expect("run results");
    let results = json["results"].as_array().expect("results").iter();
    results
        .map(|result| {
            (
                result["unique_id"].as_str().expect("an id").to_owned(),
                result["status"].as_str().expect("a status").to_owned(),
            )
        })
        .collect()
}

fn with_outcome<'r>(review: &'r Review, kind: NodeKind, outcome: Outcome) -> BTreeSet<&'r str> {
    let is_it = |node: &&'r NodeImpact| node.kind == kind && node.outcome == outcome;
    review.nodes.iter().filter(is_it).map(|node| node.unique_id.as_str()).collect()
}

fn with_status<'s>(statuses: &'s BTreeMap<String, String>, status: &str, kind: &str) -> BTreeSet<&'s str> {
    statuses.iter().filter(|(id, own)| *own == status && id.starts_with(kind)).map(|(id, _)| id.as_str()).collect()
}

#[test]
fn models_fail_and_are_blocked_exactly_as_dbt_reported() {
    let review = healthy();
    let run = statuses(&content(&example_file("run_results.run.json")));
    assert_eq!(with_outcome(&review, NodeKind::Model, Outcome::Fails), with_status(&run, "error", "model."));
    assert_eq!(with_outcome(&review, NodeKind::Model, Outcome::Blocked), with_status(&run, "skipped", "model."));
    assert_eq!(review.nodes.iter().filter(|node| node.kind == NodeKind::Model).count(), 8);
    assert_eq!(review.verdict, Verdict::Block);
    assert!(review.coverage.is_complete(), "{:?}", review.coverage);
}

#[test]
fn tests_are_exactly_those_that_dbt_could_not_run() {
    let review = healthy();
    let run = statuses(&content(&example_file("run_results.test.json")));
    let harmed: BTreeSet<&str> = review
        .nodes
        .iter()
        .filter(|node| matches!(node.kind, NodeKind::Test | NodeKind::UnitTest) && node.outcome.is_not_built())
        .map(|node| node.unique_id.as_str())
        .collect();
    assert_eq!(harmed, with_status(&run, "error", "test."));
    assert_eq!(harmed.len(), 23);
}

#[test]
fn all_fifteen_dashboards_go_dark_with_their_owners() {
    let review = healthy();
    let dashboards: Vec<&NodeImpact> = review.nodes.iter().filter(|node| node.kind == NodeKind::Exposure).collect();
    assert_eq!(dashboards.len(), 15);
    assert!(dashboards.iter().all(|node| node.outcome == Outcome::Dark && node.owner.is_some()));
}

#[test]
fn control_dashboards_and_unaffected_models_are_not_listed() {
    let review =
        review_of(vec![reference("manifest_with_controls.json"), example_file("V042__accounts_migration.sql")]);
    assert_eq!(review.project.exposures, 17);
    assert_eq!(review.nodes.iter().filter(|node| node.kind == NodeKind::Exposure).count(), 15);
    for name in ["product_catalogue", "price_list_export", "dim_products", "stg_products"] {
        assert!(review.nodes.iter().all(|node| node.name != name), "{name}");
    }
}

#[test]
fn the_catalog_makes_no_difference_where_the_sql_tells_the_columns() {
    let with = healthy();
    let without = review_of(vec![example_file("manifest.json"), example_file("V042__accounts_migration.sql")]);
    let outcomes =
        |review: &Review| review.nodes.iter().map(|node| (node.unique_id.clone(), node.outcome)).collect::<Vec<_>>();
    assert_eq!(outcomes(&with), outcomes(&without));
}

#[test]
fn the_value_remap_is_reported_with_its_place_and_whom_it_would_make_wrong() {
    let review = healthy();
    let remap = review.changes.iter().find(|change| change.op == "remap_values").expect("the remap");
    let pairs: Vec<(&str, &str)> = remap.values.iter().map(|pair| (pair.from.as_str(), pair.to.as_str())).collect();
    assert_eq!(pairs, [("premium", "gold"), ("standard", "silver"), ("enterprise", "platinum")]);
    assert_eq!((remap.line, remap.column_number), (38, 8));
    let revenue = review.nodes.iter().find(|node| node.name == "fct_revenue_daily").expect("the mart");
    let silent: Vec<&str> = revenue
        .because
        .iter()
        .filter(|because| because.outcome == Outcome::Wrong && because.change.as_ref() == Some(&remap.id))
        .map(|because| because.message.as_str())
        .collect();
    assert_eq!(silent.len(), 2, "{silent:?}");
    assert!(silent[0].contains("'premium'") && silent[1].contains("'enterprise'"), "{silent:?}");
}

#[test]
fn every_place_in_the_review_is_the_text_it_speaks_of() {
    let review = healthy();
    let migration = String::from_utf8(content(&example_file("V042__accounts_migration.sql"))).expect("text");
    let lines: Vec<&str> = migration.lines().collect();
    for change in review.changes.iter().filter(|change| change.op == "rename_column") {
        let line = lines[change.line as usize - 1];
        let text = &line[change.column_number as usize - 1..change.end_column as usize - 1];
        assert_eq!(text.trim_matches('"'), change.column.as_deref().expect("a column"));
    }
}

#[test]
fn a_rollback_and_the_baseline_beside_the_migration_change_nothing() {
    let files = ["manifest.json", "catalog.json", "V042__accounts_migration.sql", "U042__accounts_migration.sql"];
    let mut all: Vec<_> = files.into_iter().map(example_file).collect();
    all.push(reference("V001__baseline.sql"));
    let outcomes =
        |review: &Review| review.nodes.iter().map(|node| (node.unique_id.clone(), node.outcome)).collect::<Vec<_>>();
    assert_eq!(outcomes(&review_of(all)), outcomes(&healthy()));
}

#[test]
fn once_the_names_are_mended_the_remap_alone_is_wrong_and_one_test_catches_it() {
    let review = review_of(vec![reference("manifest_half_fixed.json"), example_file("V042__accounts_migration.sql")]);
    let caught: BTreeSet<&str> = with_outcome(&review, NodeKind::Test, Outcome::Catches);
    let run = statuses(&content(&reference("run_results.half_fixed.json")));
    assert_eq!(caught, with_status(&run, "fail", "test."));
    assert!(with_outcome(&review, NodeKind::Model, Outcome::Fails).is_empty());
    // dbt skipped compiling three of them in that run: what they return is told by their templates. Premium and enterprise
    // revenue became 0 in the last one.
    let wrong = ["dim_customers", "fct_orders", "fct_revenue_daily", "stg_customers"];
    let wrong: Vec<String> = wrong.iter().map(|name| format!("model.acme_analytics.{name}")).collect();
    assert_eq!(
        with_outcome(&review, NodeKind::Model, Outcome::Wrong),
        wrong.iter().map(String::as_str).collect::<BTreeSet<_>>()
    );
}

/// The lines of the postmortem's comparison that say "no".
fn disagreements(runs: Vec<foreshock_core::InputFile>) -> Vec<String> {
    let mut files =
        vec![example_file("manifest.json"), example_file("catalog.json"), example_file("V042__accounts_migration.sql")];
    files.extend(runs);
    let postmortem = session(files).document(Document::Postmortem).expect("a postmortem");
    assert!(postmortem.contains("did what was predicted"), "{postmortem}");
    postmortem.lines().filter(|line| line.contains("| **no** |")).map(str::to_owned).collect()
}

#[test]
fn predicted_and_actual_agree_for_every_node_of_the_failed_runs() {
    for runs in [
        vec![example_file("run_results.run.json"), example_file("run_results.test.json")],
        vec![reference("run_results.build_in_place.json")],
        vec![reference("run_results.test_in_place.json")],
    ] {
        assert_eq!(disagreements(runs), Vec::<String>::new());
    }
}

#[test]
fn a_star_that_takes_a_column_away_is_not_believed_to_hand_it_on() {
    let text = "ALTER TABLE raw.raw_customers RENAME TO raw_accounts;\n\
                CREATE VIEW raw.raw_customers AS SELECT * EXCLUDE (is_active) FROM raw.raw_accounts;\n";
    // Without the catalog nobody tells all columns of the table.
    let session = session(vec![example_file("manifest.json"), made_up("V1__layer.sql", text)]);
    let review = session.review().expect("a review");
    let reader = review.nodes.iter().find(|node| node.name == "stg_customers").expect("the reader");
    assert_eq!(reader.outcome, Outcome::Unknown, "{:?}", reader.because);
}
