//! Made-up scripts: the same ones every time. Most steps are such as the engine takes; some are such as it refuses.

use std::fmt::Write as _;

use crate::compare::Case;
use crate::engine::Engine;

pub(crate) fn scripts(engine: Engine, count: u32) -> Vec<Case> {
    (0..count).map(|seed| Case::new(&format!("generated {seed}"), &Generator::new(engine, seed).script())).collect()
}

/// What the script has made so far, as far as the next step needs it: names are drawn from few, so that steps meet.
struct Generator {
    engine: Engine,
    random: u64,
    sql: String,
    in_transaction: bool,
}

const TABLES: [&str; 6] = ["a", "b", "c", "d", "s.a", "s.e"];
const VIEWS: [&str; 4] = ["v", "w", "s.v", "x"];
const COLUMNS: [&str; 6] = ["k", "l", "m", "n", "o", "p"];
const TYPES: [&str; 7] = ["int", "bigint", "text", "varchar(20)", "numeric(10,2)", "boolean", "timestamp"];

/// A kind of step: how often it is drawn, and what it writes.
type Step = (u32, fn(&mut Generator) -> String);

/// What both engines have.
const COMMON: &[Step] = &[
    (8, |g| format!("create table {} ({})", g.table(), g.column_list())),
    (2, |g| format!("create table if not exists {} ({})", g.table(), g.column_list())),
    (3, |g| format!("create table {} as select * from {}", g.table(), g.table())),
    (2, |g| format!("create table {} as select {} as {} from {}", g.table(), g.column(), g.column(), g.table())),
    (4, |g| format!("create view {} as select {}, {} as q from {}", g.view(), g.column(), g.column(), g.table())),
    (2, |g| format!("create view {} as select * from {}", g.view(), g.table())),
    (3, |g| format!("drop table {}", g.table())),
    (2, |g| format!("drop table if exists {}", g.table())),
    (2, |g| format!("drop view {}", g.view())),
    (1, |g| format!("drop view if exists {}", g.view())),
    (6, |g| format!("alter table {} add column {} {}", g.table(), g.column(), g.data_type())),
    (2, |g| format!("alter table {} add column if not exists {} {}", g.table(), g.column(), g.data_type())),
    (4, |g| format!("alter table {} drop column {}", g.table(), g.column())),
    (2, |g| format!("alter table {} drop column if exists {}", g.table(), g.column())),
    (5, |g| format!("alter table {} rename column {} to {}", g.table(), g.column(), g.column())),
    (5, |g| {
        let (table, to) = (g.table(), g.bare_table());
        format!("alter table {table} rename to {to}")
    }),
    (3, |g| format!("alter table {} alter column {} set not null", g.table(), g.column())),
    (2, |g| format!("alter table {} alter column {} drop not null", g.table(), g.column())),
    (2, |g| format!("alter table {} alter column {} set default null", g.table(), g.column())),
    (2, |g| format!("create temporary table {} ({})", g.bare_table(), g.column_list())),
];

const IN_POSTGRES: &[Step] = &[
    (2, |g| format!("create or replace view {} as select {} from {}", g.view(), g.column(), g.table())),
    (2, |g| {
        let view = g.view();
        format!(
            "create or replace view {view} as select {}, {} as q, 1 as r from {}",
            g.column(),
            g.column(),
            g.table()
        )
    }),
    (3, |g| format!("alter table {} alter column {} type text using {}::text", g.table(), g.column(), "null")),
    (2, |g| format!("create table {} (like {} including all)", g.table(), g.table())),
    (2, |g| {
        format!(
            "create table {} (id serial, k int generated always as identity, {} text primary key)",
            g.table(),
            "name"
        )
    }),
    (2, |g| format!("create table {} partition of parted for values in ({})", g.table(), g.below(1000))),
    (2, |g| format!("alter table parted add column {} {}", g.column(), g.data_type())),
    (2, |g| format!("alter table parted drop column {}", g.column())),
    (2, |g| format!("alter table parted rename column {} to {}", g.column(), g.column())),
    (1, |_| "drop table if exists parted".to_owned()),
    (1, |_| "create table if not exists parted (part int not null, k text) partition by list (part)".to_owned()),
    (2, |g| format!("create table {} (own int) inherits ({})", g.table(), g.table())),
    (2, |g| format!("alter table {} set schema s", g.bare_table())),
    (1, |g| format!("alter table s.{} set schema public", g.bare_table())),
    (2, |g| format!("drop table {} cascade", g.table())),
    (2, |g| format!("alter table {} drop column {} cascade", g.table(), g.column())),
    (1, |g| format!("alter table if exists {} add column {} text", g.table(), g.column())),
    (2, |g| format!("alter view {} rename to {}", g.view(), "x")),
    (2, |g| "set search_path to s, public".to_owned() + if g.below(2) == 0 { "" } else { ", nowhere" }),
    (2, |_| "set search_path to public".to_owned()),
    (1, |_| "reset search_path".to_owned()),
    (1, |_| "drop schema s cascade;\ncreate schema s".to_owned()),
    (1, |_| "create schema if not exists s".to_owned()),
    (2, |g| {
        let (a, b) = (g.table(), g.table());
        format!("create materialized view {a} as select * from {b}")
    }),
    (2, |g| {
        let (table, column) = (g.table(), g.column());
        format!("do $$ begin alter table if exists {table} add column if not exists {column} int; end $$")
    }),
    (3, |g| {
        let (a, b) = (g.bare_table(), g.bare_table());
        format!("alter table {a} rename to between;\nalter table {b} rename to {a};\nalter table between rename to {b}")
    }),
    (1, |g| format!("alter table {} add primary key ({})", g.table(), g.column())),
    (1, |g| format!("select * into {} from {}", g.table(), g.table())),
];

