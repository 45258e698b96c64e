//! Liquibase's changelogs: each form comes to the operations of the SQL that Liquibase prints for it, with exact places.

use std::fs;

use foreshock_core::dialect::Dialect;
use foreshock_core::migration::{Changelog, Effect, Form, MigrationFile, PlacedOp, detect, read_changelog};
use foreshock_core::text::Diagnostic;
use foreshock_tests::changelogs::{corpus, essence, files, form};
use foreshock_tests::{content, example_file, made_up, review, session, text};

fn read(name: &str, text: &str) -> (Changelog, MigrationFile, Vec<Diagnostic>) {
    let form = form(name, text);
    let changelog = read_changelog(&form, text).unwrap_or_else(|| panic!("{name} is no changelog: {form:?}"));
    let (file, mut said) = MigrationFile::of_changelog(name, text.to_owned(), &changelog, Dialect::Postgres);
    // What it says of contexts, preconditions and the like: nothing is wrong there.
    said.retain(|said| said.code != "changelog");
    (changelog, file, said)
}

fn fixture(name: &str) -> (Changelog, MigrationFile, Vec<Diagnostic>) {
    read(name, &text(&format!("tests/fixtures/liquibase/{name}")))
}

/// Each operation in a few words, and the text that it stands at.
fn placed(file: &MigrationFile) -> Vec<(String, &str)> {
    let said = |placed: &PlacedOp| format!("{} {}", placed.op.name(), placed.op.summary());
    file.ops().map(|placed| (said(placed), placed.span.of(&file.text))).collect()
}

#[test]
fn every_change_type_is_read_and_what_is_not_known_is_named() {
    let (changelog, file, said) = fixture("every.xml");
    let reasons: Vec<&str> = changelog.steps.iter().filter_map(|step| step.unknown.as_deref()).collect();
    assert_eq!(
        reasons,
        ["it runs a Java class, which may change anything", "`foldUp` is no change type that is known here"]
    );
    let messages: Vec<&str> = said.iter().map(|said| said.message.as_str()).collect();
    assert_eq!(said.len(), 2, "{messages:#?}");
    let lines: Vec<String> = placed(&file).into_iter().map(|(op, _)| op).collect();
    hold(&lines.join("\n"), "tests/fixtures/liquibase/every.txt");
    let conditional = file.statements.iter().filter(|statement| statement.conditional).count();
    assert!(conditional > 6, "{conditional}");
    assert!(changelog.steps.iter().filter(|step| step.back).count() == 1, "one rollback has SQL of its own");
}

/// Holds what is said against a file; `UPDATE_EXPECT=1` writes it, to be reviewed.
fn hold(said: &str, path: &str) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(foreshock_tests::repository(path), format!("{said}\n")).expect("writable");
    }
    assert_eq!(said.trim(), text(path).trim());
}

#[test]
fn places_in_text_of_the_file_are_exact_in_every_form() {
    for (name, expected) in [
        ("plain.sql", vec!["ALTER TABLE ${t} RENAME COLUMN a TO b", "DROP TABLE shop.bin", "DELETE FROM shop.parcel"]),
        ("escapes.json", vec!["DELETE FROM shop.x\\nWHERE a = 'é'", "DROP TABLE \\\"shop\\\".y"]),
        (
            "blocks.yaml",
            vec![
                "UPDATE shop.${t} SET a = 'ü'\n                WHERE b = 1",
                "DROP TABLE shop.bin",
                "DELETE FROM shop.\\\"x\\\"",
                "TRUNCATE TABLE shop.y",
                "ALTER TABLE shop.parcel\n              DROP COLUMN a",
            ],
        ),
        (
            "every.xml",
            vec![
                "ALTER TABLE shop.parcel DROP COLUMN d",
                "DELETE FROM shop.parcel WHERE code < 'é'",
                "TRUNCATE TABLE shop.bin",
            ],
        ),
    ] {
        let (_, file, said) = fixture(name);
        assert!(name == "every.xml" || said.is_empty(), "{name}: {said:?}");
        let places: Vec<&str> = file.statements.iter().map(|statement| statement.span.of(&file.text)).collect();
        for place in &expected {
            assert!(places.contains(place), "{name}: {place} is not in {places:#?}");
        }
        // With the line ends of Windows, and so at other places.
        let (_, file, _) = read(name, &text(&format!("tests/fixtures/liquibase/{name}")).replace('\n', "\r\n"));
        let places = file.statements.iter().map(|statement| statement.span.of(&file.text).replace("\r\n", "\n"));
        let places: Vec<String> = places.collect();
        for place in &expected {
            assert!(places.iter().any(|own| own == place), "{name} (CRLF): {place} is not in {places:#?}");
        }
    }
}

