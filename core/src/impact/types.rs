//! What a change of type means to those who read the column.

use crate::dialect::Dialect;

/// How one type holds the values of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypeChange {
    None,
    /// Every value fits, and is written the same.
    Widening,
    /// Every value is shown as it was, as text, and sorts otherwise.
    Reprint,
    /// Values may be cut, rounded or refused, or compare in another way.
    Other,
}

pub(super) fn compare(from: &str, to: &str, dialect: Dialect) -> TypeChange {
    let (from, to) = (Type::parse(from), Type::parse(to));
    if from == to {
        return TypeChange::None;
    }
    // DuckDB's text has no length, whatever is declared.
    if from.family == Family::Text && to.family == Family::Text && dialect == Dialect::DuckDb {
        return TypeChange::None;
    }
    if to.family == Family::Text && from.family.is_printed_alike() {
        return TypeChange::Reprint;
    }
    let wider = match (from.family, to.family) {
        (Family::Integer(a), Family::Integer(b)) => a <= b,
        (Family::Integer(_), Family::Float(8) | Family::Decimal) | (Family::Day, Family::Moment) => true,
        (Family::Text, Family::Text) => match (from.size, to.size) {
            (_, None) => true,
            (Some(a), Some(b)) => a.0 <= b.0,
            (None, Some(_)) => false,
        },
        (Family::Decimal, Family::Decimal) => match (from.size, to.size) {
            (_, None) => true,
            (Some((p, s)), Some((q, t))) => q.saturating_sub(t) >= p.saturating_sub(s) && t >= s,
            (None, Some(_)) => false,
        },
        (Family::Float(a), Family::Float(b)) => a <= b,
        _ => false,
    };
    if wider { TypeChange::Widening } else { TypeChange::Other }
}

/// Whether values are the same texts in both types of `date to timestamp`, of which the second holds the first.
pub(super) fn prints_alike(change: &str) -> bool {
    let Some((from, to)) = change.split_once(" to ") else { return true };
    let (from, to) = (Type::parse(from), Type::parse(to));
    let scale = |of: &Type| of.size.map(|(_, scale)| scale);
    match (from.family, to.family) {
        (Family::Integer(_), Family::Decimal) => scale(&to).is_none_or(|scale| scale == 0),
        (Family::Decimal, Family::Decimal) => scale(&from) == scale(&to) || to.size.is_none(),
        (from, to) => !matches!((from, to), (Family::Day, Family::Moment) | (_, Family::Float(_))),
    }
}

/// Whether values of the first type of `date to text` come in the same order as their texts.
pub(super) fn sorts_as_text(change: &str) -> bool {
    let from = change.split_once(" to ").map_or(change, |(from, _)| from);
    matches!(Type::parse(from).family, Family::Text | Family::Truth | Family::Day | Family::Moment)
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Type {
    family: Family,
    name: String,
    size: Option<(u32, u32)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// With the bytes it takes.
    Integer(u8),
    Float(u8),
    Decimal,
    Text,
    Truth,
    Day,
    Moment,
    Other,
}

impl Family {
    fn is_printed_alike(self) -> bool {
        matches!(self, Self::Integer(_) | Self::Decimal | Self::Truth | Self::Day | Self::Moment)
    }
}

impl Type {
    fn parse(text: &str) -> Self {
        let text = text.trim().to_lowercase();
        let (name, size) = match text.split_once('(') {
            Some((name, rest)) => {
                let mut numbers = rest.trim_end_matches(')').split(',').map(|part| part.trim().parse::<u32>().ok());
                let first = numbers.next().flatten();
                (name.trim().to_owned(), first.map(|first| (first, numbers.next().flatten().unwrap_or(0))))
            }
            None => (text, None),
        };
        let family = match name.as_str() {
            "tinyint" | "int1" => Family::Integer(1),
            "smallint" | "int2" => Family::Integer(2),
            "int" | "integer" | "int4" | "mediumint" => Family::Integer(4),
            "bigint" | "int8" | "int64" | "long" => Family::Integer(8),
            "real" | "float4" | "float32" => Family::Float(4),
            "float" | "double" | "double precision" | "float8" | "float64" => Family::Float(8),
            "decimal" | "numeric" | "number" | "bignumeric" => Family::Decimal,
            "varchar" | "character varying" | "text" | "string" | "nvarchar" | "clob" | "longtext" => Family::Text,
            "boolean" | "bool" => Family::Truth,
            "date" => Family::Day,
            "timestamp" | "timestamp without time zone" | "datetime" => Family::Moment,
            _ => Family::Other,
        };
        let size = if matches!(family, Family::Integer(_)) { None } else { size };
        // Names of one type are one type.
        let name = if family == Family::Other { name } else { String::new() };
        Self { family, name, size }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_holds_every_value_the_same_is_wider() {
        let cases = [
            ("integer", "INT", TypeChange::None),
            ("varchar", "text", TypeChange::None),
            ("int", "bigint", TypeChange::Widening),
            ("varchar(20)", "VARCHAR(40)", TypeChange::Widening),
            ("decimal(12,2)", "numeric(14,2)", TypeChange::Widening),
            ("bigint", "int", TypeChange::Other),
            ("varchar", "varchar(2)", TypeChange::Other),
            ("varchar(2)", "char(2)", TypeChange::Other),
            ("decimal(12,2)", "decimal(12,4)", TypeChange::Other),
            ("text", "integer", TypeChange::Other),
            ("integer", "varchar(20)", TypeChange::Reprint),
            ("date", "timestamp", TypeChange::Widening),
            ("timestamp", "date", TypeChange::Other),
        ];
        for (from, to, expected) in cases {
            assert_eq!(compare(from, to, Dialect::Postgres), expected, "{from} to {to}");
        }
    }
}
