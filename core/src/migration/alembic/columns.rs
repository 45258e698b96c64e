//! Tables, columns, keys and indexes, as SQLAlchemy writes them.

use super::arguments::{Given, not_known, text};
use super::operations::constraint;
use super::value::{Call, Value};
use super::{expressions, types};
use crate::dialect::Dialect;

/// A name in quotes where it needs them: where its case matters, where it is a word of SQL, where it is no plain name.
pub(super) fn quoted(name: &str, dialect: Dialect) -> String {
    const TAKEN: [&str; 40] = [
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "as",
        "asc",
        "between",
        "case",
        "cast",
        "check",
        "collate",
        "column",
        "constraint",
        "create",
        "default",
        "desc",
        "distinct",
        "else",
        "end",
        "except",
        "foreign",
        "from",
        "grant",
        "group",
        "having",
        "in",
        "into",
        "limit",
        "not",
        "null",
        "offset",
        "on",
        "or",
        "order",
        "primary",
        "references",
        "select",
        "table",
        "unique",
    ];
    const TAKEN_TOO: [&str; 14] = [
        "user",
        "using",
        "when",
        "where",
        "with",
        "union",
        "to",
        "then",
        "true",
        "false",
        "window",
        "current_user",
        "do",
        "for",
    ];
    let is_plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '$'))
        && !TAKEN.contains(&name)
        && !TAKEN_TOO.contains(&name);
    if is_plain { name.to_owned() } else { dialect.quoted(name) }
}

/// A table with its schema; a schema may be written with its database.
pub(super) fn qualified(name: &str, schema: Option<String>, dialect: Dialect) -> Result<String, String> {
    if name.is_empty() {
        return Err("a name is empty".to_owned());
    }
    let schema = schema.map(|schema| schema.split('.').map(|part| quoted(part, dialect) + ".").collect::<String>());
    Ok(format!("{}{}", schema.unwrap_or_default(), quoted(name, dialect)))
}

pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn given_of(call: &Call) -> Given {
    Given { args: call.args.clone(), keywords: call.keywords.clone(), unknown: None }
}

/// What is known of a column.
struct Column {
    name: String,
    sql: String,
    is_key: bool,
    is_unique: bool,
    index: Option<bool>,
    comment: Option<String>,
    /// Types that are made before the table is.
    kinds: Vec<String>,
    /// Foreign keys, as constraints of the table.
    keys: Vec<String>,
}

fn column(value: &Value, dialect: Dialect) -> Result<Column, String> {
    let Some(("sqlalchemy.Column", call)) = value.call() else { return Err(not_known(value)) };
    let given = given_of(call);
    let name = given.need(0, "name")?;
    let mut column = Column {
        sql: quoted(&name, dialect),
        name,
        is_key: given.flag("primary_key")?,
        is_unique: given.flag("unique")?,
        index: given.flag("index")?.then_some(given.flag("unique")?),
        comment: given.keyword_text("comment")?,
        kinds: Vec::new(),
        keys: Vec::new(),
    };
    let mut identity = None;
    let mut kind = given.keyword("type_").cloned();
    for argument in given.args.iter().skip(1) {
        match argument.call() {
            Some(("sqlalchemy.ForeignKey", key)) => column.keys.push(foreign_key(&column.name, key, dialect)?),
            Some(("sqlalchemy.Computed" | "sqlalchemy.Identity" | "sqlalchemy.Sequence", _)) => {
                identity = Some(argument.clone());
            }
            Some(("sqlalchemy.CheckConstraint" | "sqlalchemy.FetchedValue", _)) => {}
            _ if kind.is_none() => kind = Some(argument.clone()),
            _ => return Err(not_known(argument)),
        }
    }
    // A column without a type has that of what it refers to.
    if let Some(kind) = kind.filter(|kind| !matches!(kind, Value::None)) {
        column.kinds.extend(types::made_before(&kind, dialect)?);
        column.sql.push(' ');
        column.sql.push_str(&types::sql(&kind, dialect)?);
    } else if dialect == Dialect::Postgres {
        column.sql.push_str(" INTEGER");
    }
    let default = given.keyword("server_default").cloned();
    match (&default, &identity) {
        (_, Some(made)) | (Some(made), None) if is_generated(made) => column.sql.push_str(&generated(made, dialect)?),
        (Some(Value::None) | None, _) => {}
        (Some(default), _) => column.sql.push_str(&format!(" DEFAULT {}", server_default(default, dialect)?)),
    }
    let is_nullable = match given.keyword("nullable") {
        None => !column.is_key,
        Some(nullable) => nullable.truth().ok_or_else(|| not_known(nullable))?,
    };
    if !is_nullable {
        column.sql.push_str(" NOT NULL");
    }
    Ok(column)
}

fn is_generated(value: &Value) -> bool {
    matches!(value.call(), Some(("sqlalchemy.Computed" | "sqlalchemy.Identity", _)))
}

