//! PIVOT and UNPIVOT: which columns go, and what those that come are called.

use std::rc::Rc;

use sqlparser::ast::{
    Expr, ExprWithAlias, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, PivotValueSource, TableFactor,
};

use super::Clause;
use super::expr::{Place, made};
use super::query::Resolver;
use super::scope::{Aliases, Column, Named, Open, Scope, Shape};
use super::{How, Source};
use crate::dialect::Dialect;
use crate::sql::{PIVOT_GROUPS, as_text, for_each_child};

impl Resolver<'_> {
    pub(super) fn pivot(&mut self, factor: &TableFactor, scope: &mut Scope<'_>) {
        let TableFactor::Pivot { table, aggregate_functions, value_column, value_source, alias, .. } = factor else {
            return;
        };
        let inner = self.inner(table, scope);
        let shape = self.pivoted(aggregate_functions, value_column, value_source, &inner);
        self.bind(shape, alias.as_ref(), "", scope);
    }

    /// Each value in the list becomes a column for each aggregate; the columns that neither names stay.
    pub(super) fn pivoted(
        &mut self,
        aggregates: &[ExprWithAlias],
        columns: &[Expr],
        values: &PivotValueSource,
        inner: &Scope<'_>,
    ) -> Shape {
        let place = Place { scope: inner, clause: Clause::Pivot, aliases: Aliases::None };
        let mut used = Vec::new();
        let groups = aggregates.last().and_then(|last| grouped(&last.expr));
        let aggregates = if groups.is_some() { &aggregates[..aggregates.len() - 1] } else { aggregates };
        let each: Vec<Rc<[Source]>> = aggregates
            .iter()
            .map(|one| {
                self.names_in(&one.expr, &mut used);
                made(self.value(&one.expr, place), How::Aggregated).collect()
            })
            .collect();
        for expr in columns {
            self.names_in(expr, &mut used);
            self.value(expr, place);
        }
        let joined = joined(inner);
        self.out.assumes |= joined.is_open();
        let mut shape = match groups {
            Some(groups) => {
                let place = Place { scope: inner, clause: Clause::Group, aliases: Aliases::None };
                let column = |expr: &Expr| {
                    let sources = self.value(expr, place);
                    let (name, key) = self.implied_name(expr, &|| "");
                    Column::new(name, key, sources)
                };
                Shape { columns: groups.into_iter().map(column).collect(), ..Shape::default() }
            }
            // By all that is not named, which nobody has to write.
            None => {
                let rest = without(joined, &used);
                self.decide_by(true, &rest);
                rest
            }
        };
        match values {
            PivotValueSource::List(values) => {
                for value in values {
                    for (aggregate, sources) in aggregates.iter().zip(&each) {
                        let (name, key) = self.pivoted_name(value, aggregate, aggregates.len());
                        shape.columns.push(Column::new(name, key, Rc::clone(sources)));
                    }
                }
            }
            PivotValueSource::Any(order) => {
                order.iter().for_each(|order| self.filter(Some(&order.expr), inner, Clause::Pivot));
                shape.open_also(each.into_iter().map(Open::Made));
            }
            PivotValueSource::Subquery(query) => {
                self.query(query, Some(inner));
                shape.open_also(each.into_iter().map(Open::Made));
            }
        }
        shape
    }

    fn pivoted_name(&self, value: &ExprWithAlias, aggregate: &ExprWithAlias, aggregates: usize) -> Named {
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
        (name.into(), key.into())
    }

    pub(super) fn unpivot(&mut self, factor: &TableFactor, scope: &mut Scope<'_>) {
        let TableFactor::Unpivot { table, value, name, columns, alias, .. } = factor else { return };
        let inner = self.inner(table, scope);
        // With `(a, b) FOR n IN ((a1, b1), (a2, b2))` each value takes its own place in the lists.
        let values: Vec<&Expr> = match value {
            Expr::Tuple(values) => values.iter().collect(),
            Expr::Nested(one) => vec![&**one],
            one => vec![one],
        };
        let values: Vec<&Ident> = values
            .into_iter()
            .filter_map(|value| match value {
                Expr::Identifier(ident) => Some(ident),
                _ => None,
            })
            .collect();
        let columns: Vec<&Expr> = columns.iter().map(|column| &column.expr).collect();
        let shape = self.unpivoted(&values, name, &columns, &inner);
        self.bind(shape, alias.as_ref(), "", scope);
    }

    /// The columns in the list become one of their values, and one of their names.
    pub(super) fn unpivoted(&mut self, values: &[&Ident], name: &Ident, columns: &[&Expr], inner: &Scope<'_>) -> Shape {
        let place = Place { scope: inner, clause: Clause::Pivot, aliases: Aliases::None };
        let mut given: Vec<Vec<Source>> = vec![Vec::new(); values.len()];
        let mut used = Vec::new();
        for column in columns {
            self.names_in(column, &mut used);
            match column {
                Expr::Tuple(parts) if parts.len() == values.len() => {
                    for (sources, part) in given.iter_mut().zip(parts) {
                        sources.extend(self.value(part, place));
                    }
                }
                // DuckDB's `ON COLUMNS(* EXCLUDE (…))`.
                expr if let Some(chosen) = self.chosen_columns(expr, place) => {
                    for column in chosen.columns {
                        given.iter_mut().for_each(|sources| sources.extend(column.sources.iter().cloned()));
                        used.push(column.key.to_string());
                    }
                }
                expr => {
                    let sources = self.value(expr, place);
                    given.iter_mut().take(1).for_each(|first| first.extend(sources.iter().cloned()));
                }
            }
        }
        let joined = joined(inner);
        self.out.assumes |= joined.is_open();
        let mut shape = without(joined, &used);
        let mut add = |ident: &Ident, sources: Vec<Source>| {
            let (name, key) = self.named(ident);
            shape.columns.push(Column::new(name, key, sources));
        };
        // These two give the values first, others the names.
        let values_first = matches!(self.dialect, Dialect::BigQuery | Dialect::SqlServer);
        if !values_first {
            add(name, Vec::new());
        }
        values.iter().zip(given).for_each(|(value, sources)| add(value, sources));
        if values_first {
            add(name, Vec::new());
        }
        shape
    }

    /// The columns that an expression names. The parser bounds its depth.
    fn names_in(&self, expr: &Expr, names: &mut Vec<String>) {
        match expr {
            Expr::Identifier(ident) => names.push(self.fold(ident)),
            Expr::CompoundIdentifier(parts) => names.extend(parts.last().map(|ident| self.fold(ident))),
            _ => for_each_child(expr, &mut |child| self.names_in(child, names)),
        }
    }
}

/// What DuckDB's PIVOT groups by, where this is how it was put in words for the parser.
fn grouped(expr: &Expr) -> Option<Vec<&Expr>> {
    let Expr::Function(function) = expr else { return None };
    let FunctionArguments::List(list) = &function.args else { return None };
    let name = function.name.0.last()?.as_ident()?;
    (name.value == PIVOT_GROUPS).then(|| {
        let exprs = list.args.iter().filter_map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
            _ => None,
        });
        exprs.collect()
    })
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
fn without(mut shape: Shape, used: &[String]) -> Shape {
    shape.columns.retain(|column| !used.iter().any(|key| **key == *column.key));
    shape.lost.extend(used.iter().cloned());
    shape
}
