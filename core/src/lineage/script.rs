//! Lineage of a script, statement by statement: the JSON of `foreshock lineage`.
//!
//! What a statement creates is known to those after it. Columns are traced to the relations that each statement reads; a
//! chain through a temporary table is as many steps as there are statements.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlparser::ast::Statement;

use super::bodies::{Body, body};
use super::query::Resolver;
use super::scope::{Column, Shape};
use super::statement::Kind;
use super::{Expression, Known, Lineage, Problem, ProblemKind};
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
    /// What the statement gives or sets, in order, also what is made of no column.
    pub outputs: Vec<OutputColumn>,
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
    /// How the one is made of the other.
    pub made: &'static str,
    /// The literals that it is compared with, where that is all that becomes of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutputColumn {
    /// None for what a query gives to its caller.
    pub relation: Option<String>,
    pub column: String,
    /// As of an edge; `constant` where it is made of no column, `unknown` where a problem may be why.
    pub made: &'static str,
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

/// A script with what each of its statements does in every detail, by places in the script.
#[derive(Debug)]
pub struct Explained {
    pub script: Script,
    /// For each statement.
    pub ways: Vec<(Lineage, Vec<Expression>)>,
}

/// Traces every statement. `schema` tells the columns of relations that are there before; others may have any.
pub fn trace_script(text: &str, dialect: Dialect, schema: &BTreeMap<String, Vec<String>>) -> Script {
    trace_statements(text, dialect, schema, &mut |_| {}, false)
}

/// The same, with the items of every SELECT list.
pub fn trace_and_explain(text: &str, dialect: Dialect, schema: &BTreeMap<String, Vec<String>>) -> Explained {
    let mut ways = Vec::new();
    let script = trace_statements(text, dialect, schema, &mut |way| ways.push(way), true);
    Explained { script, ways }
}

fn trace_statements(
    text: &str,
    dialect: Dialect,
    schema: &BTreeMap<String, Vec<String>>,
    take_way: &mut dyn FnMut((Lineage, Vec<Expression>)),
    explains: bool,
) -> Script {
    let lines = LineIndex::new(text);
    let mut known: Vec<(RelationName, Vec<String>)> =
        schema.iter().map(|(name, columns)| (RelationName::parse(name, dialect).caseless(), columns.clone())).collect();
    let mut statements = Vec::new();
    let mut take = |piece: Piece, body: Option<&Body>| {
        let tracer = Tracer { text, lines: &lines, dialect, piece, body, explains };
        let (statement, created, way) = tracer.trace(statements.len(), &mut known);
        take_way(way);
        known.extend(created);
        statements.push(statement);
    };
    for piece in sql::split(text, dialect) {
        match body(piece.span.of(text), dialect) {
            Some(body) => {
                let span = body.span.shifted(piece.span.start);
                sql::split_body(text, span, dialect).for_each(|piece| take(piece, Some(&body)));
            }
            None => take(piece, None),
        }
    }
    Script { statements }
}

struct Tracer<'t> {
    text: &'t str,
    lines: &'t LineIndex,
    dialect: Dialect,
    piece: Piece,
    /// The routine in whose body it stands.
    body: Option<&'t Body>,
    /// Somebody asks for the items of its SELECT lists.
    explains: bool,
}

/// A relation that a statement creates, with its columns.
type Created = Option<(RelationName, Vec<String>)>;

