//! Alembic's versions: each comes to the operations of the SQL that Alembic prints for it, with exact places.

use std::fs;

use foreshock_core::dialect::Dialect;
use foreshock_core::migration::{Changelog, Effect, MigrationFile, Step, read_changelog};
use foreshock_core::text::Diagnostic;
use foreshock_tests::changelogs::{corpus, essence, files, form};
use foreshock_tests::{example_file, made_up, review, session, text};

const VERSIONS: [&str; 6] =
    ["z_first_tables.py", "a_columns.py", "m_values.py", "b_right.py", "b_left.py", "0_joined.py"];

fn read(name: &str, text: &str) -> (Changelog, MigrationFile, Vec<Diagnostic>) {
    let changelog = read_changelog(form(name, text), text).unwrap_or_else(|| panic!("{name} is not read"));
    let (file, said) = MigrationFile::of_changelog(name, text.to_owned(), &changelog, Dialect::Postgres);
    (changelog, file, said)
}

fn version(name: &str) -> String {
    text(&format!("tests/fixtures/alembic/versions/{name}"))
}

/// A migration whose `upgrade` has these lines.
fn upgrade(body: &str) -> String {
    let lines: String = body.lines().map(|line| format!("    {line}\n")).collect();
    format!("import sqlalchemy as sa\nfrom alembic import op\n\nrevision = \"1\"\n\n\ndef upgrade():\n{lines}")
}

/// The operations of the SQL that Alembic prints. It writes a row each where rows of one table are one statement here.
fn printed(path: &str) -> Vec<String> {
    let (file, said) = MigrationFile::read("V1__x.sql", text(path), Dialect::Postgres);
    assert!(said.is_empty(), "{said:?}");
    rows_in_one(essence(&file).into_iter().filter(|op| !op.contains("alembic_version")).collect())
}

fn rows_in_one(mut ops: Vec<String>) -> Vec<String> {
    ops.dedup_by(|next, op| next == op && op.starts_with("insert"));
    ops
}

#[test]
fn upgrade_comes_to_what_alembic_prints() {
    let mut own = Vec::new();
    for name in VERSIONS {
        let (_, file, said) = read(name, &version(name));
        assert!(said.is_empty(), "{name}: {said:#?}");
        own.extend(essence(&file));
    }
    assert_eq!(rows_in_one(own).join("\n"), printed("tests/fixtures/alembic/upgrade.sql").join("\n"));
}

#[test]
fn downgrade_comes_to_what_alembic_prints_and_is_no_change() {
    let mut own = Vec::new();
    for name in ["0_joined.py", "b_left.py", "b_right.py", "m_values.py", "a_columns.py", "z_first_tables.py"] {
        let (changelog, ..) = read(name, &version(name));
        let steps = changelog.steps.iter().filter(|step| step.back);
        let steps = steps.map(|step| Step { back: false, ..step.clone() }).collect();
        let back = Changelog { steps, ..Changelog::default() };
        let (file, said) = MigrationFile::of_changelog(name, version(name), &back, Dialect::Postgres);
        assert!(said.is_empty(), "{name}: {said:#?}");
        own.extend(essence(&file));
    }
    assert_eq!(own.join("\n"), printed("tests/fixtures/alembic/downgrade.sql").join("\n"));
}

#[test]
fn places_are_those_of_the_sql_or_of_the_call() {
    for line_end in ["\n", "\r\n"] {
        let text = version("m_values.py").replace('\n', line_end);
        let (_, file, _) = read("m_values.py", &text);
        let places: Vec<String> =
            file.statements.iter().map(|statement| statement.span.of(&file.text).replace("\r\n", "\n")).collect();
        for place in [
            "COMMENT ON TABLE {name} IS 'has a stamp'",
            "UPDATE %s.parcel SET width = %d WHERE width IS NULL",
            "DELETE FROM {}.{table} WHERE share = 0",
            "UPDATE shop.parcel \"\n        \"SET code = 'it''s \\\"new\\\"' \"\n        f\"WHERE code IN ({', '.join(repr(value) for value in RENAMED)})",
            "UPDATE shop.parcel SET payer = 'é\\\\t'\n            WHERE payer IS NULL",
            "DELETE FROM shop.halt WHERE state = 'zz'",
            "op.add_column(\"parcel\", sa.Column(name, kind), schema=PREFIX)",
            "connection.execute(parcel.delete().where(parcel.c.code.in_([\"a\", \"b\"])))",
            "ALTER TYPE shop.speed ADD VALUE 'faster'",
        ] {
            assert!(places.iter().any(|own| own == place), "{place} is not in {places:#?}");
        }
    }
}

