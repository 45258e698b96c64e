//! Doing it again and taking it back, held against PostgreSQL, and the first against DuckDB too: a script of which the checks say
//! nothing can be run twice, one of which they speak cannot; a way back that they find whole brings catalogue and rows back, one
//! that they do not, does not. And what the checks' own edits make of a script still runs.
#![allow(clippy::print_stderr, reason = "says what was compared, and what was not there")]

#[path = "../psql.rs"]
mod psql;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use foreshock_core::checks::{Mended, check_named, mended};
use foreshock_core::dialect::Dialect;
use foreshock_core::{InputFile, Options, Session};
use foreshock_tests::repository;
use serde_json::json;

const TABLES: &str = "
    create table orders (id int primary key, note text, total int, state varchar(10) default 'new');
    create table lines (id int primary key, order_id int, day date);
    create table tiers (id int primary key, name text);
    create view daily as select day, count(*) as lines from lines group by day;
    create index lines_by_day on lines (day);
    insert into orders select n, 'note ' || n, n * 10, 'new' from generate_series(1, 9) n;
    insert into lines select n, n, date '2026-01-01' + n from generate_series(1, 9) n;
";

/// Tables, columns, indexes, constraints and views by name, and the rows of every table.
const PICTURE: &str = "
    select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
        where table_schema = 'public' order by 1, 2;
    select indexname from pg_indexes where schemaname = 'public' order by 1;
    select conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace order by 1;
    select viewname from pg_views where schemaname = 'public' order by 1;
    select query_to_xml(format('select to_jsonb(t)::text as t from %I t order by 1', table_name), true, false, '')
        from information_schema.tables where table_schema = 'public' order by table_name;
";

/// Pairs of statements: what changes something, and a second one so that it is no script of one statement.
const AGAIN: &[&str] = &[
    "create table more (id int); create table others (id int);",
    "create table if not exists more (id int); create table if not exists others (id int);",
    "alter table orders add column day date; alter table lines add column total int;",
    "alter table orders add column if not exists day date; alter table lines add column if not exists total int;",
    "drop view daily; drop table tiers;",
    "drop view if exists daily; drop table if exists tiers;",
    "alter table orders drop column note; alter table lines drop column day cascade;",
    "alter table orders drop column if exists note; alter table lines drop column if exists day cascade;",
    "alter table orders add constraint positive check (total > 0); alter table orders alter column note set not null;",
    "alter table orders drop constraint if exists positive; alter table orders add constraint positive check (total > 0);",
    "do $$ begin create type mood as enum ('a'); exception when duplicate_object then null; end $$; alter table orders alter column note set default 'x';",
    "create type mood as enum ('a'); alter table orders alter column note set default 'x';",
    "do $$ begin if not exists (select from pg_class where relname = 'more') then create table more (id int); end if; end $$; alter table orders alter column note set default 'x';",
    "insert into tiers (id, name) values (1, 'gold'); update orders set note = 'x' where id = 1;",
    "insert into tiers (id, name) values (1, 'gold') on conflict do nothing; update orders set note = 'x' where id = 1;",
    "insert into tiers (id, name) select 1, 'gold' where not exists (select from tiers where id = 1); update orders set note = 'x' where id = 1;",
    "update orders set total = total * 100 where id = 1; update orders set note = 'x' where id = 2;",
    "update orders set total = 7 where id = 1; update orders set note = 'x' where id = 2;",
    "create index by_note on orders (note); create index by_total on orders (total);",
    "create index if not exists by_note on orders (note); create index if not exists by_total on orders (total);",
    "create schema apart; create sequence numbers;",
    "create schema if not exists apart; create sequence if not exists numbers;",
    "create or replace view daily as select day, count(*) as lines from lines group by day; comment on table orders is 'x';",
    "drop index lines_by_day; alter table orders alter column note set default 'x';",
    "drop index if exists lines_by_day; alter table orders alter column note set default 'x';",
];

