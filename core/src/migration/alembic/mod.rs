//! Alembic's migrations: Python, read and never run.
//!
//! `upgrade` is followed statement by statement with the values that are known from the file alone. Each operation becomes
//! the SQL that Alembic would send, as a step at the place of its call. What hangs on the database, on another module or on
//! the clock becomes a step that is not known, by its name: never a guess.

mod arguments;
mod bounds;
mod builtins;
mod calls;
mod columns;
mod evaluate;
mod expressions;
mod methods;
mod names;
mod objects;
mod operations;
mod queries;
mod run;
mod statements;
mod strings;
mod types;
mod value;

use ruff_python_ast::{Mod, Stmt, StmtFunctionDef};
use ruff_python_parser::{LexicalErrorType, Mode, ParseErrorType, ParseOptions};
use ruff_text_size::TextRange;

use super::changelog::{Changelog, Form, Revision};
use crate::text::Span;
use run::Interpreter;
use value::Value;

/// Reads one file of `versions/`.
pub(super) fn read(form: Form, text: &str) -> Changelog {
    let mut changelog = Changelog::default();
    if let Some(problem) = bounds::too_deep(text) {
        changelog.problems.push(problem);
        return changelog;
    }
    let parsed = ruff_python_parser::parse_unchecked(text, ParseOptions::from(Mode::Module));
    // A character by its name is all that its names are needed for; none is known here, and so none is an error.
    let is_name = |error: &ParseErrorType| {
        matches!(error, ParseErrorType::Lexical(LexicalErrorType::UnicodeError | LexicalErrorType::FStringError(_)))
    };
    if let Some(error) = parsed.errors().iter().find(|error| !is_name(&error.error)) {
        let problem = format!("the Python cannot be read: {}; nothing of this file is followed", error.error);
        changelog.problems.push((span(error.location), problem));
        return changelog;
    }
    let Mod::Module(module) = parsed.syntax() else { return changelog };
    let mut interpreter = Interpreter::new(form, text, &module.body);
    interpreter.module(&module.body);
    changelog.revision = revision(&interpreter);
    let function = |name: &str| module.body.iter().rev().find_map(|statement| defines(statement, name));
    match function("upgrade") {
        Some(upgrade) => interpreter.way(upgrade, false),
        None if changelog.revision.is_some() => {
            let start = Span::new(0, text.lines().next().map_or(0, str::len));
            changelog.problems.push((start, "it has no function `upgrade`; what it changes is not known".to_owned()));
        }
        None => {}
    }
    if let Some(downgrade) = function("downgrade") {
        interpreter.way(downgrade, true);
    }
    changelog.steps = interpreter.steps;
    changelog.problems.extend(interpreter.problems);
    changelog
}

fn defines<'a>(statement: &'a Stmt, name: &str) -> Option<&'a StmtFunctionDef> {
    statement.as_function_def_stmt().filter(|function| function.name.as_str() == name)
}

/// Where the file stands among the others: `revision`, `down_revision`, `depends_on`, `branch_labels`.
fn revision(interpreter: &Interpreter<'_>) -> Option<Revision> {
    let own = interpreter.global("revision")?.text()?.to_owned();
    let several = |name: &str| match interpreter.global(name) {
        Some(Value::List(list)) => list.values.iter().filter_map(|value| value.text().map(str::to_owned)).collect(),
        Some(value) => value.text().map(str::to_owned).into_iter().collect(),
        None => Vec::new(),
    };
    Some(Revision {
        id: own,
        after: several("down_revision"),
        depends_on: several("depends_on"),
        labels: several("branch_labels"),
        span: interpreter.place_of("down_revision").or_else(|| interpreter.place_of("revision")).unwrap_or_default(),
    })
}

fn span(range: TextRange) -> Span {
    Span { start: range.start().to_u32(), end: range.end().to_u32() }
}

#[cfg(test)]
mod tests;
