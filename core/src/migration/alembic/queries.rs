//! Statements of SQLAlchemy's own language, as SQL: INSERT, UPDATE, DELETE, SELECT, and text with parameters.

use super::arguments::{Given, not_known, text};
use super::columns::{self, quoted};
use super::expressions;
use super::value::{Call, Kind, Value};
use crate::dialect::Dialect;
use crate::migration::mapped::Mapped;

/// Rows in one statement; more of them tell a reader nothing else.
const MOST_ROWS: usize = 500;

/// Something that stands for a table.
pub(super) fn is_table(value: &Value) -> bool {
    matches!(value.call(), Some(("sqlalchemy.table" | "sqlalchemy.Table" | "sqlalchemy.TableClause", _)))
}

pub(super) fn table_name(value: &Value, dialect: Dialect) -> Result<String, String> {
    // `User.__table__`, `table.alias()`
    if let Value::Formula(formula) = value {
        match &formula.kind {
            Kind::Member(of, name) if &**name == "__table__" => return table_name(of, dialect),
            _ => {}
        }
    }
    if let Some((of, "alias", _)) = value.method() {
        return table_name(of, dialect);
    }
    match value.call() {
        Some((_, call)) if is_table(value) => {
            let given = Given { args: call.args.clone(), keywords: call.keywords.clone(), unknown: None };
            columns::qualified(&given.need(0, "name")?, given.keyword_text("schema")?, dialect)
        }
        _ => Err(format!("which table `{}` is stands not in this file", value.said())),
    }
}

/// SQL that is given as text: as it is, in `text(…)` or `DDL(…)`, with parameters bound to it.
pub(super) fn as_text(value: &Value) -> Option<(Value, Vec<(String, Value)>)> {
    match value {
        Value::Text(_) | Value::Partly(..) => return Some((value.clone(), Vec::new())),
        _ => {}
    }
    if let Some(("sqlalchemy.text" | "sqlalchemy.DDL" | "sqlalchemy.TextClause", call)) = value.call() {
        return as_text(call.args.first()?);
    }
    let (of, method, call) = value.method()?;
    if !matches!(method, "bindparams" | "params" | "execution_options" | "columns" | "strip") {
        return None;
    }
    let (found, mut bound) = as_text(of)?;
    if matches!(method, "bindparams" | "params") {
        bound.extend(call.keywords.iter().map(|(name, value)| (name.to_string(), value.clone())));
        for parameter in &call.args {
            // `bindparam("name", value=…)`
            if let Some(("sqlalchemy.bindparam", own)) = parameter.call() {
                let given = Given { args: own.args.clone(), keywords: own.keywords.clone(), unknown: None };
                if let (Ok(name), Some(value)) = (given.need(0, "key"), given.get(1, "value")) {
                    bound.push((name, value.clone()));
                }
            }
        }
    }
    Some((found, bound))
}

/// Text with `:name` replaced by the values that are known.
pub(super) fn with_parameters(sql: &Mapped, bound: &[(String, Value)]) -> Mapped {
    let mut filled = Mapped::default();
    let (text, mut from, mut at) = (sql.text.as_str(), 0, 0);
    while let Some(found) = text[at..].find(':').map(|found| at + found) {
        let name: &str = {
            let rest = &text[found + 1..];
            let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            &rest[..length]
        };
        at = found + 1 + name.len();
        let before = text[..found].chars().next_back();
        let is_other =
            before.is_some_and(|c| c == ':' || c == '\\' || c.is_alphanumeric()) || text[at..].starts_with(':');
        if name.is_empty() || is_other {
            continue;
        }
        let value = bound.iter().rev().find(|(own, _)| own == name).map(|(_, value)| value);
        let Some(written) = value.and_then(known) else { continue };
        filled.append(sql, from, found);
        match sql.span(found, at) {
            Some(span) => filled.stand_in(&written, span),
            None => filled.lead(&written),
        }
        from = at;
    }
    filled.append(sql, from, text.len());
    filled
}

/// A value that is known, as it is written in SQL.
fn known(value: &Value) -> Option<String> {
    match value {
        Value::None | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {
            expressions::sql(value, Dialect::Generic).ok()
        }
        Value::List(list) if !list.values.is_empty() => {
            let values: Option<Vec<String>> = list.values.iter().map(known).collect();
            Some(format!("({})", values?.join(", ")))
        }
        _ => None,
    }
}