/// The same for DuckDB, on the same tables: it has no blocks, and lets no index stand in the way.
const AGAIN_IN_DUCKDB: &[&str] = &[
    "create table more (id int); create table others (id int);",
    "create table if not exists more (id int); create table if not exists others (id int);",
    "create or replace table more (id int); update orders set note = 'x' where id = 2;",
    "create table more as select 1 as one; update orders set note = 'x' where id = 2;",
    "alter table tiers add column day date; alter table parcels add column total int;",
    "alter table tiers add column if not exists day date; alter table parcels add column if not exists total int;",
    "drop view daily; drop table tiers;",
    "drop view if exists daily; drop table if exists tiers;",
    "alter table tiers drop column name; update orders set note = 'x' where id = 2;",
    "alter table tiers drop column if exists name; update orders set note = 'x' where id = 2;",
    "insert into tiers (id, name) values (1, 'gold'); update orders set note = 'x' where id = 1;",
    "insert into tiers (id, name) values (1, 'gold') on conflict do nothing; update orders set note = 'x' where id = 1;",
    "insert or replace into tiers (id, name) values (1, 'gold'); update orders set note = 'x' where id = 1;",
    "insert into tiers (id, name) select 1, 'gold' where not exists (select 1 from tiers where id = 1); update orders set note = 'x' where id = 1;",
    "update orders set total = total * 100 where id = 1; update orders set note = 'x' where id = 2;",
    "update orders set total = 7 where id = 1; update orders set note = 'x' where id = 2;",
    "create index by_note on orders (note); create index by_total on orders (total);",
    "create index if not exists by_note on orders (note); create index if not exists by_total on orders (total);",
    "create schema apart; create sequence numbers;",
    "create schema if not exists apart; create sequence if not exists numbers;",
    "create or replace view daily as select day, count(*) as lines from parcels group by day; update orders set note = 'x' where id = 2;",
    "create type mood as enum ('a'); update orders set note = 'x' where id = 2;",
    "create type if not exists mood as enum ('a'); update orders set note = 'x' where id = 2;",
    "delete from orders where id = 3; update orders set note = 'x' where id = 2;",
];

const TABLES_IN_DUCKDB: &str = "
    create table orders (id int primary key, note text, total int, state varchar default 'new');
    create table parcels (id int, order_id int, day date);
    create table tiers (id int primary key, name text);
    create view daily as select day, count(*) as lines from parcels group by day;
    insert into orders select n, 'note ' || n, n * 10, 'new' from range(1, 10) t(n);
    insert into parcels select n, n, date '2026-01-01' + n::int from range(1, 10) t(n);
";

/// A change, its way back, and whether that is all of it: catalogue, and rows.
const WAYS: &[(&str, &str, bool)] = &[
    ("alter table orders add column day date;", "alter table orders drop column day;", true),
    ("alter table orders add column day date;", "", false),
    ("alter table orders rename column note to remark;", "alter table orders rename column remark to note;", true),
    ("alter table orders rename column note to remark;", "", false),
    ("alter table lines rename to pieces;", "alter table pieces rename to lines;", true),
    ("create table more (id int);", "drop table more;", true),
    ("create table more (id int);", "", false),
    ("create index by_note on orders (note);", "drop index by_note;", true),
    (
        "alter table orders add constraint positive check (total > 0);",
        "alter table orders drop constraint positive;",
        true,
    ),
    (
        "alter table orders alter column total set not null;",
        "alter table orders alter column total drop not null;",
        true,
    ),
    (
        "alter table orders alter column state set default 'old';",
        "alter table orders alter column state set default 'new';",
        true,
    ),
    ("alter table orders drop column note;", "alter table orders add column note text;", false),
    (
        "create table kept as select id, note from orders; alter table orders drop column note;",
        "alter table orders add column note text; update orders set note = (select kept.note from kept where kept.id = orders.id); drop table kept;",
        true,
    ),
    ("create view weekly as select 1 as one;", "drop view weekly;", true),
    ("drop view daily;", "create view daily as select day, count(*) as lines from lines group by day;", true),
    ("drop table tiers;", "create table tiers (id int primary key, name text);", true),
];

fn session(files: &[(&str, &str)], dialect: Dialect) -> Session {
    let files = files.iter().map(|(name, text)| InputFile::new(*name, text.as_bytes().to_vec())).collect();
    Session::read(files, &Options { dialect: Some(dialect), ..Options::default() }, &mut |_| {})
}

