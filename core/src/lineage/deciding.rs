//! Which rows a query gives, beside what its conditions say: rows that are alike become one, and of a sorted list or of two
//! sides only some are taken.

use std::rc::Rc;

use sqlparser::ast::{Distinct, Expr, GroupByExpr, LimitClause, Query, Select, SetOperator, SetQuantifier, Value};

use super::query::Resolver;
use super::scope::Shape;
use super::{How, Source};

/// A value on which it hangs which rows there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    pub source: Source,
    /// Rows that are alike in it become one: only values that fall together, or no longer do, make a difference.
    pub merges: bool,
}

impl Resolver<'_> {
    pub(super) fn decide<'s>(&mut self, merges: bool, sources: impl IntoIterator<Item = &'s Source>) {
        let deciding = sources.into_iter().map(|source| Deciding { source: source.clone(), merges });
        self.out.deciding.extend(deciding);
    }

    /// All columns of a shape decide.
    pub(super) fn decide_by(&mut self, merges: bool, shape: &Shape) {
        shape.columns.iter().for_each(|column| self.decide(merges, column.sources.iter()));
    }

    /// What DISTINCT, or a GROUP BY that names no column, goes by.
    pub(super) fn merge_rows(&mut self, select: &Select, shape: &Shape) {
        if matches!(select.distinct, Some(Distinct::Distinct)) {
            self.decide_by(true, shape);
        }
        match &select.group_by {
            GroupByExpr::Expressions(list, _) => {
                for column in list.iter().filter_map(|item| Self::at_place(item, shape)) {
                    self.decide(true, column.iter());
                }
            }
            GroupByExpr::All(_) => {
                let plain = |source: &&Source| source.how != How::Aggregated;
                shape.columns.iter().for_each(|column| self.decide(true, column.sources.iter().filter(plain)));
            }
        }
    }

    /// `ORDER BY 2` and `GROUP BY 2` mean the second column.
    pub(super) fn at_place(item: &Expr, shape: &Shape) -> Option<Rc<[Source]>> {
        let Expr::Value(value) = item else { return None };
        let Value::Number(number, _) = &value.value else { return None };
        let place = number.parse::<usize>().ok()?.checked_sub(1)?;
        shape.columns.get(place).map(|column| Rc::clone(&column.sources))
    }
}

/// The first rows of the order are taken, and the others left.
pub(super) fn picks(query: &Query, select: Option<&Select>) -> bool {
    let limits = match &query.limit_clause {
        Some(LimitClause::LimitOffset { limit, offset, limit_by }) => {
            limit.is_some() || offset.is_some() || !limit_by.is_empty()
        }
        Some(LimitClause::OffsetCommaLimit { .. }) => true,
        None => false,
    };
    let selects = select.is_some_and(|select| select.top.is_some() || matches!(select.distinct, Some(Distinct::On(_))));
    limits || selects || query.fetch.is_some()
}

/// What a set operation does with rows of its sides: none for UNION ALL, which takes all; else whether alike ones become one.
pub(super) fn side_rows(op: SetOperator, quantifier: SetQuantifier) -> Option<bool> {
    let is_all = matches!(quantifier, SetQuantifier::All | SetQuantifier::AllByName);
    match op {
        SetOperator::Union => (!is_all).then_some(true),
        SetOperator::Except | SetOperator::Minus | SetOperator::Intersect => Some(false),
    }
}