/// A chain of methods, from the inside: what it begins with, and each method with its arguments.
fn chain(value: &Value) -> (Value, Vec<(String, Call)>) {
    let (mut at, mut links) = (value.clone(), Vec::new());
    while let Some((of, method, call)) = at.clone().method() {
        links.push((method.to_owned(), call.clone()));
        at = of.clone();
    }
    links.reverse();
    (at, links)
}

/// A statement that SQLAlchemy writes.
pub(super) fn statement(value: &Value, parameters: Option<&Value>, dialect: Dialect) -> Result<Vec<String>, String> {
    let (base, mut links) = chain(value);
    if let Some((path, call)) = base.call() {
        let own = path.rsplit('.').next().unwrap_or(path);
        let first = || call.args.first().cloned().unwrap_or(Value::None);
        match own {
            "update" | "insert" | "delete" if path.starts_with("sqlalchemy") => {
                links.insert(0, (own.to_owned(), Call { callee: Value::None, args: Vec::new(), keywords: Vec::new() }));
                return change(&first(), &links, parameters, dialect);
            }
            "select" if path.starts_with("sqlalchemy") => return select_chain(value, dialect).map(|sql| vec![sql]),
            "CreateTable" => {
                let table = first();
                let (_, call) = table.call().filter(|_| is_table(&table)).ok_or_else(|| not_known(&table))?;
                let given = Given { args: call.args.clone(), keywords: call.keywords.clone(), unknown: None };
                return columns::create_table(&given, dialect);
            }
            "DropTable" => return Ok(vec![format!("DROP TABLE {}", table_name(&first(), dialect)?)]),
            "CreateSchema" | "DropSchema" => {
                let verb = if own == "CreateSchema" { "CREATE" } else { "DROP" };
                return Ok(vec![format!("{verb} SCHEMA {}", quoted(&text(&first())?, dialect))]);
            }
            "CreateSequence" | "DropSequence" => {
                let sequence = first();
                let name =
                    sequence.call().and_then(|(_, call)| call.args.first()).ok_or_else(|| not_known(&sequence))?;
                let verb = if own == "CreateSequence" { "CREATE" } else { "DROP" };
                return Ok(vec![format!("{verb} SEQUENCE {}", quoted(&text(name)?, dialect))]);
            }
            _ => {}
        }
    }
    if links.first().is_some_and(|(method, _)| matches!(method.as_str(), "update" | "insert" | "delete")) {
        return change(&base, &links, parameters, dialect);
    }
    if links.first().is_some_and(|(method, _)| method == "select") && is_table(&base) {
        return Ok(vec![format!("SELECT * FROM {}", table_name(&base, dialect)?)]);
    }
    Err(format!("its SQL is put together at run time: {}", not_known(value)))
}

