//! Predicted outcomes, held against what DuckDB, PostgreSQL and dbt do with the same projects and migrations.
//!
//! `run.py` beside this does it, and says what is compared; this test only asks it to keep to its bounds.

use std::env;
use std::process::Command;

#[test]
fn predictions_keep_to_their_bounds() {
    let python = env::var_os("FORESHOCK_PYTHON").expect("`cargo xtask engines` runs this test");
    let mut command = Command::new(python);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/engines/outcomes/run.py")).arg("--hold");
    if env::var_os("FORESHOCK_QUICK").is_some() {
        command.args(["--project", "shop", "--engine", "duckdb", "--match", "drop_column"]);
    } else if env::var_os("FORESHOCK_POSTGRES").is_none() {
        command.args(["--engine", "duckdb"]);
    }
    let status = command.status().expect("the interpreter starts");
    assert!(status.success(), "a bound is not kept: see above");
}
