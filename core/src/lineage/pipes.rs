//! Pipes: `FROM t |> WHERE … |> SELECT …`. Each step takes the columns of the one before it.

use std::rc::Rc;

use sqlparser::ast::{
    Expr, ExprWithAlias, Ident, PipeOperator, Query, SelectFlavor, SetExpr, Spanned, WildcardAdditionalOptions,
};

use super::expr::{Place, made};
use super::query::Resolver;
use super::scope::{Aliases, Column, Scope, Shape};
use super::{Clause, How};

impl Resolver<'_> {
    pub(super) fn piped(&mut self, query: &Query, parent: Option<&Scope<'_>>) -> Shape {
        let mut scope = Scope::within(parent);
        match query.body.as_ref() {
            // What stands in FROM keeps its names until a step makes other columns.
            SetExpr::Select(select) if select.flavor == SelectFlavor::FromFirstNoSelect => {
                select.from.iter().for_each(|table| self.from(table, &mut scope));
            }
            body => {
                let shape = self.body(body, parent);
                self.bind(shape, None, "", &mut scope);
            }
        }
        query.pipe_operators.iter().for_each(|operator| self.step(operator, &mut scope));
        self.all_in(&scope)
    }

    fn all_in(&mut self, scope: &Scope<'_>) -> Shape {
        let mut all = Shape::default();
        self.expand_all(scope, &WildcardAdditionalOptions::default(), &mut all);
        all
    }

    /// What is in reach becomes these columns; what was there before goes by its qualifier alone.
    fn becomes(&mut self, shape: Shape, keeps: bool, scope: &mut Scope<'_>) {
        let before = std::mem::take(&mut scope.bounds);
        if keeps {
            scope.hidden.extend(before);
        } else {
            scope.hidden.clear();
        }
        scope.merged.clear();
        self.bind(shape, None, "", scope);
    }

    fn step(&mut self, operator: &PipeOperator, scope: &mut Scope<'_>) {
        match operator {
            PipeOperator::Where { expr } => self.filter(Some(expr), scope, Clause::Where),
            PipeOperator::Limit { expr, offset } => {
                [Some(expr), offset.as_ref()].into_iter().for_each(|expr| self.filter(expr, scope, Clause::Limit));
            }
            PipeOperator::OrderBy { exprs } => {
                exprs.iter().for_each(|order| self.filter(Some(&order.expr), scope, Clause::Order));
            }
            PipeOperator::Select { exprs } | PipeOperator::Extend { exprs } => {
                let mut shape = Shape::default();
                for (at, item) in exprs.iter().enumerate() {
                    let place = Place { scope, clause: Clause::Select, aliases: Aliases::None };
                    self.item((at, item), &[], place, &mut shape);
                }
                match operator {
                    PipeOperator::Extend { .. } => self.bind(shape, None, "", scope),
                    _ => self.becomes(shape, false, scope),
                }
            }
            PipeOperator::Set { assignments } => {
                let mut set = Shape::default();
                self.assign(assignments, scope, &mut set);
                let mut all = self.all_in(scope);
                for column in &mut all.columns {
                    if let Some(new) = set.get(&column.key) {
                        column.sources = Rc::clone(&new.sources);
                    }
                }
                self.becomes(all, true, scope);
            }
            PipeOperator::Drop { columns } => {
                let mut all = self.all_in(scope);
                for ident in columns {
                    let key = self.fold(ident);
                    self.must_have(&all, ident, &key);
                    all.columns.retain(|column| column.key != key);
                    all.lost.push(key);
                }
                self.becomes(all, true, scope);
            }
            PipeOperator::Rename { mappings } => {
                let mut all = self.all_in(scope);
                for mapping in mappings {
                    let (key, new) = (self.fold(&mapping.ident), self.fold(&mapping.alias));
                    self.must_have(&all, &mapping.ident, &key);
                    for column in all.columns.iter_mut().filter(|column| column.key == key) {
                        (column.name, column.key) = (mapping.alias.value.clone(), new.clone());
                    }
                }
                self.becomes(all, true, scope);
            }
            PipeOperator::As { alias } => {
                let all = self.all_in(scope);
                self.becomes(all, false, scope);
                if let Some(bound) = scope.bounds.last_mut() {
                    bound.alias = self.dialect.fold(&alias.value, alias.quote_style.is_some()).into_owned();
                }
            }
            PipeOperator::Aggregate { full_table_exprs, group_by_expr } => {
                let mut shape = Shape::default();
                for (list, clause) in [(group_by_expr, Clause::Group), (full_table_exprs, Clause::Select)] {
                    for one in list {
                        let place = Place { scope, clause, aliases: Aliases::None };
                        let column = self.aliased_value(&one.expr, place);
                        shape.columns.push(column);
                    }
                }
                self.becomes(shape, false, scope);
            }
            PipeOperator::Union { queries, .. }
            | PipeOperator::Intersect { queries, .. }
            | PipeOperator::Except { queries, .. } => {
                let mut shape = self.all_in(scope);
                for query in queries {
                    let mut other = self.query(query, scope.parent);
                    if matches!(operator, PipeOperator::Except { .. }) {
                        for column in &mut other.columns {
                            column.sources = made(column.sources.to_vec(), How::Conditional).collect();
                        }
                    }
                    shape = self.united(shape, other, &query.body);
                }
                self.becomes(shape, false, scope);
            }
            PipeOperator::Join(join) => self.join(join, 0, scope),
            PipeOperator::Call { function, .. } => {
                let mut sources = self.all_in(scope).all_sources();
                sources.extend(self.lateral_value(&Expr::Function(function.clone()), scope));
                self.becomes(Shape::made_of(sources), false, scope);
            }
            PipeOperator::Pivot { aggregate_functions, value_column, value_source, .. } => {
                let columns: Vec<Expr> = value_column.iter().cloned().map(Expr::Identifier).collect();
                let shape = self.pivoted(aggregate_functions, &columns, value_source, scope);
                self.becomes(shape, false, scope);
            }
            PipeOperator::Unpivot { value_column, name_column, unpivot_columns, .. } => {
                let columns: Vec<Expr> = unpivot_columns.iter().cloned().map(Expr::Identifier).collect();
                let columns: Vec<&Expr> = columns.iter().collect();
                let shape = self.unpivoted(&[value_column], name_column, &columns, scope);
                self.becomes(shape, false, scope);
            }
            PipeOperator::TableSample { .. } => {}
        }
    }

    fn aliased_value(&mut self, one: &ExprWithAlias, place: Place<'_>) -> Column {
        let sources = self.value(&one.expr, place).into();
        let span = self.locate(one.expr.span());
        let text = span.map_or("", |span| span.of(self.locator.text()));
        let named = |ident: &Ident| (ident.value.clone(), self.fold(ident));
        let (name, key) = one.alias.as_ref().map_or_else(|| self.implied_name(&one.expr, &|| text), named);
        Column { name, key, sources }
    }
}
