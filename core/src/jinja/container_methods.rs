//! The methods of Python's `list`, `dict` and `set`.

use super::arguments::{Args, int_of, missing};
use super::machine::Machine;
use super::stop::{Step, Stop};
use super::text_methods::length;
use super::value::{Dict, DictId, ListId, Value};

impl Machine<'_, '_> {
    pub(super) fn list_method(&mut self, id: ListId, method: &str, args: Args) -> Step<Value> {
        self.heap.spend(1)?;
        match method {
            "append" => {
                let item = args.one(method, "object")?;
                self.heap.items_mut(id).push(item);
                Ok(Value::None)
            }
            "extend" => {
                let items = args.one(method, "iterable")?;
                let items = self.iterate(&items)?;
                self.heap.items_mut(id).extend(items);
                Ok(Value::None)
            }
            "insert" => {
                let [at, item] = args.take(method, ["index", "object"])?;
                let at = int_of(&at.ok_or_else(|| missing(method, "index"))?)?;
                let item = item.ok_or_else(|| missing(method, "object"))?;
                self.heap.spend(self.heap.items(id).len())?;
                let items = self.heap.items_mut(id);
                let at = usize::try_from(at)
                    .unwrap_or_else(|_| items.len().saturating_sub(usize::try_from(-at).unwrap_or(0)));
                items.insert(at.min(items.len()), item);
                Ok(Value::None)
            }
            "pop" => {
                let [at] = args.take(method, ["index"])?;
                self.heap.spend(self.heap.items(id).len())?;
                let at = at.map_or(Ok(-1), |at| int_of(&at))?;
                let items = self.heap.items_mut(id);
                let at = index(items.len(), at).ok_or_else(|| Stop::failed("an item is popped that is not there"))?;
                Ok(items.remove(at))
            }
            "remove" | "index" => {
                let item = args.one(method, "value")?;
                for at in 0..self.heap.items(id).len() {
                    if self.heap.equal(&self.heap.items(id)[at], &item)? {
                        if method == "index" {
                            return Ok(length(at));
                        }
                        self.heap.items_mut(id).remove(at);
                        return Ok(Value::None);
                    }
                }
                Err(Stop::failed("an item is looked for that is not there"))
            }
            "reverse" => {
                args.none(method)?;
                self.heap.spend(self.heap.items(id).len())?;
                self.heap.items_mut(id).reverse();
                Ok(Value::None)
            }
            "clear" => {
                args.none(method)?;
                self.heap.items_mut(id).clear();
                Ok(Value::None)
            }
            "copy" => {
                args.none(method)?;
                let items = self.iterate(&Value::List(id))?;
                Ok(self.heap.list(items))
            }
            _ => self.sequence_method(id, method, args),
        }
    }

    /// The methods that tuples have too.
    pub(super) fn sequence_method(&mut self, id: ListId, method: &str, args: Args) -> Step<Value> {
        if method != "count" {
            return Err(Stop::unsupported(format!("the method '{method}' of a list")));
        }
        let item = args.one(method, "value")?;
        let mut count = 0;
        for other in self.heap.items(id) {
            count += usize::from(self.heap.equal(other, &item)?);
        }
        Ok(length(count))
    }

