//! COLUMNS(…) of DuckDB and ClickHouse: an expression that stands for as many columns as it chooses.

use std::rc::Rc;

use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, SelectItem,
    WildcardAdditionalOptions,
};

use super::expr::Place;
use super::pattern::{is_like, matches};
use super::query::Resolver;
use super::scope::{Column, Shape};
use crate::dialect::Dialect;
use crate::sql::{as_text, for_each_child};

impl Resolver<'_> {
    /// Adds a column for each that COLUMNS(…) in the item chooses; whether the item has one.
    pub(super) fn item_of_columns(&mut self, item: &SelectItem, place: Place<'_>, shape: &mut Shape) -> bool {
        if !matches!(self.dialect, Dialect::DuckDb | Dialect::ClickHouse | Dialect::Generic) {
            return false;
        }
        let (expr, alias) = match item {
            SelectItem::UnnamedExpr(expr) => (expr, None),
            SelectItem::ExprWithAlias { expr, alias } => (expr, Some(alias)),
            _ => return false,
        };
        let Some(choice) = choice_in(expr) else { return false };
        // `*COLUMNS(…)` puts them all into one call.
        let Some(chosen) = self.chosen_columns(choice, place) else { return false };
        shape.open_also(chosen.open);
        for column in chosen.columns {
            let (name, key) = match alias {
                Some(alias) if alias.value.contains('\\') => {
                    let name = alias.value.replace("\\0", &column.name);
                    (name.clone(), self.dialect.fold(&name, true).into_owned())
                }
                Some(alias) => (alias.value.clone(), self.fold(alias)),
                None => (column.name.clone(), column.key.clone()),
            };
            self.column_of_columns = Some(Rc::clone(&column.sources));
            let sources = self.value(expr, place);
            self.column_of_columns = None;
            shape.columns.push(Column { name, key, sources: sources.into() });
        }
        self.out.uses.dedup();
        true
    }

    /// What a call of COLUMNS chooses; none for another expression. What cannot be told is open.
    pub(super) fn chosen_columns(&mut self, expr: &Expr, place: Place<'_>) -> Option<Shape> {
        let Expr::Function(function) = expr else { return None };
        if !is_columns(function) {
            return None;
        }
        let FunctionArguments::List(list) = &function.args else { return None };
        let mut all = Shape::default();
        let [FunctionArg::Unnamed(argument)] = list.args.as_slice() else { return None };
        let options = match argument {
            FunctionArgExpr::WildcardWithOptions(options) => options,
            _ => &WildcardAdditionalOptions::default(),
        };
        self.expand_all(place.scope, options, &mut all);
        let FunctionArgExpr::Expr(choice) = argument else { return Some(all) };
        let names: Option<Vec<String>> = match choice {
            Expr::Array(array) => array.elem.iter().map(as_text).collect(),
            _ => None,
        };
        let chooses = |name: &str| match (choice, &names) {
            (_, Some(names)) => Some(names.iter().any(|one| one.eq_ignore_ascii_case(name))),
            (Expr::Value(_), _) => matches(&as_text(choice)?, name),
            (Expr::Lambda(lambda), _) => chosen_by(&lambda.body, name),
            (arrow, _) => chosen_by_arrow(arrow, name),
        };
        let chosen: Option<Vec<bool>> = all.columns.iter().map(|column| chooses(&column.name)).collect();
        match chosen {
            Some(chosen) => {
                let mut chosen = chosen.into_iter();
                all.columns.retain(|_| chosen.next().unwrap_or(false));
                Some(all)
            }
            None => Some(Shape::made_of(all.all_sources())),
        }
    }
}

pub(super) fn is_columns(function: &Function) -> bool {
    match function.name.0.as_slice() {
        [name] => name.as_ident().is_some_and(|name| name.value.eq_ignore_ascii_case("columns")),
        _ => false,
    }
}

/// The first call of COLUMNS in an expression. The parser bounds its depth.
fn choice_in(expr: &Expr) -> Option<&Expr> {
    if matches!(expr, Expr::Function(function) if is_columns(function)) {
        return Some(expr);
    }
    let mut found = None;
    for_each_child(expr, &mut |child| {
        if found.is_none() {
            found = choice_in(child);
        }
    });
    found
}

/// `x -> x LIKE 'a%'`, which is read as an operator that binds tightly.
fn chosen_by_arrow(expr: &Expr, name: &str) -> Option<bool> {
    match expr {
        Expr::Like { expr: left, pattern, negated, .. } | Expr::ILike { expr: left, pattern, negated, .. }
            if matches!(&**left, Expr::BinaryOp { op: BinaryOperator::Arrow, .. }) =>
        {
            Some(is_like(&as_text(pattern)?, name) != *negated)
        }
        _ => None,
    }
}

fn chosen_by(body: &Expr, name: &str) -> Option<bool> {
    match body {
        Expr::Like { pattern, negated, .. } | Expr::ILike { pattern, negated, .. } => {
            Some(is_like(&as_text(pattern)?, name) != *negated)
        }
        _ => None,
    }
}
