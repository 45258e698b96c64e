//! The schema that the replay comes to, and the steps that it calls impossible, held against PostgreSQL and DuckDB.
//!
//! A script is applied to an empty database, and read by the replay that knows as much: nothing is there, and bare names
//! mean the engine's own schema. Then every relation, column, type and nullability must be that of the catalogue, and every
//! statement that the engine refuses must be one that the replay calls impossible, and the other way round. What the replay
//! leaves open (the type of a computed column) is counted and not compared.
#![allow(clippy::print_stderr, reason = "says what was compared")]

mod compare;
mod corpus;
mod engine;
mod generate;

use std::env;

use compare::{Case, Tally};
use engine::Engine;
use foreshock_tests::repository;

/// Scripts with one idea each.
const PLAIN: &[(&str, &str)] = &[
    (
        "tables",
        "create table a (x int not null, y varchar(10));\nalter table a add column z text;\nalter table a drop column y;\n",
    ),
    ("renames", "create table a (x int);\nalter table a rename to b;\nalter table b rename column x to y;\n"),
    (
        "refusals",
        "create table a (x int);\ncreate table a (y int);\nalter table a drop column nothing;\ndrop table b;\ndrop table if exists b;\n",
    ),
];

#[test]
fn plain_scripts_come_to_what_the_catalogues_say() {
    let cases: Vec<Case> = PLAIN.iter().map(|(name, sql)| Case::new(name, sql)).collect();
    hold_against_each(&cases);
}

#[test]
fn generated_scripts_come_to_what_the_catalogues_say() {
    let count = if env::var_os("FORESHOCK_QUICK").is_some() { 40 } else { 200 };
    for engine in Engine::those_here() {
        hold_against(engine, &generate::scripts(engine, count));
    }
}

/// Real migrations of other people, a folder of them one after the other.
#[test]
fn real_scripts_come_to_what_the_catalogue_of_postgresql_says() {
    if env::var_os("FORESHOCK_QUICK").is_some() || !Engine::those_here().contains(&Engine::Postgres) {
        return;
    }
    let mut cases = Vec::new();
    let corpus = repository("../shared/corpus");
    if corpus.is_dir() {
        cases.extend(corpus::folders(&corpus));
    } else {
        eprintln!("NOT RUN over real migrations: there is no corpus at {}", corpus.display());
    }
    hold_against(Engine::Postgres, &cases);
}

fn hold_against_each(cases: &[Case]) {
    for engine in Engine::those_here() {
        hold_against(engine, cases);
    }
}

fn hold_against(engine: Engine, cases: &[Case]) {
    let mut tally = Tally::default();
    for (case, answer) in cases.iter().zip(engine.apply(cases)) {
        tally.compare(case, &answer, engine);
    }
    eprintln!("{}: {tally}", engine.name());
    assert!(tally.differences.is_empty(), "{}:\n{}", engine.name(), tally.differences.join("\n"));
}