impl Tracer<'_> {
    fn trace(
        &self,
        index: usize,
        known: &mut Vec<(RelationName, Vec<String>)>,
    ) -> (StatementLineage, Created, (Lineage, Vec<Expression>)) {
        let code = self.piece.span.of(self.text);
        let statements = match sql::parse(code, self.dialect) {
            Ok(statements) => statements,
            Err(problem) => {
                let at = Span { start: problem.at, end: problem.at };
                return (self.unparsed(index, at, problem.message), None, Default::default());
            }
        };
        // One that stands for several, as Hive's FROM … INSERT … INSERT, writes what they write.
        let [statement, more @ ..] = statements.as_slice() else {
            let unparsed = self.unparsed(index, Span::default(), "it is not one statement".to_owned());
            return (unparsed, None, Default::default());
        };
        forget(statement, known, self.dialect);
        let lookup = |name: &RelationName| find(known, name, self.dialect);
        let locator = Locator::new(code);
        let mut resolver = Resolver::new(&locator, self.dialect, &lookup);
        resolver.names_by_text = true;
        resolver.expressions = self.explains.then(Vec::new);
        resolver.has_variables = self.body.is_some();
        resolver.row = self.body.and_then(|body| body.row.clone());
        let written = resolver.statement(statement);
        for statement in more {
            let written = resolver.statement(statement);
            resolver.inner_writes.push(written);
        }
        let inner_writes = std::mem::take(&mut resolver.inner_writes);
        let mut expressions = resolver.expressions.take().unwrap_or_default();
        let mut lineage = resolver.finish(&written.shape);
        let target = written.target.as_ref().map(ToString::to_string);
        let mut columns = edges(target.as_ref(), &written.shape);
        // A name that means nothing makes no constant.
        let nothing = if lineage.problems.is_empty() { "constant" } else { "unknown" };
        let mut outputs = outputs_of(target.as_ref(), &written.shape, nothing);
        let mut writes: Vec<String> = target.into_iter().collect();
        for inner in &inner_writes {
            let target = inner.target.as_ref().map(ToString::to_string);
            columns.extend(edges(target.as_ref(), &inner.shape));
            outputs.extend(outputs_of(target.as_ref(), &inner.shape, nothing));
            writes.extend(target);
        }
        let creates = matches!(written.kind, Kind::CreateTable | Kind::CreateView) && written.shape.open.is_empty();
        let created = written.target.filter(|_| creates).map(|name| {
            (name.caseless(), written.shape.columns.iter().map(|column| column.name.to_string()).collect::<Vec<_>>())
        });
        let statement = StatementLineage {
            index,
            outputs,
            kind: written.kind.word(),
            reads: reads(&lineage),
            writes,
            columns,
            uses: self.uses(&lineage),
            problems: lineage.problems.iter().map(|problem| self.problem(problem)).collect(),
        };
        // By places in the script, for those who explain.
        let offset = self.piece.span.start;
        lineage.uses.iter_mut().for_each(|used| used.span = used.span.shifted(offset));
        expressions.iter_mut().for_each(|one| one.span = one.span.shifted(offset));
        (statement, created, (lineage, expressions))
    }

    fn unparsed(&self, index: usize, at: Span, message: String) -> StatementLineage {
        let span = self.place(at);
        let problem = ScriptProblem { line: span.line, column: span.column, message };
        let (reads, writes, columns, outputs, uses) = Default::default();
        StatementLineage { index, kind: "unparsed", reads, writes, columns, outputs, uses, problems: vec![problem] }
    }

    fn uses(&self, lineage: &Lineage) -> Vec<ColumnUse> {
        let each = lineage.uses.iter().flat_map(|one| one.sources.iter().map(move |source| (one, source)));
        let shown = each.map(|(one, from)| {
            let SourceColumn { relation, column } = source(from);
            ColumnUse { relation, column, clause: one.clause.word(), span: self.place(one.span) }
        });
        let mut shown: Vec<ColumnUse> = shown.collect();
        shown.dedup();
        shown
    }

    fn problem(&self, problem: &Problem) -> ScriptProblem {
        let span = self.place(problem.span);
        let mut message = problem.kind.to_string();
        if let Some(nearest) = &problem.nearest {
            message += &format!("; the nearest is {nearest}");
        }
        ScriptProblem { line: span.line, column: span.column, message }
    }

    fn place(&self, span: Span) -> UseSpan {
        let place = self.lines.place("", self.text, span.shifted(self.piece.span.start));
        UseSpan { line: place.line, column: place.column, end_line: place.end_line, end_column: place.end_column }
    }
}

fn source(source: &super::Source) -> SourceColumn {
    SourceColumn { relation: source.relation.to_string(), column: source.column.to_string() }
}

fn edges(target: Option<&String>, shape: &Shape) -> Vec<Edge> {
    let mut edges = Vec::new();
    for column in shape.columns_and_star() {
        let to = TargetColumn { relation: target.cloned(), column: shown(&column) };
        // Of several ways from the one to the other, the one that changes most stands last.
        for same in column.sources.chunk_by(|a, b| (&a.relation, &a.column) == (&b.relation, &b.column)) {
            let compared: Option<Vec<Vec<String>>> =
                same.iter().map(|one| Some(one.compared.clone()?.literals)).collect();
            edges.extend(same.last().map(|one| Edge {
                made: one.made(&to.column),
                from: source(one),
                to: to.clone(),
                how: "value",
                compared: compared.map(|values| values.concat()),
            }));
        }
    }
    edges
}

fn outputs_of(target: Option<&String>, shape: &Shape, nothing: &'static str) -> Vec<OutputColumn> {
    let output = |column: Column| {
        let last = column.sources.iter().max_by_key(|source| source.how);
        let made = last.map_or(nothing, |source| source.made(&column.key));
        OutputColumn { relation: target.cloned(), column: shown(&column), made }
    };
    shape.columns_and_star().into_iter().map(output).collect()
}

/// A name as the dialect resolves it; the text of an expression as it is written.
fn shown(column: &Column) -> String {
    let is_word = column.name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '$' | ' '));
    if is_word { column.key.to_string() } else { column.name.to_string() }
}

fn reads(lineage: &Lineage) -> Vec<String> {
    let mut reads: Vec<String> = lineage.reads.iter().map(|read| read.relation.to_string()).collect();
    reads.sort();
    reads.dedup();
    reads
}

/// What a relation's columns are after it is altered or made anew elsewhere is not known.
fn forget(statement: &Statement, known: &mut Vec<(RelationName, Vec<String>)>, dialect: Dialect) {
    let names = match statement {
        Statement::AlterTable(alter) => std::slice::from_ref(&alter.name),
        Statement::Drop { names, .. } => names,
        _ => return,
    };
    for name in names {
        let name = RelationName::from_ast(name, dialect).caseless();
        known.retain(|(own, _)| !own.ends_with(&name) && !name.ends_with(own));
    }
}

/// The newest relation of this name, as deep as it is given.
fn find(known: &[(RelationName, Vec<String>)], name: &RelationName, dialect: Dialect) -> Option<Known> {
    let name = name.caseless();
    let (_, columns) = known.iter().rev().find(|(own, _)| own.ends_with(&name) || name.ends_with(own))?;
    let columns = columns.iter().map(|column| {
        // A name that is no bare word is one that is quoted wherever it stands.
        let is_quoted = !column.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '$'));
        (column.as_str().into(), dialect.fold(column, is_quoted).into())
    });
    let columns = columns.collect();
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
            Self::OtherNames { names, columns } => write!(f, "{names} names are given to {columns} columns"),
        }
    }
}
