//! Lineage of a statement that writes: which column of the target is made of what.

use std::rc::Rc;

use sqlparser::ast::{
    Assignment, ConflictTarget, CreateTable, CreateTableLikeKind, Expr, Ident, Insert, ObjectName, OnConflict,
    OnConflictAction, OnInsert, Query, SetExpr, Spanned, Statement, TableObject,
};

use super::query::Resolver;
use super::scope::{Bound, Column, Open, Scope, Shape, unchanged};
use super::{Clause, ProblemKind, Read, Source};
use crate::dialect::Dialect;
use crate::schema::RelationName;
use crate::sql::BY_NAME;

/// What a statement does, in one word of the JSON contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Select,
    CreateView,
    CreateTable,
    Insert,
    Update,
    Delete,
    Merge,
    /// It neither reads nor writes columns.
    Other,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::CreateView => "create_view",
            Self::CreateTable => "create_table",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Merge => "merge",
            Self::Other => "other",
        }
    }
}

/// A statement's target, and the columns that it writes, or gives where there is no target.
pub(super) struct Written {
    pub(super) kind: Kind,
    pub(super) target: Option<RelationName>,
    pub(super) shape: Shape,
    /// What RETURNING gives.
    pub(super) returned: Shape,
}

impl Resolver<'_> {
    pub(super) fn statement(&mut self, statement: &Statement) -> Written {
        match statement {
            Statement::Query(query) => self.query_or_write(query),
            Statement::CreateView(create) => {
                let shape = self.query(&create.query, None);
                let names: Vec<(String, String)> =
                    create.columns.iter().map(|column| (column.name.value.clone(), self.fold(&column.name))).collect();
                self.written(Kind::CreateView, &create.name, shape.renamed(&names))
            }
            Statement::CreateTable(create) => self.create_table(create),
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            Statement::Merge(merge) => self.merge(merge),
            _ => nothing(),
        }
    }

    /// `WITH … INSERT` is a query whose body writes.
    fn query_or_write(&mut self, query: &Query) -> Written {
        let (SetExpr::Insert(inner) | SetExpr::Update(inner) | SetExpr::Delete(inner) | SetExpr::Merge(inner)) =
            query.body.as_ref()
        else {
            let shape = self.query(query, None);
            // `SELECT … INTO t` makes a table.
            if let SetExpr::Select(select) = query.body.as_ref()
                && let Some(target) =
                    select.into.iter().flat_map(|into| &into.targets).find_map(|one| self.table_made(one))
            {
                return Written { kind: Kind::CreateTable, target: Some(target), shape, returned: Shape::default() };
            }
            return Written { kind: Kind::Select, target: None, shape, returned: Shape::default() };
        };
        if let Some(with) = &query.with {
            self.define(with, None);
        }
        let written = self.statement(inner);
        self.leave(0);
        written
    }

    fn insert(&mut self, insert: &Insert) -> Written {
        let TableObject::TableName(name) = &insert.table else { return nothing() };
        let shape = insert.source.as_ref().map(|source| self.query(source, None)).unwrap_or_default();
        let relation = RelationName::from_ast(name, self.dialect);
        let target = self.shape_of(&relation);
        for ident in insert.columns.iter().filter_map(last_ident) {
            self.must_hold(&target, ident);
        }
        let named: Vec<(String, String)> = insert.columns.iter().filter_map(|column| self.last(column)).collect();
        let is_partitioned = insert.partitioned.is_some();
        let mut shape = if insert.partitioned.as_deref().is_some_and(is_by_name) {
            let span = self.locate(insert.insert_token.0.span);
            for column in shape.columns.iter().filter(|column| target.get_or_assume(&column.key).is_none()) {
                self.problem(span, ProblemKind::MissingColumn { name: column.name.clone() });
            }
            shape
        } else if insert.source.is_some() {
            // Without a list the target's own columns count, by position.
            let own = target.columns.iter().map(|column| (column.name.clone(), column.key.clone()));
            let is_listed = !named.is_empty();
            let names: Vec<(String, String)> = if is_listed { named } else { own.collect() };
            if shape.open.is_empty() && (is_listed || target.open.is_empty()) && !is_partitioned {
                self.must_fit(insert, names.len(), shape.columns.len(), is_listed);
            }
            let mut shape = shape.renamed(&names);
            if !names.is_empty() {
                shape.columns.truncate(names.len());
            }
            shape
        } else {
            shape
        };
        let mut scope = Scope::default();
        let alias = insert.table_alias.as_ref().map(|alias| self.fold(&alias.alias));
        scope.bounds.push(Bound {
            alias: alias.unwrap_or_else(|| relation.name().to_owned()),
            relation: Some(relation.clone()),
            is: Some(relation.clone()),
            shape: Rc::new(target),
        });
        self.assign(&insert.assignments, &scope, &mut shape);
        match &insert.on {
            Some(OnInsert::DuplicateKeyUpdate(assignments)) => self.on_duplicate(assignments, None, &scope, &mut shape),
            Some(OnInsert::OnConflict(conflict)) => self.conflict(conflict, &mut scope, &mut shape),
            _ => {}
        }
        let returned = self.returned(insert.returning.as_deref(), insert.output.as_ref(), &mut scope);
        Written { kind: Kind::Insert, target: Some(relation), shape, returned }
    }

    /// `ON CONFLICT (k) DO UPDATE SET …`, where `excluded` is the row that was to be added.
    fn conflict(&mut self, conflict: &OnConflict, scope: &mut Scope<'_>, shape: &mut Shape) {
        if let (Some(ConflictTarget::Columns(columns)), Some(bound)) = (&conflict.conflict_target, scope.bounds.first())
        {
            let target = Rc::clone(&bound.shape);
            columns.iter().for_each(|ident| self.must_hold(&target, ident));
        }
        if let OnConflictAction::DoUpdate(update) = &conflict.action {
            self.on_duplicate(&update.assignments, update.selection.as_ref(), scope, shape);
        }
    }

    /// What is set where the row is there already. `excluded`, or MySQL's `VALUES(x)`, is the row that was to be added.
    fn on_duplicate(
        &mut self,
        assignments: &[Assignment],
        condition: Option<&Expr>,
        scope: &Scope<'_>,
        shape: &mut Shape,
    ) {
        let Some(bound) = scope.bounds.first().cloned() else { return };
        let columns = shape.columns.clone();
        let added = Shape { columns, open: Shape::made_of(Vec::new()).open, lost: Vec::new() };
        let alias = self.dialect.fold(EXCLUDED, false).into_owned();
        let hidden = vec![Bound { alias, relation: None, is: None, shape: Rc::new(added) }];
        let inner = Scope { bounds: vec![bound], hidden, ..Scope::default() };
        self.assign(assignments, &inner, shape);
        self.filter(condition, &inner, Clause::Where);
    }

    /// Engines refuse an INSERT of more values than columns; most of fewer ones, too.
    fn must_fit(&mut self, insert: &Insert, columns: usize, values: usize, is_listed: bool) {
        let fewer_is_fine = !is_listed && matches!(self.dialect, Dialect::Postgres | Dialect::Redshift);
        if values > columns || (values < columns && !fewer_is_fine) {
            let span = self.locate(insert.insert_token.0.span);
            self.problem(span, ProblemKind::UnequalSides { left: columns, right: values });
        }
    }

    /// A name in SELECT INTO; not a variable.
    fn table_made(&self, target: &Expr) -> Option<RelationName> {
        let idents = match target {
            Expr::Identifier(ident) => std::slice::from_ref(ident),
            Expr::CompoundIdentifier(idents) => idents,
            _ => return None,
        };
        let is_variable = idents[0].quote_style.is_none() && idents[0].value.starts_with('@');
        (!is_variable).then(|| RelationName::new(idents.iter().map(|ident| self.fold(ident))))
    }

    fn create_table(&mut self, create: &CreateTable) -> Written {
        let like = create.like.as_ref().map(|kind| match kind {
            CreateTableLikeKind::Parenthesized(like) | CreateTableLikeKind::Plain(like) => &like.name,
        });
        let mut shape = match (&create.query, like.or(create.clone.as_ref())) {
            (Some(query), _) => self.query(query, None),
            (None, Some(other)) => {
                let relation = RelationName::from_ast(other, self.dialect);
                let shape = self.shape_of(&relation);
                self.out.reads.push(Read { relation, span: self.locate(other.span()).unwrap_or_default() });
                shape
            }
            (None, None) => Shape::default(),
        };
        if create.query.is_some() {
            let names: Vec<_> = create.columns.iter().map(|column| self.named(&column.name)).collect();
            shape = shape.renamed(&names);
        } else {
            // LIKE takes the columns and no values; CLONE takes both.
            if like.is_some() {
                shape.columns.iter_mut().for_each(|column| column.sources = Rc::from([]));
                shape.open = shape.open.iter().map(|_| Open::Made(Rc::from([]))).collect();
            }
            let own = create.columns.iter().map(|column| {
                let (name, key) = self.named(&column.name);
                Column { name, key, sources: Rc::from([]) }
            });
            shape.columns.extend(own);
        }
        self.written(Kind::CreateTable, &create.name, shape)
    }

    fn named(&self, ident: &Ident) -> (String, String) {
        (ident.value.clone(), self.fold(ident))
    }

    fn written(&self, kind: Kind, name: &ObjectName, shape: Shape) -> Written {
        let target = Some(RelationName::from_ast(name, self.dialect));
        Written { kind, target, shape, returned: Shape::default() }
    }

    pub(super) fn last(&self, name: &ObjectName) -> Option<(String, String)> {
        let ident = last_ident(name)?;
        Some((ident.value.clone(), self.fold(ident)))
    }
}

/// The row that was to be added, in ON CONFLICT.
pub(super) const EXCLUDED: &str = "excluded";

pub(super) fn last_ident(name: &ObjectName) -> Option<&Ident> {
    name.0.last()?.as_ident()
}

fn is_by_name(partition: &[Expr]) -> bool {
    matches!(partition, [Expr::Identifier(ident)] if ident.value == BY_NAME && ident.quote_style.is_some())
}

fn nothing() -> Written {
    Written { kind: Kind::Other, target: None, shape: Shape::default(), returned: Shape::default() }
}

impl Shape {
    /// The columns, with `*` for those that are not known.
    pub(super) fn columns_and_star(&self) -> Vec<Column> {
        let mut rest: Vec<Source> = Vec::new();
        for open in &self.open {
            match open {
                Open::Relation(relation) => rest.push(unchanged(relation.clone(), "*".to_owned())),
                Open::Made(sources) => rest.extend(sources.iter().cloned()),
            }
        }
        rest.sort();
        rest.dedup();
        let star = Column { name: "*".to_owned(), key: "*".to_owned(), sources: rest.into() };
        self.columns.iter().cloned().chain((!self.open.is_empty()).then_some(star)).collect()
    }
}