/// `table.update().where(…).values(…)` and its like.
fn change(
    base: &Value,
    links: &[(String, Call)],
    parameters: Option<&Value>,
    dialect: Dialect,
) -> Result<Vec<String>, String> {
    let table = table_name(base, dialect)?;
    let (mut filters, mut values, mut query): (Vec<String>, Vec<Value>, Option<String>) = Default::default();
    let verb = links.first().map_or("", |(verb, _)| verb.as_str());
    for (method, call) in links {
        match method.as_str() {
            "update" | "insert" | "delete" => {
                // An older form has the condition and the values in the call.
                if let Some(first) = call.args.first() {
                    if verb == "insert" {
                        values.push(first.clone());
                    } else {
                        filters.push(expressions::sql_of(first, &table, dialect)?);
                    }
                }
                if let Some((_, own)) = call.keywords.iter().find(|(name, _)| &**name == "values") {
                    values.push(own.clone());
                }
            }
            "where" | "filter" => {
                for condition in &call.args {
                    filters.push(expressions::sql_of(condition, &table, dialect)?);
                }
            }
            "filter_by" => filters.extend(by_name(call, dialect)?),
            "values" => {
                values.extend(call.args.iter().cloned());
                if !call.keywords.is_empty() {
                    let entries = call.keywords.iter().map(|(name, value)| (Value::plain(name), value.clone()));
                    values.push(Value::dict(entries.collect()));
                }
            }
            "from_select" => {
                let [names, select] = call.args.as_slice() else {
                    return Err("from_select without its query".to_owned());
                };
                let names: Vec<String> = match names {
                    Value::List(list) => {
                        list.values.iter().map(|name| column_name(name, dialect)).collect::<Result<_, _>>()?
                    }
                    other => return Err(not_known(other)),
                };
                query = Some(format!("({}) {}", names.join(", "), select_chain(select, dialect)?));
            }
            _ => {}
        }
    }
    values.extend(parameters.cloned().filter(|_| verb != "delete"));
    let filter = |filters: &[String]| match filters {
        [] => String::new(),
        [one] => format!(" WHERE {one}"),
        several => format!(" WHERE ({})", several.join(") AND (")),
    };
    match verb {
        "delete" => Ok(vec![format!("DELETE FROM {table}{}", filter(&filters))]),
        "update" => {
            let mut sets = Vec::new();
            for value in &values {
                for (name, value) in pairs(value)? {
                    sets.push(format!(
                        "{} = {}",
                        column_name(&name, dialect)?,
                        expressions::sql_of(&value, &table, dialect)?
                    ));
                }
            }
            if sets.is_empty() {
                return Err("which columns it changes is known only at run time".to_owned());
            }
            Ok(vec![format!("UPDATE {table} SET {}{}", sets.join(", "), filter(&filters))])
        }
        _ => match query {
            Some(query) => Ok(vec![format!("INSERT INTO {table} {query}")]),
            None => {
                let rows: Vec<Value> = values
                    .into_iter()
                    .flat_map(|value| match &value {
                        Value::List(list) => list.values.clone(),
                        _ => vec![value],
                    })
                    .collect();
                insert_rows(base, &Value::list(rows), dialect)
            }
        },
    }
}

fn pairs(value: &Value) -> Result<Vec<(Value, Value)>, String> {
    match value {
        Value::Dict(dict) => Ok(dict.entries.clone()),
        other => Err(not_known(other)),
    }
}

/// `{table.c.name: …}` or `{"name": …}`
fn column_name(value: &Value, dialect: Dialect) -> Result<String, String> {
    if let Some(name) = value.text() {
        return Ok(quoted(name, dialect));
    }
    match value {
        Value::Formula(formula) => match &formula.kind {
            Kind::Member(_, name) => Ok(quoted(name, dialect)),
            Kind::Item(_, key) => text(key).map(|name| quoted(&name, dialect)),
            _ => expressions::sql(value, dialect),
        },
        _ => Err(not_known(value)),
    }
}

fn by_name(call: &Call, dialect: Dialect) -> Result<Vec<String>, String> {
    let pair = |(name, value): &(std::rc::Rc<str>, Value)| {
        let name = quoted(name, dialect);
        Ok(match value {
            Value::None => format!("{name} IS NULL"),
            value => format!("{name} = {}", expressions::sql(value, dialect)?),
        })
    };
    call.keywords.iter().map(pair).collect()
}

/// Rows as they are given to `bulk_insert`. Rows of the same columns become one statement.
pub(super) fn insert_rows(table: &Value, rows: &Value, dialect: Dialect) -> Result<Vec<String>, String> {
    let table = table_name(table, dialect)?;
    let rows = match rows {
        Value::List(list) => list.values.as_slice(),
        // That rows are added is known, whatever they are.
        _ => return Ok(vec![format!("INSERT INTO {table} VALUES (:computed)")]),
    };
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut statements: Vec<(String, Vec<String>)> = Vec::new();
    for row in rows {
        let Value::Dict(row) = row else { return Ok(vec![format!("INSERT INTO {table} VALUES (:computed)")]) };
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (name, value) in &row.entries {
            names.push(column_name(name, dialect)?);
            values.push(expressions::sql(value, dialect)?);
        }
        let (names, values) = (names.join(", "), format!("({})", values.join(", ")));
        match statements.last_mut().filter(|(own, rows)| *own == names && rows.len() < MOST_ROWS) {
            Some((_, rows)) => rows.push(values),
            None => statements.push((names, vec![values])),
        }
    }
    let written =
        |(names, rows): (String, Vec<String>)| format!("INSERT INTO {table} ({names}) VALUES {}", rows.join(", "));
    Ok(statements.into_iter().map(written).collect())
}

