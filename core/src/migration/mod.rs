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
mod filled;
mod flyway;
mod gaps;
mod liquibase;
mod mapped;
mod mapping;
mod naming;
mod op;
mod pair;
mod placeholder;
mod pure;
mod remap;
mod schemachange;
mod script;
mod sqitch;
mod statement;
mod transaction;

pub use changelog::{
    Changelog, Form, Format, Include, Property, ReadChangelog, Revision, RunOrder, Step, read_changelog,
};
pub use detect::{Detection, detect, detect_dialect};
pub use flyway::Placeholders;
pub(crate) use flyway::{is_config as is_flyway, passed_over};
pub use liquibase::Selection;
pub(crate) use naming::compare_versions;
pub use naming::{FileName, Role};
pub use remap::MadeOf;
pub(crate) use remap::{Remap, remap};
pub(crate) use schemachange::read_yaml;
pub(crate) use statement::is_serial;

pub use op::{ColumnSpec, DataChange, Definition, Op, RelationKind};
pub use pair::{Rollback, rollbacks};
pub(crate) use pair::{engine_of, pair_key};
pub use script::Known;

use crate::dialect::Dialect;
use crate::text::{Diagnostic, LineIndex, Place, Span};
use filled::Filled;

/// One migration file as it was read.
#[derive(Debug)]
pub struct MigrationFile {
    pub name: String,
    pub role: Role,
    pub dialect: Dialect,
    pub text: String,
    pub lines: LineIndex,
    pub statements: Vec<Statement>,
    /// The part of the file that leads back; never applied.
    pub back: Vec<Statement>,
    /// What the routines would do that the file creates and does not call; never applied.
    pub routines: Vec<Statement>,
    /// Its tool takes most changes back without being told how, as Liquibase does.
    pub undoes_itself: bool,
}

/// One statement, and what it does.
#[derive(Debug)]
pub struct Statement {
    /// Without the closing semicolon.
    pub span: Span,
    pub effect: Effect,
    /// It stands in an IF, a loop or a handler: it may not happen.
    pub conditional: bool,
    /// The body that it stands in: of a DO block, or of a routine that is called.
    pub block: Option<Span>,
    /// Its SQL, where the file does not hold it as it is run: made from a changelog, or put together of strings.
    pub made: Option<String>,
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
        Self::read_knowing(name, text, dialect, &mut Known::default())
    }

    /// The same, where other files were run before it; what it creates is added to what they did.
    pub fn read_knowing(name: &str, text: String, dialect: Dialect, known: &mut Known) -> (Self, Vec<Diagnostic>) {
        let lines = LineIndex::new(&text);
        let role = FileName::parse(name).role;
        let (mut statements, mut back, mut routines) = (Vec::new(), Vec::new(), Vec::new());
        for (part, leads_back) in parts(&text) {
            let is_forward = !leads_back && role != Role::Rollback;
            let filled = if is_forward { std::mem::take(&mut known.filled) } else { Filled::default() };
            let read = script::read_with_routines(part.of(&text), dialect, known, filled);
            if is_forward {
                known.extend(read.known);
            }
            let place = |read: Vec<Statement>| read.into_iter().map(|statement| statement.shifted(part.start));
            if leads_back { &mut back } else { &mut statements }.extend(place(read.statements));
            routines.extend(place(read.routines));
        }
        let diagnostics = say_unknown(name, &text, &lines, &statements);
        (
            Self {
                name: name.to_owned(),
                role,
                dialect,
                text,
                lines,
                statements,
                back,
                routines,
                undoes_itself: false,
            },
            diagnostics,
        )
    }

    /// The same, of a script whose placeholders were filled in: all places are those of the file.
    pub(crate) fn read_filled(
        name: &str,
        text: String,
        filled: &Step,
        dialect: Dialect,
        known: &mut Known,
    ) -> (Self, Vec<Diagnostic>) {
        let (mut file, _) = Self::read_knowing(name, filled.sql.clone(), dialect, known);
        let all = file.statements.iter_mut().chain(&mut file.back).chain(&mut file.routines);
        all.for_each(|statement| filled.put_back(statement, &text));
        file.lines = LineIndex::new(&text);
        file.text = text;
        let said = say_unknown(name, &file.text, &file.lines, &file.statements);
        (file, said)
    }

    /// The operations of all statements, in order.
    pub fn ops(&self) -> impl Iterator<Item = &PlacedOp> {
        self.statements.iter().flat_map(|statement| match &statement.effect {
            Effect::Ops(ops) => ops.as_slice(),
            Effect::Nothing | Effect::Unknown(_) => &[],
        })
    }

    /// The SQL of a statement, as it is run.
    pub fn code<'a>(&'a self, statement: &'a Statement) -> &'a str {
        statement.made.as_deref().unwrap_or_else(|| statement.span.of(&self.text))
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

impl Statement {
    /// The same statement, read from a part of a text that begins here.
    fn shifted(mut self, by: u32) -> Self {
        self.span = self.span.shifted(by);
        self.block = self.block.map(|block| block.shifted(by));
        if let Effect::Ops(ops) = &mut self.effect {
            ops.iter_mut().for_each(|op| op.span = op.span.shifted(by));
        }
        self
    }
}

/// What is read first of a script: its first part that leads forward.
fn forward_part(text: &str) -> &str {
    parts(text).into_iter().find(|(_, leads_back)| !leads_back).map_or(text, |(part, _)| part.of(text))
}

/// The parts of a script, and whether each leads back: goose, dbmate and MyBatis keep the way back in the same file, behind a
/// marked line.
fn parts(text: &str) -> Vec<(Span, bool)> {
    const MARKS: [(&str, bool); 5] = [
        ("-- +goose down", true),
        ("-- +goose up", false),
        ("-- migrate:down", true),
        ("-- migrate:up", false),
        ("--//@undo", true),
    ];
    let mut parts = Vec::new();
    let (mut from, mut at, mut leads_back) = (0, 0, false);
    for line in text.split_inclusive('\n') {
        let marked = line.trim_start().starts_with("--");
        let words = if marked { line.trim().to_ascii_lowercase() } else { String::new() };
        if let Some((_, back)) = MARKS.iter().find(|(mark, _)| words.starts_with(mark))
            && *back != leads_back
        {
            parts.push((Span::new(from, at), leads_back));
            (from, leads_back) = (at, *back);
        }
        at += line.len();
    }
    parts.push((Span::new(from, at), leads_back));
    parts
}
