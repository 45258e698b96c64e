//! Jinja's filters, and dbt's.

use super::arguments::{Args, int_of, missing, text_of};
use super::machine::Machine;
use super::print::JsonStyle;
use super::stop::{Step, Stop};
use super::text_methods::{capitalized, length, stripped, title};
use super::value::{Number, Value};

impl Machine<'_, '_> {
    pub(super) fn apply_filter(&mut self, filter: &str, value: Value, args: Args) -> Step<Value> {
        if let Value::Unknown(_) = value {
            return Ok(value);
        }
        if let (Value::Undefined(name), false) = (&value, matches!(filter, "default" | "d")) {
            return Err(Stop::undefined(name));
        }
        match filter {
            "default" | "d" => {
                let [default, boolean] = args.take(filter, ["default_value", "boolean"])?;
                let falsy = match boolean {
                    Some(boolean) => self.heap.truth(&boolean)? && !self.heap.truth(&value)?,
                    None => false,
                };
                Ok(if value.is_missing() || falsy { default.unwrap_or_else(|| "".into()) } else { value })
            }
            "length" | "count" => {
                args.none(filter)?;
                self.length(&value)
            }
            "string" | "as_text" => {
                args.none(filter)?;
                self.heap.text(&value).map(Value::from)
            }
            // In SQL these only say how dbt is to read the text that comes out.
            "as_native" | "as_bool" | "as_number" => args.none(filter).map(|()| value),
            "is_list" => args.none(filter).map(|()| Value::Bool(matches!(value, Value::List(_)))),
            "lower" => Ok(self.heap.text(&value)?.to_lowercase().into()),
            "upper" => Ok(self.heap.text(&value)?.to_uppercase().into()),
            "capitalize" => Ok(capitalized(&self.heap.text(&value)?).into()),
            "title" => {
                let parts = |c: char| c.is_whitespace() || matches!(c, '-' | '(' | '{' | '[' | '<');
                Ok(title(&self.heap.text(&value)?, parts).into())
            }
            "trim" => {
                let [chars] = args.take(filter, ["chars"])?;
                let chars =
                    chars.filter(|chars| !matches!(chars, Value::None)).map(|chars| text_of(&chars)).transpose()?;
                Ok(stripped(&self.heap.text(&value)?, chars.as_deref(), true, true).into())
            }
            "replace" => {
                let [old, new, count] = args.take(filter, ["old", "new", "count"])?;
                let old = self.heap.text(&old.ok_or_else(|| missing(filter, "old"))?)?;
                let new = self.heap.text(&new.ok_or_else(|| missing(filter, "new"))?)?;
                let count = count.map(|count| int_of(&count)).transpose()?.filter(|count| *count >= 0);
                let text = self.heap.text(&value)?;
                self.replaced(&text, &old, &new, count)
            }
            "indent" => self.indented(&value, args),
            "format" => {
                let pattern = text_of(&value)?;
                self.heap.percent_format(&pattern, &args.positional).map(Value::from)
            }
            "int" | "float" => to_number(filter, &value, args),
            "abs" => match value.number() {
                Some(Number::Int(value)) => Ok(Value::Int(value.saturating_abs())),
                Some(Number::Float(value)) => Ok(Value::Float(value.abs())),
                None => Err(Stop::failed(format!("{} is used as a number", value.kind()))),
            },
            "round" => rounded(&value, args),
            "tojson" => {
                args.none(filter)?;
                self.heap.json(&value, JsonStyle { sorted: true, for_html: true }).map(Value::from)
            }
            "attr" => {
                let name = text_of(&args.one(filter, "name")?)?;
                self.attribute(&value, &name)
            }
            "items" => match value {
                Value::Dict(id) => self.dict_method(id, "items", args),
                other => Err(Stop::failed(format!("{} has no items", other.kind()))),
            },
            _ => self.filter_items(filter, &value, args),
        }
    }

    pub(super) fn length(&self, value: &Value) -> Step<Value> {
        Ok(length(match value {
            Value::Text(text) => {
                self.heap.spend_text(text.len())?;
                text.chars().count()
            }
            Value::List(id) | Value::Tuple(id) => self.heap.items(*id).len(),
            Value::Dict(id) | Value::Set(id) => self.heap.entries(*id).entries().len(),
            Value::Undefined(name) => return Err(Stop::undefined(name)),
            Value::Unknown(origin) => return Err(Stop::unknown(origin)),
            other => return Err(Stop::failed(format!("{} has no length", other.kind()))),
        }))
    }

    fn indented(&mut self, value: &Value, args: Args) -> Step<Value> {
        let [width, first, blank] = args.take("indent", ["width", "first", "blank"])?;
        let width = match width {
            Some(Value::Text(text)) => text.to_string(),
            Some(width) => " ".repeat(usize::try_from(int_of(&width)?).unwrap_or(0).min(1_000)),
            None => "    ".to_owned(),
        };
        let first = first.map_or(Ok(false), |first| self.heap.truth(&first))?;
        let blank = blank.map_or(Ok(false), |blank| self.heap.truth(&blank))?;
        let text = self.heap.text(value)?;
        self.heap.spend_text(text.matches('\n').count().saturating_mul(width.len()))?;
        let lines = text.split('\n').enumerate().map(|(at, line)| {
            let indent = if at == 0 { first } else { blank || !line.is_empty() };
            if indent { format!("{width}{line}") } else { line.to_owned() }
        });
        Ok(lines.collect::<Vec<_>>().join("\n").into())
    }
}

/// Jinja's `int` and `float`: what is no number is the default.
fn to_number(filter: &str, value: &Value, args: Args) -> Step<Value> {
    let [default] = args.take(filter, ["default"])?;
    let number = match value {
        Value::Text(text) if filter == "int" => {
            text.trim().parse().ok().map(Number::Int).or_else(|| text.trim().parse().ok().map(Number::Float))
        }
        Value::Text(text) => text.trim().parse().ok().map(Number::Float),
        value => value.number(),
    };
    let default = default.unwrap_or(if filter == "int" { Value::Int(0) } else { Value::Float(0.0) });
    Ok(match number {
        #[allow(clippy::cast_possible_truncation, reason = "Python's int() cuts off too")]
        Some(Number::Float(value)) if filter == "int" && value.abs() < 9e15 => Value::Int(value as i64),
        Some(Number::Float(_)) if filter == "int" => {
            return Err(Stop::unsupported("a number of more than 64 bits"));
        }
        Some(number) if filter == "int" => number.into(),
        Some(number) => Value::Float(number.float()),
        None => default,
    })
}

/// Python's `round`, of which Jinja's always gives a fraction.
fn rounded(value: &Value, args: Args) -> Step<Value> {
    let [precision, method] = args.take("round", ["precision", "method"])?;
    let precision = precision.map_or(Ok(0), |precision| int_of(&precision))?;
    let number = value.number().ok_or_else(|| Stop::failed(format!("{} is used as a number", value.kind())))?.float();
    let common = method.is_none_or(|method| matches!(&method, Value::Text(text) if **text == *"common"));
    match usize::try_from(precision) {
        Ok(precision) if common && precision < 16 => {
            let text = format!("{number:.precision$}");
            text.parse().map(Value::Float).map_err(|_| Stop::failed("a number that cannot be rounded"))
        }
        _ => Err(Stop::unsupported("this way to round")),
    }
}
