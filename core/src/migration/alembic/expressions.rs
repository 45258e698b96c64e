//! Expressions of SQLAlchemy's own language, as SQL.

use super::arguments::{Given, not_known};
use super::columns::{literal, quoted};
use super::queries;
use super::types;
use super::value::{Kind, Value};
use crate::dialect::Dialect;

/// Nobody writes a longer one by hand; parts that are used again and again grow without end.
const LONGEST: usize = 1 << 20;

/// An expression. A value that is known only at run time is a parameter in it.
pub(super) fn sql(value: &Value, dialect: Dialect) -> Result<String, String> {
    let mut writer = Writer { dialect, out: String::new(), own: None };
    writer.value(value)?;
    Ok(writer.out)
}

/// The same within a statement about one table, whose columns need no prefix.
pub(super) fn sql_of(value: &Value, table: &str, dialect: Dialect) -> Result<String, String> {
    let mut writer = Writer { dialect, out: String::new(), own: Some(table) };
    writer.value(value)?;
    Ok(writer.out)
}

/// A condition or expression; a text is SQL.
pub(super) fn condition(value: &Value, dialect: Dialect) -> Result<String, String> {
    match value {
        Value::Text(text) => Ok(text.text.clone()),
        Value::Partly(..) => Err(not_known(value)),
        value => sql(value, dialect),
    }
}

struct Writer<'w> {
    dialect: Dialect,
    out: String,
    /// The table that the statement is about.
    own: Option<&'w str>,
}

