//! No input stops the engine: whatever the bytes, it answers, the same way each time.

use std::collections::BTreeMap;

use foreshock_core::dialect::{DIALECTS, Dialect};
use foreshock_core::documents::{Document, html, json, markdown, sarif, text};
use foreshock_core::lineage::trace_script;
use foreshock_core::migration::{MigrationFile, detect};
use foreshock_core::{InputFile, Options, Session};
use foreshock_tests::{content, example_file, made_up, session};
use proptest::prelude::*;

/// Reads the files and asks for everything that can be asked for.
fn exhaust(files: Vec<InputFile>) -> String {
    let session = Session::read(files, &Options::default(), &mut |_| {});
    let Ok(review) = session.review() else { return format!("{:?}", session.diagnostics()) };
    for node in &review.nodes {
        assert!(!node.because.is_empty(), "{} has an outcome without a reason", node.unique_id);
        let evidence = session.evidence(&node.unique_id).expect("evidence for what is listed");
        for listing in &evidence.listings {
            let last = listing.first_line as usize + listing.lines.len();
            assert!(listing.marks.iter().all(|mark| mark.line >= listing.first_line && (mark.line as usize) < last));
        }
    }
    let documents: Vec<String> = Document::ALL.into_iter().map(|document| markdown(document, review)).collect();
    format!("{}{}{}{}{}", json(review), sarif(review), text(review), html("x", &documents[0]), documents.concat())
}

/// A file with some of its bytes replaced, taken out, or repeated.
fn damaged(name: &'static str) -> impl Strategy<Value = InputFile> {
    let file = example_file(name);
    let whole = content(&file);
    let length = whole.len();
    let change = (0..length, 0_usize..40, prop::collection::vec(any::<u8>(), 0..12));
    prop::collection::vec(change, 1..4).prop_map(move |changes| {
        let mut bytes = whole.clone();
        for (at, cut, insert) in changes {
            let at = at.min(bytes.len());
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, insert);
        }
        InputFile::new(name, bytes)
    })
}

/// Words and signs of SQL, in no order.
fn scrambled_sql() -> impl Strategy<Value = String> {
    let words = [
        "ALTER",
        "TABLE",
        "raw.raw_orders",
        "raw_customers",
        "RENAME",
        "COLUMN",
        "TO",
        "DROP",
        "ADD",
        "customer_id",
        "x",
        "int",
        "UPDATE",
        "SET",
        "=",
        "CASE",
        "WHEN",
        "'a'",
        "THEN",
        "END",
        "ELSE",
        "WHERE",
        ";",
        ";\n",
        "(",
        ")",
        ",",
        "'",
        "\"",
        "$$",
        "--",
        "/*",
        "*/",
        "CREATE",
        "VIEW",
        "AS",
        "SELECT",
        "*",
        "FROM",
        "ü",
        "DELETE",
        "search_path",
        "raw",
        "INSERT",
        "INTO",
        "VALUES",
        "1",
        ".",
        "NOT",
        "NULL",
        "TYPE",
        "BEGIN",
        "IF",
        "LOOP",
        "DO",
        "FUNCTION",
        "EXECUTE",
        "CALL",
        "SWAP WITH",
        "PARTITION",
        "${x}",
        "DELIMITER //\n",
        "\nGO\n",
        "\n/\n",
        "FROM STDIN;\n",
        ":=",
        "format('%I', x)",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 1..60).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_damaged_manifest_is_read_or_refused(file in damaged("manifest.json")) {
        exhaust(vec![file, example_file("V042__accounts_migration.sql")]);
    }

    #[test]
    fn damaged_artifacts_beside_a_good_manifest_are_read_or_refused(catalog in damaged("catalog.json"), run in damaged("run_results.run.json")) {
        exhaust(vec![example_file("manifest.json"), catalog, run, example_file("V042__accounts_migration.sql")]);
    }

    #[test]
    fn a_damaged_migration_is_read_as_far_as_it_goes(file in damaged("V042__accounts_migration.sql")) {
        exhaust(vec![example_file("manifest.json"), file]);
    }

    #[test]
    fn scrambled_scripts_are_traced_in_every_dialect(sql in scrambled_sql()) {
        for facts in &DIALECTS {
            let script = trace_script(&sql, facts.dialect, &BTreeMap::new());
            prop_assert!(script.statements.iter().enumerate().all(|(at, statement)| statement.index == at));
        }
    }

    #[test]
    fn scrambled_sql_is_answered(sql in scrambled_sql()) {
        exhaust(vec![example_file("manifest.json"), made_up("V1__x.sql", sql)]);
    }
}

