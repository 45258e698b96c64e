//! Python's own functions, over values that are known.

use super::arguments::Given;
use super::evaluate::items;
use super::strings;
use super::value::{LONGEST_LIST, Value};

/// Functions that leave the database alone, whatever they are given.
const HARMLESS: [&str; 32] = [
    "print",
    "len",
    "str",
    "int",
    "float",
    "bool",
    "repr",
    "list",
    "tuple",
    "dict",
    "set",
    "frozenset",
    "sorted",
    "reversed",
    "enumerate",
    "zip",
    "range",
    "min",
    "max",
    "sum",
    "any",
    "all",
    "isinstance",
    "hasattr",
    "getattr",
    "iter",
    "next",
    "open",
    "format",
    "abs",
    "exit",
    "quit",
];

/// Modules of which the same holds.
const HARMLESS_MODULES: [&str; 32] = [
    "logging",
    "datetime",
    "uuid",
    "json",
    "os",
    "sys",
    "re",
    "math",
    "decimal",
    "random",
    "string",
    "hashlib",
    "itertools",
    "collections",
    "functools",
    "time",
    "warnings",
    "typing",
    "textwrap",
    "inspect",
    "pathlib",
    "csv",
    "enum",
    "secrets",
    "base64",
    "copy",
    "dataclasses",
    "io",
    "contextlib",
    "operator",
    "pprint",
    "traceback",
];

pub(super) fn is_harmless(path: &str) -> bool {
    HARMLESS.contains(&path) || HARMLESS_MODULES.contains(&path.split('.').next().unwrap_or(path))
}

/// What one of them gives; none where it is another, or where that is not known.
pub(super) fn call(path: &str, given: &Given) -> Option<Value> {
    let first = given.args.first();
    match path {
        "str" | "repr" => match first? {
            text @ (Value::Text(_) | Value::Partly(..)) if path == "str" => Some(text.clone()),
            value if path == "repr" => strings::repr(value).map(|text| Value::plain(&text)),
            value => strings::shown(value).map(|text| Value::plain(&text)),
        },
        "int" => first?.integer().or_else(|| first?.text()?.trim().parse().ok()).map(Value::number),
        "bool" => first?.truth().map(Value::Bool),
        "len" => match first? {
            Value::List(list) => Some(Value::number(list.values.len())),
            Value::Dict(dict) => Some(Value::number(dict.entries.len())),
            Value::Text(text) => Some(Value::number(text.text.chars().count())),
            _ => None,
        },
        "list" | "tuple" | "set" | "frozenset" | "reversed" | "iter" => {
            let Some(first) = first else { return Some(Value::list(Vec::new())) };
            let mut values = items(first)?;
            if path == "reversed" {
                values.reverse();
            }
            if path.ends_with("set") {
                return Some(Value::list(distinct(values)?));
            }
            Some(Value::list(values))
        }
        "dict" => {
            let mut entries = match first {
                None => Vec::new(),
                Some(Value::Dict(dict)) => dict.entries.clone(),
                Some(pairs) => match dict_of_pairs(pairs)? {
                    Value::Dict(dict) => dict.entries.clone(),
                    _ => return None,
                },
            };
            entries.extend(given.keywords.iter().map(|(name, value)| (Value::plain(name), value.clone())));
            Some(Value::dict(entries))
        }
        "sorted" if given.keywords.is_empty() => {
            let mut texts: Vec<Value> = items(first?)?;
            if !texts.iter().all(|value| value.text().is_some()) {
                return None;
            }
            texts.sort_by(|left, right| left.text().cmp(&right.text()));
            Some(Value::list(texts))
        }
        "enumerate" => {
            let start = given.get(1, "start").map_or(Some(0), Value::integer)?;
            let pair = |(index, value): (usize, Value)| {
                let index = i64::try_from(index).unwrap_or(i64::MAX).saturating_add(start);
                Value::list(vec![Value::number(index), value])
            };
            Some(Value::list(items(first?)?.into_iter().enumerate().map(pair).collect()))
        }
        "zip" => {
            let lists: Option<Vec<Vec<Value>>> = given.args.iter().map(items).collect();
            let lists = lists?;
            let length = lists.iter().map(Vec::len).min().unwrap_or(0);
            let row = |index: usize| Value::list(lists.iter().map(|list| list[index].clone()).collect());
            Some(Value::list((0..length).map(row).collect()))
        }
        "range" => {
            let numbers: Option<Vec<i64>> = given.args.iter().map(Value::integer).collect();
            let (from, to, step) = match *numbers? {
                [to] => (0, to, 1),
                [from, to] => (from, to, 1),
                [from, to, step] => (from, to, step),
                _ => return None,
            };
            let (mut values, mut at) = (Vec::new(), from);
            while step != 0 && (step > 0 && at < to || step < 0 && at > to) {
                if values.len() > LONGEST_LIST {
                    return None;
                }
                values.push(Value::number(at));
                at = at.checked_add(step)?;
            }
            Some(Value::list(values))
        }
        "any" | "all" => {
            let mut is_known = true;
            for value in items(first?)? {
                match value.truth() {
                    Some(truth) if truth == (path == "any") => return Some(Value::Bool(truth)),
                    Some(_) => {}
                    None => is_known = false,
                }
            }
            is_known.then_some(Value::Bool(path == "all"))
        }
        // Blanks make no difference to SQL.
        "textwrap.dedent" | "inspect.cleandoc" => first.cloned(),
        _ => None,
    }
}

/// Few values at most: each is compared with each. Python keeps no order in a set; the order of the file is one of them.
fn distinct(values: Vec<Value>) -> Option<Vec<Value>> {
    const MOST: usize = 2000;
    let mut kept: Vec<Value> = Vec::new();
    if values.len() > MOST {
        return None;
    }
    for value in values {
        if !kept.iter().any(|other| other.equals(&value) == Some(true)) {
            kept.push(value);
        }
    }
    Some(kept)
}

pub(super) fn dict_of_pairs(pairs: &Value) -> Option<Value> {
    let Value::List(list) = pairs else { return None };
    let pair = |value: &Value| match value {
        Value::List(pair) if pair.values.len() == 2 => Some((pair.values[0].clone(), pair.values[1].clone())),
        _ => None,
    };
    let entries: Option<Vec<(Value, Value)>> = list.values.iter().map(pair).collect();
    Some(Value::dict(entries?))
}
