//! dbt's artifacts in, one [`Project`] out.
//!
//! Readers return what they could read and a diagnostic for what they could not; none of them fails, and none of them keeps
//! what a review does not need (macros, docs, descriptions).

mod catalog;
mod manifest;
mod project;
mod run_results;
mod tolerant;

pub use catalog::{Catalog, read_catalog};
pub use manifest::read_manifest;
pub use project::{Column, ColumnOrigin, Node, NodeIx, Project, Sql, TestFacts};
pub use run_results::read_run_results;

use crate::text::Diagnostic;

/// What serde_json says about broken JSON, as one sentence with the position.
fn broken_json(file: &str, error: &serde_json::Error) -> Diagnostic {
    let (line, column) = (
        u32::try_from(error.line()).unwrap_or(u32::MAX).max(1),
        u32::try_from(error.column()).unwrap_or(u32::MAX).max(1),
    );
    let message = match error.classify() {
        serde_json::error::Category::Eof => {
            format!("the file ends in the middle (line {line}, column {column}); it is cut short and was not used")
        }
        _ => {
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or("it is not valid JSON");
            format!("not valid JSON at line {line}, column {column}: {what}")
        }
    };
    let place =
        crate::text::Place { file: file.to_owned(), line, column, end_line: line, end_column: column, compiled: false };
    Diagnostic::error("broken-json", file, message)
        .at(place)
        .help("Copy the file again from dbt's target folder; `dbt compile` writes it anew.")
}
