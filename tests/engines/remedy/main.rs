//! The drafts for the reference incident, applied to PostgreSQL and DuckDB and built with dbt: `run.py` says what has to hold.
#![allow(clippy::print_stderr, reason = "says what held")]

use std::process::Command;

use foreshock_tests::repository;

fn holds_on(engine: &str) {
    let python = std::env::var("FORESHOCK_PYTHON").expect("cargo xtask engines sets FORESHOCK_PYTHON");
    let done =
        Command::new(python).arg(repository("tests/engines/remedy/run.py")).arg(engine).output().expect("it runs");
    let said = [done.stdout, done.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    eprintln!("{said}");
    assert!(done.status.success(), "{engine}: {said}");
}

#[test]
fn the_drafts_hold_on_duckdb() {
    holds_on("duckdb");
}

#[test]
fn the_drafts_hold_on_postgres() {
    if std::env::var_os("FORESHOCK_POSTGRES").is_none() {
        eprintln!("not run: there is no PostgreSQL");
        return;
    }
    holds_on("postgres");
}
