//! Lineage of a statement that writes: which column of the target is made of what.

use std::rc::Rc;

use sqlparser::ast::{
    Assignment, AssignmentTarget, Delete, FromTable, Insert, Merge, MergeAction, MergeInsertExpr, MergeInsertKind,
    MergeUpdateKind, ObjectName, Query, SetExpr, Statement, TableFactor, TableObject, Update, UpdateTableFromKind,
};

use super::expr::Place;
use super::query::Resolver;
use super::scope::{Aliases, Bound, Column, Open, Scope, Shape, unchanged};
use super::{Clause, Source};
use crate::schema::RelationName;

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
            Statement::CreateTable(create) => match &create.query {
                Some(query) => {
                    let shape = self.query(query, None);
                    self.written(Kind::CreateTable, &create.name, shape)
                }
                None => nothing(),
            },
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
            return Written { kind: Kind::Select, target: None, shape };
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
        let named: Vec<(String, String)> = insert.columns.iter().filter_map(|column| self.last(column)).collect();
        // Without a list the target's own columns count, by position.
        let names = match (named.is_empty(), (self.lookup)(&relation)) {
            (true, Some(known)) if known.complete => known.columns,
            _ => named,
        };
        let mut shape = shape.renamed(&names);
        let scope = Scope::default();
        self.assign(&insert.assignments, &scope, &mut shape);
        Written { kind: Kind::Insert, target: Some(relation), shape }
    }

    fn update(&mut self, update: &Update) -> Written {
        let mut scope = Scope::default();
        self.from(&update.table, &mut scope);
        if let Some(UpdateTableFromKind::BeforeSet(tables) | UpdateTableFromKind::AfterSet(tables)) = &update.from {
            tables.iter().for_each(|table| self.from(table, &mut scope));
        }
        let mut shape = Shape::default();
        self.assign(&update.assignments, &scope, &mut shape);
        self.filter(update.selection.as_ref(), &scope, Clause::Where);
        let target = self.target(&update.table.relation, &scope);
        Written { kind: Kind::Update, target, shape }
    }

    fn delete(&mut self, delete: &Delete) -> Written {
        let mut scope = Scope::default();
        let (FromTable::WithFromKeyword(tables) | FromTable::WithoutKeyword(tables)) = &delete.from;
        tables.iter().chain(delete.using.iter().flatten()).for_each(|table| self.from(table, &mut scope));
        self.filter(delete.selection.as_ref(), &scope, Clause::Where);
        let target = tables.first().and_then(|table| self.target(&table.relation, &scope));
        Written { kind: Kind::Delete, target, shape: Shape::default() }
    }

    fn merge(&mut self, merge: &Merge) -> Written {
        let mut scope = Scope::default();
        self.factor(&merge.table, &mut scope);
        self.factor(&merge.source, &mut scope);
        self.filter(Some(&merge.on), &scope, Clause::Join);
        let mut shape = Shape::default();
        for clause in &merge.clauses {
            self.filter(clause.predicate.as_ref(), &scope, Clause::Where);
            match &clause.action {
                MergeAction::Update(update) => match &update.kind {
                    MergeUpdateKind::Set(assignments) => self.assign(assignments, &scope, &mut shape),
                    MergeUpdateKind::Wildcard => all_of(scope.bounds.get(1), &mut shape),
                },
                MergeAction::Insert(insert) => self.merge_insert(insert, &scope, &mut shape),
                MergeAction::Delete { .. } | MergeAction::DoNothing { .. } => {}
            }
        }
        let target = self.target(&merge.table, &scope);
        Written { kind: Kind::Merge, target, shape }
    }

    fn merge_insert(&mut self, insert: &MergeInsertExpr, scope: &Scope<'_>, shape: &mut Shape) {
        let MergeInsertKind::Values(values) = &insert.kind else { return all_of(scope.bounds.get(1), shape) };
        let place = Place { scope, clause: Clause::Select, aliases: Aliases::None };
        for row in &values.rows {
            for (at, value) in row.content.iter().enumerate() {
                let sources = self.value(value, place);
                if let Some((name, key)) = insert.columns.get(at).and_then(|column| self.last(column)) {
                    add(shape, name, key, sources);
                }
            }
        }
    }

    fn assign(&mut self, assignments: &[Assignment], scope: &Scope<'_>, shape: &mut Shape) {
        let place = Place { scope, clause: Clause::Select, aliases: Aliases::None };
        for assignment in assignments {
            let sources = self.value(&assignment.value, place);
            let targets: &[ObjectName] = match &assignment.target {
                AssignmentTarget::ColumnName(name) => std::slice::from_ref(name),
                AssignmentTarget::Tuple(names) => names,
            };
            for (name, key) in targets.iter().filter_map(|target| self.last(target)) {
                add(shape, name, key, sources.clone());
            }
        }
    }

    fn filter(&mut self, condition: Option<&sqlparser::ast::Expr>, scope: &Scope<'_>, clause: Clause) {
        if let Some(condition) = condition {
            self.value(condition, Place { scope, clause, aliases: Aliases::None });
        }
    }

    fn written(&self, kind: Kind, name: &ObjectName, shape: Shape) -> Written {
        Written { kind, target: Some(RelationName::from_ast(name, self.dialect)), shape }
    }

    fn last(&self, name: &ObjectName) -> Option<(String, String)> {
        let ident = name.0.last()?.as_ident()?;
        Some((ident.value.clone(), self.fold(ident)))
    }

    /// What is written to: `UPDATE a SET … FROM t AS a` names its target by the alias.
    fn target(&self, factor: &TableFactor, scope: &Scope<'_>) -> Option<RelationName> {
        let TableFactor::Table { name, .. } = factor else { return None };
        let relation = RelationName::from_ast(name, self.dialect);
        let aliased = scope.bounds.iter().skip(1).find(|bound| relation.parts() == [bound.alias.clone()]);
        let behind = aliased.and_then(|bound| bound.shape.all_sources().first().map(|source| source.relation.clone()));
        Some(behind.unwrap_or(relation))
    }
}

fn nothing() -> Written {
    Written { kind: Kind::Other, target: None, shape: Shape::default() }
}

/// Several branches of a MERGE may write one column.
fn add(shape: &mut Shape, name: String, key: String, sources: Vec<Source>) {
    match shape.columns.iter_mut().find(|column| column.key == key) {
        Some(column) => column.sources = super::query::merge(&column.sources, &sources.into()),
        None => shape.columns.push(Column { name, key, sources: sources.into() }),
    }
}

/// `UPDATE SET *`, `INSERT *`: every column of the source, under its own name.
fn all_of(source: Option<&Bound>, shape: &mut Shape) {
    let Some(bound) = source else { return };
    for column in &bound.shape.columns {
        add(shape, column.name.clone(), column.key.clone(), column.sources.to_vec());
    }
    shape.open_also(bound.shape.open.iter().cloned());
}

impl Shape {
    /// The columns, with `*` for those that are not known.
    pub(super) fn columns_and_star(&self) -> Vec<Column> {
        let star = |sources: Rc<[Source]>| Column { name: "*".to_owned(), key: "*".to_owned(), sources };
        let rest = self.open.iter().map(|open| match open {
            Open::Relation(relation) => star(Rc::from([unchanged(relation.clone(), "*".to_owned())])),
            Open::Made(sources) => star(Rc::clone(sources)),
        });
        self.columns.iter().cloned().chain(rest).collect()
    }
}
