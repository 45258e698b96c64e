//! What the table of locks says of PostgreSQL, held against a real one: the lock that a statement takes on the table, whether
//! it reads all rows, and whether the table has other files afterwards.
//!
//! Each statement runs in a transaction that is rolled back. Those that refuse one (CONCURRENTLY, VACUUM) are not held.
#![allow(clippy::print_stderr, reason = "says what was compared, and what was not there")]

#[path = "../psql.rs"]
mod psql;

use std::path::Path;

use foreshock_core::checks::Work;
use foreshock_core::dialect::Dialect;
use foreshock_core::{InputFile, Options, Session};

const TABLES: &str = "
    create table other (id int primary key, key int unique);
    create table held (id int, number int not null, short varchar(10), long text, created date, parent int);
    insert into other select n, n from generate_series(1, 500) n;
    insert into held select n, n, 'a', 'b', '2026-01-01', n from generate_series(1, 500) n;
    alter table held add constraint later check (number > 0) not valid;
    create unique index by_number on held (number);
    create index by_day on held (created);
    create function nothing() returns trigger language plpgsql as 'begin return new; end';
    create trigger watch before insert on held for each row execute function nothing();
    create table parted (id int) partition by range (id);
    create table part (id int);
    create view seen as select id from other;
    create materialized view matted as select id from other;
";

/// A statement, and the table whose lock is looked at.
const STATEMENTS: &[(&str, &str)] = &[
    ("create index i on held (long)", "held"),
    ("comment on column held.long is 'x'", "held"),
    ("alter index by_day rename to by_date", "by_day"),
    ("create policy p on held using (true)", "held"),
    ("create or replace view seen as select id from other", "seen"),
    ("alter view seen rename to shown", "seen"),
    ("drop view seen", "seen"),
    ("lock table held", "held"),
    ("create unique index i on held (number)", "held"),
    ("drop index by_day", "by_day"),
    ("drop table held", "held"),
    ("truncate held", "held"),
    ("alter table held validate constraint later", "held"),
    ("alter table held add constraint f foreign key (parent) references other (id) not valid", "held"),
    ("alter table held add constraint f foreign key (parent) references other (id)", "held"),
    ("alter table held add foreign key (parent) references other (id)", "held"),
    ("alter table held add constraint c check (number > 1) not valid", "held"),
    ("alter table held add constraint c check (number > 0)", "held"),
    ("alter table held add check (number > 0)", "held"),
    ("alter table held add constraint u unique (number)", "held"),
    ("alter table held add primary key (number)", "held"),
    ("alter table held add constraint u unique using index by_number", "held"),
    ("alter table held add constraint e exclude (number with =)", "held"),
    ("alter table held add column n int", "held"),
    ("alter table held add column n int default 7", "held"),
    ("alter table held add column n timestamptz default now()", "held"),
    ("alter table held add column n float default random()", "held"),
    ("alter table held add column n uuid default gen_random_uuid()", "held"),
    ("alter table held add column n timestamptz default clock_timestamp()", "held"),
    ("alter table held add column n bigserial", "held"),
    ("alter table held add column n int generated always as identity", "held"),
    ("alter table held add column n int generated always as (number * 2) stored", "held"),
    ("alter table held drop column short", "held"),
    ("alter table held alter column number type bigint", "held"),
    ("alter table held alter column number set data type bigint", "held"),
    ("alter table held alter column short type varchar(20)", "held"),
    ("alter table held alter column short type varchar(5)", "held"),
    ("alter table held alter column short type text", "held"),
    ("alter table held alter column parent set not null", "held"),
    ("alter table held alter column number drop not null", "held"),
    ("alter table held alter column number set default 3", "held"),
    ("alter table held alter column number drop default", "held"),
    ("alter table held alter column number set statistics 50", "held"),
    ("alter table held set (fillfactor = 70)", "held"),
    ("alter table held set unlogged", "held"),
    ("alter table held rename to renamed", "held"),
    ("alter table held rename column short to brief", "held"),
    ("alter table held drop constraint later", "held"),
    ("alter table held disable trigger watch", "held"),
    ("alter table held owner to foreshock", "held"),
    ("alter table held enable row level security", "held"),
    ("alter table held cluster on by_number", "held"),
    ("alter table parted attach partition part for values from (1) to (9)", "parted"),
    ("create trigger t before insert on held for each row execute function nothing()", "held"),
    ("drop trigger watch on held", "held"),
    ("cluster held using by_number", "held"),
    ("reindex table held", "held"),
    ("refresh materialized view matted", "matted"),
    ("update held set number = number where id = 1", "held"),
    ("delete from held where id = 1", "held"),
    ("insert into held (id, number) values (9000, 9000)", "held"),
    ("comment on table held is 'x'", "held"),
];