#[test]
fn the_same_files_give_the_same_bytes_in_whatever_order_they_come() {
    let files = [
        "manifest.json",
        "catalog.json",
        "V042__accounts_migration.sql",
        "U042__accounts_migration.sql",
        "run_results.test.json",
        "run_results.run.json",
    ];
    let forward: Vec<InputFile> = files.into_iter().map(example_file).collect();
    let backward: Vec<InputFile> = forward.iter().rev().cloned().collect();
    assert_eq!(exhaust(forward), exhaust(backward));
}

#[test]
fn names_full_of_markup_stay_text_in_every_document() {
    let hostile = "<img src=x onerror=alert(1)>`|[a](javascript:alert(1))";
    let manifest = String::from_utf8(content(&example_file("manifest.json"))).expect("text");
    let manifest = manifest.replace("Sales Team", hostile).replace("Web Funnel", hostile);
    let session = session(vec![made_up("manifest.json", manifest), example_file("V042__accounts_migration.sql")]);
    let review = session.review().expect("a review");
    for document in Document::ALL {
        let markdown = markdown(document, review);
        let page = html("x", &markdown);
        assert!(!page.contains("<img") && !page.contains("href=\"javascript"), "{page}");
    }
}

#[test]
fn a_hundred_thousand_statements_take_no_more_than_their_time() {
    let mut sql = "ALTER TABLE raw.raw_orders ADD COLUMN a int;\n".repeat(20_000);
    sql.push_str(&"§§ garbage ' ;\n".repeat(2_000));
    sql.push_str("ALTER TABLE raw.raw_orders RENAME COLUMN customer_id TO account_id;\n");
    let session = session(vec![example_file("manifest.json"), made_up("V1__x.sql", sql)]);
    assert!(session.review().expect("a review").changes.len() > 20_000);
}

/// What a script comes to when nothing is known of where it is from.
fn statements(sql: String) -> (usize, usize) {
    let dialect = detect("V1__x.sql", &sql, &[Dialect::Postgres, Dialect::MySql]).dialect;
    let (file, said) = MigrationFile::read("V1__x.sql", sql, dialect);
    (file.statements.len(), said.len())
}

#[test]
fn long_scripts_long_lines_and_open_blocks_take_no_more_than_their_time() {
    let rows = "1\ta; 'name' $$\t\\N\n".repeat(200_000);
    for (sql, expected) in [
        (format!("COPY t (a, b, c) FROM stdin;\n{rows}\\.\nDROP TABLE a;\n"), (2, 0)),
        ("DROP TABLE a; ".repeat(20_000), (20_000, 0)),
        (format!("DO $$ BEGIN {} DROP TABLE a; END $$;", "IF a THEN ".repeat(20_000)), (1, 0)),
        ("begin select 1; ".repeat(20_000), (20_000, 0)),
        (format!("SELECT 1{};\nDROP TABLE a;", " + 1".repeat(5_000)), (2, 1)),
        (format!("SELECT {}1{};\nDROP TABLE a;", "(".repeat(1_000), ")".repeat(1_000)), (2, 1)),
        ("CREATE FUNCTION f BEGIN ".repeat(10_000), (1, 1)),
        (format!("INSERT DELAYED INTO t VALUES (1){};", ", (2, 'x')".repeat(50_000)), (1, 0)),
        (format!("SELECT {}1;\nDROP TABLE a;", "${x}".repeat(5_000)), (2, 0)),
    ] {
        let head: String = sql.chars().take(40).collect();
        assert_eq!(statements(sql), expected, "{head}");
    }
}

#[test]
fn a_routine_that_is_called_over_and_over_is_entered_within_bounds() {
    let body = "UPDATE t SET a = 1; ".repeat(500);
    let sql = format!(
        "CREATE FUNCTION f() RETURNS void AS $$ BEGIN {body} END $$ LANGUAGE plpgsql;\n{}",
        "SELECT f();\n".repeat(5_000)
    );
    let (all, unread) = statements(sql);
    assert!(all < 100_000 && unread > 0, "{all} {unread}");
}

#[test]
fn a_routine_that_calls_itself_ends() {
    let sql =
        "CREATE FUNCTION f() RETURNS void AS $$ BEGIN PERFORM f(); PERFORM f(); END $$ LANGUAGE plpgsql; SELECT f();";
    assert!(statements(sql.to_owned()).1 > 0);
}
