//! What others build on: the JSON of a review and its schema, SARIF, and the documents, byte for byte.

use std::collections::BTreeSet;
use std::fs;

use foreshock_core::InputFile;
use foreshock_core::documents::{self, Document};
use foreshock_core::minutes::{CHOICES, Choice, Decision};
use foreshock_core::outcome::{Certainty, NODE_KINDS, NodeKind, OUTCOMES, Outcome, Verdict};
use foreshock_core::review::{CONTRACT_VERSION, InputKind, Review};
use foreshock_core::select::Selector;
use foreshock_core::text::Severity;
use foreshock_tests::{content, example, example_file, made_up, reference, repository, review, session, text};
use serde_json::{Value, json};

const SCHEMA: &str = "docs/review.schema.json";

fn schema() -> Value {
    serde_json::from_str(&text(SCHEMA)).expect("the schema is JSON")
}

fn json_of(review: &Review) -> Value {
    serde_json::from_str(&documents::json(review)).expect("a review is JSON")
}

fn warehouse() -> Vec<InputFile> {
    vec![example_file("manifest.json"), example_file("catalog.json")]
}

fn with(mut files: Vec<InputFile>, more: impl IntoIterator<Item = InputFile>) -> Vec<InputFile> {
    files.extend(more);
    files
}

/// One statement for each operation there is.
const EVERY_OPERATION: &str = r"
    CREATE TABLE raw.made (id int, note text);
    CREATE TEMPORARY TABLE passing (id int);
    CREATE OR REPLACE TABLE raw.made_again AS SELECT 1 AS id;
    CREATE VIEW raw.seen AS SELECT id FROM raw.made;
    CREATE OR REPLACE VIEW raw.seen AS SELECT id, note FROM raw.made;
    ALTER TABLE raw.raw_orders ADD COLUMN note text;
    ALTER TABLE raw.raw_orders RENAME COLUMN note TO remark;
    ALTER TABLE raw.raw_orders ALTER COLUMN remark TYPE varchar(20);
    ALTER TABLE raw.raw_orders ALTER COLUMN remark SET DEFAULT 'none';
    ALTER TABLE raw.raw_orders ALTER COLUMN remark DROP DEFAULT;
    ALTER TABLE raw.raw_orders ALTER COLUMN remark SET NOT NULL;
    ALTER TABLE raw.raw_orders ALTER COLUMN remark DROP NOT NULL;
    ALTER TABLE raw.raw_orders ALTER COLUMN order_id ADD GENERATED ALWAYS AS IDENTITY;
    ALTER TABLE raw.raw_orders ADD CONSTRAINT positive CHECK (order_total > 0) NOT VALID;
    ALTER TABLE raw.raw_orders VALIDATE CONSTRAINT positive;
    ALTER TABLE raw.raw_orders RENAME CONSTRAINT positive TO above_zero;
    ALTER TABLE raw.raw_orders DROP CONSTRAINT above_zero;
    ALTER TABLE raw.raw_orders OWNER TO app;
    ALTER TABLE raw.raw_orders DISABLE TRIGGER audit;
    ALTER TABLE raw.raw_orders ENABLE ROW LEVEL SECURITY;
    ALTER TABLE raw.raw_orders SET UNLOGGED;
    ALTER TABLE raw.raw_orders ATTACH PARTITION raw.made FOR VALUES IN (1);
    ALTER TABLE raw.raw_orders DETACH PARTITION raw.made;
    ALTER TABLE raw.raw_orders DROP INDEX by_day;
    CREATE INDEX by_day ON raw.raw_orders (order_date);
    CREATE POLICY own ON raw.raw_orders;
    DROP POLICY own ON raw.raw_orders;
    CREATE TRIGGER audit AFTER INSERT ON raw.raw_orders FOR EACH ROW EXECUTE FUNCTION log_it();
    COMMENT ON TABLE raw.raw_orders IS 'orders';
    GRANT SELECT ON raw.raw_orders TO reader;
    REVOKE SELECT ON raw.raw_orders FROM reader;
    CREATE SCHEMA archive;
    UPDATE raw.raw_orders SET status = 'done' WHERE status = 'completed';
    UPDATE raw.raw_orders SET status = upper(status);
    INSERT INTO raw.raw_orders (order_id) VALUES (1);
    DELETE FROM raw.raw_orders WHERE order_id = 1;
    TRUNCATE raw.raw_orders;
    ALTER TABLE raw.raw_orders DROP COLUMN remark;
    ALTER TABLE raw.raw_payments RENAME TO raw_receipts;
    DROP TABLE raw.raw_web_events;
    DROP VIEW raw.seen;
    ALTER TABLE raw.made SWAP WITH raw.made_again;
    INSERT OVERWRITE raw.made_again SELECT 1;
    ALTER TABLE raw.made MODIFY COLUMN id SET MASKING POLICY hidden;
    ALTER TABLE raw.made ADD ROW ACCESS POLICY own ON (id);
    ALTER TYPE raw.state RENAME VALUE 'on' TO 'off';
    ALTER SCHEMA archive RENAME TO attic;
    DROP SCHEMA attic;
