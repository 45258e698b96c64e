//! Jinja's filters of lists.

use super::arguments::{Args, missing, text_of};
use super::machine::Machine;
use super::stop::{Step, Stop};
use super::value::Value;

impl Machine<'_, '_> {
    /// The filters of lists.
    pub(super) fn filter_items(&mut self, filter: &str, value: &Value, args: Args) -> Step<Value> {
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
            Value::Set(id) if filter == "sort" => {
                self.heap.entries(*id).entries().iter().map(|(item, _)| item.clone()).collect()
            }
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
}
