//! The page of each check is its documentation and its test: the examples that it calls bad give the finding, in every
//! dialect that the check speaks of, and the good ones do not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use foreshock_core::checks::{CHECKS, Check, Edit, Finding, Version, apply, check_named, mended, parse_version};
use foreshock_core::dialect::Dialect;
use foreshock_core::text::Severity;
use foreshock_core::{InputFile, Options, Session, documents};
use foreshock_tests::{example, repository, review};

struct Example {
    line: usize,
    bad: bool,
    /// None: all that the check speaks of.
    dialects: Vec<Dialect>,
    /// Of the engine; it goes with a dialect.
    version: Option<Version>,
    files: Vec<(String, String)>,
}

fn page(name: &str) -> String {
    let path = repository(&format!("docs/checks/{name}.md"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name} has no page: {error}"))
}

/// The code blocks of a page: ```` ```sql bad postgres ````, or `postgres@11` for a version of it, with `-- file: NAME` lines where it is not one plain script.
fn examples(page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut open = false;
    for (at, line) in page.lines().enumerate() {
        if let Some(info) = line.strip_prefix("```") {
            open = !open && info.starts_with("sql ");
            if open {
                let mut words = info.split_whitespace().skip(1);
                let bad = match words.next() {
                    Some("bad") => true,
                    Some("good") => false,
                    other => panic!("line {}: {other:?} is neither bad nor good", at + 1),
                };
                let mut example = Example { line: at + 1, bad, dialects: Vec::new(), version: None, files: Vec::new() };
                for word in words {
                    let (dialect, version) =
                        word.split_once('@').map_or((word, None), |(dialect, v)| (dialect, Some(v)));
                    example.dialects.push(Dialect::from_name(dialect).unwrap_or_else(|| panic!("{word}")));
                    example.version = version.map(|version| parse_version(version).expect("a version"));
                }
                examples.push(example);
            }
        } else if open && let Some(example) = examples.last_mut() {
            match (line.strip_prefix("-- file: "), example.files.last_mut()) {
                (Some(name), _) => example.files.push((name.to_owned(), String::new())),
                (None, Some((_, text))) => text.push_str(&format!("{line}\n")),
                (None, None) => example.files.push(("migration.sql".to_owned(), format!("{line}\n"))),
            }
        }
    }
    examples
}

fn findings(files: &[(String, String)], dialect: Dialect) -> Vec<Finding> {
    findings_of(files, dialect, None)
}

fn findings_of(files: &[(String, String)], dialect: Dialect, version: Option<Version>) -> Vec<Finding> {
    // A manifest in an example is of the dialect that it is tried in.
    let content = |text: &str| text.replace("DIALECT", dialect.name()).into_bytes();
    let inputs = files.iter().map(|(name, text)| InputFile::new(name.clone(), content(text))).collect();
    let mut options = Options { dialect: Some(dialect), ..Options::default() };
    options.checks.today = Some("2026-11-21".to_owned());
    options.checks.enabled = vec!["style".to_owned()];
    options.checks.engine_version = version;
    Session::read(inputs, &options, &mut |_| {}).checked().findings.clone()
}

fn says(check: &Check, files: &[(String, String)], dialect: Dialect, version: Option<Version>) -> bool {
    findings_of(files, dialect, version).iter().any(|finding| finding.check == check.name)
}

#[test]
fn the_examples_of_every_page_behave_as_it_says_in_every_dialect() {
    let mut wrong = Vec::new();
    let mut run = 0;
    for check in CHECKS {
        let examples = examples(&page(check.name));
        let mut shown: BTreeSet<(bool, Dialect)> = BTreeSet::new();
        for example in &examples {
            let all: Vec<Dialect> = check.dialects().collect();
            for dialect in if example.dialects.is_empty() { &all } else { &example.dialects } {
                run += 1;
                shown.insert((example.bad, *dialect));
                if says(check, &example.files, *dialect, example.version) != example.bad {
                    let what = if example.bad { "says nothing of a bad" } else { "speaks of a good" };
                    wrong.push(format!("{}.md:{}: {what} example in {}", check.name, example.line, dialect.name()));
                }
            }
        }
        for since in check.since {
            let of_engine = examples.iter().filter(|example| example.dialects == [since.dialect]);
            let versions: Vec<Version> = of_engine.filter_map(|example| example.version).collect();
            if !versions.iter().any(|version| *version < since.version) || !versions.contains(&since.version) {
                wrong.push(format!("{}: {} needs an example of it and one of before", check.name, since.engine()));
            }
        }
        for dialect in check.dialects() {
            for bad in [true, false] {
                if !shown.contains(&(bad, dialect)) {
                    wrong.push(format!(
                        "{}: no {} example in {}",
                        check.name,
                        if bad { "bad" } else { "good" },
                        dialect.name()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {run} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_page_begins_with_the_facts_of_its_check() {
    let mut wrong = Vec::new();
    for check in CHECKS {
        let text = page(check.name);
        let dialects: Vec<&str> = check.dialects().map(|dialect| dialect.facts().title).collect();
        let dialects = if dialects.len() == 14 { "every dialect".to_owned() } else { dialects.join(", ") };
        let severity = match check.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        let versions: String =
            check.since.iter().map(|since| format!("**Since {}** {}\n\n", since.engine(), since.does)).collect();
        let head = format!(
            "# {}\n\n{}\n\n*{} · {severity} · {dialects}*\n\n**What to do.** {}\n\n{versions}",
            check.name,
            check.summary,
            check.group(),
            check.help
        );
        if !text.starts_with(&head) {
            wrong.push(check.name);
            if std::env::var_os("UPDATE_EXPECT").is_some() {
                // The first paragraph after the facts is the author's.
                let mut parts = text.splitn(5, "\n\n");
                let mut body = parts.nth(4).unwrap_or_default();
                while let Some((_, rest)) = body.split_once("\n\n").filter(|_| body.starts_with("**Since ")) {
                    body = rest;
                }
                fs::write(repository(&format!("docs/checks/{}.md", check.name)), head + body).expect("writable");
            }
        }
    }
    let pages: BTreeSet<String> = fs::read_dir(repository("docs/checks"))
        .expect("the pages")
        .map(|entry| entry.expect("a page").file_name().to_string_lossy().trim_end_matches(".md").to_owned())
        .collect();
    let names: BTreeSet<String> =
        CHECKS.iter().map(|check| check.name.to_owned()).chain(["README".to_owned()]).collect();
    assert_eq!(pages, names);
    assert!(wrong.is_empty(), "pages out of date (UPDATE_EXPECT=1 rewrites their heads): {wrong:?}");
}

#[test]
fn the_list_of_checks_is_the_table_of_the_code() {
    let mut list = String::from("# The safety checks\n\n`foreshock explain NAME` shows a page in the terminal.\n");
    let mut group = "";
    for check in CHECKS {
        if check.group() != group {
            group = check.group();
            list += &format!("\n## {group}\n\n| check | catches |\n|---|---|\n");
        }
        list += &format!("| [{0}]({0}.md) | {1} |\n", check.name, check.summary);
    }
    let path = repository("docs/checks/README.md");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &list).expect("writable");
    }
    assert_eq!(fs::read_to_string(&path).expect("the list"), list);
}

#[test]
fn a_fix_takes_its_finding_away_and_leaves_what_the_engine_can_read() {
    let mut wrong = Vec::new();
    let mut made = 0;
    for check in CHECKS {
        for example in examples(&page(check.name)).iter().filter(|example| example.bad) {
            let all: Vec<Dialect> = check.dialects().collect();
            for dialect in if example.dialects.is_empty() { &all } else { &example.dialects } {
                let found = findings(&example.files, *dialect);
                let own = |finding: &&Finding| finding.check == check.name;
                if !found.iter().filter(own).any(|finding| finding.fix.is_some()) {
                    continue;
                }
                made += 1;
                let fixed: Vec<(String, String)> = example
                    .files
                    .iter()
                    .map(|(name, text)| {
                        let edits: Vec<Edit> = found
                            .iter()
                            .filter(own)
                            .filter(|f| f.file == *name)
                            .flat_map(|f| f.fix.clone().unwrap_or_default())
                            .collect();
                        (name.clone(), apply(text, &edits))
                    })
                    .collect();
                let left =
                    findings(&fixed, *dialect).iter().filter(own).filter(|finding| finding.fix.is_some()).count();
                let unread = |files: &[(String, String)]| unread(files, *dialect);
                if left > 0 || unread(&fixed) > unread(&example.files) {
                    wrong.push(format!("{}.md:{} in {}: {fixed:?}", check.name, example.line, dialect.name()));
                }
            }
        }
    }
    assert!(made > 20, "only {made} fixes");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whoever runs it, and with all edits of all checks made at once: nothing is left to edit, in the files or in those that come
/// with them, and no statement is lost.
#[test]
fn all_fixes_together_leave_nothing_to_fix_under_any_runner() {
    let mut wrong = Vec::new();
    let mut made = 0;
    for check in CHECKS {
        for example in examples(&page(check.name)).iter().filter(|example| example.bad && example.files.len() == 1) {
            let all: Vec<Dialect> = check.dialects().collect();
            for dialect in if example.dialects.is_empty() { &all } else { &example.dialects } {
                for name in ["migration.sql", "V7__day.sql", "db/0007_day.up.sql"] {
                    let own = &example.files[0].0;
                    let name = if own == "migration.sql" { name } else { own };
                    let files = vec![(name.to_owned(), example.files[0].1.clone())];
                    let found = findings(&files, *dialect);
                    let mended =
                        mended(&found, |file| files.iter().find(|(own, _)| own == file).map(|(_, text)| &**text));
                    if mended.is_empty() {
                        continue;
                    }
                    made += 1;
                    let fixed: Vec<(String, String)> = mended.into_iter().map(|file| (file.name, file.text)).collect();
                    let left = findings(&fixed, *dialect);
                    let left: Vec<&str> = left
                        .iter()
                        .filter(|finding| finding.fix.is_some())
                        .map(|finding| finding.check.as_str())
                        .collect();
                    if !left.is_empty() || unread(&fixed, *dialect) > unread(&files, *dialect) {
                        wrong.push(format!("{} as {name} in {}: {left:?}\n{fixed:?}", check.name, dialect.name()));
                    }
                }
            }
        }
    }
    assert!(made > 100, "only {made}");
    assert!(wrong.is_empty(), "{} of {made}:\n{}", wrong.len(), wrong.join("\n"));
}

fn unread(files: &[(String, String)], dialect: Dialect) -> usize {
    let inputs = files.iter().map(|(name, text)| InputFile::new(name.clone(), text.clone().into_bytes())).collect();
    let options = Options { dialect: Some(dialect), ..Options::default() };
    Session::read(inputs, &options, &mut |_| {}).checked().unparsed.len()
}

/// A column that is added with all care, and its way back, as each engine has them.
fn right(dialect: Dialect) -> (&'static str, &'static str) {
    use Dialect as D;
    match dialect {
        D::Postgres => (
            "SET lock_timeout = '3s';\nSET statement_timeout = '30s';\n\
             ALTER TABLE shop.orders ADD COLUMN IF NOT EXISTS day date;\n",
            "SET lock_timeout = '3s';\nALTER TABLE shop.orders DROP COLUMN IF EXISTS day;\n",
        ),
        D::MySql => (
            "SET SESSION lock_wait_timeout = 5;\nALTER TABLE shop.orders ADD COLUMN day DATE, ALGORITHM=INSTANT;\n",
            "SET SESSION lock_wait_timeout = 5;\nALTER TABLE shop.orders DROP COLUMN day, ALGORITHM=INSTANT;\n",
        ),
        D::SqlServer => {
            ("ALTER TABLE shop.orders ADD day DATE NULL;\n", "ALTER TABLE shop.orders DROP COLUMN IF EXISTS day;\n")
        }
        D::Oracle => ("ALTER TABLE shop.orders ADD (day DATE);\n", "ALTER TABLE shop.orders DROP COLUMN day;\n"),
        D::Redshift | D::StarRocks | D::Sqlite | D::Databricks => {
            ("ALTER TABLE shop.orders ADD COLUMN day DATE;\n", "ALTER TABLE shop.orders DROP COLUMN day;\n")
        }
        D::Snowflake | D::BigQuery | D::DuckDb | D::Trino | D::ClickHouse | D::Generic => (
            "ALTER TABLE shop.orders ADD COLUMN IF NOT EXISTS day DATE;\n",
            "ALTER TABLE shop.orders DROP COLUMN IF EXISTS day;\n",
        ),
    }
}

/// What is right gives no finding at all, whatever check there is.
#[test]
fn nothing_is_said_of_comments_a_plain_table_or_a_migration_that_does_all_of_it_right() {
    let every: Vec<Dialect> = check_named("drop-table").expect("it is there").dialects().collect();
    assert_eq!(every.len(), 14);
    let said = |files: &[(&str, &str)], dialect| -> Vec<String> {
        let files: Vec<(String, String)> =
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let found = findings(&files, dialect).into_iter().filter(|finding| finding.check != "style");
        found.map(|finding| format!("{} {}", finding.check, finding.message)).collect()
    };
    for dialect in every {
        for text in [
            "-- nothing\n",
            "CREATE TABLE orders (id INT PRIMARY KEY, day DATE);\n",
            "CREATE TABLE orders (id INT PRIMARY KEY, day DATE);\nCREATE TABLE lines (id INT PRIMARY KEY, price INT);\n",
            "/* a */\n\n-- b\n",
            "",
            "-- V8: what the shop sells\nCREATE TABLE IF NOT EXISTS parcels (id INT NOT NULL, day DATE);\n\
             CREATE VIEW seen AS SELECT id, day FROM parcels;\n",
        ] {
            // Two tables without a guard can stop a second run halfway, where the first stays.
            let may_stop = text.matches("CREATE").count() > 1;
            let said = said(&[("migration.sql", text)], dialect);
            let only = |name: &str| said.iter().all(|said| said.starts_with(name));
            assert!(
                said.is_empty() || may_stop && only("create-without-if-not-exists"),
                "{} {text}: {said:?}",
                dialect.name()
            );
        }
        let (forward, back) = right(dialect);
        let (forward, back) = (format!("-- V7: orders get a day\n{forward}"), format!("-- the way back of V7\n{back}"));
        for (one, other) in [("V7__day.sql", "U7__day.sql"), ("7_day.up.sql", "7_day.down.sql")] {
            let said = said(&[(one, &forward), (other, &back)], dialect);
            assert!(said.is_empty(), "{} {one}: {said:?}", dialect.name());
        }
    }
    // The heavy work in PostgreSQL, each step where it belongs.
    let set = "SET lock_timeout = '3s';\nSET statement_timeout = '30s';\n";
    let files = [
        (
            "V7__user.sql",
            format!(
                "-- V7: orders know their user\n{set}ALTER TABLE orders ADD COLUMN IF NOT EXISTS user_id bigint;\n"
            ),
        ),
        (
            "V7.1__index.sql",
            "-- V7.1: found by user\nCREATE INDEX CONCURRENTLY orders_by_user ON orders (user_id);\n".to_owned(),
        ),
        (
            "V7.2__key.sql",
            format!(
                "-- V7.2: only users that are there\n{set}ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;\n"
            ),
        ),
        (
            "V7.3__validate.sql",
            format!("-- V7.3: those of before too\n{set}ALTER TABLE orders VALIDATE CONSTRAINT orders_user;\n"),
        ),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let said = said(&files, Dialect::Postgres);
    // A constraint is felt by those who write, however it is added.
    assert!(said.iter().all(|said| said.starts_with("new-restriction-on-writers")), "{said:?}");
}

/// The checks that speak of a script, with the settings of a `foreshock.toml`.
fn named(script: &str, toml: &str) -> Vec<String> {
    let files = [
        ("a.sql".to_owned(), script.to_owned()),
        ("foreshock.toml".to_owned(), format!("dialect = \"postgres\"\n{toml}")),
    ];
    findings(&files, Dialect::Postgres).into_iter().map(|finding| finding.check).collect()
}

#[test]
fn a_waiver_needs_a_reason_a_name_and_a_day_that_has_not_passed() {
    const DROP: &str = "DROP TABLE\n  orders;\n";
    let waived =
        |waiver: &str| named(&format!("SET lock_timeout = '3s';\n-- foreshock: allow drop-table {waiver}\n{DROP}"), "");
    assert_eq!(waived("reason=\"nobody reads it\" by=\"Ana\" until=2027-01-01"), ["no-rollback"]);
    for broken in [
        "by=\"Ana\" until=2027-01-01",
        "reason=\"x\" until=2027-01-01",
        "reason=\"x\" by=\"Ana\"",
        "reason=\"x\" by=\"Ana\" until=2026-11-20",
        "reason=\"x\" by=\"Ana\" until=soon",
    ] {
        let said = waived(broken);
        assert!(said.contains(&"waiver".to_owned()) && said.contains(&"drop-table".to_owned()), "{broken}: {said:?}");
    }
}

#[test]
fn a_waiver_of_the_configuration_is_for_its_file_and_one_that_is_not_used_speaks() {
    let waiver = |file: &str| {
        format!(
            "[[waiver]]\ncheck = \"drop-table\"\nfile = \"{file}\"\nreason = \"r\"\nby = \"Ana\"\nuntil = 2027-01-01\n"
        )
    };
    assert!(!named("DROP TABLE orders;", &waiver("a.sql")).contains(&"drop-table".to_owned()));
    let said = named("DROP TABLE orders;", &waiver("b.sql"));
    assert!(said.contains(&"waiver".to_owned()) && said.contains(&"drop-table".to_owned()), "{said:?}");
}

#[test]
fn runner_version_and_sizes_of_the_configuration_decide() {
    let index = "CREATE INDEX i ON orders (day);";
    assert!(named(index, "").contains(&"index-not-concurrent".to_owned()));
    assert!(!named(index, "[rows]\n\"shop.orders\" = 40\n").contains(&"index-not-concurrent".to_owned()));
    let catalog = |rows: u64| {
        let table = r#"{"metadata": {"name": "orders"}, "columns": {}, "stats": {"row_count": {"value": ROWS.0}}}"#;
        let nodes = format!(r#"{{"source.shop.app.orders": {}}}"#, table.replace("ROWS", &rows.to_string()));
        let schema = "https://schemas.getdbt.com/dbt/catalog/v1.json";
        let metadata = format!(r#"{{"dbt_schema_version": "{schema}"}}"#);
        let catalog = format!(r#"{{"metadata": {metadata}, "nodes": {{}}, "sources": {nodes}}}"#);
        let files = [("a.sql".to_owned(), index.to_owned()), ("catalog.json".to_owned(), catalog)];
        findings(&files, Dialect::Postgres).iter().any(|finding| finding.check == "index-not-concurrent")
    };
    assert!(!catalog(40) && catalog(40_000_000), "the catalog counts rows too");
    let constant = "ALTER TABLE orders ADD COLUMN a int DEFAULT 1;";
    assert!(!named(constant, "").contains(&"volatile-default-rewrites".to_owned()));
    assert!(named(constant, "engine-version = 10\n").contains(&"volatile-default-rewrites".to_owned()));
    let concurrent = "ALTER TABLE orders ADD COLUMN a int; CREATE INDEX CONCURRENTLY i ON orders (day);";
    assert!(!named(concurrent, "").contains(&"statement-illegal-in-transaction".to_owned()));
    for settings in ["runner = \"flyway\"\n", "in-transaction = true\n"] {
        assert!(named(concurrent, settings).contains(&"statement-illegal-in-transaction".to_owned()), "{settings}");
    }
}

/// What the checks say of real migrations of other people, file by file. Each line was looked at; where it changes, look again.
#[test]
#[allow(clippy::print_stderr, reason = "says what was not there")]
fn real_migrations_give_the_findings_that_were_judged() {
    let folder = repository("../shared/corpus/migrations");
    if !folder.is_dir() {
        eprintln!("not run: there is no corpus at {}", folder.display());
        return;
    }
    let (mut paths, mut pending) = (Vec::new(), vec![folder.clone()]);
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { pending.push(path) } else { paths.push(path) }
        }
    }
    paths.sort();
    let mut table = String::new();
    for path in paths.iter().filter(|path| path.extension().is_none_or(|extension| extension != "tsv")) {
        let name = path.strip_prefix(&folder).expect("within").to_string_lossy().into_owned();
        let file = InputFile::new(name.clone(), fs::read(path).expect("readable"));
        let session = Session::read(vec![file], &Options::default(), &mut |_| {});
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in &session.checked().findings {
            *counts.entry(&finding.check).or_default() += 1;
        }
        let counts: Vec<String> = counts.iter().map(|(check, count)| format!("{check} {count}")).collect();
        table += &format!("{name}\t{}\n", counts.join(", "));
    }
    let path = repository("tests/snapshots/corpus_findings.tsv");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &table).expect("writable");
    }
    let kept = fs::read_to_string(&path).expect("the snapshot");
    let differing: Vec<&str> = table.lines().filter(|line| !kept.lines().any(|kept| kept == *line)).collect();
    assert!(kept == table, "look at these, then run with UPDATE_EXPECT=1:\n{}", differing.join("\n"));
}

/// `foreshock fix` without a manifest, and the page's sheet with one.
#[test]
fn edits_are_handed_over_as_files_and_a_patch_and_shown_as_diffs() {
    let script = "CREATE INDEX i ON orders (day);\nALTER TABLE lines ADD CHECK (price > 0);\n";
    let file = InputFile::new("db/V7__i.sql", script.as_bytes().to_vec());
    let options = Options { dialect: Some(Dialect::Postgres), ..Options::default() };
    let remedies = Session::read(vec![file], &options, &mut |_| {}).remedies();
    assert_eq!(remedies.iter().map(|remedy| remedy.kind.as_str()).collect::<Vec<_>>(), ["migrations"]);
    let files: BTreeMap<String, String> = documents::draft_files(None, &remedies).into_iter().collect();
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let later = "migrations/db/V7.1__i_afterwards.sql";
    assert_eq!(
        names,
        [
            "README.md",
            "migrations.patch",
            later,
            "migrations/db/V7.1__i_afterwards.sql.conf",
            "migrations/db/V7__i.sql"
        ]
    );
    assert!(files[later].contains("CREATE INDEX CONCURRENTLY i ON orders (day);"), "{}", files[later]);
    assert!(files[later].contains("VALIDATE CONSTRAINT lines_price_check;"), "{}", files[later]);
    assert!(!files["migrations/db/V7__i.sql"].contains("\nCREATE INDEX"), "it is there twice");
    assert!(files["migrations.patch"].contains("--- a/db/V7__i.sql\n+++ b/db/V7__i.sql\n"));

    let pages: BTreeMap<String, String> = documents::published(&review(example())).into_iter().collect();
    let sheet = &pages["checks.md"];
    for part in ["## What can be mended", "```diff\n", "## Locks and cost", "ACCESS EXCLUSIVE"] {
        assert!(sheet.contains(part), "no {part}");
    }
}
