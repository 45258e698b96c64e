//! Statements that write several relations at once: INSERT ALL, and MySQL's UPDATE of joined tables.

use sqlparser::ast::{Assignment, Insert, MultiTableInsertIntoClause, MultiTableInsertValue};

use super::Clause;
use super::expr::Place;
use super::query::Resolver;
use super::scope::{Aliases, Column, Scope, Shape};
use super::statement::{Kind, Written};
use crate::schema::RelationName;

impl Resolver<'_> {
    /// `INSERT ALL INTO a … INTO b … SELECT …`: the first is what is written, the others are written with it.
    pub(super) fn insert_all(&mut self, insert: &Insert, source: Shape) -> Option<Written> {
        let mut scope = Scope::default();
        self.bind(source, None, "", &mut scope);
        for when in &insert.multi_table_when_clauses {
            self.filter(Some(&when.condition), &scope, Clause::Where);
        }
        let conditional = insert.multi_table_when_clauses.iter().flat_map(|when| &when.into_clauses);
        let otherwise = insert.multi_table_else_clause.iter().flatten();
        let mut writes: Vec<Written> = insert
            .multi_table_into_clauses
            .iter()
            .chain(conditional)
            .chain(otherwise)
            .map(|into| self.insert_into(into, &scope))
            .collect();
        if writes.is_empty() {
            return None;
        }
        let first = writes.remove(0);
        self.inner_writes.extend(writes);
        Some(first)
    }

    fn insert_into(&mut self, into: &MultiTableInsertIntoClause, scope: &Scope<'_>) -> Written {
        let relation = RelationName::from_ast(&into.table_name, self.dialect);
        let target = self.shape_of(&relation);
        into.columns.iter().for_each(|ident| self.must_hold(&target, ident));
        let listed: Vec<_> = into.columns.iter().map(|ident| (ident.value.clone(), self.fold(ident))).collect();
        let own = target.columns.iter().map(|column| (column.name.clone(), column.key.clone()));
        let names: Vec<(String, String)> = if listed.is_empty() { own.collect() } else { listed };
        let given = match &into.values {
            Some(values) => {
                let place = Place { scope, clause: Clause::Select, aliases: Aliases::None };
                let columns = values.values.iter().map(|value| {
                    let sources = match value {
                        MultiTableInsertValue::Expr(expr) => self.value(expr, place),
                        MultiTableInsertValue::Default => Vec::new(),
                    };
                    Column { name: String::new(), key: String::new(), sources: sources.into() }
                });
                Shape { columns: columns.collect(), ..Shape::default() }
            }
            None => scope.bounds.first().map(|bound| Shape::clone(&bound.shape)).unwrap_or_default(),
        };
        Written { kind: Kind::Insert, target: Some(relation), shape: given.renamed(&names), returned: Shape::default() }
    }

    /// Which assignments are of another of the joined tables than the one at this place: by their qualifier, or because only
    /// that table has the column.
    pub(super) fn set_elsewhere(
        &self,
        assignments: &[Assignment],
        at: usize,
        scope: &Scope<'_>,
    ) -> Vec<(usize, Vec<Assignment>)> {
        let mut elsewhere: Vec<(usize, Vec<Assignment>)> = Vec::new();
        for assignment in assignments {
            let place = self.place_of_assigned(assignment, scope).unwrap_or(at);
            if place == at {
                continue;
            }
            match elsewhere.iter_mut().find(|(other, _)| *other == place) {
                Some((_, list)) => list.push(assignment.clone()),
                None => elsewhere.push((place, vec![assignment.clone()])),
            }
        }
        elsewhere
    }
}
