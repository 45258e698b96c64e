//! Folders of migrations as their tools keep them: which of them run, in which order, and what they come to.

use foreshock_core::dialect::Dialect;
use foreshock_core::{Options, Range, Session};
use foreshock_tests::{example_file, made_up};

/// The session of the example's project with these files.
fn session(files: &[(&str, &str)], range: Range) -> Session {
    let mut given = vec![example_file("manifest.json")];
    given.extend(files.iter().map(|(name, text)| made_up(name, text)));
    Session::read(given, &Options { range, ..Options::default() }, &mut |_| {})
}

/// Each change as `operation relation.column`.
fn changes(session: &Session) -> Vec<String> {
    let review = session.review().unwrap_or_else(|missing| panic!("{}", missing.message));
    let of = |change: &foreshock_core::review::Change| {
        let column = change.column.as_ref().map(|column| format!(".{column}")).unwrap_or_default();
        format!("{} {}{column}", change.op, change.relation)
    };
    review.changes.iter().map(of).collect()
}

fn says(session: &Session, words: &str) -> bool {
    session.diagnostics().iter().any(|said| said.message.contains(words))
}

#[test]
fn schemachange_renders_with_its_configuration_and_runs_versioned_repeatable_and_always_scripts() {
    let session = session(
        &[
            ("db/schemachange-config.yml", "config-version: 1\nvars:\n  db: raw\n  drop_it: true\n"),
            ("db/A__last.sql", "DROP TABLE {{ db }}.c;"),
            ("db/R__views.sql", "DROP TABLE {{ db }}.b;"),
            ("db/V1.10.0__y.sql", "DROP TABLE {{ db }}.a2;"),
            ("db/V1.9.0__x.sql", "{% if drop_it %}DROP TABLE {{ db }}.a1;{% endif %}"),
        ],
        Range::default(),
    );
    assert_eq!(changes(&session), ["drop_table raw.a1", "drop_table raw.a2", "drop_table raw.b", "drop_table raw.c"]);
}

#[test]
fn a_template_that_hangs_on_what_is_not_given_is_named_and_keeps_the_verdict_from_being_safe() {
    let session = session(
        &[("V1__x.sql", "select 1;\n{% if env == 'prod' %}\nALTER TABLE zzz ADD COLUMN note text;\n{% endif %}\n")],
        Range::default(),
    );
    let review = session.review().expect("a review");
    assert_eq!(changes(&session), ["add_column zzz.note"]);
    assert!(says(&session, "line 2: statement not understood: the variable 'env'"));
    assert!(!review.coverage.reasons.is_empty());
}

#[test]
fn contexts_and_labels_are_said_and_chosen() {
    let changelog = "--liquibase formatted sql\n--changeset a:1 context:test\nDROP TABLE t1;\n\
                     --changeset a:2 labels:v2\nDROP TABLE t2;\n--changeset a:3\nDROP TABLE t3;\n";
    let all = session(&[("c.sql", changelog)], Range::default());
    assert_eq!(changes(&all), ["drop_table t1", "drop_table t2", "drop_table t3"]);
    assert!(says(&all, "the contexts test and the labels v2; none are chosen, so all run"), "{:?}", all.diagnostics());
    let settings = "[liquibase]\ncontexts = \"prod\"\nlabels = \"!v2\"\n";
    let some = session(&[("c.sql", changelog), ("foreshock.toml", settings)], Range::default());
    assert_eq!(changes(&some), ["drop_table t3"]);
    assert!(says(&some, "2 are left out"), "{:?}", some.diagnostics());
}

#[test]
fn a_flow_file_orders_the_changelogs_of_its_stages() {
    let changelog = |table: &str| format!("--liquibase formatted sql\n--changeset a:1\nDROP TABLE {table};\n");
    let flow = "stages:\n  one:\n    actions:\n      - type: liquibase\n        command: update\n        cmdArgs:\n          \
                changelogFile: z.sql\n  two:\n    actions:\n      - type: liquibase\n        command: update\n        \
                cmdArgs:\n          changelogFile: a.sql\n";
    let session = session(
        &[("a.sql", &changelog("second")), ("z.sql", &changelog("first")), ("liquibase.flowfile.yaml", flow)],
        Range::default(),
    );
    assert_eq!(changes(&session), ["drop_table first", "drop_table second"]);
}

