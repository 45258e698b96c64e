//! Literals, and columns that are compared with nothing but literals.

use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value};

/// The text of a literal, as it would be compared: `'gold'` is `gold`, `-1` is `-1`.
pub fn as_text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => as_text(inner),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => as_text(expr).map(|text| format!("-{text}")),
        Expr::Value(value) => match &value.value {
            Value::Number(number, _) => Some(number.clone()),
            Value::Boolean(boolean) => Some(boolean.to_string()),
            Value::Null => Some("NULL".to_owned()),
            other => other.clone().into_string(),
        },
        _ => None,
    }
}

/// A column reference and the literals it is compared with, where the whole expression is such a comparison.
pub fn compared_column(expr: &Expr) -> Option<(&Expr, Vec<String>)> {
    match expr {
        Expr::Nested(inner) => compared_column(inner),
        Expr::BinaryOp { left, op: BinaryOperator::Eq | BinaryOperator::NotEq | BinaryOperator::Spaceship, right } => {
            if is_column(left) {
                Some((left, vec![as_text(right)?]))
            } else if is_column(right) {
                Some((right, vec![as_text(left)?]))
            } else {
                None
            }
        }
        Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) if is_column(left) => {
            Some((left, vec![as_text(right)?]))
        }
        Expr::InList { expr, list, .. } if is_column(expr) => {
            Some((expr, list.iter().map(as_text).collect::<Option<_>>()?))
        }
        _ => None,
    }
}

pub fn is_column(expr: &Expr) -> bool {
    matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_))
}