/// What is said of the steps: their SQL, or why it is not known, with a mark where it may not happen.
fn steps(body: &str) -> Vec<String> {
    let (changelog, _, _) = read("1.py", &upgrade(body));
    let said = |step: &Step| {
        let mark = if step.conditional { "perhaps " } else { "" };
        format!("{mark}{}", step.unknown.as_deref().map_or_else(|| step.sql.clone(), |why| format!("unknown: {why}")))
    };
    assert!(changelog.problems.is_empty(), "{:?}", changelog.problems);
    changelog.steps.iter().map(said).collect()
}

#[test]
fn what_is_known_only_at_run_time_is_named() {
    for (body, expected) in [
        ("op.drop_table(os.environ['TABLE'])", "unknown: `os.environ[…]` is known only at run time"),
        (
            "op.execute(f'DROP TABLE {name}')",
            "unknown: its SQL is put together at run time: `name` is known only at run time",
        ),
        (
            "op.execute(open('x.sql').read())",
            "unknown: its SQL is put together at run time: `open(…).read(…)` is known only at run time",
        ),
        ("op.create_entity(view)", "unknown: `op.create_entity` is no operation that is known here"),
        (
            "from app.db import fix\nfix(op.get_bind())",
            "unknown: `app.db.fix` stands in another file; what it does is not known here",
        ),
        (
            "op.add_column(*arguments)",
            "unknown: the arguments of `op.add_column` come out of `*arguments`, which is known only at run time",
        ),
        (
            "session = Session(bind=op.get_bind())\nsession.add(Row())",
            "unknown: `add` writes objects whose rows are not known here",
        ),
        ("op.add_column('t', sa.Column('a', kind()))", "unknown: `kind` is not known as a type"),
    ] {
        let found = steps(body);
        assert!(found.iter().any(|step| step == expected), "{body}: {found:#?}");
    }
}

#[test]
fn what_hangs_on_the_database_may_not_happen() {
    let body = "bind = op.get_bind()
if not sa.inspect(bind).has_table('t'):
    op.create_table('t', sa.Column('a', sa.Integer()))
    return
op.drop_table('u')
for row in bind.execute(sa.text('SELECT 1')):
    op.execute('DELETE FROM v')
try:
    op.drop_table('w')
except Exception:
    op.drop_table('x')";
    let expected = [
        "perhaps CREATE TABLE t (a INTEGER)",
        "perhaps DROP TABLE u",
        "perhaps SELECT 1",
        "perhaps DELETE FROM v",
        "perhaps DROP TABLE w",
        "perhaps DROP TABLE x",
    ];
    assert_eq!(steps(body), expected);
    // An error stops it all: what comes after happens, or nothing does.
    assert_eq!(steps("if count():\n    raise ValueError()\nop.drop_table('u')"), ["DROP TABLE u"]);
}

#[test]
fn a_dialect_that_is_told_decides_conditions_on_it() {
    let body = "if op.get_bind().dialect.name == 'mysql':\n    op.drop_table('User')\nelse:\n    op.drop_table('b')";
    assert_eq!(steps(body), ["perhaps DROP TABLE \"User\"", "perhaps DROP TABLE b"]);
    let text = upgrade(body);
    let told = foreshock_core::migration::Form { dialect: Some(Dialect::MySql), is_told: true, ..form("1.py", &text) };
    let changelog = read_changelog(told, &text).expect("it is read");
    let sql: Vec<&str> = changelog.steps.iter().map(|step| step.sql.as_str()).collect();
    assert_eq!(sql, ["DROP TABLE `User`"]);
}

#[test]
fn loops_over_rows_keep_what_is_known_of_their_statements() {
    let body = "t = sa.table('t', sa.column('a'), sa.column('id'))
bind = op.get_bind()
for row in bind.execute(t.select()):
    bind.execute(t.update().where(t.c.id == row.id).values(a=row.a.lower()))
    bind.execute(sa.text('UPDATE t SET a = :new WHERE a = :old'), {'new': 'x', 'old': row.a})";
    let expected = [
        "SELECT * FROM t",
        "perhaps UPDATE t SET a = :computed WHERE id = :computed",
        "perhaps UPDATE t SET a = 'x' WHERE a = :old",
    ];
    assert_eq!(steps(body), expected);
    let (_, file, said) = read("1.py", &upgrade(body));
    assert!(said.is_empty(), "{said:?}");
    assert!(file.ops().count() == 2, "{:?}", essence(&file));
}