#[test]
fn sqitch_runs_in_the_order_of_its_plan() {
    let plan = "%syntax-version=1.0.0\n%project=shop\nzulu 2024-01-01T00:00:00Z A <a@b>\nalpha [zulu] \
                2024-01-02T00:00:00Z A <a@b>\n";
    let session = session(
        &[
            ("s/sqitch.plan", plan),
            ("s/deploy/alpha.sql", "-- Deploy shop:alpha to pg\nBEGIN;\nDROP TABLE second;\nCOMMIT;\n"),
            ("s/deploy/zulu.sql", "-- Deploy shop:zulu to pg\nBEGIN;\nDROP TABLE first;\nCOMMIT;\n"),
            ("s/revert/zulu.sql", "BEGIN;\nCREATE TABLE first (id int);\nCOMMIT;\n"),
            ("s/verify/zulu.sql", "-- Verify shop:zulu on pg\nBEGIN;\nDROP TABLE nothing;\nROLLBACK;\n"),
        ],
        Range::default(),
    );
    assert_eq!(changes(&session), ["drop_table first", "drop_table second"]);
}

#[test]
fn what_comes_before_the_range_tells_the_schema_and_is_not_judged() {
    let files = [
        ("V1__a.sql", "CREATE TABLE parcels (id int, weight int);\nDROP TABLE old_parcels;"),
        ("V2__b.sql", "ALTER TABLE parcels RENAME COLUMN weight TO grams;"),
        ("V3__c.sql", "ALTER TABLE parcels DROP COLUMN grams;"),
        ("V4__d.sql", "DROP TABLE parcels;"),
        ("U2__b.sql", "ALTER TABLE parcels RENAME COLUMN grams TO weight;"),
    ];
    let (from, to) = (Some("3".to_owned()), Some("V3".to_owned()));
    let session = session(&files, Range { from, to });
    assert_eq!(changes(&session), ["drop_column parcels.grams"]);
    assert!(says(&session, "2 migration files count as applied"), "{:?}", session.diagnostics());
    assert!(says(&session, "1 migration files come later"), "{:?}", session.diagnostics());
    assert!(!says(&session, "would be refused"), "the baseline has the column: {:?}", session.diagnostics());
    let wrong = [files[0], ("V3__c.sql", "ALTER TABLE parcels DROP COLUMN height;")];
    let session = self::session(&wrong, Range { from: Some("3".to_owned()), to: None });
    assert!(says(&session, "has no column height"), "{:?}", session.diagnostics());
}

#[test]
fn an_identity_column_keeps_its_not_null_until_it_is_none() {
    let create = "CREATE TABLE bins (id bigint GENERATED ALWAYS AS IDENTITY, note text NOT NULL);\n";
    let drop = "ALTER TABLE bins ALTER COLUMN id DROP NOT NULL;";
    let note = "ALTER TABLE bins ALTER COLUMN note DROP NOT NULL;\n";
    let refused = |sql: &str| {
        let session = session(&[("V1__a.sql", &format!("{create}{sql}"))], Range::default());
        says(&session, "the column id is an identity column; this step would be refused")
    };
    assert!(refused(drop));
    assert!(!refused(note));
    assert!(!refused(&format!("ALTER TABLE bins ALTER COLUMN id DROP IDENTITY;\n{drop}")));
    let add = "ALTER TABLE bins ALTER COLUMN note ADD GENERATED ALWAYS AS IDENTITY;\n";
    let of_note = session(&[("V1__a.sql", &format!("{create}{add}{note}"))], Range::default());
    assert!(says(&of_note, "the column note is an identity column"), "{:?}", of_note.diagnostics());
}

#[test]
fn flyways_placeholders_are_those_of_its_configuration() {
    let files = [
        ("db/flyway.conf", "# shop\nflyway.placeholders.prefix=old_\n"),
        ("db/V1__a.sql", "DROP TABLE ${prefix}bins;\nDROP TABLE ${other}bins;"),
    ];
    let session = session(&files, Range::default());
    assert_eq!(changes(&session), ["drop_table old_bins", "drop_table ${other}bins"]);
}

