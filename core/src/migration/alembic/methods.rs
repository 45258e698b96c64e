//! Methods of texts, lists and dictionaries, over values that are known.

use super::arguments::Given;
use super::strings::{self, Built};
use super::value::Value;

/// What is looked through is no longer than this; a longer one is not known, so that no file costs the square of its length.
const LONGEST_SEARCHED: usize = 2000;

/// Whether a method changes what it is called on.
pub(super) fn changes(method: &str) -> bool {
    matches!(
        method,
        "append"
            | "extend"
            | "insert"
            | "update"
            | "add"
            | "setdefault"
            | "remove"
            | "pop"
            | "clear"
            | "sort"
            | "reverse"
    )
}

/// What a method gives; none where that is not known.
pub(super) fn call(of: &Value, method: &str, given: &Given) -> Option<Value> {
    if given.unknown.is_some() {
        return None;
    }
    match of {
        Value::Text(_) | Value::Partly(..) => text(of, method, given),
        Value::Dict(dict) => {
            let entries = dict.entries.iter();
            match method {
                "items" => Some(Value::list(
                    entries.map(|(key, value)| Value::list(vec![key.clone(), value.clone()])).collect(),
                )),
                "keys" => Some(Value::list(entries.map(|(key, _)| key.clone()).collect())),
                "values" => Some(Value::list(entries.map(|(_, value)| value.clone()).collect())),
                "copy" => Some(of.clone()),
                "get" => {
                    let found = item(of, given.args.first()?);
                    let is_absent = contains(of, given.args.first()?) == Some(false);
                    found.or_else(|| is_absent.then(|| given.args.get(1).cloned().unwrap_or(Value::None)))
                }
                _ => None,
            }
        }
        Value::List(list) => match method {
            "copy" => Some(of.clone()),
            "index" => {
                let wanted = given.args.first()?;
                let mut at = None;
                for (index, value) in list.values.iter().enumerate() {
                    if value.equals(wanted)? {
                        at = Some(index);
                        break;
                    }
                }
                at.map(Value::number)
            }
            _ => None,
        },
        _ => None,
    }
}

fn text(of: &Value, method: &str, given: &Given) -> Option<Value> {
    match (method, of) {
        // Blanks at the ends make no difference to SQL, and places stay what they are.
        ("strip" | "rstrip" | "lstrip", Value::Partly(..)) => return Some(of.clone()),
        ("format", _) => return braces(of, given),
        ("join", Value::Text(_)) => {
            let Value::List(list) = given.args.first()? else { return None };
            let mut built = Built::default();
            for (index, value) in list.values.iter().enumerate() {
                if index > 0 {
                    built.append(of, "", None);
                }
                built.append(value, &value.said(), None);
            }
            return Some(built.finish());
        }
        _ => {}
    }
    let own = of.text()?;
    let argument = |index: usize| given.args.get(index).and_then(Value::text);
    let made = |text: String| Some(Value::plain(&text));
    let split = |parts: Vec<&str>| Some(Value::list(parts.into_iter().map(Value::plain).collect()));
    match method {
        "strip" | "lstrip" | "rstrip" => {
            let Value::Text(mapped) = of else { return None };
            let is_cut = |c: char| argument(0).map_or(c.is_whitespace(), |cut| cut.contains(c));
            let from = if method == "rstrip" { 0 } else { own.len() - own.trim_start_matches(is_cut).len() };
            let to = if method == "lstrip" { own.len() } else { own.trim_end_matches(is_cut).len().max(from) };
            let mut part = Built::default();
            part.mapped.append(mapped, from, to);
            Some(part.finish())
        }
        "lower" => made(own.to_lowercase()),
        "upper" => made(own.to_uppercase()),
        "capitalize" => {
            let mut rest = own.chars();
            let first = rest.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
            made(first + &rest.as_str().to_lowercase())
        }
        "replace" => {
            let old = argument(0)?;
            let Value::Text(mapped) = of else { return None };
            if old.is_empty() {
                return None;
            }
            // What is not replaced keeps its place.
            let (mut built, mut at) = (Built::default(), 0);
            for (from, _) in own.match_indices(old) {
                built.mapped.append(mapped, at, from);
                match mapped.span(from, from + old.len()) {
                    Some(span) if given.args.get(1)?.text().is_some() => built.add(argument(1), "", Some(span)),
                    _ => built.append(given.args.get(1)?, &given.args.get(1)?.said(), None),
                }
                at = from + old.len();
            }
            built.mapped.append(mapped, at, own.len());
            Some(built.finish())
        }
        "split" => match argument(0) {
            None => split(own.split_whitespace().collect()),
            Some(mark) if !mark.is_empty() && given.args.len() == 1 => split(own.split(mark).collect()),
            _ => None,
        },
        "splitlines" => split(own.lines().collect()),
        "startswith" => argument(0).map(|start| Value::Bool(own.starts_with(start))),
        "endswith" => argument(0).map(|end| Value::Bool(own.ends_with(end))),
        "removeprefix" => made(own.strip_prefix(argument(0)?).unwrap_or(own).to_owned()),
        "removesuffix" => made(own.strip_suffix(argument(0)?).unwrap_or(own).to_owned()),
        _ => None,
    }
}

