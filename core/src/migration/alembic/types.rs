//! Types of SQLAlchemy, as the databases name them.

use super::arguments::{Given, not_known, text};
use super::columns::{literal, quoted};
use super::strings;
use super::value::{Call, Value};
use crate::dialect::Dialect;

/// SQLAlchemy's own types whose name is not the database's.
const NAMES: [(&str, &str); 24] = [
    ("string", "VARCHAR"),
    ("unicode", "VARCHAR"),
    ("autostring", "VARCHAR"),
    ("unicodetext", "TEXT"),
    ("integer", "INTEGER"),
    ("int", "INTEGER"),
    ("biginteger", "BIGINT"),
    ("smallinteger", "SMALLINT"),
    ("double", "DOUBLE PRECISION"),
    ("double_precision", "DOUBLE PRECISION"),
    ("largebinary", "BYTEA"),
    ("pickletype", "BYTEA"),
    ("tsvectortype", "TSVECTOR"),
    ("uuidtype", "UUID"),
    ("guid", "UUID"),
    ("emailtype", "VARCHAR"),
    ("urltype", "TEXT"),
    ("jsontype", "JSON"),
    ("datetimeutc", "TIMESTAMP WITH TIME ZONE"),
    ("tzdatetime", "TIMESTAMP WITH TIME ZONE"),
    ("utcdatetime", "TIMESTAMP WITH TIME ZONE"),
    ("concat", "TEXT"),
    ("matchtype", "BOOLEAN"),
    ("nulltype", "TEXT"),
];

pub(super) fn is_enum(path: &str) -> bool {
    matches!(path, "sqlalchemy.Enum" | "sqlalchemy.dialects.postgresql.ENUM" | "sqlalchemy.ENUM")
}

/// A type, as it is written in the definition of a column.
pub(super) fn sql(value: &Value, dialect: Dialect) -> Result<String, String> {
    // `sa.Text().with_variant(postgresql.JSONB(), "postgresql")`: the variant of the dialect, or else the type itself.
    if let Some((of, "with_variant", call)) = value.method() {
        let is_own =
            call.args.get(1).and_then(Value::text).is_some_and(|name| Dialect::from_name(name) == Some(dialect));
        return sql(call.args.first().filter(|_| is_own).unwrap_or(of), dialect);
    }
    if let Some((of, "as_generic" | "evolve" | "copy" | "as_mutable", _)) = value.method() {
        return sql(of, dialect);
    }
    let no_arguments = Call { callee: Value::None, args: Vec::new(), keywords: Vec::new() };
    let (path, call) = match value {
        Value::Name(path) => (&**path, &no_arguments),
        value => value.call().ok_or_else(|| not_known(value))?,
    };
    let given = Given { args: call.args.clone(), keywords: call.keywords.clone(), unknown: None };
    let own = path.rsplit('.').next().unwrap_or(path);
    // A module's own function is no type.
    if !path.contains('.') || !own.starts_with(|c: char| c.is_ascii_uppercase()) {
        return Err(format!("`{path}` is not known as a type"));
    }
    if is_enum(path) {
        return match enum_name(call, dialect)? {
            Some(name) => Ok(name),
            None if matches!(dialect, Dialect::MySql | Dialect::StarRocks) => {
                Ok(format!("ENUM({})", enum_labels(call)?))
            }
            None => Ok("VARCHAR(255)".to_owned()),
        };
    }
    let lower = own.to_lowercase();
    let number = |index: usize, name: &str| given.get(index, name).and_then(Value::integer);
    let sized = |name: &str, size: Option<i64>| size.map_or_else(|| name.to_owned(), |size| format!("{name}({size})"));
    let known = NAMES.iter().find(|(from, _)| *from == lower).map(|(_, to)| *to);
    Ok(match lower.as_str() {
        "array" => {
            let inner = sql(given.get(0, "item_type").ok_or("ARRAY without a type")?, dialect)?;
            let dimensions = number(2, "dimensions").unwrap_or(1).clamp(1, 6);
            format!("{inner}{}", "[]".repeat(usize::try_from(dimensions).unwrap_or(1)))
        }
        "datetime" | "timestamp" if path.starts_with("sqlalchemy.dialects.mysql") => own.to_uppercase(),
        "datetime" | "timestamp" => {
            let is_zoned = match given.get(0, "timezone") {
                None => false,
                Some(zone) => zone.truth().ok_or_else(|| not_known(zone))?,
            };
            zoned("TIMESTAMP", number(1, "precision"), is_zoned, dialect)
        }
        "time" => {
            let is_zoned = given.get(0, "timezone").and_then(Value::truth).unwrap_or(false);
            zoned("TIME", number(1, "precision"), is_zoned, dialect)
        }
        "numeric" | "decimal" => match (number(0, "precision"), number(1, "scale")) {
            (Some(precision), Some(scale)) => format!("{}({precision}, {scale})", own.to_uppercase()),
            (precision, _) => sized(&own.to_uppercase(), precision),
        },
        "float" => sized("FLOAT", number(0, "precision")),
        "interval" => "INTERVAL".to_owned(),
        "largebinary" if matches!(dialect, Dialect::MySql) => "BLOB".to_owned(),
        "enum" => format!("ENUM({})", enum_labels(call)?),
        _ => match known {
            Some("VARCHAR") => sized("VARCHAR", number(0, "length")),
            Some(name) => name.to_owned(),
            None if path.starts_with("sqlalchemy.") && is_without_size(&lower) => own.to_uppercase(),
            None => {
                let values: Option<Vec<String>> = given
                    .args
                    .iter()
                    .map(|value| value.integer().map(|_| strings::shown(value).unwrap_or_default()))
                    .collect();
                let named = number(usize::MAX, "length").or_else(|| number(usize::MAX, "dim"));
                match values.filter(|values| !values.is_empty()) {
                    Some(values) => format!("{}({})", own.to_uppercase(), values.join(", ")),
                    None => sized(&own.to_uppercase(), named),
                }
            }
        },
    })
}

