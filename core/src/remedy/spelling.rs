//! How a dialect writes the few things that drafts are made of.

use crate::dialect::{Case, Dialect};
use crate::schema::RelationName;

/// Words that are names only in quotes, in one dialect or another.
const RESERVED: [&str; 30] = [
    "all", "and", "as", "by", "case", "check", "column", "default", "desc", "distinct", "else", "end", "from", "group",
    "having", "in", "is", "join", "limit", "not", "null", "on", "or", "order", "select", "table", "then", "user",
    "when", "where",
];

/// A column's or a relation's name as SQL has it, in quotes only where it needs them.
pub(super) fn name(name: &str, dialect: Dialect) -> String {
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    let is_word = starts && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let folds = dialect.facts().case == Case::Lower && name.chars().any(char::is_uppercase);
    if is_word && !folds && !RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
        return name.to_owned();
    }
    let close = dialect.quoted("").chars().next_back().unwrap_or('"');
    dialect.quoted(&name.replace(close, &format!("{close}{close}")))
}

pub(super) fn relation(relation: &RelationName, dialect: Dialect) -> String {
    relation.parts().iter().map(|part| name(part, dialect)).collect::<Vec<_>>().join(".")
}

/// All columns, without these where the dialect can leave some out.
pub(super) fn all_but(columns: &[&str], dialect: Dialect) -> String {
    use Dialect as D;
    let word = match dialect {
        D::DuckDb | D::Snowflake | D::Redshift => "exclude",
        D::BigQuery | D::Databricks | D::ClickHouse => "except",
        _ => "",
    };
    if word.is_empty() || columns.is_empty() {
        return "*".to_owned();
    }
    let names: Vec<String> = columns.iter().map(|column| name(column, dialect)).collect();
    format!("* {word} ({})", names.join(", "))
}

pub(super) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// A value as its column's type has it: numbers and truth values stand bare.
pub(super) fn literal(value: &str, data_type: Option<&str>) -> String {
    let is_bare = matches!(data_type.map(family), Some(Family::Number | Family::Boolean));
    let is_plain = value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
    if value == "NULL" || (is_bare && is_plain && !value.is_empty()) { value.to_owned() } else { text(value) }
}

/// New values turned into the old ones they stand for.
pub(super) fn mapped_back(
    column: &str,
    pairs: &[(String, String)],
    data_type: Option<&str>,
    dialect: Dialect,
) -> String {
    let turned: Vec<(String, String)> = pairs.iter().map(|(old, new)| (new.clone(), old.clone())).collect();
    mapped(column, &turned, data_type, dialect)
}

pub(super) fn mapped(column: &str, pairs: &[(String, String)], data_type: Option<&str>, dialect: Dialect) -> String {
    let column = name(column, dialect);
    let whens: Vec<String> = pairs
        .iter()
        .map(|(from, to)| format!("when {} then {}", literal(from, data_type), literal(to, data_type)))
        .collect();
    format!("case {column} {} else {column} end", whens.join(" "))
}

pub(super) fn null(data_type: Option<&str>) -> String {
    data_type.map_or_else(|| "null".to_owned(), |data_type| cast("null", data_type))
}

pub(super) fn cast(expr: &str, data_type: &str) -> String {
    format!("cast({expr} as {data_type})")
}

/// Texts with a sign between them; a part that is NULL is left out where the dialect can.
pub(super) fn joined(sign: &str, parts: &[String], dialect: Dialect) -> String {
    use Dialect as D;
    let sign = text(sign);
    match dialect {
        D::BigQuery | D::Oracle | D::Redshift | D::Sqlite | D::Generic => parts.join(&format!(" || {sign} || ")),
        _ => format!("concat_ws({sign}, {})", parts.join(", ")),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Number,
    Boolean,
    Text,
    Moment,
    Other,
}

fn family(data_type: &str) -> Family {
    let lower = data_type.to_lowercase();
    let name = lower.split('(').next().unwrap_or("").trim();
    match name {
        "tinyint" | "smallint" | "int" | "integer" | "bigint" | "int2" | "int4" | "int8" | "int64" | "hugeint" => {
            Family::Number
        }
        "number" | "numeric" | "decimal" | "real" | "float" | "double" | "double precision" | "float8" | "float64" => {
            Family::Number
        }
        "boolean" | "bool" => Family::Boolean,
        "char" | "character" | "varchar" | "character varying" | "text" | "string" | "nvarchar" => Family::Text,
        "date" | "time" => Family::Moment,
        name if name.starts_with("timestamp") || name.starts_with("datetime") => Family::Moment,
        _ => Family::Other,
    }
}

pub(super) fn is_number(data_type: Option<&str>) -> bool {
    data_type.map(family) == Some(Family::Number)
}

pub(super) fn is_same_type(a: &str, b: &str) -> bool {
    a.trim().eq_ignore_ascii_case(b.trim())
}

/// Whether a type holds every value of another, so that a cast there and back changes none.
pub(super) fn holds_all(wide: &str, narrow: &str) -> bool {
    let is_unbounded = !wide.contains('(');
    match (family(wide), family(narrow)) {
        (Family::Text, _) => is_unbounded,
        (Family::Number, Family::Number) => wider_number(wide, narrow),
        _ => false,
    }
}

fn wider_number(wide: &str, narrow: &str) -> bool {
    let rank = |name: &str| match name.to_lowercase().as_str() {
        "tinyint" => 1,
        "smallint" | "int2" => 2,
        "int" | "integer" | "int4" => 3,
        "bigint" | "int8" | "int64" => 4,
        "hugeint" => 5,
        _ => 0,
    };
    rank(narrow) > 0 && rank(wide) >= rank(narrow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_cannot_leave_their_quotes() {
        assert_eq!(name("a\"b", Dialect::Postgres), "\"a\"\"b\"");
        assert_eq!(name("a`b", Dialect::MySql), "`a``b`");
        assert_eq!(name("order", Dialect::DuckDb), "\"order\"");
        assert_eq!(name("accountId", Dialect::Postgres), "\"accountId\"");
        assert_eq!(name("account_id", Dialect::Snowflake), "account_id");
        assert_eq!(text("it's"), "'it''s'");
        assert_eq!(literal("1; drop table t", Some("integer")), "'1; drop table t'");
        assert_eq!(literal("-1", Some("integer")), "-1");
    }
}