/// `"… {} {name} …".format(…)`
fn braces(of: &Value, given: &Given) -> Option<Value> {
    let (Value::Text(mapped) | Value::Partly(mapped, _)) = of else { return None };
    let text = mapped.text.as_str();
    let (mut built, mut at, mut next) = (Built::default(), 0, 0);
    if let Value::Partly(_, unknown) = of {
        built.append(&Value::Partly(std::rc::Rc::default(), unknown.clone()), "", None);
    }
    while let Some(found) = text[at..].find(['{', '}']).map(|found| at + found) {
        built.mapped.append(mapped, at, found);
        let rest = &text[found..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            built.mapped.append(mapped, found, found + 1);
            at = found + 2;
            continue;
        }
        let length = rest.find('}').filter(|_| rest.starts_with('{'))?;
        let field = &rest[1..length];
        let name = field.split(['!', ':', '.', '[']).next().unwrap_or(field);
        let value = match name {
            "" => {
                next += 1;
                given.args.get(next - 1)
            }
            name => name.parse().map_or_else(|_| given.keyword(name), |index: usize| given.args.get(index)),
        };
        let shown = value.filter(|_| name == field).and_then(strings::shown);
        let written = value.map(Value::said).filter(|said| said != "a value").unwrap_or_else(|| field.to_owned());
        match mapped.span(found, found + length + 1) {
            Some(span) => built.add(shown.as_deref(), &written, Some(span)),
            None => built.add(shown.as_deref(), &written, None),
        }
        at = found + length + 1;
    }
    built.mapped.append(mapped, at, text.len());
    Some(built.finish())
}

/// `"… %s %(name)s …" % values`
pub(super) fn percent(of: &Value, values: &Value) -> Option<Value> {
    let (Value::Text(mapped) | Value::Partly(mapped, _)) = of else { return None };
    let text = mapped.text.as_str();
    let (mut built, mut at, mut next) = (Built::default(), 0, 0);
    if let Value::Partly(_, unknown) = of {
        built.append(&Value::Partly(std::rc::Rc::default(), unknown.clone()), "", None);
    }
    while let Some(found) = text[at..].find('%').map(|found| at + found) {
        built.mapped.append(mapped, at, found);
        let rest = &text[found + 1..];
        let (name, rest, lead) = match rest.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            Some((name, rest)) => (Some(name), rest, name.len() + 2),
            None => (None, rest, 0),
        };
        let end = found + 2 + lead;
        match rest.chars().next()? {
            '%' if name.is_none() => built.mapped.append(mapped, found, found + 1),
            kind @ ('s' | 'd' | 'r' | 'i') => {
                let value = match (name, values) {
                    (Some(name), Value::Dict(_)) => item(values, &Value::plain(name)),
                    (Some(_), _) => None,
                    (None, Value::List(list)) => list.values.get(next).cloned(),
                    (None, value) => Some(value.clone()),
                };
                next += 1;
                let shown = value
                    .as_ref()
                    .and_then(|value| if kind == 'r' { strings::repr(value) } else { strings::shown(value) });
                let written = value.map_or_else(|| name.unwrap_or("%").to_owned(), |value| value.said());
                built.add(shown.as_deref(), &written, mapped.span(found, end));
            }
            _ => return None,
        }
        at = end;
    }
    built.mapped.append(mapped, at, text.len());
    Some(built.finish())
}