fn findings(files: &[(&str, &str)], dialect: Dialect, group: &str) -> Vec<String> {
    let session = session(files, dialect);
    let of_group = session.checked().findings.iter().map(|finding| finding.check.as_str());
    let of_group = of_group.filter(|name| check_named(name).is_some_and(|check| check.group() == group));
    of_group.map(str::to_owned).collect()
}

/// The tables, made anew.
fn start(socket: &Path, database: &str) {
    let anew = format!(
        "set client_min_messages = error; drop schema public cascade; drop schema if exists apart cascade; create schema public; {TABLES}"
    );
    psql::run(socket, database, &anew).expect("the tables");
}

#[test]
fn what_the_checks_say_of_a_second_run_is_what_happens() {
    let Some(socket) = psql::socket() else { return };
    psql::create(&socket, "again");
    let mut wrong = Vec::new();
    for script in AGAIN {
        start(&socket, "again");
        psql::run(&socket, "again", script).unwrap_or_else(|error| panic!("{script}\n{error}"));
        let once = psql::run(&socket, "again", PICTURE).expect("a picture");
        let second = psql::run(&socket, "again", script);
        let is_same = second.is_ok() && psql::run(&socket, "again", PICTURE).expect("a picture") == once;
        let said = findings(&[("a.sql", script)], Dialect::Postgres, "Idempotency");
        if said.is_empty() != is_same {
            wrong.push(format!(
                "{script}\n  said {said:?}, and a second run {}",
                if is_same { "changes nothing" } else { "fails, or changes rows" }
            ));
        }
    }
    eprintln!("{} scripts run twice, {} otherwise than said", AGAIN.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// DuckDB is always there where this runs; it is a package of Python's.
#[test]
fn what_the_checks_say_of_a_second_run_is_what_happens_in_duckdb() {
    let python = std::env::var_os("FORESHOCK_PYTHON").expect("`cargo xtask engines` runs this test");
    let mut driver = Command::new(python)
        .arg(repository("tests/engines/again/twice.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let given = json!({"tables": TABLES_IN_DUCKDB, "scripts": AGAIN_IN_DUCKDB}).to_string();
    driver.stdin.take().expect("it reads").write_all(given.as_bytes()).expect("it reads all");
    let output = driver.wait_with_output().expect("it ends");
    assert!(output.status.success(), "twice.py failed");
    let answers: Vec<Option<String>> = serde_json::from_slice(&output.stdout).expect("its answers");
    assert_eq!(answers.len(), AGAIN_IN_DUCKDB.len());
    let mut wrong = Vec::new();
    for (script, answer) in AGAIN_IN_DUCKDB.iter().zip(&answers) {
        let said = findings(&[("a.sql", script)], Dialect::DuckDb, "Idempotency");
        if said.is_empty() != answer.is_none() {
            wrong.push(format!("{script}\n  said {said:?}, and a second run: {answer:?}"));
        }
    }
    eprintln!("{} scripts run twice in DuckDB, {} otherwise than said", answers.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Scripts that the checks find fault with, and have edits for.
const MENDED: &[&str] = &[
    "create index by_note on orders (note);",
    "create unique index by_note on public.orders (note); create index on lines (day);",
    "alter table lines add constraint of_order foreign key (order_id) references orders (id);",
    "alter table lines add foreign key (order_id) references orders (id);",
    "alter table orders add check (total > 0);",
    "alter table orders add constraint positive check (total > 0), add constraint known check (state <> '');",
    "alter table orders add constraint once unique (note);",
    "alter table orders add unique (note);",
    "alter table lines drop constraint lines_pkey; alter table lines add primary key (order_id);",
    "alter table orders alter column note set not null;",
    "alter table orders add column city text; update orders set city = note where note is not null; alter table orders drop column note;",
    "update orders set note = 'none' where note is null;",
    "delete from lines where day is null;",
    "alter table orders add column a int, add column b text; update orders set a = total, b = upper(note);",
    "create table more (id int); create table others (id int); drop index lines_by_day; drop table tiers;",
    "begin; alter table orders add constraint positive check (total > 0); alter table lines add column seen date; commit;",
];

/// As it is run file by file, and under a runner with a transaction round each file.
#[test]
fn what_the_edits_make_of_a_script_runs_and_comes_to_the_same() {
    let Some(socket) = psql::socket() else { return };
    psql::create(&socket, "mended");
    let mut wrong = Vec::new();
    let (mut runs, mut made) = (0, 0);
    for script in MENDED {
        start(&socket, "mended");
        psql::run(&socket, "mended", script).unwrap_or_else(|error| panic!("{script}\n{error}"));
        let wanted = psql::run(&socket, "mended", PICTURE).expect("a picture");
        for name in ["a.sql", "V1__a.sql"] {
            let session = session(&[(name, script)], Dialect::Postgres);
            let files = mended(&session.checked().findings, |file| (file == name).then_some(*script));
            assert!(!files.is_empty(), "{name}: {script}: nothing to mend");
            made += files.iter().filter(|file| file.name != name).count();
            let mut scripts: Vec<_> = files.iter().filter(|file| !file.name.contains(".conf")).collect();
            // The file itself, what comes after it, and what waits for a later release.
            scripts.sort_by_key(|file| (file.name != name, file.name.contains("contract")));
            start(&socket, "mended");
            let is_wrapped = |file: &Mended| {
                name == "V1__a.sql" && !files.iter().any(|other| other.name == format!("{}.conf", file.name))
            };
            let done = scripts.iter().try_for_each(|file| {
                let text =
                    if is_wrapped(file) { format!("begin;\n{}\ncommit;\n", file.text) } else { file.text.clone() };
                psql::run(&socket, "mended", &text).map(|_| ())
            });
            let is_same = done.is_ok() && psql::run(&socket, "mended", PICTURE).expect("a picture") == wanted;
            runs += 1;
            if !is_same {
                let texts: Vec<&str> = scripts.iter().map(|file| file.text.as_str()).collect();
                wrong.push(format!("{name}: {script}\n{}\n  {done:?}", texts.join("\n--\n")));
            }
        }
    }
    eprintln!("{runs} mended scripts run, with {made} files that they came to have beside them, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_way_back_brings_everything_back_where_the_checks_find_it_whole() {
    let Some(socket) = psql::socket() else { return };
    psql::create(&socket, "back");
    let mut wrong = Vec::new();
    let mut pairs = 0;
    // Each alone, and each with some of those that come after it, taken back in the reverse order.
    for (at, first) in WAYS.iter().enumerate() {
        for second in std::iter::once(None).chain(WAYS[at + 1..].iter().take(4).map(Some)) {
            let (forward, back, whole) = match second {
                None => (first.0.to_owned(), first.1.to_owned(), first.2),
                Some(second) => {
                    (format!("{}\n{}", first.0, second.0), format!("{}\n{}", second.1, first.1), first.2 && second.2)
                }
            };
            start(&socket, "back");
            let before = psql::run(&socket, "back", PICTURE).expect("a picture");
            // Two that change the same thing are no pair.
            if back.trim().is_empty() || psql::run(&socket, "back", &forward).is_err() {
                continue;
            }
            let is_back = psql::run(&socket, "back", &back).is_ok()
                && psql::run(&socket, "back", PICTURE).expect("a picture") == before;
            let said = findings(&[("V1__a.sql", &forward), ("U1__a.sql", &back)], Dialect::Postgres, "Rollback");
            pairs += 1;
            // An empty table that is dropped loses nothing, which no one knows from the script.
            let is_cautious =
                forward.contains("drop table tiers") && said.iter().all(|name| name == "rollback-cannot-restore");
            if said.is_empty() != is_back && !is_cautious || is_back != whole {
                wrong.push(format!(
                    "{forward}\n--\n{back}\n  said {said:?}, and it is {}",
                    if is_back { "as before" } else { "not as before" }
                ));
            }
        }
    }
    eprintln!("{pairs} pairs applied and taken back, {} otherwise than said", wrong.len());
    assert!(pairs >= 50, "only {pairs}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