#[test]
fn a_baseline_is_for_a_new_database_and_which_is_assumed_is_said() {
    let base = ("B5__base.sql", "CREATE TABLE bins (id int, size int);");
    let next = ("V6__next.sql", "ALTER TABLE bins DROP COLUMN size;");
    let of_new = session(&[next, base], Range::default());
    assert_eq!(changes(&of_new), ["create_table bins", "drop_column bins.size"]);
    assert!(says(&of_new, "a new database is assumed"), "{:?}", of_new.diagnostics());
    let existing = session(&[next, base, ("V5__old.sql", "DROP TABLE crates;")], Range::default());
    assert_eq!(changes(&existing), ["drop_table crates", "drop_column bins.size"]);
    assert!(says(&existing, "an existing database is assumed"), "{:?}", existing.diagnostics());
}

/// The transitions that a migration of a table of the example comes to.
fn transitions(sql: &str) -> Vec<String> {
    let before = "CREATE TABLE parcels (id int, note text, street text, city text, first_name text, last_name text);\n\
                  CREATE TABLE bins (id int, size int);";
    let range = Range { from: Some("2".to_owned()), to: None };
    let session = session(&[("V1__a.sql", before), ("V2__b.sql", sql)], range);
    let review = session.review().unwrap_or_else(|missing| panic!("{}", missing.message));
    let of = |one: &foreshock_core::review::Transition| {
        format!("{:?} {} → {} {}", one.kind, one.from.join("+"), one.to.join("+"), one.certainty.word())
    };
    review.transitions.iter().map(of).collect()
}

#[test]
fn splits_merges_and_copies_are_understood_and_look_alikes_are_offered_and_never_assumed() {
    for (sql, expected) in [
        (
            "ALTER TABLE parcels ADD COLUMN full_name text;\n\
             UPDATE parcels SET full_name = first_name || ' ' || last_name;\n\
             ALTER TABLE parcels DROP COLUMN first_name, DROP COLUMN last_name;",
            &["Merge first_name+last_name → full_name certain"][..],
        ),
        (
            "ALTER TABLE parcels ADD COLUMN road text, ADD COLUMN house text;\n\
             UPDATE parcels SET road = split_part(street, ' ', 1), house = split_part(street, ' ', 2);\n\
             ALTER TABLE parcels DROP COLUMN street;",
            &["Split street → road+house certain"],
        ),
        (
            "ALTER TABLE parcels ADD COLUMN remark text;\nUPDATE parcels SET remark = note;\n\
             ALTER TABLE parcels DROP COLUMN note;",
            &["Rename note → remark likely"],
        ),
        (
            "ALTER TABLE parcels DROP COLUMN city;\nALTER TABLE parcels ADD COLUMN city_name varchar(20);",
            &["Rename city → city_name possible"],
        ),
        ("ALTER TABLE parcels DROP COLUMN city;\nALTER TABLE parcels ADD COLUMN weight int;", &[]),
        ("DROP TABLE bins;\nCREATE TABLE boxes (id int, size int);", &["RenameTable bins → boxes possible"]),
    ] {
        assert_eq!(transitions(sql), expected, "{sql}");
    }
}

#[test]
fn a_routine_of_an_earlier_file_is_entered_where_a_later_one_calls_it() {
    let create = "CREATE FUNCTION tidy() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE bins; END $$;";
    let own = session(&[("V1__a.sql", create), ("V2__b.sql", "SELECT tidy();")], Range::default());
    assert_eq!(changes(&own), ["create_function ", "drop_table bins"]);
    let lost = session(&[("V2__b.sql", "SELECT tidy();")], Range::default());
    assert!(says(&lost, "it calls tidy, whose definition is not given"), "{:?}", lost.diagnostics());
    let endless = "CREATE FUNCTION again() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM again(); END $$;";
    let bound = session(&[("V1__a.sql", endless), ("V2__b.sql", "SELECT again();")], Range::default());
    assert!(says(&bound, "too often or too deep"), "{:?}", bound.diagnostics());
}

#[test]
fn scripts_for_another_engine_are_left_out_where_the_engine_is_known() {
    let files = [
        ("1_x.mysql.up.sql", "DROP TABLE a_mysql;"),
        ("1_x.postgres.up.sql", "DROP TABLE a_postgres;"),
        ("1_x.postgres.down.sql", "CREATE TABLE a_postgres (id int);"),
        ("2_y.up.sql", "DROP TABLE b;"),
    ];
    let mut given = files.to_vec();
    given.push(("foreshock.toml", "dialect = \"postgres\"\n"));
    let session = session(&given, Range::default());
    assert_eq!(changes(&session), ["drop_table a_postgres", "drop_table b"]);
    assert!(says(&session, "for another engine than PostgreSQL"), "{:?}", session.diagnostics());
}