#[derive(Debug, PartialEq)]
struct Seen {
    lock: String,
    work: Work,
}

/// What the table of locks says.
fn said(statement: &str) -> Option<Seen> {
    let file = InputFile::new("a.sql", format!("{statement};\n").into_bytes());
    let options = Options { dialect: Some(Dialect::Postgres), ..Options::default() };
    let session = Session::read(vec![file], &options, &mut |_| {});
    let cost = session.checked().costs.first()?;
    Some(Seen { lock: cost.lock.clone(), work: cost.work })
}

/// What a server does.
fn done(socket: &Path, statement: &str, table: &str) -> Seen {
    const LOCKS: [&str; 6] =
        ["RowExclusive", "ShareUpdateExclusive", "Share", "ShareRowExclusive", "Exclusive", "AccessExclusive"];
    let script = format!(
        "begin;
        select '{table}'::regclass::oid as held \\gset
        select relfilenode as before, (select sum(seq_scan) from pg_stat_xact_user_tables) as scans from pg_class where oid = :held \\gset
        {statement};
        select 'lock', mode from pg_locks where pid = pg_backend_pid() and relation = :held;
        select 'scans', sum(seq_scan) - :scans from pg_stat_xact_user_tables;
        select 'files', relfilenode <> :before from pg_class where oid = :held;
        rollback;\n"
    );
    let out = psql::run(socket, "locks", &script).unwrap_or_else(|error| panic!("{statement}: {error}"));
    let values = |key: &str| -> Vec<String> {
        out.lines()
            .filter_map(|line| line.split_once('|'))
            .filter(|(found, _)| *found == key)
            .map(|(_, value)| value.to_owned())
            .collect()
    };
    let rank = |mode: &String| LOCKS.iter().position(|lock| mode.strip_suffix("Lock") == Some(*lock));
    let strongest = values("lock").iter().filter_map(rank).max().unwrap_or_else(|| panic!("{statement}: {out}"));
    let lock =
        ["ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"]
            [strongest];
    let scans = values("scans").iter().any(|scans| scans.parse::<i64>().is_ok_and(|scans| scans > 0));
    // TRUNCATE gives the table new files, and writes nothing into them.
    let work = match () {
        () if values("files").iter().any(|files| files == "t") && !statement.starts_with("truncate") => Work::Rewrite,
        () if strongest == 0 => Work::Rows,
        () if statement.starts_with("truncate") => Work::Catalogue,
        () if scans => Work::Scan,
        () => Work::Catalogue,
    };
    Seen { lock: lock.to_owned(), work }
}

#[test]
fn every_lock_scan_and_rewrite_of_the_table_is_what_postgres_does() {
    let Some(socket) = psql::socket() else { return };
    psql::create(&socket, "locks");
    psql::run(&socket, "locks", TABLES).expect("the tables");
    let mut wrong = Vec::new();
    for (statement, table) in STATEMENTS {
        let (said, done) = (said(statement), done(&socket, statement, table));
        // How wide the column was is not in the statement: the longer of both works is said.
        let is_cautious = statement.contains("varchar(") && said.as_ref().is_some_and(|said| said.work >= done.work);
        if said.as_ref() != Some(&done) && !is_cautious {
            wrong.push(format!("{statement}\n  said {said:?}\n  done {done:?}"));
        }
    }
    eprintln!("{} statements, {} otherwise than said", STATEMENTS.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