#[test]
fn the_way_back_and_ignored_lines_are_no_changes() {
    for name in ["plain.sql", "blocks.yaml"] {
        let (_, file, _) = fixture(name);
        let ops: Vec<String> = placed(&file).into_iter().map(|(op, _)| op).collect();
        assert!(ops.iter().all(|op| !op.contains("never") && !op.contains("passed_over")), "{ops:?}");
    }
}

/// What Liquibase 4.28 printed: `tests/engines/liquibase/print_sql.sh`.
fn printed(name: &str) -> Vec<String> {
    let path = format!("tests/fixtures/liquibase/printed/{name}.sql");
    let (file, said) = MigrationFile::read("V1__x.sql", text(&path), Dialect::Postgres);
    assert!(said.is_empty(), "{said:?}");
    essence(&file)
}

#[test]
fn every_change_type_comes_to_what_liquibase_prints() {
    let own = text("tests/fixtures/liquibase/printed/changes.xml");
    let told = Form { is_told: true, ..form("changes.xml", &own) };
    let changelog = read_changelog(&told, &own).expect("it is a changelog");
    let (file, said) = MigrationFile::of_changelog("changes.xml", own, &changelog, Dialect::Postgres);
    assert!(said.is_empty(), "{said:?}");
    assert!(file.statements.iter().all(|statement| !statement.conditional), "the database is told");
    assert_eq!(essence(&file).join("\n"), printed("changes.xml").join("\n"));
}

#[test]
fn properties_hold_in_the_files_that_are_run_with_the_one_that_sets_them() {
    let given = |name: &str| made_up(&format!("db/{name}"), text(&format!("tests/fixtures/liquibase/printed/{name}")));
    let session = session(vec![
        example_file("manifest.json"),
        made_up("foreshock.toml", "dialect = \"postgres\"\n"),
        given("root.yaml"),
        given("parts/inner.xml"),
    ]);
    let review = session.review().unwrap_or_else(|missing| panic!("{}", missing.message));
    let own: Vec<&str> = review.changes.iter().map(|change| change.relation.as_str()).collect();
    assert_eq!(own, ["shop.at_postgres_of_inner", "shop.of_mine_x", "shop.root_at_postgres", "of_inner_${inner_only}"]);
    assert_eq!(own.len(), printed("root.yaml").len());
}

#[test]
fn hostile_files_cost_themselves() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><databaseChangeLog>&a;</databaseChangeLog>";
    let deep_xml = format!("<databaseChangeLog>{}", "<changeSet>".repeat(100_000));
    let nested = |open: &str, close: &str| {
        format!("<databaseChangeLog>{}{}</databaseChangeLog>", open.repeat(100_000), close.repeat(100_000))
    };
    let deep_json = format!("{{\"databaseChangeLog\": {}", "[".repeat(100_000));
    let deep_yaml = format!("databaseChangeLog:\n{}", "- ".repeat(20_000));
    let closed = nested("<changeSet>", "</changeSet>");
    for (name, text) in
        [("a.xml", bomb), ("b.xml", &deep_xml), ("c.xml", &closed), ("d.json", &deep_json), ("e.yaml", &deep_yaml)]
    {
        let (_, _, said) = read(name, text);
        assert!(!said.is_empty(), "{name} says nothing");
    }
    let (_, _, said) = read("a.xml", bomb);
    assert!(said[0].message.contains("DTD"), "{said:?}");
}

#[test]
fn included_files_are_read_where_they_stand_and_once() {
    let root = "databaseChangeLog:\n  - include: {file: parts/b.sql}\n  - changeSet: {id: 1, author: x, changes: \
                [{dropTable: {tableName: second}}]}\n  - includeAll: {path: parts}\n  - include: {file: parts/none.xml}\n";
    let session = session(vec![
        example_file("manifest.json"),
        made_up("db/root.yaml", root),
        made_up("db/parts/a.sql", "DROP TABLE third;"),
        made_up("db/parts/b.sql", "DROP TABLE first;"),
    ]);
    let review = session.review().unwrap_or_else(|missing| panic!("{}", missing.message));
    let dropped: Vec<&str> = review.changes.iter().map(|change| change.relation.as_str()).collect();
    assert_eq!(dropped, ["first", "second", "third"]);
    assert!(review.diagnostics.iter().any(|said| said.message.contains("parts/none.xml")), "{:?}", review.diagnostics);
}