fn is_without_size(name: &str) -> bool {
    matches!(name, "boolean" | "text" | "uuid" | "json" | "jsonb" | "date" | "hstore" | "tsvector" | "bytea" | "inet")
}

fn zoned(name: &str, precision: Option<i64>, is_zoned: bool, dialect: Dialect) -> String {
    let size = precision.map(|precision| format!("({precision})")).unwrap_or_default();
    match dialect {
        Dialect::Postgres | Dialect::Redshift | Dialect::DuckDb | Dialect::Generic => {
            format!("{name}{size} {} TIME ZONE", if is_zoned { "WITH" } else { "WITHOUT" })
        }
        Dialect::MySql | Dialect::SqlServer | Dialect::StarRocks if name == "TIMESTAMP" => format!("DATETIME{size}"),
        _ => format!("{name}{size}"),
    }
}

/// The name of an enum type, in a database that has such.
pub(super) fn enum_name(call: &Call, dialect: Dialect) -> Result<Option<String>, String> {
    let given = Given { args: Vec::new(), keywords: call.keywords.clone(), unknown: None };
    let is_native = given.keyword("native_enum").is_none_or(|native| native.truth() != Some(false));
    if !is_native || !matches!(dialect, Dialect::Postgres | Dialect::DuckDb | Dialect::Generic) {
        return Ok(None);
    }
    let name = match given.keyword_text("name")? {
        Some(name) => name,
        // One that is made of a class has the class's name in lower case.
        None => match call.args.first() {
            Some(Value::Name(path)) => path.rsplit('.').next().unwrap_or(path).to_lowercase(),
            _ => return Err("an enum without a name".to_owned()),
        },
    };
    let schema = given.keyword_text("schema")?;
    super::columns::qualified(&name, schema, dialect).map(Some)
}

pub(super) fn enum_labels(call: &Call) -> Result<String, String> {
    let labels: Result<Vec<String>, String> =
        call.args.iter().map(|label| text(label).map(|label| literal(&label))).collect();
    Ok(labels?.join(", "))
}

/// The types that are made before a table that has them is.
pub(super) fn made_before(value: &Value, dialect: Dialect) -> Result<Option<String>, String> {
    let Some((path, call)) = value.call().filter(|(path, _)| is_enum(path)) else { return Ok(None) };
    let given = Given { args: Vec::new(), keywords: call.keywords.clone(), unknown: None };
    let is_made = given.keyword("create_type").is_none_or(|made| made.truth() != Some(false));
    let is_postgres = dialect == Dialect::Postgres;
    match enum_name(call, dialect)?.filter(|_| is_made && is_postgres && !path.is_empty()) {
        // The labels of a class stand in another module.
        Some(name) => Ok(Some(format!("CREATE TYPE {name} AS ENUM ({})", enum_labels(call).unwrap_or_default()))),
        None => Ok(None),
    }
}

/// `CAST(… AS type)`
pub(super) fn cast(value: &str, kind: &Value, dialect: Dialect) -> Result<String, String> {
    Ok(format!("CAST({value} AS {})", sql(kind, dialect)?))
}

pub(super) fn function_name(name: &str, dialect: Dialect) -> String {
    name.split('.').map(|part| quoted(part, dialect)).collect::<Vec<_>>().join(".")
}
