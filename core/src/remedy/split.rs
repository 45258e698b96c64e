//! A column that was cut at signs into several, put together again.

use std::collections::BTreeMap;

use sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, FunctionArguments};

use super::assigned::{Assigned, last_name};
use super::spelling;
use crate::dialect::Dialect;
use crate::sql::as_text;

/// Which piece of a column an expression is: `split_part(split_part(c, ',', 3), ' ', 1)` is the third, and of it the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    column: String,
    /// From the whole column inwards.
    cuts: Vec<Cut>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Cut {
    sign: String,
    /// From 1.
    number: u32,
    trimmed: bool,
}

/// Cuts within cuts are followed so deep.
const DEEPEST: usize = 8;

pub(super) fn part(expr: &Expr, dialect: Dialect) -> Option<Part> {
    let mut cuts = Vec::new();
    let mut expr = expr;
    let mut trimmed = false;
    loop {
        match expr {
            Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => expr = inner,
            Expr::Trim { expr: inner, trim_what: None, .. } => (expr, trimmed) = (inner, true),
            Expr::Function(function) => {
                let name = function.name.to_string().to_ascii_lowercase();
                let FunctionArguments::List(list) = &function.args else { return None };
                let arguments: Vec<&Expr> = list.args.iter().filter_map(unnamed).collect();
                match (name.as_str(), arguments.as_slice()) {
                    ("trim" | "btrim", [inner]) => (expr, trimmed) = (*inner, true),
                    ("split_part", [inner, sign, number]) => {
                        let number = as_text(number)?.parse().ok().filter(|number| *number > 0)?;
                        cuts.push(Cut { sign: as_text(sign)?, number, trimmed });
                        (expr, trimmed) = (*inner, false);
                    }
                    _ => return None,
                }
            }
            _ => break,
        }
        if cuts.len() > DEEPEST {
            return None;
        }
    }
    cuts.reverse();
    (!cuts.is_empty()).then_some(Part { column: last_name(expr, dialect)?, cuts })
}

fn unnamed(argument: &FunctionArg) -> Option<&Expr> {
    match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
        _ => None,
    }
}

pub(super) struct Joined {
    pub(super) sql: String,
    pub(super) columns: Vec<String>,
}

/// The pieces by their number.
#[derive(Default)]
struct Pieces {
    sign: String,
    trimmed: bool,
    own: Option<String>,
    inner: BTreeMap<u32, Pieces>,
}

/// The column made of its pieces; none where one of them is missing.
pub(super) fn joined_again(column: &str, assigned: &[&Assigned], dialect: Dialect) -> Option<Joined> {
    let mut whole = Pieces::default();
    let mut columns = Vec::new();
    for one in assigned {
        let Some(part) = one.part.as_ref().filter(|part| part.column.eq_ignore_ascii_case(column)) else { continue };
        columns.push(one.column.clone());
        let mut at = &mut whole;
        for cut in &part.cuts {
            if !at.sign.is_empty() && at.sign != cut.sign {
                return None;
            }
            at.sign.clone_from(&cut.sign);
            at.trimmed |= cut.trimmed;
            at = at.inner.entry(cut.number).or_default();
        }
        at.own = Some(spelling::name(&one.column, dialect));
    }
    if columns.len() < 2 {
        return None;
    }
    Some(Joined { sql: written(&whole, dialect)?, columns })
}

fn written(pieces: &Pieces, dialect: Dialect) -> Option<String> {
    if pieces.inner.is_empty() {
        return pieces.own.clone();
    }
    let is_whole = pieces.inner.keys().zip(1..).all(|(number, expected)| *number == expected);
    if !is_whole || pieces.own.is_some() {
        return None;
    }
    let parts: Vec<String> = pieces.inner.values().map(|piece| written(piece, dialect)).collect::<Option<_>>()?;
    // `a, b` is how people write what is cut at its commas and trimmed.
    let blank = if pieces.trimmed && !pieces.sign.ends_with(' ') { " " } else { "" };
    Some(spelling::joined(&format!("{}{blank}", pieces.sign), &parts, dialect))
}
