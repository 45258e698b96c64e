//! The methods of Python's `str`.

use std::rc::Rc;

use super::arguments::{Args, int_of, missing, text_of};
use super::machine::Machine;
use super::print::within_limit;
use super::stop::{Step, Stop};
use super::value::Value;

impl Machine<'_, '_> {
    pub(super) fn text_method(&mut self, text: &Rc<str>, method: &str, args: Args) -> Step<Value> {
        self.heap.spend_text(text.len())?;
        match method {
            "upper" => args.none(method).map(|()| text.to_uppercase().into()),
            "lower" | "casefold" => args.none(method).map(|()| text.to_lowercase().into()),
            "title" => args.none(method).map(|()| title(text, |c| !c.is_alphabetic()).into()),
            "capitalize" => args.none(method).map(|()| capitalized(text).into()),
            "strip" | "lstrip" | "rstrip" => {
                let [chars] = args.take(method, ["chars"])?;
                let chars =
                    chars.filter(|chars| !matches!(chars, Value::None)).map(|chars| text_of(&chars)).transpose()?;
                Ok(stripped(text, chars.as_deref(), method != "rstrip", method != "lstrip").into())
            }
            "replace" => {
                let [old, new, count] = args.take(method, ["old", "new", "count"])?;
                let (old, new) = (given(old, method, "old")?, given(new, method, "new")?);
                let count = count.map(|count| int_of(&count)).transpose()?.filter(|count| *count >= 0);
                self.replaced(text, &old, &new, count)
            }
            "split" | "rsplit" => self.split(text, method, args),
            "splitlines" => {
                args.none(method)?;
                let lines = text.lines().map(Value::from).collect();
                Ok(self.heap.list(lines))
            }
            "partition" | "rpartition" => {
                let at = text_of(&args.one(method, "sep")?)?;
                let found = if method == "partition" { text.split_once(&*at) } else { text.rsplit_once(&*at) };
                let parts = match found {
                    Some((before, after)) => [before, &at, after],
                    None if method == "partition" => [text, "", ""],
                    None => ["", "", text],
                };
                Ok(self.heap.tuple(parts.map(Value::from).to_vec()))
            }
            "startswith" | "endswith" => {
                let wanted = args.one(method, "prefix")?;
                let wanted = if let Value::Tuple(_) = wanted { self.iterate(&wanted)? } else { vec![wanted] };
                for part in wanted {
                    let part = text_of(&part)?;
                    if if method == "startswith" { text.starts_with(&*part) } else { text.ends_with(&*part) } {
                        return Ok(Value::Bool(true));
                    }
                }
                Ok(Value::Bool(false))
            }
            "removeprefix" => {
                let part = text_of(&args.one(method, "prefix")?)?;
                Ok(text.strip_prefix(&*part).unwrap_or(text).into())
            }
            "removesuffix" => {
                let part = text_of(&args.one(method, "suffix")?)?;
                Ok(text.strip_suffix(&*part).unwrap_or(text).into())
            }
            "join" => {
                let items = args.one(method, "iterable")?;
                self.joined(&items, text, true)
            }
            "format" => self.heap.brace_format(text, &args.positional, &args.named).map(Value::from),
            "count" => {
                let part = text_of(&args.one(method, "sub")?)?;
                Ok(length(if part.is_empty() { text.chars().count() + 1 } else { text.matches(&*part).count() }))
            }
            "find" | "rfind" | "index" => {
                let part = text_of(&args.one(method, "sub")?)?;
                let found = if method == "rfind" { text.rfind(&*part) } else { text.find(&*part) };
                match found {
                    Some(at) => Ok(length(text[..at].chars().count())),
                    None if method == "index" => Err(Stop::failed("a text is not found")),
                    None => Ok(Value::Int(-1)),
                }
            }
            "isdigit" | "isnumeric" | "isdecimal" => args.none(method).map(|()| every(text, |c| c.is_ascii_digit())),
            "isalpha" => args.none(method).map(|()| every(text, char::is_alphabetic)),
            "isalnum" => args.none(method).map(|()| every(text, char::is_alphanumeric)),
            "isspace" => args.none(method).map(|()| every(text, char::is_whitespace)),
            "isupper" => args
                .none(method)
                .map(|()| Value::Bool(text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase))),
            "islower" => args
                .none(method)
                .map(|()| Value::Bool(text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase))),
            "zfill" | "rjust" | "ljust" => {
                let [width, fill] = args.take(method, ["width", "fillchar"])?;
                let width = int_of(&width.ok_or_else(|| missing(method, "width"))?)?;
                let fill = fill.map(|fill| text_of(&fill)).transpose()?;
                let fill = if method == "zfill" { "0" } else { fill.as_deref().unwrap_or(" ") };
                let pad = usize::try_from(width).unwrap_or(0).saturating_sub(text.chars().count());
                self.heap.spend_text(pad)?;
                let pad = fill.repeat(pad);
                if method == "zfill" && text.starts_with(['-', '+']) {
                    return Err(Stop::unsupported("'zfill' of a signed number"));
                }
                Ok(if method == "ljust" { format!("{text}{pad}") } else { format!("{pad}{text}") }.into())
            }
            _ => Err(Stop::unsupported(format!("the method '{method}' of text"))),
        }
    }

    pub(super) fn replaced(&mut self, text: &str, old: &str, new: &str, count: Option<i64>) -> Step<Value> {
        let times =
            text.matches(old).count().min(count.map_or(usize::MAX, |count| usize::try_from(count).unwrap_or(0)));
        self.heap.spend_text(text.len().saturating_add(times.saturating_mul(new.len())))?;
        let text = text.replacen(old, new, times);
        within_limit(&text)?;
        Ok(text.into())
    }

    fn split(&mut self, text: &str, method: &str, args: Args) -> Step<Value> {
        let [separator, limit] = args.take(method, ["sep", "maxsplit"])?;
        let separator =
            separator.filter(|separator| !matches!(separator, Value::None)).map(|separator| text_of(&separator));
        let limit = limit.map(|limit| int_of(&limit)).transpose()?.and_then(|limit| usize::try_from(limit).ok());
        let parts: Vec<Value> = match (separator.transpose()?, limit) {
            (Some(separator), _) if separator.is_empty() => return Err(Stop::failed("a text is split at nothing")),
            (Some(separator), None) => text.split(&*separator).map(Value::from).collect(),
            (Some(separator), Some(limit)) if method == "split" => {
                text.splitn(limit.saturating_add(1), &*separator).map(Value::from).collect()
            }
            (Some(separator), Some(limit)) => {
                let mut parts: Vec<Value> =
                    text.rsplitn(limit.saturating_add(1), &*separator).map(Value::from).collect();
                parts.reverse();
                parts
            }
            (None, None) => text.split_whitespace().map(Value::from).collect(),
            (None, Some(_)) => return Err(Stop::unsupported("a limited split at white space")),
        };
        self.heap.spend(parts.len())?;
        Ok(self.heap.list(parts))
    }

    /// Puts the items together; Python's own `join` takes text alone, and Jinja's filter anything.
    pub(super) fn joined(&mut self, items: &Value, between: &str, strict: bool) -> Step<Value> {
        let items = self.iterate(items)?;
        let mut out = String::new();
        for (at, item) in items.iter().enumerate() {
            if strict {
                text_of(item)?;
            }
            if at > 0 {
                self.heap.spend_text(between.len())?;
                out.push_str(between);
            }
            self.heap.print(item, &mut out)?;
        }
        Ok(out.into())
    }
}

fn given(value: Option<Value>, function: &str, parameter: &str) -> Step<Rc<str>> {
    text_of(&value.ok_or_else(|| missing(function, parameter))?)
}

fn every(text: &str, test: impl Fn(char) -> bool) -> Value {
    Value::Bool(!text.is_empty() && text.chars().all(test))
}

pub(super) fn length(n: usize) -> Value {
    Value::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

pub(super) fn stripped<'t>(text: &'t str, chars: Option<&str>, left: bool, right: bool) -> &'t str {
    let strip = |c: char| chars.map_or_else(|| c.is_whitespace(), |chars| chars.contains(c));
    let text = if left { text.trim_start_matches(strip) } else { text };
    if right { text.trim_end_matches(strip) } else { text }
}

pub(super) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect())
}

/// Every word with a capital; what parts words differs between Python's method and Jinja's filter.
pub(super) fn title(text: &str, parts: impl Fn(char) -> bool) -> String {
    let mut out = String::new();
    let mut first = true;
    for c in text.chars() {
        if first {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        first = parts(c);
    }
    out
}
