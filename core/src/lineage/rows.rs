//! UPDATE, DELETE and MERGE, and what every statement that writes has: columns that must be there, RETURNING, a target.

use std::rc::Rc;
use std::sync::Arc;

use sqlparser::ast::{
    Assignment, AssignmentTarget, Delete, Expr, FromTable, Ident, Merge, MergeAction, MergeInsertExpr, MergeInsertKind,
    MergeUpdateKind, ObjectName, OutputClause, SelectItem, TableFactor, TableWithJoins, Update, UpdateTableFromKind,
};

use super::expr::{Place, made};
use super::query::Resolver;
use super::scope::{Aliases, Bound, Column, Scope, Shape};
use super::statement::{Kind, Written, last_ident};
use super::{Clause, How, ProblemKind, Source};
use crate::dialect::Dialect;
use crate::schema::RelationName;

impl Resolver<'_> {
    pub(super) fn update(&mut self, update: &Update) -> Written {
        let mut scope = Scope::default();
        let from = match &update.from {
            Some(UpdateTableFromKind::BeforeSet(tables) | UpdateTableFromKind::AfterSet(tables)) => tables.as_slice(),
            None => &[],
        };
        // `UPDATE a SET … FROM t AS a`: the first mention is of the alias, and no relation.
        if !self.is_alias_in(&update.table.relation, from) {
            self.from(&update.table, &mut scope);
        }
        from.iter().for_each(|table| self.from(table, &mut scope));
        let at = self.target(&update.table.relation, &scope, &update.assignments);
        let (target, own) = self.as_target(at, &mut scope);
        let elsewhere =
            if scope.bounds.len() > 1 { self.set_elsewhere(&update.assignments, at, &scope) } else { Vec::new() };
        let is_here = |one: &&Assignment| !elsewhere.iter().any(|(_, list)| list.contains(one));
        let here: Vec<Assignment>;
        let assignments = if elsewhere.is_empty() {
            &update.assignments
        } else {
            here = update.assignments.iter().filter(is_here).cloned().collect();
            &here
        };
        let shape = self.set(assignments, &own, &scope);
        for (at, assignments) in elsewhere {
            let (target, own) = self.as_target(at, &mut scope);
            let shape = self.set(&assignments, &own, &scope);
            self.inner_writes.push(Written { kind: Kind::Update, target, shape, returned: Shape::default() });
        }
        let (target, shape) = if target.is_none() { through(&own, shape) } else { (target, shape) };
        self.filter(update.selection.as_ref(), &scope, Clause::Where);
        for order in &update.order_by {
            self.filter(Some(&order.expr), &scope, Clause::Order);
        }
        let returned = self.returned(update.returning.as_deref(), update.output.as_ref(), &mut scope);
        Written { kind: Kind::Update, target, shape, returned }
    }

    /// The columns that are set, of a relation that has these.
    fn set(&mut self, assignments: &[Assignment], own: &Shape, scope: &Scope<'_>) -> Shape {
        for ident in assignments.iter().flat_map(assigned).filter_map(last_ident) {
            self.must_hold(own, ident);
        }
        let mut shape = Shape::default();
        self.assign(assignments, scope, &mut shape);
        shape
    }

    /// Which of the joined tables an assignment is of, if it says so.
    pub(super) fn place_of_assigned(&self, assignment: &Assignment, scope: &Scope<'_>) -> Option<usize> {
        let name = assigned(assignment).first()?;
        let keys: Vec<String> =
            name.0.iter().filter_map(|part| part.as_ident()).map(|ident| self.fold(ident)).collect();
        match keys.as_slice() {
            [.., qualifier, _] => scope.bounds.iter().rposition(|bound| bound.alias == *qualifier),
            // In MySQL a bare name is of whichever table has it.
            [key] if self.dialect == Dialect::MySql => {
                scope.bounds.iter().position(|bound| bound.shape.get(key).is_some())
            }
            _ => None,
        }
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Written {
        let mut scope = Scope::default();
        let (FromTable::WithFromKeyword(tables) | FromTable::WithoutKeyword(tables)) = &delete.from;
        tables.iter().chain(delete.using.iter().flatten()).for_each(|table| self.from(table, &mut scope));
        // `DELETE a FROM t a JOIN …` says which of them.
        let named = delete.tables.first().map(|name| RelationName::from_ast(name, self.dialect));
        let at = match (&named, tables.first()) {
            (Some(name), _) => place_of(&scope, name),
            (None, Some(table)) => self.target(&table.relation, &scope, &[]),
            (None, None) => 0,
        };
        let (target, own) = self.as_target(at, &mut scope);
        let target = target.or_else(|| through(&own, Shape::default()).0);
        self.filter(delete.selection.as_ref(), &scope, Clause::Where);
        for order in &delete.order_by {
            self.filter(Some(&order.expr), &scope, Clause::Order);
        }
        let returned = self.returned(delete.returning.as_deref(), delete.output.as_ref(), &mut scope);
        Written { kind: Kind::Delete, target, shape: Shape::default(), returned }
    }

    pub(super) fn merge(&mut self, merge: &Merge) -> Written {
        let mut scope = Scope::default();
        self.factor(&merge.table, &mut scope);
        // The source does not see the target, not even where a subquery sees what stands before it.
        let mut source = Scope::default();
        self.factor(&merge.source, &mut source);
        scope.bounds.append(&mut source.bounds);
        let (target, own) = self.as_target(0, &mut scope);
        match &*merge.on {
            // What was `USING (a, b)`, which names columns of both.
            Expr::Nested(column) if matches!(**column, Expr::Identifier(_)) => self.of_both(&[&**column], &scope),
            Expr::Tuple(columns) => self.of_both(&columns.iter().collect::<Vec<_>>(), &scope),
            condition => self.filter(Some(condition), &scope, Clause::Join),
        }
        let mut shape = Shape::default();
        for clause in &merge.clauses {
            self.filter(clause.predicate.as_ref(), &scope, Clause::Where);
            match &clause.action {
                MergeAction::Update(update) => match &update.kind {
                    MergeUpdateKind::Set(assignments) => {
                        for ident in assignments.iter().flat_map(assigned).filter_map(last_ident) {
                            self.must_hold(&own, ident);
                        }
                        self.assign(assignments, &scope, &mut shape);
                        let predicates = [&update.update_predicate, &update.delete_predicate];
                        for predicate in predicates {
                            self.filter(predicate.as_ref(), &scope, Clause::Where);
                        }
                    }
                    MergeUpdateKind::Wildcard => all_of(scope.bounds.get(1), &own, &mut shape),
                },
                MergeAction::Insert(insert) => self.merge_insert(insert, &own, &scope, &mut shape),
                MergeAction::Delete { .. } | MergeAction::DoNothing { .. } => {}
            }
        }
        let returned = self.returned(None, merge.output.as_ref(), &mut scope);
        Written { kind: Kind::Merge, target, shape, returned }
    }

    fn of_both(&mut self, columns: &[&Expr], scope: &Scope<'_>) {
        for bound in &scope.bounds {
            let one = Scope { bounds: vec![bound.clone()], ..Scope::default() };
            columns.iter().for_each(|column| self.filter(Some(column), &one, Clause::Using));
        }
    }

    fn merge_insert(&mut self, insert: &MergeInsertExpr, own: &Shape, scope: &Scope<'_>, shape: &mut Shape) {
        let MergeInsertKind::Values(values) = &insert.kind else { return all_of(scope.bounds.get(1), own, shape) };
        insert.columns.iter().filter_map(last_ident).for_each(|ident| self.must_hold(own, ident));
        // The row that is added does not see the target, where it is not yet.
        let source = Scope { bounds: scope.bounds.iter().skip(1).cloned().collect(), ..Scope::default() };
        let place = Place { scope: &source, clause: Clause::Select, aliases: Aliases::None };
        self.filter(insert.insert_predicate.as_ref(), scope, Clause::Where);
        for row in &values.rows {
            for (at, value) in row.content.iter().enumerate() {
                let sources = self.value(value, place);
                let listed = insert.columns.get(at).and_then(|column| self.last(column));
                // Without a list the target's columns count, by position.
                let by_position = own.columns.get(at).filter(|_| insert.columns.is_empty());
                if let Some((name, key)) =
                    listed.or_else(|| by_position.map(|column| (column.name.clone(), column.key.clone())))
                {
                    add(shape, name, key, sources);
                }
            }
        }
    }

    pub(super) fn assign(&mut self, assignments: &[Assignment], scope: &Scope<'_>, shape: &mut Shape) {
        let place = Place { scope, clause: Clause::Select, aliases: Aliases::None };
        for assignment in assignments {
            let targets = assigned(assignment);
            // `(a, b) = (x, y)` and `(a, b) = (SELECT x, y …)` go by position.
            let values: Vec<Vec<Source>> = match &assignment.value {
                Expr::Tuple(values) if values.len() == targets.len() => {
                    values.iter().map(|value| self.value(value, place)).collect()
                }
                Expr::Subquery(query) if targets.len() > 1 => {
                    let given = self.query(query, Some(scope));
                    given.columns.iter().map(|column| made(column.sources.to_vec(), How::Computed).collect()).collect()
                }
                value => vec![self.value(value, place); targets.len()],
            };
            let named = targets.iter().map(|target| self.last(target));
            for (named, sources) in named.collect::<Vec<_>>().into_iter().zip(values) {
                if let Some((name, key)) = named {
                    add(shape, name, key, sources);
                }
            }
        }
    }

    pub(super) fn filter(&mut self, condition: Option<&Expr>, scope: &Scope<'_>, clause: Clause) {
        if let Some(condition) = condition {
            self.value(condition, Place { scope, clause, aliases: Aliases::None });
        }
    }

    /// RETURNING, and SQL Server's OUTPUT, whose `inserted` and `deleted` are the target.
    pub(super) fn returned(
        &mut self,
        returning: Option<&[SelectItem]>,
        output: Option<&OutputClause>,
        scope: &mut Scope<'_>,
    ) -> Shape {
        let items = match output {
            Some(OutputClause::Output { select_items, .. } | OutputClause::Returning { select_items, .. }) => {
                select_items
            }
            None => returning.unwrap_or_default(),
        };
        if let Some(target) = scope.bounds.first().cloned() {
            for alias in ["inserted", "deleted", "old", "new"] {
                let alias = self.dialect.fold(alias, false).into_owned();
                scope.hidden.push(Bound { alias, ..target.clone() });
            }
        }
        let mut shape = Shape::default();
        let place = Place { scope, clause: Clause::Returning, aliases: Aliases::None };
        for (at, item) in items.iter().enumerate() {
            self.item((at, item), &[], place, &mut shape);
        }
        shape
    }

    /// The columns that a relation is known to have.
    pub(super) fn shape_of(&self, relation: &RelationName) -> Shape {
        super::table::shape_of(relation, (self.lookup)(relation).unwrap_or_default())
    }

    /// A column that is written to must be there.
    pub(super) fn must_hold(&mut self, target: &Shape, ident: &Ident) {
        if target.get_or_assume(&self.fold(ident)).is_none() {
            let span = self.locate(ident.span);
            self.problem(span, ProblemKind::MissingColumn { name: ident.value.clone() });
        }
    }

    /// Which of the relations in reach is written to: `UPDATE a SET … FROM t AS a` names it by its alias, and of several
    /// that are joined it is the one whose columns are set.
    fn target(&self, factor: &TableFactor, scope: &Scope<'_>, assignments: &[Assignment]) -> usize {
        let qualifier =
            assignments.first().and_then(|one| assigned(one).first()).and_then(|name| match name.0.as_slice() {
                [.., qualifier, _] => qualifier.as_ident(),
                _ => None,
            });
        let qualified = qualifier.map(|ident| self.fold(ident));
        let by_qualifier = qualified.and_then(|alias| scope.bounds.iter().rposition(|bound| bound.alias == alias));
        let name = match factor {
            TableFactor::Table { name, .. } => RelationName::from_ast(name, self.dialect),
            _ => RelationName::default(),
        };
        by_qualifier.unwrap_or_else(|| place_of(scope, &name))
    }

    fn is_alias_in(&self, factor: &TableFactor, from: &[TableWithJoins]) -> bool {
        let TableFactor::Table { name, alias: None, .. } = factor else { return false };
        let name = RelationName::from_ast(name, self.dialect);
        let mut factors = from
            .iter()
            .flat_map(|table| std::iter::once(&table.relation).chain(table.joins.iter().map(|join| &join.relation)));
        factors.any(|factor| match factor {
            TableFactor::Table { alias: Some(alias), .. } => name.parts() == [self.fold(&alias.name)],
            _ => false,
        })
    }

    /// The relation that is written to, and its columns. It is not read for that: its own mention goes.
    fn as_target(&mut self, at: usize, scope: &mut Scope<'_>) -> (Option<RelationName>, Rc<Shape>) {
        let Some(bound) = scope.bounds.get(at) else { return (None, Rc::default()) };
        let (relation, shape) = (bound.is.clone(), Rc::clone(&bound.shape));
        if let Some(relation) = &relation
            && let Some(read) = self.out.reads.iter().position(|read| read.relation == *relation)
        {
            self.out.reads.remove(read);
        }
        (relation, shape)
    }
}