/// `of[key]`, where it is known.
pub(super) fn item(of: &Value, key: &Value) -> Option<Value> {
    match of {
        Value::List(list) => {
            let index = key.integer()?;
            let index = if index < 0 { index.checked_add(i64::try_from(list.values.len()).ok()?)? } else { index };
            list.values.get(usize::try_from(index).ok()?).cloned()
        }
        Value::Dict(dict) => {
            if dict.entries.len() > LONGEST_SEARCHED {
                return None;
            }
            // The last one that is set counts; one that may be equal leaves it open.
            for (own, value) in dict.entries.iter().rev() {
                if own.equals(key)? {
                    return Some(value.clone());
                }
            }
            None
        }
        _ => None,
    }
}

pub(super) fn slice(of: &Value, lower: Option<i64>, upper: Option<i64>) -> Option<Value> {
    let bounds = |length: usize| {
        let length = i64::try_from(length).ok()?;
        let at = |bound: i64| if bound < 0 { (bound + length).max(0) } else { bound.min(length) };
        let (from, to) = (at(lower.unwrap_or(0)), at(upper.unwrap_or(length)));
        Some((usize::try_from(from).ok()?, usize::try_from(to.max(from)).ok()?))
    };
    match of {
        Value::List(list) => {
            let (from, to) = bounds(list.values.len())?;
            Some(Value::list(list.values.get(from..to)?.to_vec()))
        }
        Value::Text(text) => {
            let (from, to) = bounds(text.text.chars().count())?;
            Some(Value::plain(&text.text.chars().skip(from).take(to - from).collect::<String>()))
        }
        _ => None,
    }
}

pub(super) fn contains(of: &Value, wanted: &Value) -> Option<bool> {
    let values: Vec<&Value> = match of {
        Value::List(list) => list.values.iter().collect(),
        Value::Dict(dict) => dict.entries.iter().map(|(key, _)| key).collect(),
        Value::Text(text) => return Some(text.text.contains(wanted.text()?)),
        _ => return None,
    };
    let mut is_known = values.len() <= LONGEST_SEARCHED;
    for value in values.into_iter().take(LONGEST_SEARCHED) {
        match value.equals(wanted) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => is_known = false,
        }
    }
    is_known.then_some(false)
}

/// A dictionary or list with one item set.
pub(super) fn with_item(of: &Value, key: &Value, value: Value) -> Option<Value> {
    match of {
        Value::Dict(dict) if dict.entries.len() < LONGEST_SEARCHED => {
            let mut entries = dict.entries.clone();
            let place = entries.iter().position(|(own, _)| own.equals(key) == Some(true));
            match place {
                Some(place) => entries[place].1 = value,
                None => entries.push((key.clone(), value)),
            }
            Some(Value::dict(entries))
        }
        Value::List(list) if list.values.len() < LONGEST_SEARCHED => {
            let mut values = list.values.clone();
            *values.get_mut(usize::try_from(key.integer()?).ok()?)? = value;
            Some(Value::list(values))
        }
        _ => None,
    }
}

/// What a list or dictionary is after a method that changes it; none where that is not known.
pub(super) fn changed(mut of: Value, method: &str, given: &Given) -> Option<Value> {
    let first = given.args.first();
    match (method, first) {
        ("append" | "add", Some(value)) => {
            of.append(value.clone())?;
            return Some(of);
        }
        ("extend" | "update", Some(Value::List(other))) => {
            for value in &other.values {
                of.append(value.clone())?;
            }
            return Some(of);
        }
        _ => {}
    }
    match &of {
        Value::List(list) if list.values.len() < LONGEST_SEARCHED => {
            let mut values = list.values.clone();
            match method {
                "insert" => {
                    let at = usize::try_from(first?.integer()?).ok()?.min(values.len());
                    values.insert(at, given.args.get(1)?.clone());
                }
                "reverse" => values.reverse(),
                "clear" => values.clear(),
                _ => return None,
            }
            Some(Value::list(values))
        }
        Value::Dict(dict) => match (method, first) {
            ("update", Some(Value::Dict(other))) => {
                let mut whole = of.clone();
                for (key, value) in &other.entries {
                    whole = with_item(&whole, key, value.clone())?;
                }
                Some(whole)
            }
            ("update", None) if dict.entries.len() < LONGEST_SEARCHED => {
                let mut entries = dict.entries.clone();
                entries.extend(given.keywords.iter().map(|(name, value)| (Value::plain(name), value.clone())));
                Some(Value::dict(entries))
            }
            ("clear", _) => Some(Value::dict(Vec::new())),
            _ => None,
        },
        _ => None,
    }
}