/// A SELECT with its methods.
pub(super) fn select_chain(value: &Value, dialect: Dialect) -> Result<String, String> {
    let (base, _) = chain(value);
    match base.call() {
        Some(("sqlalchemy.select", call)) => select(&call.args, value, dialect),
        _ => Err(format!("its query is put together at run time: {}", not_known(value))),
    }
}

pub(super) fn select(columns: &[Value], whole: &Value, dialect: Dialect) -> Result<String, String> {
    // An older form has the columns in a list.
    let columns: Vec<Value> = match columns {
        [Value::List(list)] => list.values.clone(),
        others => others.to_vec(),
    };
    let (_, links) = chain(whole);
    let mut tables: Vec<String> = Vec::new();
    let note = |value: &Value, tables: &mut Vec<String>| {
        let table = table_of(value).and_then(|table| table_name(table, dialect).ok());
        tables.extend(table.filter(|table| !tables.contains(table)));
    };
    let mut parts = Vec::new();
    for column in &columns {
        note(column, &mut tables);
        parts.push(if is_table(column) { "*".to_owned() } else { expressions::sql(column, dialect)? });
    }
    let (mut filters, mut rest) = (Vec::new(), String::new());
    for (method, call) in &links {
        match method.as_str() {
            "where" | "filter" => {
                for condition in &call.args {
                    filters.push(expressions::sql(condition, dialect)?);
                }
            }
            "select_from" => call.args.iter().for_each(|table| note(table, &mut tables)),
            "group_by" | "order_by" => {
                let parts: Result<Vec<String>, String> =
                    call.args.iter().map(|part| expressions::sql(part, dialect)).collect();
                rest.push_str(&format!(" {} {}", method.to_uppercase().replace('_', " "), parts?.join(", ")));
            }
            "join" | "outerjoin" | "having" | "union" | "union_all" | "from_statement" | "cte" => {
                return Err(format!("a query with `{method}` is not read here"));
            }
            _ => {}
        }
    }
    let list = if parts.is_empty() { "1".to_owned() } else { parts.join(", ") };
    let from = if tables.is_empty() { String::new() } else { format!(" FROM {}", tables.join(", ")) };
    let filter = if filters.is_empty() { String::new() } else { format!(" WHERE ({})", filters.join(") AND (")) };
    Ok(format!("SELECT {list}{from}{filter}{rest}"))
}

/// The table of a column, or of the first column in a function.
fn table_of(value: &Value) -> Option<&Value> {
    if is_table(value) {
        return Some(value);
    }
    let Value::Formula(formula) = value else { return None };
    match &formula.kind {
        Kind::Member(of, _) | Kind::Item(of, _) => table_of(of),
        Kind::Call(call) => call.args.iter().find_map(table_of).or_else(|| table_of(&call.callee)),
        Kind::Binary(left, _, right) => table_of(left).or_else(|| table_of(right)),
        Kind::Unary(_, inner) => table_of(inner),
    }
}

/// `session.query(Table).filter(…)`
pub(super) fn is_of_a_session(value: &Value) -> bool {
    let (_, links) = chain(value);
    links.iter().any(|(method, _)| method == "query")
}

pub(super) fn of_a_session(of: &Value, method: &str, given: &Given, dialect: Dialect) -> Result<String, String> {
    let (_, links) = chain(of);
    let query = links.iter().find(|(own, _)| own == "query");
    let Some(base) = query.and_then(|(_, call)| call.args.first()) else {
        return Err(format!("what `{method}` is called on is known only at run time"));
    };
    let mut links: Vec<(String, Call)> = links.iter().filter(|(own, _)| own != "query").cloned().collect();
    let call = Call { callee: Value::None, args: Vec::new(), keywords: Vec::new() };
    links.insert(0, (method.to_owned(), call.clone()));
    if method == "update" {
        links.push(("values".to_owned(), Call { args: given.args.iter().take(1).cloned().collect(), ..call }));
    }
    let base = table_of(base).unwrap_or(base);
    change(base, &links, None, dialect)?.into_iter().next().ok_or_else(|| "it changes nothing".to_owned())
}
