//! Jinja's filters, and dbt's.

use super::arguments::{Args, int_of, missing, text_of};
use super::expression::comparison_named;
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
                let chars = chars.filter(|chars| !matches!(chars, Value::None)).map(|chars| text_of(&chars)).transpose()?;
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
            "int" | "float" => self.to_number(filter, &value, args),
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

    /// The filters of lists.
    fn filter_items(&mut self, filter: &str, value: &Value, args: Args) -> Step<Value> {
        match filter {
            "join" => {
                let [between, attribute] = args.take(filter, ["d", "attribute"])?;
                let between = between.map_or(Ok(String::new()), |between| self.heap.text(&between))?;
                let items = match attribute.filter(|attribute| !matches!(attribute, Value::None)) {
                    Some(attribute) => {
                        let items = self.iterate(value)?;
                        let items: Step<Vec<Value>> = items.iter().map(|item| self.path(item, &attribute)).collect();
                        self.heap.list(items?)
                    }
                    None => value.clone(),
                };
                self.joined(&items, &between, false)
            }
            "list" => {
                args.none(filter)?;
                let items = self.iterate(value)?;
                Ok(self.heap.list(items))
            }
            "first" | "last" => {
                args.none(filter)?;
                let items = self.iterate(value)?;
                let item = if filter == "first" { items.first() } else { items.last() };
                Ok(item.cloned().unwrap_or_else(|| Value::undefined(filter)))
            }
            "reverse" => {
                args.none(filter)?;
                let mut items = self.iterate(value)?;
                items.reverse();
                if let Value::Text(_) = value {
                    let items = self.heap.list(items);
                    return self.joined(&items, "", true);
                }
                Ok(self.heap.list(items))
            }
            "sort" | "unique" | "min" | "max" => self.ordered(filter, value, args),
            "sum" => {
                let [attribute, start] = args.take(filter, ["attribute", "start"])?;
                let mut sum = start.unwrap_or(Value::Int(0));
                for item in self.iterate(value)? {
                    let item = match &attribute {
                        Some(attribute) if !matches!(attribute, Value::None) => self.path(&item, attribute)?,
                        _ => item,
                    };
                    sum = self.add(&sum, &item)?;
                }
                Ok(sum)
            }
            "map" => self.mapped(value, args),
            "select" | "reject" | "selectattr" | "rejectattr" => self.selected(filter, value, args),
            _ => Err(Stop::unsupported(format!("the filter '{filter}'"))),
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

    fn to_number(&mut self, filter: &str, value: &Value, args: Args) -> Step<Value> {
        let [default] = args.take(filter, ["default"])?;
        let number = match value {
            Value::Text(text) if filter == "int" => text.trim().parse().ok().map(Number::Int).or_else(|| text.trim().parse().ok().map(Number::Float)),
            Value::Text(text) => text.trim().parse().ok().map(Number::Float),
            value => value.number(),
        };
        let default = default.unwrap_or(if filter == "int" { Value::Int(0) } else { Value::Float(0.0) });
        Ok(match number {
            #[allow(clippy::cast_possible_truncation, reason = "Python's int() cuts off too")]
            Some(Number::Float(value)) if filter == "int" && value.abs() < 9e15 => Value::Int(value as i64),
            Some(Number::Float(_)) if filter == "int" => return Err(Stop::unsupported("a number of more than 64 bits")),
            Some(number) if filter == "int" => number.into(),
            Some(number) => Value::Float(number.float()),
            None => default,
        })
    }

    /// `sort`, `unique`, `min` and `max`, which take letters of either case for one unless told otherwise.
    fn ordered(&mut self, filter: &str, value: &Value, args: Args) -> Step<Value> {
        let (reverse, case, attribute) = if filter == "sort" {
            let [reverse, case, attribute] = args.take(filter, ["reverse", "case_sensitive", "attribute"])?;
            (reverse, case, attribute)
        } else {
            let [case, attribute] = args.take(filter, ["case_sensitive", "attribute"])?;
            (None, case, attribute)
        };
        let reverse = reverse.map_or(Ok(false), |reverse| self.heap.truth(&reverse))?;
        let case = case.map_or(Ok(false), |case| self.heap.truth(&case))?;
        let items = match value {
            // Sorted, a set has an order.
            Value::Set(id) if filter == "sort" => self.heap.entries(*id).entries().iter().map(|(item, _)| item.clone()).collect(),
            value => self.iterate(value)?,
        };
        let mut keyed = Vec::with_capacity(items.len());
        for item in items {
            let key = match &attribute {
                Some(attribute) if !matches!(attribute, Value::None) => self.path(&item, attribute)?,
                _ => item.clone(),
            };
            let key = match key {
                Value::Text(text) if !case => {
                    self.heap.spend_text(text.len())?;
                    text.to_lowercase().into()
                }
                key => key,
            };
            keyed.push((key, item));
        }
        if filter == "unique" {
            let seen = self.heap.new_dict();
            let mut kept = Vec::new();
            for (name, item) in keyed {
                let key = self.heap.key(&name)?;
                if self.heap.entries(seen).get(&key).is_none() {
                    self.heap.entries_mut(seen).insert(key, name, Value::None);
                    kept.push(item);
                }
            }
            return Ok(self.heap.list(kept));
        }
        let sorted = self.heap.sorted(keyed, reverse)?;
        match filter {
            "min" => Ok(sorted.first().cloned().unwrap_or_else(|| Value::undefined(filter))),
            // Of several that are the largest, Python takes the first.
            "max" => {
                let Some(last) = sorted.last() else { return Ok(Value::undefined(filter)) };
                for item in &sorted {
                    if self.heap.order(item, last).is_ok_and(std::cmp::Ordering::is_eq) {
                        return Ok(item.clone());
                    }
                }
                Ok(last.clone())
            }
            _ => Ok(self.heap.list(sorted)),
        }
    }

    fn mapped(&mut self, value: &Value, args: Args) -> Step<Value> {
        let items = self.iterate(value)?;
        let mut mapped = Vec::with_capacity(items.len());
        let named = |name: &str| args.named.iter().find(|(known, _)| **known == *name).map(|(_, value)| value.clone());
        if let Some(attribute) = named("attribute") {
            let default = named("default");
            for item in items {
                let found = self.path(&item, &attribute)?;
                mapped.push(if found.is_missing() { default.clone().unwrap_or(found) } else { found });
            }
            return Ok(self.heap.list(mapped));
        }
        let mut positional = args.positional.into_iter();
        let filter = text_of(&positional.next().ok_or_else(|| missing("map", "filter"))?)?;
        let rest: Vec<Value> = positional.collect();
        for item in items {
            let args = Args { positional: rest.clone(), named: args.named.clone() };
            self.heap.spend(1 + rest.len())?;
            mapped.push(self.apply_filter(&filter, item, args)?);
        }
        Ok(self.heap.list(mapped))
    }

    fn selected(&mut self, filter: &str, value: &Value, args: Args) -> Step<Value> {
        let keep = filter.starts_with("select");
        let mut positional = args.positional.into_iter();
        let attribute = if filter.ends_with("attr") {
            Some(positional.next().ok_or_else(|| missing(filter, "attribute"))?)
        } else {
            None
        };
        let test = positional.next().map(|test| text_of(&test)).transpose()?;
        let rest: Vec<Value> = positional.collect();
        let mut kept = Vec::new();
        for item in self.iterate(value)? {
            let tested = match &attribute {
                Some(attribute) => self.path(&item, attribute)?,
                None => item.clone(),
            };
            self.heap.spend(1 + rest.len())?;
            let passes = match &test {
                Some(test) => self.apply_test(test, &tested, Args { positional: rest.clone(), named: Vec::new() })?,
                None => self.heap.truth(&tested)?,
            };
            if passes == keep {
                kept.push(item);
            }
        }
        Ok(self.heap.list(kept))
    }

    /// What a filter means by an attribute: `a.b.0`.
    fn path(&mut self, value: &Value, path: &Value) -> Step<Value> {
        let Value::Text(path) = path else { return self.item(value, path) };
        let mut value = value.clone();
        for part in path.split('.') {
            let key = part.parse().map_or_else(|_| part.into(), Value::Int);
            value = self.item(&value, &key)?;
        }
        Ok(value)
    }

    /// Jinja's tests: what stands after `is`.
    pub(super) fn apply_test(&mut self, test: &str, value: &Value, args: Args) -> Step<bool> {
        match (test, value) {
            ("defined", Value::Unknown(_)) => return Ok(true),
            ("undefined", Value::Unknown(_)) => return Ok(false),
            (_, Value::Unknown(origin)) => return Err(Stop::unknown(origin)),
            _ => {}
        }
        if let Some(op) = comparison_named(test) {
            let other = args.one(test, "other")?;
            return self.compare(op, value, &other);
        }
        if test == "divisibleby" {
            let by = int_of(&args.one(test, "num")?)?;
            return int_of(value)?.checked_rem(by).map(|rest| rest == 0).ok_or_else(|| Stop::failed("a division by zero"));
        }
        args.none(test)?;
        Ok(match test {
            "defined" => !value.is_missing(),
            "undefined" => value.is_missing(),
            "none" => matches!(value, Value::None),
            "string" => matches!(value, Value::Text(_)),
            "number" => value.number().is_some(),
            "integer" => matches!(value, Value::Int(_)),
            "float" => matches!(value, Value::Float(_)),
            "boolean" => matches!(value, Value::Bool(_)),
            "true" => matches!(value, Value::Bool(true)),
            "false" => matches!(value, Value::Bool(false)),
            // dbt's relations are mappings to Python.
            "mapping" => matches!(value, Value::Dict(_) | Value::Relation(_)),
            "sequence" => matches!(value, Value::List(_) | Value::Tuple(_) | Value::Text(_) | Value::Dict(_) | Value::Set(_) | Value::Relation(_)),
            "iterable" => matches!(
                value,
                Value::List(_) | Value::Tuple(_) | Value::Text(_) | Value::Dict(_) | Value::Set(_) | Value::Relation(_) | Value::Undefined(_)
            ),
            "callable" => matches!(value, Value::Macro(_) | Value::Closure(_) | Value::Global(_)),
            "even" => int_of(value)? % 2 == 0,
            "odd" => int_of(value)? % 2 != 0,
            "lower" => text_of(value)?.to_lowercase() == *text_of(value)? && text_of(value)?.chars().any(char::is_alphabetic),
            "upper" => text_of(value)?.to_uppercase() == *text_of(value)? && text_of(value)?.chars().any(char::is_alphabetic),
            _ => return Err(Stop::unsupported(format!("the test '{test}'"))),
        })
    }
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
