//! Values as text, as Python prints them, and as JSON.

use super::data::Data;
use super::stop::{Step, Stop};
use super::templates::Why;
use super::value::{DEEPEST, Dict, Heap, Key, Value, too_deep};

/// How JSON is written: by dbt's `tojson` function, or by Jinja's filter, which sorts keys and is safe in HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JsonStyle {
    pub(super) sorted: bool,
    pub(super) for_html: bool,
}

impl Heap {
    /// Python's `str`: what `{{ value }}` prints.
    pub(super) fn print(&self, value: &Value, out: &mut String) -> Step<()> {
        match value {
            Value::Text(text) => {
                self.spend_text(text.len())?;
                out.push_str(text);
            }
            Value::Relation(relation) => {
                let text = relation.text();
                self.spend_text(text.len())?;
                out.push_str(&text);
            }
            Value::Moment(moment) => out.push_str(&moment.text()),
            Value::Nothing => {}
            other => self.repr(other, out, 0)?,
        }
        within_limit(out)
    }

    pub(super) fn text(&self, value: &Value) -> Step<String> {
        let mut out = String::new();
        self.print(value, &mut out)?;
        Ok(out)
    }

    /// Python's `repr`: what a list prints of its items.
    fn repr(&self, value: &Value, out: &mut String, depth: u32) -> Step<()> {
        if depth > DEEPEST {
            return Err(too_deep());
        }
        self.spend(1)?;
        within_limit(out)?;
        match value {
            Value::Undefined(name) => return Err(Stop::undefined(name)),
            Value::Unknown(origin) => return Err(Stop::unknown(origin)),
            Value::None => out.push_str("None"),
            Value::Bool(true) => out.push_str("True"),
            Value::Bool(false) => out.push_str("False"),
            Value::Int(value) => out.push_str(&value.to_string()),
            Value::Float(value) => out.push_str(&float(*value)),
            Value::Text(text) => {
                self.spend_text(text.len())?;
                quoted(text, out);
            }
            Value::List(id) => {
                out.push('[');
                self.repr_items(self.items(*id), out, depth)?;
                out.push(']');
            }
            Value::Tuple(id) => {
                let items = self.items(*id);
                out.push('(');
                self.repr_items(items, out, depth)?;
                out.push_str(if items.len() == 1 { ",)" } else { ")" });
            }
            Value::Dict(id) => {
                out.push('{');
                for (at, (key, value)) in self.entries(*id).entries().iter().enumerate() {
                    out.push_str(if at > 0 { ", " } else { "" });
                    self.repr(key, out, depth + 1)?;
                    out.push_str(": ");
                    self.repr(value, out, depth + 1)?;
                }
                out.push('}');
            }
            // Python walks a set in an order of its own.
            other => return Err(Stop::unsupported(format!("{} is printed", other.kind()))),
        }
        Ok(())
    }

    fn repr_items(&self, items: &[Value], out: &mut String, depth: u32) -> Step<()> {
        for (at, item) in items.iter().enumerate() {
            out.push_str(if at > 0 { ", " } else { "" });
            self.repr(item, out, depth + 1)?;
        }
        Ok(())
    }