/// Of an UPDATE or DELETE of a CTE or subquery: the relation whose rows it changes, and what is set by that relation's names.
fn through(own: &Shape, mut set: Shape) -> (Option<RelationName>, Shape) {
    let base = |column: &Column| match &*column.sources {
        [source] if source.how == How::Unchanged => Some((source.relation.clone(), source.column.clone())),
        _ => None,
    };
    let mut target = None;
    for column in &mut set.columns {
        if let Some((relation, name)) = own.get(&column.key).and_then(base) {
            (column.name, column.key) = (name.clone(), name);
            target = target.or(Some(relation));
        }
    }
    (target.or_else(|| own.columns.iter().find_map(base).map(|(relation, _)| relation)), set)
}

/// The last relation in reach of this name or alias; the first of all if none has it.
fn place_of(scope: &Scope<'_>, name: &RelationName) -> usize {
    scope.bounds.iter().rposition(|bound| name.parts() == [bound.alias.clone()]).unwrap_or(0)
}

fn assigned(assignment: &Assignment) -> &[ObjectName] {
    match &assignment.target {
        AssignmentTarget::ColumnName(name) => std::slice::from_ref(name),
        AssignmentTarget::Tuple(names) => names,
    }
}

/// Several branches of a MERGE may write one column.
fn add(shape: &mut Shape, name: Arc<str>, key: Arc<str>, sources: Vec<Source>) {
    match shape.columns.iter_mut().find(|column| *column.key == *key) {
        Some(column) => column.sources = super::query::merge(&column.sources, &sources.into()),
        None => shape.columns.push(Column::new(name, key, sources)),
    }
}

/// `UPDATE SET *`, `INSERT *`: every column of the source that the target has, under its own name.
fn all_of(source: Option<&Bound>, own: &Shape, shape: &mut Shape) {
    let Some(bound) = source else { return };
    for column in bound.shape.columns.iter().filter(|column| own.get_or_assume(&column.key).is_some()) {
        add(shape, column.name.clone(), column.key.clone(), column.sources.to_vec());
    }
    shape.open_also(bound.shape.open.iter().cloned());
}