const IN_DUCKDB: &[Step] = &[
    (3, |g| format!("create or replace table {} ({})", g.table(), g.column_list())),
    (2, |g| format!("create or replace view {} as select * from {}", g.view(), g.table())),
    (3, |g| format!("alter table {} alter column {} type varchar", g.table(), g.column())),
    (1, |g| format!("alter view {} rename to {}", g.view(), "x")),
];

impl Generator {
    fn new(engine: Engine, seed: u32) -> Self {
        let random = u64::from(seed).wrapping_add(1).wrapping_mul(0xD1B5_4A32_D192_ED03);
        Self { engine, random, sql: String::new(), in_transaction: false }
    }

    fn script(mut self) -> String {
        self.sql.push_str("create schema s;\n");
        for table in ["a", "b", "s.a"] {
            let columns = self.column_list();
            let _ = writeln!(self.sql, "create table {table} ({columns});");
        }
        if self.engine == Engine::Postgres {
            self.sql.push_str(
                "create table parted (part int not null, k text, l int not null) partition by list (part);\n",
            );
        }
        for _ in 0..30 {
            let step = self.step();
            let _ = writeln!(self.sql, "{step};");
        }
        if self.in_transaction {
            self.sql.push_str("commit;\n");
        }
        self.sql
    }

    fn step(&mut self) -> String {
        let draw = self.below(20);
        // A statement that DuckDB refuses ends its transaction: there, what is in one is what it takes.
        if self.engine == Engine::Postgres && draw < 3 {
            return self.transaction().to_owned();
        }
        if self.engine == Engine::DuckDb && draw == 0 {
            let end = if self.below(2) == 0 { "commit" } else { "rollback" };
            let name = format!("t{}", self.below(1000));
            return format!("begin;\ncreate table {name} (x int);\nalter table {name} add column y int;\n{end}");
        }
        let own = if self.engine == Engine::Postgres { IN_POSTGRES } else { IN_DUCKDB };
        let steps = || COMMON.iter().chain(own);
        let mut draw = self.below(steps().map(|(weight, _)| weight).sum());
        for (weight, write) in steps() {
            if draw < *weight {
                return write(self);
            }
            draw -= weight;
        }
        String::new()
    }

    fn transaction(&mut self) -> &'static str {
        let draw = self.below(4);
        match (self.in_transaction, draw) {
            (false, _) => {
                self.in_transaction = true;
                "begin"
            }
            (true, 0) => "savepoint p",
            (true, 1) => "savepoint p;\ncreate table gone (x int);\nrollback to p",
            (true, end) => {
                self.in_transaction = false;
                if end == 2 { "rollback" } else { "commit" }
            }
        }
    }

    fn column_list(&mut self) -> String {
        let count = 3 + self.below(4);
        let first = self.below(6);
        let columns = (0..count).map(|at| {
            let column = COLUMNS[((first + at) % 6) as usize];
            let refuses_null = if self.below(4) == 0 { " not null" } else { "" };
            format!("{column} {}{refuses_null}", self.data_type())
        });
        columns.collect::<Vec<_>>().join(", ")
    }

    fn table(&mut self) -> &'static str {
        TABLES[self.below(6) as usize]
    }

    fn bare_table(&mut self) -> &'static str {
        TABLES[self.below(4) as usize]
    }

    fn view(&mut self) -> &'static str {
        VIEWS[self.below(4) as usize]
    }

    fn column(&mut self) -> &'static str {
        COLUMNS[self.below(6) as usize]
    }

    fn data_type(&mut self) -> &'static str {
        TYPES[self.below(7) as usize]
    }

    /// splitmix64
    fn below(&mut self, bound: u32) -> u32 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(bound.max(1))).unwrap_or_default()
    }
}
