//! Column lineage of one query: what each output column is made of, and every reference to a column, with clause and span.
//!
//! The resolver knows scopes the way engines do. It is run twice over a model, against the schema before and after: what
//! it reports only the second time is what breaks. A relation it does not know is an answer too ("open"), never a guess.

mod bodies;
mod casts;
mod columns;
mod ctes;
mod deciding;
mod export;
mod expr;
mod given;
mod kinds;
mod mixing;
mod nearest;
mod pattern;
mod pipes;
mod pivot;
mod query;
mod recognize;
mod rows;
mod scope;
mod script;
mod several;
mod star;
mod statement;
mod table;
mod words;

pub use deciding::Deciding;
pub use kinds::Kind;
pub use script::{Explained, Script, StatementLineage, trace_and_explain, trace_script};

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use sqlparser::ast::{
    Expr, GroupByExpr, Ident, Query, SelectItem, SetExpr, Statement, TableFactor, WildcardAdditionalOptions,
};

use crate::dialect::Dialect;
use crate::schema::{RelationName, RowsKept};
use crate::sql::{self, Locator, ParseProblem};
use crate::text::Span;

/// What a query does with columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lineage {
    /// In order. With `open`, there are more that are not known.
    pub outputs: Vec<Output>,
    pub open: bool,
    /// The relations that are read, in order of the text.
    pub reads: Vec<Read>,
    pub uses: Vec<Use>,
    /// What decides which rows there are, beside the conditions among the uses.
    pub deciding: Vec<Deciding>,
    /// What is read as another type, row by row.
    pub casts: Vec<Cast>,
    pub problems: Vec<Problem>,
    /// The relations all of whose columns are named at once, by a star.
    pub starred: Vec<RelationName>,
    /// The relations that nobody told of whose columns are passed on as they are.
    pub behind_stars: Vec<RelationName>,
    /// Something here hangs on which columns a relation has that is not completely known.
    pub assumes: bool,
    /// Set operations by position with a side of so many columns as such a relation has.
    pub united: Vec<Vec<Side>>,
    /// The columns by which each NATURAL join joins.
    pub naturals: Vec<Natural>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Natural {
    pub span: Option<Span>,
    pub keys: BTreeSet<Arc<str>>,
}

/// A side of a set operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Where its SELECT stands.
    pub span: Option<Span>,
    /// The relations that a star takes all columns of, and nobody told of all of them.
    pub open: Vec<RelationName>,
}

/// The values of a column read as another type. One that cannot be is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    pub relation: RelationName,
    pub column: Arc<str>,
    pub to: Kind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    pub name: Arc<str>,
    /// As the dialect folds it.
    pub key: Arc<str>,
    pub sources: Rc<[Source]>,
    /// What kind of value it is.
    pub kind: Kind,
}

/// A column of a relation that a value is made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    pub relation: RelationName,
    pub column: Arc<str>,
    pub how: How,
    /// The literals that the column is compared with, where that is all that is made of it.
    pub compared: Option<Compared>,
    /// The kind of what is made of it.
    pub kind: Kind,
}

/// Literals that a column is compared with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Compared {
    pub literals: Vec<String>,
    /// It is only asked whether the value is one of them, as IN does; a CASE tells them apart.
    pub as_one: bool,
}

/// An item of a SELECT list: what it is called, where it stands, and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    /// As the dialect folds it.
    pub key: String,
    pub span: Span,
    pub sources: Vec<Source>,
}

impl Source {
    /// How a column is made of it, in a word of the JSON contract.
    pub fn made(&self, column: &str) -> &'static str {
        match self.how {
            How::Unchanged if !self.column.eq_ignore_ascii_case(column) => "renamed",
            how => how.word(),
        }
    }
}

/// How a value is made of another; of several steps the last in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    Unchanged,
    Cast,
    Conditional,
    Computed,
    Aggregated,
}

impl How {
    pub fn word(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Cast => "cast",
            Self::Conditional => "conditional",
            Self::Computed => "computed",
            Self::Aggregated => "aggregated",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    pub relation: RelationName,
    pub span: Span,
}

/// A reference to a column by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    pub name: String,
    pub span: Span,
    pub clause: Clause,
    /// What it stands for, through CTEs and subqueries down to relations.
    pub sources: Rc<[Source]>,
    pub compared: Option<Compared>,
    /// How many queries further out the name was found: 0 is the query it stands in.
    pub outward: usize,
    /// It is a whole item of a SELECT list that makes rows, in FROM or at the top: it is nothing but passed on.
    pub passed_on: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clause {
    Select,
    Where,
    Join,
    Using,
    Group,
    Having,
    Order,
    Window,
    Qualify,
    Limit,
    Lateral,
    Pivot,
    Connect,
    Returning,
}

impl Clause {
    pub fn word(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::Where => "where",
            Self::Join => "join",
            Self::Using => "using",
            Self::Group => "group",
            Self::Having => "having",
            Self::Order => "order",
            Self::Window => "window",
            Self::Qualify => "qualify",
            Self::Limit => "limit",
            Self::Lateral => "lateral",
            Self::Pivot => "pivot",
            Self::Connect => "connect",
            Self::Returning => "returning",
        }
    }

