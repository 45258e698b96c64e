//! Migration files in, operations out, in order, each with its place.
//!
//! Nothing is passed over in silence: a statement is operations, a known no-op, or a diagnostic that names it.

mod alembic;
mod alter;
mod call;
mod changelog;
mod client;
mod data;
mod detect;
mod dialect_marks;
mod gaps;
mod liquibase;
mod mapped;
mod naming;
mod op;
mod placeholder;
mod pure;
mod remap;
mod script;
mod statement;

pub use changelog::{Changelog, Form, Format, Include, Property, ReadChangelog, Revision, Step, read_changelog};
pub use detect::{Detection, detect, detect_dialect};
pub use naming::{FileName, Role};
pub use op::{ColumnSpec, DataChange, Definition, Op, RelationKind};

use crate::dialect::Dialect;
use crate::text::{Diagnostic, LineIndex, Place, Span};

/// One migration file as it was read.
#[derive(Debug)]
pub struct MigrationFile {
    pub name: String,
    pub role: Role,
    pub text: String,
    pub lines: LineIndex,
    pub statements: Vec<Statement>,
}

/// One statement, and what it does.
#[derive(Debug)]
pub struct Statement {
    /// Without the closing semicolon.
    pub span: Span,
    pub effect: Effect,
    /// It stands in an IF, a loop or a handler: it may not happen.
    pub conditional: bool,
}

#[derive(Debug)]
pub enum Effect {
    Ops(Vec<PlacedOp>),
    /// Known to leave schema and data alone, such as COMMIT.
    Nothing,
    /// Not understood; the reason.
    Unknown(String),
}

/// An operation and the part of the statement that says it.
#[derive(Debug)]
pub struct PlacedOp {
    pub op: Op,
    pub span: Span,
}

impl MigrationFile {
    /// Reads a file's statements.
    pub fn read(name: &str, text: String, dialect: Dialect) -> (Self, Vec<Diagnostic>) {
        let lines = LineIndex::new(&text);
        let role = FileName::parse(name).role;
        let statements = script::read(forward_part(&text), dialect);
        let diagnostics = say_unknown(name, &text, &lines, &statements);
        (Self { name: name.to_owned(), role, text, lines, statements }, diagnostics)
    }

    /// The operations of all statements, in order.
    pub fn ops(&self) -> impl Iterator<Item = &PlacedOp> {
        self.statements.iter().flat_map(|statement| match &statement.effect {
            Effect::Ops(ops) => ops.as_slice(),
            Effect::Nothing | Effect::Unknown(_) => &[],
        })
    }

    pub fn place(&self, span: Span) -> Place {
        self.lines.place(&self.name, &self.text, span)
    }
}

/// Each statement that is not understood, by name.
fn say_unknown(name: &str, text: &str, lines: &LineIndex, statements: &[Statement]) -> Vec<Diagnostic> {
    let say = |statement: &Statement| {
        let Effect::Unknown(reason) = &statement.effect else { return None };
        let place = lines.place(name, text, statement.span);
        let message = format!("line {}: statement not understood: {reason}", place.line);
        let said = Diagnostic::warning("unparsed-sql", name, message).at(place);
        Some(said.help("Check this statement by hand; the verdict does not cover it."))
    };
    statements.iter().filter_map(say).collect()
}

/// The part of a script that leads forward: goose and dbmate keep the way back in the same file, behind a marked line.
fn forward_part(text: &str) -> &str {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let words = line.trim().to_ascii_lowercase();
        if words.starts_with("-- +goose down") || words.starts_with("-- migrate:down") || words.starts_with("--//@undo")
        {
            return &text[..at];
        }
        at += line.len();
    }
    text
}
