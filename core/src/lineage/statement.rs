//! Lineage of a statement that writes: which column of the target is made of what.

use std::rc::Rc;

use sqlparser::ast::{
    Assignment, ConflictTarget, CreateTable, CreateTableLikeKind, Expr, Ident, Insert, ObjectName, OnConflict,
    OnConflictAction, OnInsert, Query, SetExpr, Spanned, Statement, TableObject,
};

use super::query::Resolver;
use super::scope::{Bound, Column, Named, Open, Scope, Shape, unchanged};
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
    /// Rows go out of the warehouse.
    Export,
    /// Rows come into it.
    Load,
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
            Self::Export => "export",
            Self::Load => "load",
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
                let names: Vec<Named> = create.columns.iter().map(|column| self.named(&column.name)).collect();
                self.written(Kind::CreateView, &create.name, shape.renamed(&names))
            }
            Statement::CreateTable(create) => self.create_table(create),
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            Statement::Merge(merge) => self.merge(merge),
            other => self.moved(other).unwrap_or_else(nothing),
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
        let shape = match insert.multi_table_insert_type {
            Some(_) => return self.insert_all(insert, shape).unwrap_or_else(nothing),
            None => shape,
        };
        let relation = RelationName::from_ast(name, self.dialect);
        let target = self.shape_of(&relation);
        for ident in insert.columns.iter().filter_map(last_ident) {
            self.must_hold(&target, ident);
        }
        let mut named: Vec<Named> = insert.columns.iter().filter_map(|column| self.last(column)).collect();
        named.extend(insert.after_columns.iter().map(|ident| self.named(ident)));
        let is_partitioned = insert.partitioned.is_some();
        let partition = self.partition(insert, &target);
        if !named.is_empty() {
            named.extend(partition.iter().filter(|(_, is_given)| !is_given).map(|(name, _)| name.clone()));
        }
        let mut shape = if insert.partitioned.as_deref().is_some_and(is_by_name) {
            let span = self.locate(insert.insert_token.0.span);
            for column in shape.columns.iter().filter(|column| target.get_or_assume(&column.key).is_none()) {
                self.problem(span, ProblemKind::MissingColumn { name: column.name.to_string() });
            }
            shape
        } else if insert.source.is_some() {
            // Without a list the target's own columns count, by position.
            let own = target.columns.iter().map(|column| (column.name.clone(), column.key.clone()));
            let is_listed = !named.is_empty();
            let is_of_partition = |column: &Named| partition.iter().any(|((_, key), _)| *key == column.1);
            // The columns of a dynamic partition come last.
            let dynamic = partition.iter().filter(|(_, is_given)| !is_given).map(|(name, _)| name.clone());
            let names: Vec<Named> = match is_listed {
                true => named,
                false if target.open.is_empty() => own.filter(|own| !is_of_partition(own)).chain(dynamic).collect(),
                false => own.collect(),
            };
            if shape.open.is_empty() && (is_listed || target.open.is_empty()) && !is_partitioned {
                self.must_fit(insert, names.len(), shape.columns.len(), is_listed);
            }
            let mut shape = shape.renamed(&names);
            if !names.is_empty() {
                shape.columns.truncate(names.len());
            }
            let given = partition.into_iter().filter(|(_, is_given)| *is_given);
            shape.columns.extend(given.map(|((name, key), _)| Column::new(name, key, Rc::from([]))));
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
            Some(OnInsert::DuplicateKeyUpdate(assignments)) => {
                let mut others = self.of_the_source(insert, &shape);
                // Under names of its own the row may go without a qualifier.
                let is_named = insert.insert_alias.as_ref().is_some_and(|alias| alias.col_aliases.is_some());
                if is_named {
                    scope.bounds.extend(others.pop());
                }
                scope.hidden = others;
                self.on_duplicate(assignments, None, &scope, &mut shape);
            }
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

    /// What MySQL lets ON DUPLICATE KEY UPDATE name beside the target: the row under its alias, and what the query reads.
    fn of_the_source(&mut self, insert: &Insert, row: &Shape) -> Vec<Bound> {
        let mut scope = Scope::default();
        if let Some(SetExpr::Select(select)) = insert.source.as_ref().map(|source| source.body.as_ref()) {
            let (uses, problems, reads) = (self.out.uses.len(), self.out.problems.len(), self.out.reads.len());
            select.from.iter().for_each(|table| self.from(table, &mut scope));
            self.out.uses.truncate(uses);
            self.out.problems.truncate(problems);
            self.out.reads.truncate(reads);
        }
        let mut hidden = scope.bounds;
        if let Some(alias) = &insert.insert_alias
            && let Some((_, key)) = self.last(&alias.row_alias)
        {
            let names: Vec<_> = alias.col_aliases.iter().flatten().map(|ident| self.named(ident)).collect();
            let shape = Rc::new(Shape { columns: row.columns.clone(), ..Shape::default() }.renamed(&names));
            hidden.push(Bound { alias: key.to_string(), relation: None, is: None, shape });
        }
        hidden
    }

    /// The columns in `PARTITION (a = 1, b)`, and whether their value is given there. One that the target does not have is the
    /// name of a partition.
    fn partition(&self, insert: &Insert, target: &Shape) -> Vec<(Named, bool)> {
        let parts =
            insert.partitioned.iter().flatten().filter(|_| !insert.partitioned.as_deref().is_some_and(is_by_name));
        let column = |part: &Expr| match part {
            Expr::Identifier(ident) => Some((self.named(ident), false)),
            Expr::BinaryOp { left, .. } => match &**left {
                Expr::Identifier(ident) => Some((self.named(ident), true)),
                _ => None,
            },
            _ => None,
        };
        let columns = parts.filter_map(column);
        columns.filter(|((_, key), is_given)| *is_given || target.get_or_assume(key).is_some()).collect()
    }

    /// What is set where the row is there already. `excluded`, or MySQL's `VALUES(x)`, is the row that was to be added.
    fn on_duplicate(
        &mut self,
        assignments: &[Assignment],
        condition: Option<&Expr>,
        scope: &Scope<'_>,
        shape: &mut Shape,
    ) {
        let columns = shape.columns.clone();
        let added = Shape { columns, open: Shape::made_of(Vec::new()).open, ..Shape::default() };
        let alias = self.dialect.fold(EXCLUDED, false).into_owned();
        let mut hidden = vec![Bound { alias, relation: None, is: None, shape: Rc::new(added) }];
        hidden.extend(scope.hidden.iter().cloned());
        let inner = Scope { bounds: scope.bounds.clone(), hidden, ..Scope::default() };
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
                Column::new(name, key, Rc::from([]))
            });
            shape.columns.extend(own);
        }
        self.written(Kind::CreateTable, &create.name, shape)
    }

    pub(super) fn named(&self, ident: &Ident) -> Named {
        (ident.value.as_str().into(), self.fold(ident).into())
    }

    pub(super) fn written(&self, kind: Kind, name: &ObjectName, shape: Shape) -> Written {
        let target = Some(RelationName::from_ast(name, self.dialect));
        Written { kind, target, shape, returned: Shape::default() }
    }

    pub(super) fn last(&self, name: &ObjectName) -> Option<Named> {
        let ident = last_ident(name)?;
        Some(self.named(ident))
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
        let star = Column::new("*", "*", rest);
        self.columns.iter().cloned().chain((!self.open.is_empty()).then_some(star)).collect()
    }
}