    pub(super) fn json(&self, value: &Value, style: JsonStyle) -> Step<String> {
        let mut out = String::new();
        self.json_at(value, style, &mut out, 0)?;
        if style.for_html {
            let safe = [("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("'", "\\u0027")];
            out = safe.iter().fold(out, |text, (from, to)| text.replace(from, to));
        }
        Ok(out)
    }

    fn json_at(&self, value: &Value, style: JsonStyle, out: &mut String, depth: u32) -> Step<()> {
        if depth > DEEPEST {
            return Err(too_deep());
        }
        self.spend(1)?;
        within_limit(out)?;
        match value {
            Value::Undefined(name) => return Err(Stop::undefined(name)),
            Value::Unknown(origin) => return Err(Stop::unknown(origin)),
            Value::None => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Int(value) => out.push_str(&value.to_string()),
            Value::Float(value) if value.is_finite() => out.push_str(&float(*value)),
            Value::Text(text) => {
                self.spend_text(text.len())?;
                json_text(text, out);
            }
            Value::List(id) | Value::Tuple(id) => {
                out.push('[');
                for (at, item) in self.items(*id).iter().enumerate() {
                    out.push_str(if at > 0 { ", " } else { "" });
                    self.json_at(item, style, out, depth + 1)?;
                }
                out.push(']');
            }
            Value::Dict(id) => {
                out.push('{');
                let dict = self.entries(*id);
                for (at, (key, value)) in ordered(dict, style.sorted).into_iter().enumerate() {
                    out.push_str(if at > 0 { ", " } else { "" });
                    let Value::Text(key) = key else {
                        return Err(Stop::unsupported("a dictionary with keys other than text is written as JSON"));
                    };
                    json_text(key, out);
                    out.push_str(": ");
                    self.json_at(value, style, out, depth + 1)?;
                }
                out.push('}');
            }
            other => return Err(Stop::failed(format!("{} cannot be written as JSON", other.kind()))),
        }
        Ok(())
    }

    /// JSON as the values of a template.
    pub(super) fn value_of(&mut self, data: &Data) -> Step<Value> {
        self.value_of_at(data, 0)
    }

    fn value_of_at(&mut self, data: &Data, depth: u32) -> Step<Value> {
        if depth > 2 * DEEPEST {
            return Err(too_deep());
        }
        self.spend(1)?;
        Ok(match data {
            Data::Null => Value::None,
            Data::Bool(value) => Value::Bool(*value),
            Data::Int(value) => Value::Int(*value),
            Data::Float(value) => Value::Float(*value),
            Data::Text(text) => {
                self.spend_text(text.len())?;
                text.as_str().into()
            }
            Data::List(items) => {
                let items: Step<Vec<Value>> = items.iter().map(|item| self.value_of_at(item, depth + 1)).collect();
                self.list(items?)
            }
            Data::Map(entries) => {
                let id = self.new_dict();
                for (key, value) in entries {
                    let value = self.value_of_at(value, depth + 1)?;
                    self.put(id, key, value);
                }
                Value::Dict(id)
            }
        })
    }
}

fn ordered(dict: &Dict, sorted: bool) -> Vec<(&Value, &Value)> {
    let mut entries: Vec<(&Value, &Value)> = dict.entries().iter().map(|(key, value)| (key, value)).collect();
    if sorted {
        entries.sort_by_key(|(key, _)| match key {
            Value::Text(text) => Some(Key::Text(text.clone())),
            _ => None,
        });
    }
    entries
}

/// The longest text that a template may hold.
const TEXT_LIMIT: usize = 16 << 20;

pub(super) fn within_limit(text: &str) -> Step<()> {
    if text.len() > TEXT_LIMIT {
        return Err(Stop::new(Why::TooMuch, "the template makes more than 16 MB of text"));
    }
    Ok(())
}

pub(super) fn float(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let text = format!("{value:?}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{digits}e{sign}{exponent:0>2}")
}

fn quoted(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
}

fn json_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            c => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_look_like_pythons() {
        let shown = [0.1, 1.0, 1e16, 1e-5, 123_456.5, -2.5e-10].map(float);
        assert_eq!(shown, ["0.1", "1.0", "1e+16", "1e-05", "123456.5", "-2.5e-10"]);
    }

    #[test]
    fn text_in_a_list_is_quoted_as_python_does() {
        let mut heap = Heap::default();
        let list = heap.list(vec!["a".into(), "it's".into(), "\"'\n".into(), Value::Bool(true), Value::None]);
        assert_eq!(heap.text(&list).expect("prints"), r#"['a', "it's", '"\'\n', True, None]"#);
    }
}