impl Writer<'_> {
    fn put(&mut self, text: &str) -> Result<(), String> {
        self.out.push_str(text);
        if self.out.len() > LONGEST { Err("the SQL of this call grows too large".to_owned()) } else { Ok(()) }
    }

    fn value(&mut self, value: &Value) -> Result<(), String> {
        match value {
            Value::None => self.put("NULL"),
            Value::Bool(true) => self.put("TRUE"),
            Value::Bool(false) => self.put("FALSE"),
            Value::Number(number) => self.put(number),
            Value::Text(text) => self.put(&literal(&text.text)),
            Value::List(list) => {
                self.put("(")?;
                self.listed(&list.values)?;
                self.put(")")
            }
            // What is made of a row or of the clock: some value.
            Value::Unknown(_) | Value::Partly(..) => self.put(":computed"),
            Value::Dict(_) => self.put(":computed"),
            Value::Name(path) if &**path == "sqlalchemy.null" => self.put("NULL"),
            Value::Name(path) if path.starts_with("(this file).") || !path.starts_with("sqlalchemy.") => {
                self.put(":computed")
            }
            Value::Name(_) | Value::Function(_) => Err(not_known(value)),
            Value::Formula(formula) => match &formula.kind {
                Kind::Binary(left, sign, right) => self.binary(left, sign, right),
                Kind::Unary(sign, inner) => {
                    self.put(sign)?;
                    self.put(" (")?;
                    self.value(inner)?;
                    self.put(")")
                }
                Kind::Member(of, name) => self.member(of, name, value),
                Kind::Item(of, key) => match (is_columns(of), key.text()) {
                    // `table.c["name"]`
                    (Some(table), Some(name)) => self.column(table, name),
                    _ => self.put(":computed"),
                },
                Kind::Call(_) => self.call(value),
            },
        }
    }

    fn listed(&mut self, values: &[Value]) -> Result<(), String> {
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.put(", ")?;
            }
            self.value(value)?;
        }
        Ok(())
    }

    fn binary(&mut self, left: &Value, sign: &str, right: &Value) -> Result<(), String> {
        let is_joined = matches!(sign, "AND" | "OR");
        self.operand(left, is_joined)?;
        match (sign, right) {
            ("=", Value::None) => self.put(" IS NULL"),
            ("<>", Value::None) => self.put(" IS NOT NULL"),
            _ => {
                self.put(&format!(" {sign} "))?;
                self.operand(right, is_joined)
            }
        }
    }

    /// One side of an operator: what is made of operators itself stands in brackets.
    fn operand(&mut self, value: &Value, is_joined: bool) -> Result<(), String> {
        let is_binary = match value {
            Value::Formula(formula) => match &formula.kind {
                Kind::Binary(_, sign, _) => !is_joined || matches!(*sign, "AND" | "OR"),
                _ => false,
            },
            _ => false,
        };
        if !is_binary {
            return self.value(value);
        }
        self.put("(")?;
        self.value(value)?;
        self.put(")")
    }

    fn member(&mut self, of: &Value, name: &str, whole: &Value) -> Result<(), String> {
        if let Some(table) = is_columns(of).or_else(|| queries::is_table(of).then_some(of)) {
            return self.column(table, name);
        }
        match whole {
            // What a row, an object or a connection has is some value.
            Value::Formula(_) => self.put(":computed"),
            _ => Err(not_known(whole)),
        }
    }

    fn column(&mut self, table: &Value, name: &str) -> Result<(), String> {
        let table = queries::table_name(table, self.dialect)?;
        if self.own != Some(table.as_str()) {
            self.put(&table)?;
            self.put(".")?;
        }
        let name = quoted(name, self.dialect);
        self.put(&name)
    }

    fn call(&mut self, value: &Value) -> Result<(), String> {
        if let Some((path, call)) = value.call() {
            let given = Given { args: call.args.clone(), keywords: call.keywords.clone(), unknown: None };
            if let Some(function) = path.strip_prefix("sqlalchemy.func.") {
                let bare = matches!(function, "current_timestamp" | "current_date" | "current_time" | "localtimestamp");
                let name = types::function_name(function, self.dialect);
                self.put(&if bare { function.to_uppercase() } else { name })?;
                if bare {
                    return Ok(());
                }
                self.put("(")?;
                self.listed(&call.args)?;
                return self.put(")");
            }
            let own = path.strip_prefix("sqlalchemy.").unwrap_or(path);
            return match own {
                "text" | "literal_column" | "DDL" | "column" => match call.args.first() {
                    Some(Value::Text(text)) => {
                        let written =
                            if own == "column" { quoted(&text.text, self.dialect) } else { text.text.clone() };
                        self.put(&written)
                    }
                    Some(other) => Err(not_known(other)),
                    None => Err("text without its SQL".to_owned()),
                },
                "literal" | "bindparam" if own == "literal" || given.keyword("value").is_some() => self.value(
                    call.args.first().filter(|_| own == "literal").or(given.keyword("value")).unwrap_or(&Value::None),
                ),
                "bindparam" => self.put(":computed"),
                "true" => self.put("true"),
                "false" => self.put("false"),
                "null" => self.put("NULL"),
                "and_" | "or_" => self.joined(&call.args, if own == "and_" { " AND " } else { " OR " }),
                "not_" => {
                    self.put("NOT (")?;
                    self.listed(&call.args)?;
                    self.put(")")
                }
                "cast" | "type_coerce" | "try_cast" => {
                    let [of, kind] = call.args.as_slice() else { return Err("a cast without its type".to_owned()) };
                    let from = self.out.len();
                    self.value(of)?;
                    let inner = self.out.split_off(from);
                    let cast = types::cast(&inner, kind, self.dialect)?;
                    self.put(&cast)
                }
                "case" => self.case(&given),
                "distinct" => {
                    self.put("DISTINCT ")?;
                    self.listed(&call.args)
                }
                "exists" => {
                    self.put("EXISTS (")?;
                    let inner = queries::select(&call.args[..call.args.len().min(1)], value, self.dialect)?;
                    self.put(&inner)?;
                    self.put(")")
                }
                "select" => {
                    let inner = queries::select(&call.args, value, self.dialect)?;
                    self.put(&format!("({inner})"))
                }
                "tuple_" => {
                    self.put("(")?;
                    self.listed(&call.args)?;
                    self.put(")")
                }
                _ if !path.starts_with("sqlalchemy.") => self.put(":computed"),
                other => Err(format!("`sqlalchemy.{other}` in an expression is not known here")),
            };
        }
        let Some((of, method, call)) = value.method() else { return self.put(":computed") };
        let first = call.args.first();
        let given = Given { args: call.args.clone(), keywords: call.keywords.clone(), unknown: None };
        let infix = |sign: &str| Some(sign.to_owned());
        let sign = match method {
            "in_" => infix("IN"),
            "notin_" | "not_in" => infix("NOT IN"),
            "like" => infix("LIKE"),
            "ilike" => infix("ILIKE"),
            "notlike" | "not_like" => infix("NOT LIKE"),
            "is_" | "is_distinct_from" => infix(if method == "is_" { "IS" } else { "IS DISTINCT FROM" }),
            "isnot" | "is_not" => infix("IS NOT"),
            "concat" => infix("||"),
            "op" => None,
            _ => None,
        };
        if let Some(sign) = sign {
            let operand = first.ok_or_else(|| format!("{method} without a value"))?;
            self.operand(of, false)?;
            self.put(&format!(" {sign} "))?;
            // A query stands in brackets already.
            return self.value(operand);
        }
        match method {
            "startswith" | "endswith" | "contains" => {
                let text = first.and_then(Value::text).map(|text| text.replace('%', "\\%"));
                let text = text.map(|text| match method {
                    "startswith" => format!("{text}%"),
                    "endswith" => format!("%{text}"),
                    _ => format!("%{text}%"),
                });
                self.operand(of, false)?;
                self.put(" LIKE ")?;
                self.put(&text.map_or_else(|| ":computed".to_owned(), |text| literal(&text)))
            }
            "between" => {
                let [low, high] = call.args.as_slice() else { return Err("between without two values".to_owned()) };
                self.operand(of, false)?;
                self.put(" BETWEEN ")?;
                self.value(low)?;
                self.put(" AND ")?;
                self.value(high)
            }
            "label" | "self_group" | "scalar_subquery" | "as_scalar" | "subquery" | "collate" => self.value(of),
            "desc" | "asc" | "nullslast" | "nulls_last" | "nullsfirst" | "nulls_first" => {
                self.value(of)?;
                self.put(match method {
                    "desc" => " DESC",
                    "asc" => " ASC",
                    "nullslast" | "nulls_last" => " NULLS LAST",
                    _ => " NULLS FIRST",
                })
            }
            "cast" => {
                let from = self.out.len();
                self.value(of)?;
                let inner = self.out.split_off(from);
                let cast = types::cast(&inner, first.ok_or("a cast without its type")?, self.dialect)?;
                self.put(&cast)
            }
            "bool_op" | "op" => Err(format!("`{method}` makes an operator that is not known here")),
            _ if is_made_of_select(value) => {
                let inner = queries::select_chain(value, self.dialect)?;
                self.put(&format!("({inner})"))
            }
            // `sa.func.lower(x).…`, or something that a row or connection gives.
            _ if given.args.is_empty() || !of.said().starts_with("sqlalchemy.") => self.put(":computed"),
            _ => Err(format!("`{method}` in an expression is not known here")),
        }
    }

    fn joined(&mut self, values: &[Value], sign: &str) -> Result<(), String> {
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.put(sign)?;
            }
            self.put("(")?;
            self.value(value)?;
            self.put(")")?;
        }
        Ok(())
    }

    /// `case((condition, value), …, else_=value)`; older: a list of pairs, or a dictionary with `value=`.
    fn case(&mut self, given: &Given) -> Result<(), String> {
        let mut arms = Vec::new();
        for argument in &given.args {
            match argument {
                Value::List(list) if list.values.iter().all(|pair| matches!(pair, Value::List(_))) => {
                    arms.extend(list.values.iter().cloned());
                }
                Value::Dict(dict) => {
                    arms.extend(dict.entries.iter().map(|(key, value)| Value::list(vec![key.clone(), value.clone()])));
                }
                other => arms.push(other.clone()),
            }
        }
        self.put("CASE")?;
        if let Some(value) = given.keyword("value") {
            self.put(" ")?;
            self.value(value)?;
        }
        for arm in &arms {
            let Value::List(pair) = arm else { return Err(not_known(arm)) };
            let [when, then] = pair.values.as_slice() else {
                return Err("an arm of a case without its value".to_owned());
            };
            self.put(" WHEN ")?;
            self.value(when)?;
            self.put(" THEN ")?;
            self.value(then)?;
        }
        if let Some(other) = given.keyword("else_") {
            self.put(" ELSE ")?;
            self.value(other)?;
        }
        self.put(" END")
    }
}

/// `table.c`, `table.columns`: the table.
fn is_columns(value: &Value) -> Option<&Value> {
    let Value::Formula(formula) = value else { return None };
    match &formula.kind {
        Kind::Member(of, name) if matches!(&**name, "c" | "columns") => Some(of),
        _ => None,
    }
}

fn is_made_of_select(value: &Value) -> bool {
    let mut at = value.clone();
    while let Some((of, _, _)) = at.clone().method() {
        at = of.clone();
    }
    at.call().is_some_and(|(path, _)| path == "sqlalchemy.select")
}
