//! Which old value an UPDATE turns into which new one, where the statement says so itself.

use sqlparser::ast::{BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments};

use crate::dialect::Dialect;
use crate::schema::fold_ident;
use crate::sql::{as_text, compared_column, is_column};

/// The pairs of `SET column = value WHERE filter`. Empty where the statement computes its values.
pub(crate) fn value_pairs(
    column: &str,
    value: &Expr,
    filter: Option<&Expr>,
    dialect: Dialect,
) -> Vec<(String, String)> {
    let is_it = |expr: &Expr| names(expr, column, dialect);
    if let Some(to) = as_text(value) {
        let from = filter.map(|filter| filtered_values(filter, &is_it)).unwrap_or_default();
        return from.into_iter().map(|from| (from, to.clone())).collect();
    }
    from_case(value, &is_it).or_else(|| from_decode(value, &is_it)).unwrap_or_default()
}

/// A text that the value is, or that it is put together with.
pub(crate) fn held_text(value: &Expr) -> Option<String> {
    let mut longest: Option<String> = as_text(value);
    let mut rest = unwrapped(value);
    while let Expr::BinaryOp { left, op: BinaryOperator::StringConcat, right } = rest {
        let part =
            as_text(right).filter(|text| text != "NULL" && longest.as_ref().is_none_or(|own| own.len() < text.len()));
        longest = part.or(longest);
        rest = unwrapped(left);
    }
    let first = as_text(rest).filter(|text| longest.as_ref().is_none_or(|own| own.len() < text.len()));
    first.or(longest).filter(|text| !text.is_empty())
}

/// `CASE c WHEN 'a' THEN 'b' … ELSE c END`, in both forms. Any other ELSE changes values that are not named.
fn from_case(value: &Expr, is_it: &impl Fn(&Expr) -> bool) -> Option<Vec<(String, String)>> {
    let Expr::Case { operand, conditions, else_result, .. } = unwrapped(value) else { return None };
    if !else_result.as_deref().is_some_and(is_it) {
        return None;
    }
    let mut pairs = Vec::new();
    for when in conditions {
        let to = as_text(&when.result)?;
        match operand {
            Some(operand) if is_it(operand) => pairs.push((as_text(&when.condition)?, to)),
            Some(_) => return None,
            None => {
                let (compared, values) = compared_column(&when.condition)?;
                if !is_it(compared) || is_negated(&when.condition) {
                    return None;
                }
                pairs.extend(values.into_iter().map(|from| (from, to.clone())));
            }
        }
    }
    Some(pairs)
}

/// `DECODE(c, 'a', 'b', …, c)`, Oracle's and Snowflake's short form.
fn from_decode(value: &Expr, is_it: &impl Fn(&Expr) -> bool) -> Option<Vec<(String, String)>> {
    let Expr::Function(function) = unwrapped(value) else { return None };
    if !function.name.to_string().eq_ignore_ascii_case("decode") {
        return None;
    }
    let FunctionArguments::List(list) = &function.args else { return None };
    let arguments: Vec<&Expr> = list
        .args
        .iter()
        .map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let (first, rest) = arguments.split_first()?;
    let (last, pairs) = rest.split_last()?;
    if !is_it(first) || !is_it(last) {
        return None;
    }
    pairs.chunks(2).map(|pair| Some((as_text(pair.first()?)?, as_text(pair.get(1)?)?))).collect()
}

/// The values to which a filter of ANDs narrows the column.
fn filtered_values(filter: &Expr, is_it: &impl Fn(&Expr) -> bool) -> Vec<String> {
    let mut pending = vec![filter];
    while let Some(part) = pending.pop() {
        match part {
            Expr::Nested(inner) => pending.push(inner),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => pending.extend([&**left, &**right]),
            _ => {
                if let Some((compared, values)) = compared_column(part)
                    && is_it(compared)
                    && !is_negated(part)
                {
                    return values;
                }
            }
        }
    }
    Vec::new()
}

fn is_negated(comparison: &Expr) -> bool {
    matches!(
        unwrapped(comparison),
        Expr::BinaryOp { op: BinaryOperator::NotEq, .. }
            | Expr::InList { negated: true, .. }
            | Expr::IsDistinctFrom(..)
    )
}

fn names(expr: &Expr, column: &str, dialect: Dialect) -> bool {
    let last = match unwrapped(expr) {
        Expr::Identifier(ident) => Some(ident),
        Expr::CompoundIdentifier(parts) if is_column(expr) => parts.last(),
        _ => None,
    };
    last.is_some_and(|ident| fold_ident(ident, dialect) == column)
}

fn unwrapped(expr: &Expr) -> &Expr {
    let mut expr = expr;
    while let Expr::Nested(inner) | Expr::Cast { expr: inner, .. } = expr {
        expr = inner;
    }
    expr
}

#[cfg(test)]
mod tests {
    use sqlparser::ast::Statement;

    use super::*;

    fn pairs(sql: &str) -> String {
        let statements = crate::sql::parse(sql, Dialect::Postgres).expect("it parses");
        let Statement::Update(update) = &statements[0] else { panic!("an update") };
        let pairs = value_pairs("c", &update.assignments[0].value, update.selection.as_ref(), Dialect::Postgres);
        pairs.iter().map(|(from, to)| format!("{from}>{to}")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_case_over_the_column_tells_its_pairs() {
        assert_eq!(pairs("update t set c = case c when 'a' then 'b' when 'x' then 'y' else c end"), "a>b x>y");
        assert_eq!(
            pairs("update t set c = case when t.c = 'a' then 'b' when c in ('x', 'z') then 'y' else (c) end"),
            "a>b x>y z>y"
        );
        assert_eq!(pairs("update t set c = decode(c, 'a', 'b', c)"), "a>b");
    }

    #[test]
    fn a_filter_on_the_column_tells_its_pair() {
        assert_eq!(pairs("update t set c = 'b' where c = 'a' and d > 1"), "a>b");
        assert_eq!(pairs("update t set c = 2 where c in (0, 1)"), "0>2 1>2");
    }

    #[test]
    fn a_text_that_is_put_beside_the_value_stays_in_it() {
        let held = |sql: &str| {
            let statements = crate::sql::parse(sql, Dialect::Postgres).expect("it parses");
            let Statement::Update(update) = &statements[0] else { panic!("an update") };
            held_text(&update.assignments[0].value)
        };
        assert_eq!(held("update t set c = c || '_x'").as_deref(), Some("_x"));
        assert_eq!(held("update t set c = ('EU-' || c) || '.'").as_deref(), Some("EU-"));
        assert_eq!(held("update t set c = null").as_deref(), Some("NULL"));
        assert_eq!(held("update t set c = upper(c)"), None);
        assert_eq!(held("update t set c = c + 1"), None);
    }

    #[test]
    fn what_is_computed_or_open_has_no_pairs() {
        assert_eq!(pairs("update t set c = upper(c)"), "");
        assert_eq!(pairs("update t set c = case c when 'a' then 'b' end"), "");
        assert_eq!(pairs("update t set c = case c when 'a' then 'b' else 'z' end"), "");
        assert_eq!(pairs("update t set c = 'b' where c <> 'a'"), "");
        assert_eq!(pairs("update t set c = 'b'"), "");
    }
}