";

/// Reviews of many kinds: every part of the contract occurs in some of them.
fn reviews() -> Vec<(&'static str, Review)> {
    let migration = || example_file("V042__accounts_migration.sql");
    let inputs = [
        ("the example", example()),
        ("the files that are there before it ships", with(warehouse(), [migration()])),
        ("no catalog", vec![example_file("manifest.json"), migration()]),
        (
            "more dashboards, and the history",
            vec![
                reference("manifest_with_controls.json"),
                example_file("catalog.json"),
                reference("V001__baseline.sql"),
                migration(),
            ],
        ),
        (
            "names mended and values not",
            vec![reference("manifest_half_fixed.json"), migration(), reference("run_results.half_fixed.json")],
        ),
        (
            "runs in place",
            with(
                warehouse(),
                [
                    migration(),
                    reference("run_results.build_in_place.json"),
                    reference("run_results.test_in_place.json"),
                ],
            ),
        ),
        ("every operation", with(warehouse(), [made_up("V1__all.sql", EVERY_OPERATION)])),
        (
            "nothing that anybody reads",
            with(warehouse(), [made_up("V1__more.sql", "ALTER TABLE raw.raw_products ADD COLUMN note text;")]),
        ),
        (
            "files of all sorts",
            with(
                warehouse(),
                [
                    made_up("V1__odd.sql", "DO $$ BEGIN END $$;\nDROP TABLE raw.raw_order;\nDROP TABLE \"ü\";"),
                    made_up("foreshock.toml", "dialect = \"postgres\"\nwaivers = []\n"),
                    made_up("changelog.xml", "<databaseChangeLog/>"),
                    made_up("archive.zip", b"PK\x03\x04\x00\x00"),
                    made_up("run_results.json", "{\"metadata\": {\"dbt_schema_version\": \"/run-results/v6.json\"},\n"),
                    made_up("notes.md", "# notes"),
                ],
            ),
        ),
    ];
    let mut reviews: Vec<(&str, Review)> = inputs.into_iter().map(|(name, files)| (name, review(files))).collect();
    let mut part = narrowed(&["tag:marts+", "nothing_of_this_name"], &["exposure:*"]);
    let decided = part.nodes.iter().map(|node| Decision {
        unique_id: node.unique_id.clone(),
        choice: Choice::Waive,
        note: "it is built anew".to_owned(),
        owner: "Ada".to_owned(),
        due: "2026-03-01".to_owned(),
    });
    part.take_decisions(&decided.collect::<Vec<_>>());
    let older = reference("manifest_half_fixed.json");
    part.deployed = review(with(example(), [InputFile { name: "older.json".to_owned(), ..older }])).deployed;
    assert!(part.deployed.is_some(), "two states of one project");
    part.remedies = session(example()).remedies();
    reviews.push(("a part of the example, decided about", part));
    reviews
}

fn narrowed(select: &[&str], exclude: &[&str]) -> Review {
    let selector = Selector::parse(select, exclude).expect("an expression");
    session(example()).narrowed(&selector).expect("a review").expect("a selection")
}

#[test]
fn every_review_keeps_to_the_schema() {
    let validator = jsonschema::validator_for(&schema()).expect("the schema is one");
    for (name, review) in reviews() {
        let json = json_of(&review);
        let errors: Vec<String> = validator
            .iter_errors(&json)
            .map(|error| format!("{name}: {}: {}", error.instance_path(), brief(&error.to_string())))
            .collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
    }
}

/// The whole review stands in some messages.
fn brief(message: &str) -> String {
    message.chars().rev().take(200).collect::<Vec<_>>().into_iter().rev().collect()
}

#[test]
fn every_part_of_the_schema_occurs_in_a_review() {
    let mut seen: BTreeSet<BTreeSet<String>> = BTreeSet::new();
    for (_, review) in reviews() {
        for_each_value(&json_of(&review), &mut |value| {
            seen.extend(value.as_object().map(|object| object.keys().cloned().collect()));
        });
    }
    for (name, part) in schema()["$defs"].as_object().expect("definitions") {
        if let Some(properties) = part["properties"].as_object() {
            let keys: BTreeSet<String> = properties.keys().cloned().collect();
            assert!(seen.contains(&keys), "no review holds a whole {name}; add one to `reviews`");
        }
    }
}

