//! Lineage of a script, statement by statement: the JSON of `foreshock lineage`.
//!
//! What a statement creates is known to those after it. Columns are traced to the relations that each statement reads; a
//! chain through a temporary table is as many steps as there are statements.

use std::collections::BTreeMap;

use serde::Serialize;

use super::query::Resolver;
use super::statement::Kind;
use super::{Known, Lineage, Problem, ProblemKind};
use crate::dialect::Dialect;
use crate::schema::RelationName;
use crate::sql::{self, Locator, Piece};
use crate::text::{LineIndex, Span};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Script {
    pub statements: Vec<StatementLineage>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementLineage {
    /// SourceColumn 0.
    pub index: usize,
    /// `select`, `insert`, …; `unparsed` where the statement could not be read.
    pub kind: &'static str,
    pub reads: Vec<String>,
    pub writes: Vec<String>,
    pub columns: Vec<Edge>,
    pub uses: Vec<ColumnUse>,
    pub problems: Vec<ScriptProblem>,
}

/// A value goes from one column into another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Edge {
    pub from: SourceColumn,
    pub to: TargetColumn,
    #[serde(rename = "use")]
    pub how: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SourceColumn {
    pub relation: String,
    pub column: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TargetColumn {
    /// None for what a query gives to its caller.
    pub relation: Option<String>,
    pub column: String,
}

/// A reference by name, and a column of a relation that it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnUse {
    pub relation: String,
    pub column: String,
    pub clause: &'static str,
    pub span: UseSpan,
}

/// Lines and columns count from 1; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UseSpan {
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScriptProblem {
    pub line: u32,
    pub column: u32,
    pub message: String,
}

/// Traces every statement. `schema` tells the columns of relations that are there before; others may have any.
pub fn trace_script(text: &str, dialect: Dialect, schema: &BTreeMap<String, Vec<String>>) -> Script {
    let lines = LineIndex::new(text);
    let mut known: Vec<(RelationName, Vec<String>)> =
        schema.iter().map(|(name, columns)| (RelationName::parse(name, dialect).caseless(), columns.clone())).collect();
    let mut statements = Vec::new();
    for (index, piece) in sql::split(text, dialect).enumerate() {
        let tracer = Tracer { text, lines: &lines, dialect, piece };
        let (statement, created) = tracer.trace(index, &known);
        known.extend(created);
        statements.push(statement);
    }
    Script { statements }
}

struct Tracer<'t> {
    text: &'t str,
    lines: &'t LineIndex,
    dialect: Dialect,
    piece: Piece,
}

/// A relation that a statement creates, with its columns.
type Created = Option<(RelationName, Vec<String>)>;

impl Tracer<'_> {
    fn trace(&self, index: usize, known: &[(RelationName, Vec<String>)]) -> (StatementLineage, Created) {
        let code = self.piece.span.of(self.text);
        let statements = match sql::parse(code, self.dialect) {
            Ok(statements) => statements,
            Err(problem) => {
                let at = Span { start: problem.at, end: problem.at };
                return (self.unparsed(index, at, problem.message), None);
            }
        };
        let [statement] = statements.as_slice() else {
            return (self.unparsed(index, Span::default(), "it is not one statement".to_owned()), None);
        };
        let lookup = |name: &RelationName| find(known, name, self.dialect);
        let locator = Locator::new(code);
        let mut resolver = Resolver::new(&locator, self.dialect, &lookup);
        resolver.names_by_text = true;
        let written = resolver.statement(statement);
        let lineage = resolver.finish(&written.shape);
        let target = written.target.as_ref().map(ToString::to_string);
        let edges = written.shape.columns_and_star().into_iter().flat_map(|column| {
            let to = TargetColumn { relation: target.clone(), column: column.key };
            let edge = move |from: SourceColumn| Edge { from, to: to.clone(), how: "value" };
            column.sources.iter().map(source).map(edge).collect::<Vec<_>>()
        });
        let mut columns: Vec<Edge> = edges.collect();
        columns.dedup();
        let creates = matches!(written.kind, Kind::CreateTable | Kind::CreateView) && written.shape.open.is_none();
        let created = written.target.filter(|_| creates).map(|name| {
            (name.caseless(), written.shape.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>())
        });
        let statement = StatementLineage {
            index,
            kind: written.kind.word(),
            reads: reads(&lineage),
            writes: target.into_iter().collect(),
            columns,
            uses: self.uses(&lineage),
            problems: lineage.problems.iter().map(|problem| self.problem(problem)).collect(),
        };
        (statement, created)
    }

    fn unparsed(&self, index: usize, at: Span, message: String) -> StatementLineage {
        let span = self.place(at);
        let problem = ScriptProblem { line: span.line, column: span.column, message };
        let (reads, writes, columns, uses) = Default::default();
        StatementLineage { index, kind: "unparsed", reads, writes, columns, uses, problems: vec![problem] }
    }

    fn uses(&self, lineage: &Lineage) -> Vec<ColumnUse> {
        let each = lineage.uses.iter().flat_map(|one| one.sources.iter().map(move |source| (one, source)));
        let shown = each.map(|(one, from)| {
            let SourceColumn { relation, column } = source(from);
            ColumnUse { relation, column, clause: one.clause.word(), span: self.place(one.span) }
        });
        shown.collect()
    }

    fn problem(&self, problem: &Problem) -> ScriptProblem {
        let span = self.place(problem.span);
        ScriptProblem { line: span.line, column: span.column, message: problem.kind.to_string() }
    }

    fn place(&self, span: Span) -> UseSpan {
        let place = self.lines.place("", self.text, span.shifted(self.piece.span.start));
        UseSpan { line: place.line, column: place.column, end_line: place.end_line, end_column: place.end_column }
    }
}

fn source(source: &super::Source) -> SourceColumn {
    SourceColumn { relation: source.relation.to_string(), column: source.column.clone() }
}

fn reads(lineage: &Lineage) -> Vec<String> {
    let mut reads: Vec<String> = lineage.reads.iter().map(|read| read.relation.to_string()).collect();
    reads.sort();
    reads.dedup();
    reads
}

/// The newest relation of this name, as deep as it is given.
fn find(known: &[(RelationName, Vec<String>)], name: &RelationName, dialect: Dialect) -> Option<Known> {
    let name = name.caseless();
    let (_, columns) = known.iter().rev().find(|(own, _)| own.ends_with(&name) || name.ends_with(own))?;
    let columns = columns.iter().map(|column| (column.clone(), dialect.fold(column, false).into_owned())).collect();
    Some(Known { exists: true, columns, complete: true, ..Known::default() })
}

impl std::fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::MissingRelation { relation } => write!(f, "{relation} is not there"),
            Self::MissingColumn { name } => write!(f, "no relation in reach has a column {name}"),
            Self::AmbiguousColumn { name, relations } => {
                write!(f, "{name} could be a column of {}", relations.join(" or "))
            }
            Self::UnknownQualifier { name } => write!(f, "nothing in reach is called {name}"),
            Self::Refused { what } => write!(f, "it {what}"),
            Self::UnequalSides { left, right } => write!(f, "the sides have {left} and {right} columns"),
        }
    }
}
