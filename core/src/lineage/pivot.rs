//! PIVOT and UNPIVOT: which columns go, and what those that come are called.

use std::rc::Rc;

use sqlparser::ast::{Expr, ExprWithAlias, PivotValueSource, TableFactor};

use super::Clause;
use super::expr::{Place, made};
use super::query::Resolver;
use super::scope::{Aliases, Column, Open, Scope, Shape};
use super::{How, Source};
use crate::dialect::Dialect;
use crate::sql::as_text;

impl Resolver<'_> {
    /// Each value in the list becomes a column for each aggregate; the columns that neither names stay.
    pub(super) fn pivot(&mut self, factor: &TableFactor, scope: &mut Scope<'_>) {
        let TableFactor::Pivot { table, aggregate_functions, value_column, value_source, alias, .. } = factor else {
            return;
        };
        let inner = self.inner(table, scope);
        let place = Place { scope: &inner, clause: Clause::Pivot, aliases: Aliases::None };
        let mut used: Vec<Source> = Vec::new();
        let aggregates: Vec<Rc<[Source]>> = aggregate_functions
            .iter()
            .map(|one| {
                let sources: Vec<Source> = made(self.value(&one.expr, place), How::Aggregated).collect();
                used.extend(sources.iter().cloned());
                sources.into()
            })
            .collect();
        for expr in value_column {
            used.extend(self.value(expr, place));
        }
        let joined = joined(&inner);
        self.out.assumes |= joined.is_open();
        let mut shape = without(joined, &used);
        match value_source {
            PivotValueSource::List(values) => {
                for value in values {
                    for (aggregate, sources) in aggregate_functions.iter().zip(&aggregates) {
                        let (name, key) = self.pivoted_name(value, aggregate, aggregate_functions.len());
                        shape.columns.push(Column { name, key, sources: Rc::clone(sources) });
                    }
                }
            }
            PivotValueSource::Any(_) => {
                shape.open_also(aggregates.into_iter().map(Open::Made));
            }
            PivotValueSource::Subquery(query) => {
                self.query(query, Some(&inner));
                shape.open_also(aggregates.into_iter().map(Open::Made));
            }
        }
        self.bind(shape, alias.as_ref(), "", scope);
    }

    fn pivoted_name(&self, value: &ExprWithAlias, aggregate: &ExprWithAlias, aggregates: usize) -> (String, String) {
        let (value, is_quoted) = match &value.alias {
            Some(alias) => (alias.value.clone(), alias.quote_style.is_some()),
            None => match &value.expr {
                Expr::Identifier(ident) => (ident.value.clone(), ident.quote_style.is_some()),
                // These two take the literal as it is written, quotes and all.
                expr if matches!(self.dialect, Dialect::Snowflake | Dialect::Oracle) => (expr.to_string(), true),
                Expr::Tuple(parts) => (parts.iter().filter_map(as_text).collect::<Vec<_>>().join("_"), true),
                expr => (as_text(expr).unwrap_or_else(|| expr.to_string()), true),
            },
        };
        let named = match (&aggregate.alias, self.dialect) {
            (_, Dialect::Databricks) if aggregates == 1 => None,
            (Some(alias), _) => Some(alias.value.clone()),
            (None, _) if aggregates > 1 => Some(aggregate.expr.to_string()),
            (None, _) => None,
        };
        let name = match named {
            Some(named) if self.dialect == Dialect::BigQuery => format!("{named}_{value}"),
            Some(named) => format!("{value}_{named}"),
            None => value,
        };
        let key = self.dialect.fold(&name, is_quoted).into_owned();
        (name, key)
    }

    /// The columns in the list become one of their values, and one of their names.
    pub(super) fn unpivot(&mut self, factor: &TableFactor, scope: &mut Scope<'_>) {
        let TableFactor::Unpivot { table, value, name, columns, alias, .. } = factor else { return };
        let inner = self.inner(table, scope);
        let place = Place { scope: &inner, clause: Clause::Pivot, aliases: Aliases::None };
        // With `(a, b) FOR n IN ((a1, b1), (a2, b2))` each value takes its own place in the lists.
        let values: Vec<&Expr> = match value {
            Expr::Tuple(values) => values.iter().collect(),
            one => vec![one],
        };
        let mut given: Vec<Vec<Source>> = vec![Vec::new(); values.len()];
        for column in columns {
            match &column.expr {
                Expr::Tuple(parts) if parts.len() == values.len() => {
                    for (sources, part) in given.iter_mut().zip(parts) {
                        sources.extend(self.value(part, place));
                    }
                }
                expr => given[0].extend(self.value(expr, place)),
            }
        }
        let used: Vec<Source> = given.iter().flatten().cloned().collect();
        let joined = joined(&inner);
        self.out.assumes |= joined.is_open();
        let mut shape = without(joined, &used);
        for (value, sources) in values.into_iter().zip(given) {
            if let Expr::Identifier(value) = value {
                let (name, key) = (value.value.clone(), self.fold(value));
                shape.columns.push(Column { name, key, sources: sources.into() });
            }
        }
        shape.columns.push(Column { name: name.value.clone(), key: self.fold(name), sources: Rc::from([]) });
        self.bind(shape, alias.as_ref(), "", scope);
    }
}

/// What a pivot works on.
fn joined(scope: &Scope<'_>) -> Shape {
    let mut shape = Shape::default();
    for bound in &scope.bounds {
        shape.columns.extend(bound.shape.columns.iter().cloned());
        shape.open_also(bound.shape.open.iter().cloned());
        shape.lost.extend(bound.shape.lost.iter().cloned());
    }
    shape
}

/// What is left beside the columns that a pivot uses up.
fn without(mut shape: Shape, used: &[Source]) -> Shape {
    shape.columns.retain(|column| {
        let is_used =
            |own: &Source| used.iter().any(|source| source.relation == own.relation && source.column == own.column);
        column.sources.is_empty() || !column.sources.iter().all(is_used)
    });
    shape
}