fn generated(value: &Value, dialect: Dialect) -> Result<String, String> {
    Ok(match value.call() {
        Some(("sqlalchemy.Computed", call)) => {
            let expression = call.args.first().ok_or("Computed without an expression")?;
            format!(" GENERATED ALWAYS AS ({}) STORED", expressions::condition(expression, dialect)?)
        }
        Some((_, call)) => {
            let always = given_of(call).flag("always")?;
            format!(" GENERATED {} AS IDENTITY", if always { "ALWAYS" } else { "BY DEFAULT" })
        }
        None => String::new(),
    })
}

/// A default: a text is a value, all else is an expression.
pub(super) fn server_default(value: &Value, dialect: Dialect) -> Result<String, String> {
    match value {
        Value::Text(text) => Ok(literal(&text.text)),
        Value::Partly(..) => Err(not_known(value)),
        value => expressions::sql(value, dialect),
    }
}

/// The statements that make a table: types, the table, its indexes and comments.
pub(super) fn create_table(given: &Given, dialect: Dialect) -> Result<Vec<String>, String> {
    let own_name = given.need(0, "table_name")?;
    let schema = given.keyword_text("schema")?;
    let table = qualified(&own_name, schema.clone(), dialect)?;
    let (mut parts, mut keys, mut constraints) = (Vec::new(), Vec::new(), Vec::new());
    let (mut before, mut after, mut comments) = (Vec::new(), Vec::new(), Vec::new());
    for argument in given.args.iter().skip(1) {
        match argument.call() {
            Some(("sqlalchemy.Column", _)) => {
                let column = column(argument, dialect)?;
                if column.is_key {
                    keys.push(quoted(&column.name, dialect));
                }
                if column.is_unique && column.index.is_none() {
                    constraints.push(format!("UNIQUE ({})", quoted(&column.name, dialect)));
                }
                constraints.extend(column.keys);
                before.extend(column.kinds);
                if let Some(unique) = column.index {
                    after.push(own_index(&table, &own_name, schema.as_deref(), &column.name, unique, dialect));
                }
                if let Some(comment) = &column.comment {
                    let name = quoted(&column.name, dialect);
                    comments.push(format!("COMMENT ON COLUMN {table}.{name} IS {}", literal(comment)));
                }
                parts.push(column.sql);
            }
            Some(("sqlalchemy.Index", call)) => {
                let index = call.args.first().map_or(Ok(None), |name| {
                    if matches!(name, Value::None) { Ok(None) } else { text(name).map(Some) }
                })?;
                let columns = Value::list(call.args.iter().skip(1).cloned().collect());
                let own = given_of(call);
                after.push(create_index(index.as_deref(), &table, &columns, own.flag("unique")?, &own, dialect)?);
            }
            Some(("sqlalchemy.MetaData", _)) => {}
            Some((path, call)) => constraints.extend(table_constraint(path, call, dialect)?),
            None => return Err(not_known(argument)),
        }
    }
    if !keys.is_empty() && !constraints.iter().any(|constraint| constraint.contains("PRIMARY KEY (")) {
        parts.push(format!("PRIMARY KEY ({})", keys.join(", ")));
    }
    parts.extend(constraints);
    if let Some(comment) = given.keyword_text("comment")? {
        after.push(format!("COMMENT ON TABLE {table} IS {}", literal(&comment)));
    }
    let if_not_exists = if given.flag("if_not_exists")? { "IF NOT EXISTS " } else { "" };
    let prefixes = given.texts(usize::MAX, "prefixes").unwrap_or_default();
    let prefixes: String = prefixes.iter().map(|prefix| format!("{prefix} ")).collect();
    before.dedup();
    let mut sql = before;
    sql.push(format!("CREATE {prefixes}TABLE {if_not_exists}{table} ({})", parts.join(", ")));
    sql.extend(after);
    sql.extend(comments);
    Ok(sql)
}

fn table_constraint(path: &str, call: &Call, dialect: Dialect) -> Result<Option<String>, String> {
    let given = given_of(call);
    let name = constraint(given.keyword_text("name")?, dialect);
    let columns = || -> Result<String, String> {
        let names: Result<Vec<String>, String> = call.args.iter().map(text).collect();
        Ok(names?.iter().map(|name| quoted(name, dialect)).collect::<Vec<_>>().join(", "))
    };
    Ok(Some(match path {
        "sqlalchemy.PrimaryKeyConstraint" => format!("{name}PRIMARY KEY ({})", columns()?),
        "sqlalchemy.UniqueConstraint" => format!("{name}UNIQUE ({})", columns()?),
        "sqlalchemy.CheckConstraint" => {
            let condition = call.args.first().ok_or("CheckConstraint without a condition")?;
            format!("{name}CHECK ({})", expressions::condition(condition, dialect)?)
        }
        "sqlalchemy.ForeignKeyConstraint" => {
            let local = given.texts(0, "columns")?;
            let remote = given.texts(1, "refcolumns")?;
            let (table, remote): (Vec<String>, Vec<String>) =
                remote.iter().map(|target| referred(target, dialect)).unzip();
            let local: Vec<String> = local.iter().map(|name| quoted(name, dialect)).collect();
            let rules = foreign_key_rules(&given)?;
            let table = table.into_iter().next().ok_or("ForeignKeyConstraint without a target")?;
            format!("{name}FOREIGN KEY ({}) REFERENCES {table} ({}){rules}", local.join(", "), remote.join(", "))
        }
        // PostgreSQL's own, which no reader of the table notices.
        "sqlalchemy.dialects.postgresql.ExcludeConstraint" => return Ok(None),
        other => return Err(format!("`{other}` in a table is not known here")),
    }))
}