#[test]
fn hostile_files_cost_themselves() {
    let deep = "(".repeat(100_000);
    let not = format!("x = {}1", "not ".repeat(100_000));
    let power = format!("x = {}1", "2**".repeat(50_000));
    let choice = format!("x = {}1", "1 if a else ".repeat(50_000));
    let lambda = format!("x = {}1", "lambda: ".repeat(50_000));
    let chain = format!("x = a{}", ".b()".repeat(50_000));
    let formatted = format!("x = {}1{}", "f'{".repeat(200), "}'".repeat(200));
    let mut blocks = String::from("def upgrade():\n");
    (1..500).for_each(|depth| blocks.push_str(&format!("{}if x:\n", " ".repeat(depth))));
    for text in [&deep, &not, &power, &choice, &lambda, &chain, &formatted, &blocks, "def upgrade(:", "x = '"] {
        let text = format!("from alembic import op\nrevision = '1'\n{text}");
        let (_, _, said) = read("1.py", &text);
        assert!(!said.is_empty(), "{}", &text[..80]);
    }
    for body in [
        "x = 'a'\nfor i in range(100000):\n    x = x + x\nop.execute(x)",
        "x = []\nfor i in range(100000):\n    x = [x]\nop.bulk_insert(x, x)",
        "x = sa.column('a')\nfor i in range(60):\n    x = x + x\nop.execute(sa.select(x))",
        "def f(n):\n    return f(n + 1)\nop.drop_table(f(0))",
        "for i in range(100000):\n    for j in range(100000):\n        op.drop_table('a')",
        "while True:\n    op.drop_table('a')",
    ] {
        let (changelog, _, _) = read("1.py", &upgrade(body));
        assert!(!changelog.steps.is_empty(), "{body}");
    }
}

#[test]
fn revisions_are_run_in_the_order_that_they_say() {
    let files = |name: &&str| made_up(&format!("versions/{name}"), version(name));
    let mut given: Vec<_> = VERSIONS.iter().map(files).collect();
    given.push(example_file("manifest.json"));
    let session = session(given);
    let review = session.review().unwrap_or_else(|missing| panic!("{}", missing.message));
    let mut order: Vec<&str> = review.changes.iter().map(|change| change.file.as_str()).collect();
    order.dedup();
    let expected: Vec<String> =
        ["z_first_tables.py", "a_columns.py", "m_values.py", "b_left.py", "b_right.py", "0_joined.py"]
            .map(|name| format!("versions/{name}"))
            .to_vec();
    assert_eq!(order, expected);
    let of_order: Vec<_> = review.diagnostics.iter().filter(|said| said.code == "revision-order").collect();
    assert!(of_order.is_empty(), "{of_order:?}");
}

#[test]
fn a_file_whose_name_says_rollback_leads_forward() {
    let text = upgrade("op.drop_table('raw_orders')");
    let review = review(vec![example_file("manifest.json"), made_up("versions/1_rollback_orders.py", text)]);
    assert_eq!(review.changes.len(), 1);
}

#[test]
fn the_reference_migration_comes_to_what_alembic_prints() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("wt04/migrations/alembic");
    let own = fs::read_to_string(folder.join("versions/7c41d9a0e042_accounts_migration.py")).expect("it is there");
    let (_, file, said) = read("7c41d9a0e042_accounts_migration.py", &own);
    assert!(said.is_empty(), "{said:?}");
    let sql = fs::read_to_string(folder.join("upgrade.sql")).expect("it is there");
    let (printed, _) = MigrationFile::read("V1__x.sql", sql, Dialect::Postgres);
    let printed: Vec<String> = essence(&printed).into_iter().filter(|op| !op.contains("alembic_version")).collect();
    assert_eq!(essence(&file), printed);
    let outcomes = |migration| {
        let review = review(vec![example_file("manifest.json"), example_file("catalog.json"), migration]);
        review.nodes.iter().map(|node| (node.unique_id.clone(), node.outcome)).collect::<Vec<_>>()
    };
    let expected = outcomes(example_file("V042__accounts_migration.sql"));
    assert_eq!(outcomes(made_up("versions/7c41_accounts.py", own)), expected);
}

#[test]
#[allow(clippy::print_stderr)] // the share is a figure that is quoted
fn real_versions_are_understood() {
    let Some(corpus) = corpus() else { return };
    let mut paths = Vec::new();
    files(&corpus.join("migrations/alembic"), &mut paths);
    paths.sort();
    let (mut all, mut known, mut rest) = (0, 0, Vec::new());
    for path in &paths {
        let name = path.to_string_lossy().into_owned();
        let (changelog, file, said) = read(&name, &fs::read_to_string(path).expect("it is there"));
        assert!(changelog.revision.is_some() && changelog.problems.is_empty(), "{name}: {:?}", changelog.problems);
        all += file.statements.len();
        known += file.statements.iter().filter(|statement| !matches!(statement.effect, Effect::Unknown(_))).count();
        let base = name.rsplit('/').next().unwrap_or_default().to_owned();
        rest.extend(said.into_iter().map(|said| format!("  {base}: {}", said.message)));
    }
    let said =
        format!("{} versions: {known} of {all} statements understood; the rest:\n{}", paths.len(), rest.join("\n"));
    eprintln!("{said}");
    // Functions of other modules, which stand in no version, are the rest.
    assert!(paths.len() >= 18 && rest.iter().all(|said| said.contains("stands in another file")), "{said}");
}
