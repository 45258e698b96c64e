//! What the tests of changelogs share.

use std::fs;
use std::path::{Path, PathBuf};

use foreshock_core::dialect::Dialect;
use foreshock_core::migration::{Effect, Form, Format, MigrationFile};

/// How a file is read, for PostgreSQL.
pub fn form(name: &str, text: &str) -> Form {
    Form { dialect: Some(Dialect::Postgres), ..Form::of(Format::of(name, &text.to_lowercase())) }
}

/// The collection of real migrations, where it is there.
pub fn corpus() -> Option<PathBuf> {
    let path =
        std::env::var_os("FORESHOCK_CORPUS").map_or_else(|| crate::repository("../shared/corpus"), PathBuf::from);
    if path.is_dir() {
        Some(path)
    } else {
        println_not_run();
        None
    }
}

#[allow(clippy::print_stderr)] // a test that did not run has to say so
fn println_not_run() {
    eprintln!("not run: the corpus is not here");
}

/// What the operations come to, without types, which each tool writes in its own way.
pub fn essence(file: &MigrationFile) -> Vec<String> {
    let mut said = Vec::new();
    for statement in &file.statements {
        match &statement.effect {
            Effect::Unknown(why) => said.push(format!("unknown: {why}")),
            Effect::Nothing => {}
            Effect::Ops(ops) => said.extend(ops.iter().map(|placed| {
                let op = &placed.op;
                let is_typed = matches!(op.name(), "add_column" | "retype_column");
                let to = if is_typed { None } else { op.to() };
                format!("{} {:?} {:?} {to:?}", op.name(), op.relation().map(ToString::to_string), op.column())
            })),
        }
    }
    said.retain(|op| !op.to_lowercase().contains("databasechangelog"));
    said
}

/// All files of a folder and its folders.
pub fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}