    pub(super) fn dict_method(&mut self, id: DictId, method: &str, args: Args) -> Step<Value> {
        self.heap.spend(1)?;
        match method {
            "get" | "setdefault" | "pop" => {
                let [name, default] = args.take(method, ["key", "default"])?;
                let name = name.ok_or_else(|| missing(method, "key"))?;
                let key = self.heap.key(&name)?;
                let found = if method == "pop" {
                    self.heap.spend(self.heap.entries(id).entries().len())?;
                    self.heap.entries_mut(id).remove(&key)
                } else {
                    self.heap.entries(id).get(&key).cloned()
                };
                match (found, default) {
                    (Some(value), _) => Ok(value),
                    (None, None) if method == "pop" => Err(Stop::failed("a key is popped that is not there")),
                    (None, default) => {
                        let default = default.unwrap_or(Value::None);
                        if method == "setdefault" {
                            self.heap.entries_mut(id).insert(key, name, default.clone());
                        }
                        Ok(default)
                    }
                }
            }
            "items" | "keys" | "values" => {
                args.none(method)?;
                self.heap.spend(self.heap.entries(id).entries().len())?;
                let entries = self.heap.entries(id).entries().to_vec();
                let items = entries.into_iter().map(|(key, value)| match method {
                    "keys" => key,
                    "values" => value,
                    _ => self.heap.tuple(vec![key, value]),
                });
                let items = items.collect();
                Ok(self.heap.list(items))
            }
            "update" => {
                for (name, value) in args.named {
                    self.heap.put(id, &name, value);
                }
                for other in args.positional {
                    let Value::Dict(other) = other else {
                        return Err(Stop::unsupported("a dictionary is updated with something else"));
                    };
                    self.heap.spend(self.heap.entries(other).entries().len())?;
                    for (name, value) in self.heap.entries(other).entries().to_vec() {
                        let key = self.heap.key(&name)?;
                        self.heap.entries_mut(id).insert(key, name, value);
                    }
                }
                Ok(Value::None)
            }
            "copy" => {
                args.none(method)?;
                self.heap.spend(self.heap.entries(id).entries().len())?;
                let copy = self.heap.entries(id).clone();
                Ok(Value::Dict(self.heap.dict(copy)))
            }
            "clear" => {
                args.none(method)?;
                self.heap.entries_mut(id).clear();
                Ok(Value::None)
            }
            // A function in a dictionary.
            _ => match self.heap.entries(id).text(method).cloned() {
                Some(function) => self.call_value(function, args),
                None => Err(Stop::unsupported(format!("the method '{method}' of a dictionary"))),
            },
        }
    }

    pub(super) fn set_method(&mut self, id: DictId, method: &str, args: Args) -> Step<Value> {
        self.heap.spend(self.heap.entries(id).entries().len())?;
        match method {
            "add" => {
                let item = args.one(method, "item")?;
                let key = self.heap.key(&item)?;
                self.heap.entries_mut(id).insert(key, item, Value::None);
                Ok(Value::None)
            }
            "union" | "intersection" | "difference" | "issubset" | "issuperset" => {
                let other = args.one(method, "other")?;
                let other = self.set_of(&other)?;
                let (left, right) = (self.heap.entries(id).clone(), self.heap.entries(other).clone());
                Ok(match method {
                    "issubset" => Value::Bool(left.keys().all(|key| right.get(key).is_some())),
                    "issuperset" => Value::Bool(right.keys().all(|key| left.get(key).is_some())),
                    "union" => {
                        let mut all = left;
                        for (item, _) in right.entries() {
                            all.insert(self.heap.key(item)?, item.clone(), Value::None);
                        }
                        Value::Set(self.heap.dict(all))
                    }
                    _ => self.kept(&left, &right, method == "intersection")?,
                })
            }
            _ => Err(Stop::unsupported(format!("the method '{method}' of a set"))),
        }
    }

    pub(super) fn set_difference(&mut self, left: &Value, right: &Value) -> Step<Value> {
        let (left, right) = (self.set_of(left)?, self.set_of(right)?);
        let (left, right) = (self.heap.entries(left).clone(), self.heap.entries(right).clone());
        self.kept(&left, &right, false)
    }

    fn kept(&mut self, left: &Dict, right: &Dict, shared: bool) -> Step<Value> {
        let mut kept = Dict::default();
        for (item, _) in left.entries() {
            let key = self.heap.key(item)?;
            if right.get(&key).is_some() == shared {
                kept.insert(key, item.clone(), Value::None);
            }
        }
        Ok(Value::Set(self.heap.dict(kept)))
    }

    /// Python's `set` of anything that can be walked.
    pub(super) fn set_of(&mut self, value: &Value) -> Step<DictId> {
        if let Value::Set(id) = value {
            return Ok(*id);
        }
        let mut dict = Dict::default();
        for item in self.iterate(value)? {
            dict.insert(self.heap.key(&item)?, item, Value::None);
        }
        Ok(self.heap.dict(dict))
    }
}

/// An index from the front, or from the back where it is negative.
pub(super) fn index(len: usize, at: i64) -> Option<usize> {
    let at = if at < 0 { at.checked_add(i64::try_from(len).ok()?)? } else { at };
    usize::try_from(at).ok().filter(|at| *at < len)
}