    /// As a sentence has it: "names x in WHERE".
    pub fn title(self) -> &'static str {
        match self {
            Self::Select => "the SELECT list",
            Self::Where => "WHERE",
            Self::Join => "a join condition",
            Self::Using => "USING",
            Self::Group => "GROUP BY",
            Self::Having => "HAVING",
            Self::Order => "ORDER BY",
            Self::Window => "a window",
            Self::Qualify => "QUALIFY",
            Self::Limit => "LIMIT",
            Self::Lateral => "FROM",
            Self::Pivot => "PIVOT",
            Self::Connect => "CONNECT BY",
            Self::Returning => "RETURNING",
        }
    }

    /// What stands there becomes a part of a value.
    pub fn makes_values(self) -> bool {
        matches!(self, Self::Select | Self::Window | Self::Lateral | Self::Returning)
    }

    /// A value there decides which rows there are.
    pub fn decides_rows(self) -> bool {
        matches!(
            self,
            Self::Where | Self::Join | Self::Using | Self::Having | Self::Qualify | Self::Connect | Self::Pivot
        )
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub span: Span,
    pub kind: ProblemKind,
    /// For a column that is missing, the one in reach whose name is most like it.
    pub nearest: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    MissingRelation {
        relation: RelationName,
    },
    /// No relation in reach has the column.
    MissingColumn {
        name: String,
    },
    /// Several relations have it.
    AmbiguousColumn {
        name: String,
        relations: Vec<String>,
    },
    /// The name before the dot is nothing that the query reads.
    UnknownQualifier {
        name: String,
    },
    /// Values that the engine does not let meet: what the query does.
    Refused {
        what: String,
    },
    /// The sides of a set operation have different numbers of columns.
    UnequalSides {
        left: usize,
        right: usize,
    },
    /// A list of names such as `AS t (a, b)` is longer than the columns that it names; or shorter, where all are to be named.
    OtherNames {
        names: usize,
        columns: usize,
    },
}

/// What is known of a relation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    pub exists: bool,
    /// Names as written, and as the dialect folds them. Shared: who reads a relation reads most of its columns.
    pub columns: Vec<(Arc<str>, Arc<str>)>,
    /// The kinds of those columns, as far as they are known.
    pub kinds: Vec<Kind>,
    /// The columns are all there are.
    pub complete: bool,
    /// Columns that are certainly not there, for a relation that is not completely known.
    pub lost: Vec<String>,
}

/// Tells the resolver what a relation is. None: not known at all, so it may have any column.
pub type Lookup<'a> = &'a dyn Fn(&RelationName) -> Option<Known>;

/// A text that holds one query, or one CREATE … AS, parsed once to be traced against any number of schemas.
#[derive(Debug)]
pub struct Parsed<'t> {
    locator: Locator<'t>,
    statement: Statement,
    dialect: Dialect,
}

impl<'t> Parsed<'t> {
    pub fn new(text: &'t str, dialect: Dialect) -> Result<Self, ParseProblem> {
        let mut statements = sql::parse(text, dialect)?;
        match statements.pop() {
            Some(statement) if statements.is_empty() && query_of(&statement).is_some() => {
                Ok(Self { locator: Locator::new(text), statement, dialect })
            }
            Some(_) if !statements.is_empty() => Err(ParseProblem {
                message: format!("it holds {} statements instead of one query", statements.len() + 1),
                at: 0,
            }),
            _ => Err(ParseProblem { message: "it is not a query".to_owned(), at: 0 }),
        }
    }

    /// The one SELECT from one relation that the query is; none of a join, a set operation or a WITH.
    pub(crate) fn plain_select(&self) -> Option<Plain<'_>> {
        let query = query_of(&self.statement).filter(|query| query.with.is_none())?;
        let SetExpr::Select(select) = query.body.as_ref() else { return None };
        let [from] = select.from.as_slice() else { return None };
        let is_plain = from.joins.is_empty() && matches!(from.relation, TableFactor::Table { args: None, .. });
        let limits = query.limit_clause.is_some() || query.fetch.is_some() || select.top.is_some();
        let filters = select.selection.is_some() || select.having.is_some() || select.qualify.is_some();
        let groups = select.distinct.is_some()
            || !matches!(&select.group_by, GroupByExpr::Expressions(by, _) if by.is_empty())
            || !select.lateral_views.is_empty();
        let rows = match (groups, limits || filters) {
            (true, _) => RowsKept::Unknown,
            (false, true) => RowsKept::Fewer,
            (false, false) => RowsKept::All,
        };
        is_plain.then_some(Plain { items: &select.projection, rows })
    }

    /// The same as `trace`, with the items of every SELECT list in it.
    pub fn explain(&self, lookup: Lookup<'_>) -> (Lineage, Vec<Expression>) {
        query_of(&self.statement)
            .map(|query| query::explain(query, &self.locator, self.dialect, lookup))
            .unwrap_or_default()
    }

    pub fn trace(&self, lookup: Lookup<'_>) -> Lineage {
        query_of(&self.statement)
            .map(|query| query::resolve(query, &self.locator, self.dialect, lookup))
            .unwrap_or_default()
    }
}

/// A query over one relation.
pub(crate) struct Plain<'q> {
    items: &'q [SelectItem],
    pub(crate) rows: RowsKept,
}

impl<'q> Plain<'q> {
    /// What it gives a name.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&'q Ident, &'q Expr)> {
        self.items.iter().filter_map(|item| match item {
            SelectItem::ExprWithAlias { expr, alias } => Some((alias, expr)),
            SelectItem::UnnamedExpr(expr @ Expr::Identifier(name)) => Some((name, expr)),
            _ => None,
        })
    }

    /// All columns of the relation, whatever they are called, are among its own: not where the star takes some away.
    pub(crate) fn has_star(&self) -> bool {
        self.items.iter().any(|item| match item {
            SelectItem::Wildcard(options) | SelectItem::QualifiedWildcard(_, options) => {
                *options == WildcardAdditionalOptions::default()
            }
            _ => false,
        })
    }
}

fn query_of(statement: &Statement) -> Option<&Query> {
    match statement {
        Statement::Query(query) => Some(query),
        Statement::CreateView(create) => Some(&create.query),
        Statement::CreateTable(create) => create.query.as_deref(),
        Statement::Insert(insert) => insert.source.as_deref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