fn foreign_key(column: &str, key: &Call, dialect: Dialect) -> Result<String, String> {
    let given = given_of(key);
    let target = given.args.first().ok_or("ForeignKey without a target")?;
    let (table, remote) = match target {
        Value::Text(target) => referred(&target.text, dialect),
        other => {
            let written = expressions::sql(other, dialect)?;
            written
                .rsplit_once('.')
                .map(|(table, column)| (table.to_owned(), column.to_owned()))
                .ok_or_else(|| not_known(other))?
        }
    };
    let name = constraint(given.keyword_text("name")?, dialect);
    let rules = foreign_key_rules(&given)?;
    Ok(format!("{name}FOREIGN KEY ({}) REFERENCES {table} ({remote}){rules}", quoted(column, dialect)))
}

/// `schema.table.column`
fn referred(target: &str, dialect: Dialect) -> (String, String) {
    let (table, column) = target.rsplit_once('.').unwrap_or((target, "id"));
    let table: Vec<String> = table.split('.').map(|part| quoted(part, dialect)).collect();
    (table.join("."), quoted(column, dialect))
}

pub(super) fn foreign_key_rules(given: &Given) -> Result<String, String> {
    let mut rules = String::new();
    for (name, words) in [("onupdate", "ON UPDATE"), ("ondelete", "ON DELETE")] {
        if let Some(rule) = given.keyword_text(name)? {
            rules.push_str(&format!(" {words} {rule}"));
        }
    }
    if given.flag("deferrable")? {
        rules.push_str(" DEFERRABLE");
    }
    if let Some(initially) = given.keyword_text("initially")? {
        rules.push_str(&format!(" INITIALLY {initially}"));
    }
    Ok(rules)
}

pub(super) fn add_column(
    value: &Value,
    table: &str,
    own_name: &str,
    schema: Option<&str>,
    if_not_exists: bool,
    dialect: Dialect,
) -> Result<Vec<String>, String> {
    let column = column(value, dialect)?;
    let name = quoted(&column.name, dialect);
    let if_not_exists = if if_not_exists { "IF NOT EXISTS " } else { "" };
    let key = if column.is_key { " PRIMARY KEY" } else { "" };
    let mut sql = vec![format!("ALTER TABLE {table} ADD COLUMN {if_not_exists}{}{key}", column.sql)];
    sql.extend(column.keys.iter().map(|key| format!("ALTER TABLE {table} ADD {key}")));
    if column.is_unique && column.index.is_none() {
        sql.push(format!("ALTER TABLE {table} ADD UNIQUE ({name})"));
    }
    if let Some(unique) = column.index {
        sql.push(own_index(table, own_name, schema, &column.name, unique, dialect));
    }
    if let Some(comment) = &column.comment {
        sql.push(format!("COMMENT ON COLUMN {table}.{name} IS {}", literal(comment)));
    }
    Ok(sql)
}

/// The index of `index=True`, by SQLAlchemy's convention of names.
fn own_index(table: &str, own: &str, schema: Option<&str>, column: &str, unique: bool, dialect: Dialect) -> String {
    let schema = schema.map(|schema| format!("{schema}_")).unwrap_or_default();
    let name = quoted(&format!("ix_{schema}{own}_{column}"), dialect);
    let unique = if unique { "UNIQUE " } else { "" };
    format!("CREATE {unique}INDEX {name} ON {table} ({})", quoted(column, dialect))
}

pub(super) fn create_index(
    index: Option<&str>,
    table: &str,
    parts: &Value,
    unique: bool,
    given: &Given,
    dialect: Dialect,
) -> Result<String, String> {
    let parts = match parts {
        Value::List(list) => list.values.clone(),
        other => vec![other.clone()],
    };
    let part = |part: &Value| match part {
        Value::Text(name) => Ok(quoted(&name.text, dialect)),
        other => expressions::sql(other, dialect),
    };
    let parts: Result<Vec<String>, String> = parts.iter().map(part).collect();
    let unique = if unique { "UNIQUE " } else { "" };
    let name = index.map(|name| quoted(name, dialect) + " ").unwrap_or_default();
    let using = given.keyword_text("postgresql_using")?.map(|using| format!("USING {using} ")).unwrap_or_default();
    let filter = match given.keyword("postgresql_where") {
        Some(filter) => format!(" WHERE {}", expressions::condition(filter, dialect)?),
        None => String::new(),
    };
    Ok(format!("CREATE {unique}INDEX {name}ON {table} {using}({}){filter}", parts?.join(", ")))
}