#[test]
fn the_schema_leaves_nothing_open() {
    let schema = schema();
    assert!(jsonschema::draft202012::meta::is_valid(&schema), "it is a schema of the draft that it names");
    for_each_value(&schema, &mut |part| {
        let Some(properties) = part["properties"].as_object().filter(|_| part["type"] == "object") else { return };
        assert_eq!(part["additionalProperties"], false, "{properties:?}");
        // What a place or a review leaves out says something; everything else is always there.
        let may_lack =
            ["compiled", "decisions", "deployed", "dialect", "new_file", "runner", "selection", "transitions"];
        let named: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        let required: BTreeSet<&str> =
            part["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert!(required.is_subset(&named), "{required:?}");
        assert!(named.difference(&required).all(|key| may_lack.contains(key)), "{named:?} {required:?}");
    });
}

#[test]
fn a_review_that_breaks_the_contract_is_refused() {
    let validator = jsonschema::validator_for(&schema()).expect("the schema is one");
    let good = json_of(&review(example()));
    let breaks = |pointer: &str, value: Value| {
        let mut bad = good.clone();
        let slot = bad.pointer_mut(pointer).unwrap_or_else(|| panic!("there is no {pointer}"));
        assert_ne!(*slot, value);
        *slot = value;
        assert!(!validator.is_valid(&bad), "{pointer} may be anything");
    };
    breaks("/version", json!(0));
    breaks("/verdict", json!("maybe"));
    breaks("/windows", json!([{}]));
    breaks("/inputs/0/sha256", json!("abc"));
    breaks("/changes/0/line", json!(0));
    breaks("/changes/0/matched/0", json!({"unique_id": "a", "how": "b", "certainty": "certain", "more": 1}));
    breaks("/nodes/0/outcome", json!("broken"));
    breaks("/nodes/0/kind", json!("dashboard"));
    breaks("/nodes/0/because", json!([]));
    breaks("/nodes/0/because/0/change", json!("c0"));
    breaks("/runs/0/results/0", json!({"unique_id": "a"}));
}

#[test]
fn the_words_of_the_schema_are_those_of_the_code() {
    let schema = schema();
    let words = |pointer: &str| -> Vec<String> {
        let list = schema.pointer(pointer).unwrap_or_else(|| panic!("there is no {pointer}"));
        serde_json::from_value(list.clone()).expect("a list of words")
    };
    assert_eq!(schema["$defs"]["review"]["properties"]["version"]["const"], CONTRACT_VERSION);
    assert_eq!(words("/$defs/outcome/enum"), OUTCOMES.each_ref().map(|face| face.word));
    assert_eq!(words("/$defs/node_kind/enum"), NODE_KINDS.each_ref().map(|face| face.word));
    assert_eq!(words("/$defs/decision/properties/choice/enum"), CHOICES.each_ref().map(|face| face.word));
    assert_eq!(
        words("/$defs/decision/properties/choice/enum"),
        CHOICES.each_ref().map(|face| json!(face.choice).as_str().unwrap_or_default().to_owned())
    );

    // Where the code has no table, serde knows the words: it lists them when it meets another.
    let known = |refused: Result<String, serde_json::Error>| -> Vec<String> {
        let message = refused.expect_err("this is no word of ours").to_string();
        message.split('`').skip(3).step_by(2).map(str::to_owned).collect()
    };
    let odd = "\"no word of ours\"";
    let shown = |value: &dyn std::fmt::Debug| format!("{value:?}");
    assert_eq!(words("/$defs/verdict/enum"), known(serde_json::from_str::<Verdict>(odd).map(|word| shown(&word))));
    assert_eq!(words("/$defs/certainty/enum"), known(serde_json::from_str::<Certainty>(odd).map(|word| shown(&word))));
    assert_eq!(words("/$defs/outcome/enum"), known(serde_json::from_str::<Outcome>(odd).map(|word| shown(&word))));
    assert_eq!(words("/$defs/node_kind/enum"), known(serde_json::from_str::<NodeKind>(odd).map(|word| shown(&word))));
    assert_eq!(
        words("/$defs/input/properties/kind/enum"),
        known(serde_json::from_str::<InputKind>(odd).map(|word| shown(&word)))
    );
    assert_eq!(
        words("/$defs/diagnostic/properties/severity/enum"),
        known(serde_json::from_str::<Severity>(odd).map(|word| shown(&word)))
    );
}

#[test]
fn the_schema_names_the_operations_that_statements_come_to() {
    let review = review(with(warehouse(), [made_up("V1__all.sql", EVERY_OPERATION)]));
    assert!(review.coverage.is_complete(), "{:#?}", review.diagnostics);
    let met: BTreeSet<&str> = review.changes.iter().map(|change| change.op.as_str()).collect();
    let schema = schema();
    let named = schema["$defs"]["change"]["properties"]["op"]["examples"].as_array().expect("examples");
    let named: BTreeSet<&str> = named.iter().filter_map(Value::as_str).collect();
    assert_eq!(named, met);
}

#[test]
fn the_same_files_give_the_same_bytes_in_any_order() {
    let written = |files: Vec<InputFile>| {
        let session = session(files);
        let review = session.review().expect("a review");
        let papers = Document::ALL.map(|document| session.document(document).expect("a document"));
        (documents::json(review), documents::sarif(review), documents::text(review), papers)
    };
    let once = written(example());
    assert!(written(example()) == once, "a second run differs");
    for turn in 1..example().len() {
        let mut files = example();
        files.rotate_left(turn);
        assert!(written(files) == once, "the order of the files shows");
    }
    let mut backwards = example();
    backwards.reverse();
    assert!(written(backwards) == once, "the order of the files shows");
}

#[test]
fn a_review_read_back_is_the_same_review() {
    for (name, review) in reviews() {
        let read: Review = serde_json::from_str(&documents::json(&review)).expect("it reads its own JSON");
        assert!(read == review, "{name}");
    }
}

#[test]
fn sarif_has_the_shape_that_code_hosts_ask_for() {
    for (name, review) in reviews() {
        let sarif: Value = serde_json::from_str(&documents::sarif(&review)).expect("SARIF is JSON");
        assert_eq!(sarif["version"], "2.1.0", "{name}");
        let [run] = sarif["runs"].as_array().expect("runs").as_slice() else { panic!("{name}: one run") };
        let driver = &run["tool"]["driver"];
        assert_eq!(driver["name"], "Foreshock");
        let rules: Vec<&str> = driver["rules"]
            .as_array()
            .expect("rules")
            .iter()
            .map(|rule| {
                assert!(rule["shortDescription"]["text"].as_str().is_some_and(|text| !text.is_empty()));
                rule["id"].as_str().expect("a rule has an id")
            })
            .collect();
        assert_eq!(rules.iter().collect::<BTreeSet<_>>().len(), rules.len(), "{name}: a rule is declared twice");

        for result in run["results"].as_array().expect("results") {
            assert!(rules.contains(&result["ruleId"].as_str().expect("a rule")), "{name}: {result}");
            assert!(matches!(result["level"].as_str(), Some("error" | "warning" | "note")), "{name}: {result}");
            assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{name}: {result}");
            let [location] = result["locations"].as_array().expect("locations").as_slice() else {
                panic!("{name}: one place: {result}")
            };
            let place = &location["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().expect("a file");
            assert!(!uri.is_empty() && uri.bytes().all(|byte| byte.is_ascii_graphic()), "{name}: {uri}");
            let number = |key: &str| place["region"][key].as_u64().unwrap_or_else(|| panic!("{name}: {key}"));
            let start = (number("startLine"), number("startColumn"));
            assert!(start.0 >= 1 && start.1 >= 1, "{name}: {result}");
            // What is missing from a file has no extent.
            if !place["region"]["endLine"].is_null() {
                assert!((number("endLine"), number("endColumn")) > start, "{name}: {result}");
            }
        }
    }
}

/// The schema is no file of this repository: `cargo xtask test` fetches it.
#[test]
#[allow(clippy::print_stderr, reason = "says what was not there")]
fn sarif_is_valid_by_its_own_schema() {
    let Some(path) = std::env::var_os("FORESHOCK_SARIF_SCHEMA") else {
        eprintln!("not run: FORESHOCK_SARIF_SCHEMA names no schema");
        return;
    };
    let schema: Value = serde_json::from_slice(&std::fs::read(path).expect("readable")).expect("a schema is JSON");
    assert!(schema["title"].as_str().is_some_and(|title| title.contains("2.1.0")), "{}", schema["title"]);
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    let mut logs = 0;
    for (name, review) in reviews() {
        for text in [documents::sarif(&review), documents::sarif_of_findings(&review.findings)] {
            let log: Value = serde_json::from_str(&text).expect("SARIF is JSON");
            let wrong: Vec<String> =
                validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(wrong.is_empty(), "{name}: {}", wrong.join("\n"));
            logs += 1;
            let mut broken = log;
            broken["runs"][0]["results"] = json!([{"level": "loud"}]);
            assert!(!validator.is_valid(&broken), "the schema takes anything");
        }
    }
    assert!(logs > 10, "only {logs}");
}

#[test]
fn sarif_has_one_result_for_each_change_that_harms_something() {
    for (name, review) in reviews() {
        let sarif: Value = serde_json::from_str(&documents::sarif(&review)).expect("SARIF is JSON");
        let lines: Vec<u64> = sarif["runs"][0]["results"]
            .as_array()
            .expect("results")
            .iter()
            .filter(|result| result["ruleId"].as_str().is_some_and(|rule| rule.starts_with("downstream-")))
            .filter_map(|result| result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64())
            .collect();
        let harmful: Vec<u64> =
            review.changes.iter().filter(|change| change.reaches > 0).map(|change| change.line.into()).collect();
        assert_eq!(lines, harmful, "{name}");
    }
}

#[test]
fn a_change_marks_its_own_words_in_the_file() {
    let migration = example_file("V042__accounts_migration.sql");
    let text = String::from_utf8(content(&migration)).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    let review = review(with(warehouse(), [migration.clone()]));
    let renames = review.changes.iter().filter(|change| change.op == "rename_column");
    let marked: Vec<String> = renames
        .map(|change| {
            let (from, to) = (change.column_number as usize - 1, change.end_column as usize - 1);
            lines[change.line as usize - 1].chars().skip(from).take(to - from).collect()
        })
        .collect();
    assert_eq!(marked, ["customer_id", "customer_id", "customer_id", "customer_id", "customer_segment", "\"country\""]);
}

/// The checked-in documents are what the page gives for its worked example. `UPDATE_EXPECT=1` writes them anew.
#[test]
fn the_example_documents_are_up_to_date() {
    let session = session(example());
    for (document, path) in
        [(Document::Checklist, "docs/examples/checklist.md"), (Document::Postmortem, "docs/examples/postmortem.md")]
    {
        let written = session.document(document).expect("a document");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(repository(path), &written).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
        let kept = text(path);
        let difference = kept.lines().zip(written.lines()).position(|(kept, written)| kept != written);
        assert!(
            kept == written,
            "{path} differs from line {} on; look at it, then run with UPDATE_EXPECT=1",
            difference.unwrap_or_else(|| kept.lines().count().min(written.lines().count())) + 1
        );
    }
}

/// Shortened, but never made up: each line of the README's output is one that the command prints, in this order.
#[test]
fn the_output_in_the_readme_is_real() {
    let readme = text("README.md");
    let shown = readme.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block of output");
    let files =
        with(warehouse(), [example_file("V042__accounts_migration.sql"), example_file("U042__accounts_migration.sql")]);
    let printed = documents::text(&review(files));
    let mut rest = printed.lines();
    for line in shown.lines().filter(|line| line.trim() != "…") {
        assert!(rest.any(|printed| printed == line), "the command does not print, or not there: {line}");
    }
}

#[test]
fn the_guide_shows_every_outcome_as_the_code_has_it() {
    let guide = text("docs/guide.md");
    for face in &OUTCOMES {
        let row = format!("| {} `{}` | {} |", face.glyph, face.word, face.means);
        assert!(guide.contains(&row), "docs/guide.md has no row {row}");
    }
}

fn for_each_value(value: &Value, visit: &mut dyn FnMut(&Value)) {
    visit(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| for_each_value(item, visit)),
        Value::Object(fields) => fields.values().for_each(|field| for_each_value(field, visit)),
        _ => {}
    }
}

#[test]
fn what_a_meeting_decided_stands_in_the_checklist_and_what_it_left_open_is_said() {
    let mut session = session(example());
    let decision = Decision {
        unique_id: "model.acme_analytics.stg_orders".to_owned(),
        choice: Choice::ApproveWithCondition,
        note: "after the | close".to_owned(),
        owner: "Ada".to_owned(),
        due: String::new(),
    };
    let elsewhere = Decision { unique_id: "model.other.node".to_owned(), ..decision.clone() };
    session.set_decisions(&[elsewhere, decision]);
    let checklist = session.document(Document::Checklist).expect("a review");
    let row = "| stg\\_orders | fails | Approve with a condition | after the \\| close | Ada | ____ |";
    assert!(checklist.contains(row), "{checklist}");
    assert!(checklist.contains("decisions about 3 more of the findings"));
    assert!(!checklist.contains("model.other.node"));
}