#[test]
fn each_form_of_the_reference_comes_to_what_liquibase_prints() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("wt04/migrations/liquibase");
    for name in ["accounts.formatted.sql", "accounts.xml", "accounts.yaml", "accounts.json"] {
        let (_, file, said) = read(name, &fs::read_to_string(folder.join(name)).expect(name));
        assert!(said.is_empty(), "{name}: {said:?}");
        let printed = fs::read_to_string(folder.join(format!("updateSQL/{name}.sql"))).expect(name);
        let (printed, _) = MigrationFile::read("V1__x.sql", printed, Dialect::Postgres);
        assert_eq!(essence(&file), essence(&printed), "{name}");
    }
}

#[test]
fn each_form_of_the_reference_has_the_outcomes_of_the_reference() {
    let Some(corpus) = corpus() else { return };
    let outcomes = |migration| {
        let review = review(vec![example_file("manifest.json"), example_file("catalog.json"), migration]);
        review.nodes.iter().map(|node| (node.unique_id.clone(), node.outcome)).collect::<Vec<_>>()
    };
    let expected = outcomes(example_file("V042__accounts_migration.sql"));
    for name in ["accounts.formatted.sql", "accounts.xml", "accounts.yaml", "accounts.json"] {
        let text = fs::read(corpus.join("wt04/migrations/liquibase").join(name)).expect(name);
        assert_eq!(outcomes(made_up(name, text)), expected, "{name}");
    }
    assert!(!content(&example_file("V042__accounts_migration.sql")).is_empty());
}

#[test]
#[allow(clippy::print_stderr)] // the share is a figure that is quoted
fn real_changelogs_are_understood() {
    let Some(corpus) = corpus() else { return };
    let mut paths = Vec::new();
    for form in ["sql", "xml", "yaml", "json"] {
        files(&corpus.join(format!("migrations/liquibase-{form}")), &mut paths);
    }
    paths.sort();
    let (mut all, mut known, mut programs, mut opened, mut rest) = (0, 0, 0, 0, Vec::new());
    for path in paths {
        let name = path.to_string_lossy().into_owned();
        let text = String::from_utf8_lossy(&fs::read(&path).expect("it is there")).into_owned();
        let Some(changelog) = read_changelog(&form(&name, &text), &text) else { continue };
        opened += 1;
        let dialect = detect(&name, &text, &[Dialect::Postgres, Dialect::MySql, Dialect::Generic]).dialect;
        let (file, said) = MigrationFile::of_changelog(&name, text, &changelog, dialect);
        all += file.statements.len() + changelog.problems.len();
        known += file.statements.iter().filter(|statement| !matches!(statement.effect, Effect::Unknown(_))).count();
        let base = name.rsplit('/').next().unwrap_or_default().to_owned();
        for said in said {
            programs += usize::from(said.message.contains("it runs a "));
            rest.push(format!("  {base}: {}", said.message));
        }
    }
    let said = format!("{opened} changelogs: {known} of {all} changes understood, {programs} run programs; the rest:");
    let said = format!("{said}\n{}", rest.join("\n"));
    eprintln!("{said}");
    // What a Java class or a command of the system does stands in no changelog.
    assert!(opened >= 45 && known * 100 >= (all - programs) * 98, "{said}");
}

#[test]
fn a_table_whose_name_is_put_together_of_a_property_is_found() {
    let changelog = |table: &str| {
        made_up(
            "changes.xml",
            format!(
                "<databaseChangeLog><property name=\"what\" value=\"customers\"/><changeSet id=\"1\" author=\"a\">\
                 <dropColumn schemaName=\"raw\" tableName=\"{table}\" columnName=\"customer_segment\"/>\
                 </changeSet></databaseChangeLog>"
            ),
        )
    };
    let outcomes = |table: &str| {
        let review = review(vec![example_file("manifest.json"), example_file("catalog.json"), changelog(table)]);
        assert!(review.coverage.is_complete(), "{:?}", review.coverage.reasons);
        review.nodes.into_iter().map(|node| (node.unique_id, node.outcome)).collect::<Vec<_>>()
    };
    assert!(!outcomes("raw_customers").is_empty());
    assert_eq!(outcomes("raw_${what}"), outcomes("raw_customers"));
}
