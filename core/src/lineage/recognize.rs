//! MATCH_RECOGNIZE: rows that follow a pattern.

use std::rc::Rc;

use sqlparser::ast::{Expr, Ident, MatchRecognizePattern, MatchRecognizeSymbol, RowsPerMatch, TableFactor};

use super::Clause;
use super::expr::Place;
use super::query::Resolver;
use super::scope::{Aliases, Bound, Column, Scope, Shape};

impl Resolver<'_> {
    /// It gives the columns of PARTITION BY and the measures; with ALL ROWS, every column of the table too.
    pub(super) fn match_recognize(&mut self, factor: &TableFactor, scope: &mut Scope<'_>) {
        let TableFactor::MatchRecognize {
            table,
            partition_by,
            order_by,
            measures,
            rows_per_match,
            pattern,
            symbols,
            alias,
            ..
        } = factor
        else {
            return;
        };
        let mut inner = self.inner(table, scope);
        let rows = inner.bounds.first().map_or_else(Rc::default, |bound| Rc::clone(&bound.shape));
        // A symbol stands for the rows that it matches.
        let mut names = Vec::new();
        symbols_of(pattern, &mut names);
        names.extend(symbols.iter().map(|symbol| &symbol.symbol));
        for name in names {
            let alias = self.fold(name);
            inner.hidden.push(Bound { alias, relation: None, is: None, shape: Rc::clone(&rows) });
        }
        let place = Place { scope: &inner, clause: Clause::Window, aliases: Aliases::None };
        let mut shape = Shape::default();
        let all_rows = matches!(rows_per_match, Some(RowsPerMatch::AllRows(_)));
        if all_rows {
            shape = Shape::clone(&rows);
        }
        for expr in partition_by {
            let sources = self.value(expr, place);
            let ident = match expr {
                Expr::Identifier(ident) => Some(ident),
                Expr::CompoundIdentifier(parts) => parts.last(),
                _ => None,
            };
            if let Some(ident) = ident.filter(|_| !all_rows) {
                let column = Column::new(ident.value.as_str(), self.fold(ident), sources);
                shape.columns.push(column);
            }
        }
        for order in order_by {
            self.value(&order.expr, place);
        }
        for measure in measures {
            let sources = self.value(&measure.expr, place);
            let column = Column::new(measure.alias.value.clone(), self.fold(&measure.alias), sources);
            shape.columns.push(column);
        }
        for symbol in symbols {
            self.value(&symbol.definition, place);
        }
        self.bind(shape, alias.as_ref(), "", scope);
    }
}

/// The parser bounds how deep a pattern is.
fn symbols_of<'p>(pattern: &'p MatchRecognizePattern, names: &mut Vec<&'p Ident>) {
    let mut add = |symbol: &'p MatchRecognizeSymbol| {
        if let MatchRecognizeSymbol::Named(name) = symbol {
            names.push(name);
        }
    };
    match pattern {
        MatchRecognizePattern::Symbol(symbol) | MatchRecognizePattern::Exclude(symbol) => add(symbol),
        MatchRecognizePattern::Permute(symbols) => symbols.iter().for_each(add),
        MatchRecognizePattern::Concat(parts) | MatchRecognizePattern::Alternation(parts) => {
            parts.iter().for_each(|part| symbols_of(part, names));
        }
        MatchRecognizePattern::Group(part) | MatchRecognizePattern::Repetition(part, _) => symbols_of(part, names),
    }
}