#[test]
fn change_sets_that_ask_to_be_first_or_last_are_so_across_files() {
    let set = |id: &str, more: &str, table: &str| {
        format!("<changeSet id=\"{id}\" author=\"a\" {more}><dropTable tableName=\"{table}\"/></changeSet>")
    };
    let root = format!(
        "<databaseChangeLog>{}{}<include file=\"b.yaml\"/>{}</databaseChangeLog>",
        set("1", "runOrder=\"last\"", "last_one"),
        set("2", "", "second"),
        set("3", "", "fourth"),
    );
    let included = "databaseChangeLog:\n- changeSet:\n    id: 4\n    author: a\n    runOrder: first\n    changes:\n    - \
                    dropTable: {tableName: first}\n- changeSet:\n    id: 5\n    author: a\n    changes:\n    - dropTable: \
                    {tableName: third}\n";
    let found = changes(&session(&[("a.xml", &root), ("b.yaml", included)], Range::default()));
    let expected = ["first", "second", "third", "fourth", "last_one"].map(|table| format!("drop_table {table}"));
    assert_eq!(found, expected);
    let formatted =
        "--liquibase formatted sql\n--changeset a:1 runOrder:last\nDROP TABLE z;\n--changeset a:2\nDROP TABLE y;\n";
    assert_eq!(changes(&session(&[("c.sql", formatted)], Range::default())), ["drop_table y", "drop_table z"]);
}

#[test]
fn a_changelog_of_several_databases_is_read_as_the_likeliest_of_them() {
    let changelog = "<databaseChangeLog><property name=\"text\" value=\"NVARCHAR2(20)\" dbms=\"oracle\"/>\
                     <property name=\"text\" value=\"text\" dbms=\"postgresql\"/><changeSet id=\"1\" author=\"a\">\
                     <sql>ALTER TABLE Carts DROP COLUMN Note</sql></changeSet></databaseChangeLog>";
    assert_eq!(changes(&session(&[("c.xml", changelog)], Range::default())), ["drop_column carts.note"]);
}

#[test]
fn a_numbered_script_may_have_macros_of_its_own() {
    let script =
        "{% macro gone(c) %}ALTER TABLE carts DROP COLUMN {{ c }};{% endmacro %}{{ gone('a') }}{{ gone('b') }}";
    let found = changes(&session(&[("V1.2__x.sql", script)], Range::default()));
    assert_eq!(found, ["drop_column carts.a", "drop_column carts.b"]);
}

#[test]
fn views_and_routines_outside_of_dbt_that_a_later_file_breaks_are_named() {
    let first = "CREATE TABLE carts (id int, note text);\nCREATE VIEW notes AS SELECT note FROM carts;\n\
                 CREATE PROCEDURE tidy() UPDATE carts SET note = '';\nCREATE PROCEDURE count_all() SELECT count(*) FROM carts;\n";
    let files = [("V1__a.sql", first), ("V2__b.sql", "ALTER TABLE carts RENAME COLUMN note TO remark;")];
    let options = |dialect| Options { dialect: Some(dialect), ..Options::default() };
    let read = |files: &[(&str, &str)], dialect| {
        let mut given = vec![example_file("manifest.json")];
        given.extend(files.iter().map(|(name, text)| made_up(name, text)));
        Session::read(given, &options(dialect), &mut |_| {})
    };
    let said = read(&files, Dialect::MySql);
    assert!(says(&said, "line 1: the view notes reads what V2__b.sql:1"), "{:?}", said.diagnostics());
    assert!(says(&said, "line 1: tidy names what V2__b.sql:1"), "{:?}", said.diagnostics());
    assert!(!says(&said, "count_all"));
    // PostgreSQL's views know columns by number; and a routine that is written anew is no longer broken.
    let again = "DROP PROCEDURE tidy;\nALTER TABLE carts RENAME COLUMN note TO remark;";
    let said = read(&[("V1__a.sql", first), ("V2__b.sql", again)], Dialect::Postgres);
    assert!(!says(&said, "the view notes") && !says(&said, "tidy names"), "{:?}", said.diagnostics());
}
