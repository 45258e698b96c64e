//! The values of a template, as Python has them: lists and dictionaries are shared and change in place.
//!
//! They live in a [`Heap`] for as long as one template is rendered, and values hold their index. So a list that holds itself
//! leaks nothing, and one that is nested a million deep is dropped without recursion.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::globals::{Global, Object};
use super::moment::{Duration, Moment};
use super::relation::RelationValue;
use super::stop::{Origin, Step, Stop};
use super::templates::Why;

#[derive(Debug, Clone)]
pub(super) enum Value {
    /// Nothing has this name.
    Undefined(Rc<str>),
    /// An `if` expression without `else`: prints as nothing.
    Nothing,
    /// Something has this name, and what it is only dbt knows while it runs.
    Unknown(Rc<Origin>),
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Rc<str>),
    List(ListId),
    Tuple(ListId),
    Dict(DictId),
    /// Jinja's `namespace`.
    Namespace(DictId),
    /// Python's `set`, which lives in a dictionary's keys.
    Set(DictId),
    Relation(Rc<RelationValue>),
    Moment(Rc<Moment>),
    Duration(Duration),
    /// A macro of the manifest.
    Macro(usize),
    /// A macro in the template itself, or the body of a call block.
    Closure(usize),
    /// The macros of a package.
    Package(Rc<str>),
    Global(Global),
    Object(Object),
    Loop(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ListId(usize);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DictId(usize);

#[derive(Debug, Default)]
pub(super) struct Heap {
    lists: Vec<Vec<Value>>,
    dicts: Vec<Dict>,
    /// What was done so far, for the limit.
    work: Cell<u64>,
    /// How often a list or a dictionary was changed.
    pub(super) changes: u64,
    /// What is not defined here may be defined where it is run, so it is neither true nor false.
    pub(super) open: bool,
}

/// A dictionary in the order of insertion.
#[derive(Debug, Clone, Default)]
pub(super) struct Dict {
    entries: Vec<(Value, Value)>,
    index: BTreeMap<Key, usize>,
}

/// What a dictionary finds an entry by. `1`, `1.0` and `True` are one key, as in Python.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    None,
    Int(i64),
    Float(u64),
    Text(Rc<str>),
    Tuple(Vec<Key>),
    Relation(Rc<str>),
}

impl Dict {
    pub(super) fn get(&self, key: &Key) -> Option<&Value> {
        self.index.get(key).and_then(|at| self.entries.get(*at)).map(|(_, value)| value)
    }

    pub(super) fn text(&self, key: &str) -> Option<&Value> {
        self.get(&Key::Text(Rc::from(key)))
    }

    pub(super) fn insert(&mut self, key: Key, name: Value, value: Value) {
        match self.index.get(&key) {
            Some(at) => self.entries[*at].1 = value,
            None => {
                self.index.insert(key, self.entries.len());
                self.entries.push((name, value));
            }
        }
    }

    pub(super) fn remove(&mut self, key: &Key) -> Option<Value> {
        let at = self.index.remove(key)?;
        for place in self.index.values_mut().filter(|place| **place > at) {
            *place -= 1;
        }
        Some(self.entries.remove(at).1)
    }

    pub(super) fn entries(&self) -> &[(Value, Value)] {
        &self.entries
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.index.keys()
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.index.clear();
    }
}

impl Heap {
    pub(super) fn list(&mut self, items: Vec<Value>) -> Value {
        Value::List(self.sequence(items))
    }

    pub(super) fn tuple(&mut self, items: Vec<Value>) -> Value {
        Value::Tuple(self.sequence(items))
    }

    /// Counts work: one for a step or an item, and one for some bytes of text. Nothing a template does is free, so the
    /// limit bounds its time and its memory alike.
    pub(super) fn spend(&self, work: usize) -> Step<()> {
        let spent = self.work.get().saturating_add(work as u64);
        self.work.set(spent);
        if spent > WORK_LIMIT {
            return Err(Stop::new(Why::TooMuch, "the template does not come to an end in the time that it may take"));
        }
        Ok(())
    }

    /// Counts text that is about to be built.
    pub(super) fn spend_text(&self, bytes: usize) -> Step<()> {
        self.spend(1 + bytes / 8)
    }

    fn sequence(&mut self, items: Vec<Value>) -> ListId {
        self.lists.push(items);
        ListId(self.lists.len() - 1)
    }

    pub(super) fn new_dict(&mut self) -> DictId {
        self.dict(Dict::default())
    }

    pub(super) fn dict(&mut self, dict: Dict) -> DictId {
        self.dicts.push(dict);
        DictId(self.dicts.len() - 1)
    }

    pub(super) fn items(&self, id: ListId) -> &[Value] {
        &self.lists[id.0]
    }

    pub(super) fn items_mut(&mut self, id: ListId) -> &mut Vec<Value> {
        self.changes += 1;
        &mut self.lists[id.0]
    }

    pub(super) fn entries(&self, id: DictId) -> &Dict {
        &self.dicts[id.0]
    }

    pub(super) fn entries_mut(&mut self, id: DictId) -> &mut Dict {
        self.changes += 1;
        &mut self.dicts[id.0]
    }

    /// Puts an entry under a name.
    pub(super) fn put(&mut self, id: DictId, name: &str, value: Value) {
        let name: Rc<str> = Rc::from(name);
        self.changes += 1;
        self.dicts[id.0].insert(Key::Text(Rc::clone(&name)), Value::Text(name), value);
    }

    /// Whether an `if` takes the value for true.
    pub(super) fn truth(&self, value: &Value) -> Step<bool> {
        Ok(match value {
            Value::Undefined(name) if self.open => return Err(Stop::undefined(name)),
            Value::Undefined(_) | Value::Nothing | Value::None => false,
            Value::Unknown(origin) => return Err(Stop::unknown(origin)),
            Value::Bool(value) => *value,
            Value::Int(value) => *value != 0,
            Value::Float(value) => *value != 0.0,
            Value::Text(text) => !text.is_empty(),
            Value::List(id) | Value::Tuple(id) => !self.items(*id).is_empty(),
            Value::Dict(id) | Value::Set(id) => !self.entries(*id).entries.is_empty(),
            Value::Duration(duration) => *duration != Duration::default(),
            Value::Namespace(_)
            | Value::Relation(_)
            | Value::Moment(_)
            | Value::Macro(_)
            | Value::Closure(_)
            | Value::Package(_)
            | Value::Global(_)
            | Value::Object(_)
            | Value::Loop(_) => true,
        })
    }

    pub(super) fn key(&self, value: &Value) -> Step<Key> {
        self.key_at(value, 0)
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "compared after the round trip")]
    #[allow(clippy::float_cmp, reason = "a whole number is exactly one")]
    fn key_at(&self, value: &Value, depth: u32) -> Step<Key> {
        self.spend(1)?;
        Ok(match value {
            Value::None => Key::None,
            Value::Bool(value) => Key::Int(i64::from(*value)),
            Value::Int(value) => Key::Int(*value),
            Value::Float(value) if (*value as i64) as f64 == *value => Key::Int(*value as i64),
            Value::Float(value) => Key::Float(value.to_bits()),
            Value::Text(text) => Key::Text(Rc::clone(text)),
            Value::Tuple(id) if depth < DEEPEST => {
                let keys: Step<Vec<Key>> = self.items(*id).iter().map(|item| self.key_at(item, depth + 1)).collect();
                Key::Tuple(keys?)
            }
            Value::Relation(relation) => Key::Relation(Rc::from(relation.text())),
            Value::Unknown(origin) => return Err(Stop::unknown(origin)),
            Value::Undefined(name) => return Err(Stop::undefined(name)),
            other => return Err(Stop::failed(format!("{} cannot be a key", other.kind()))),
        })
    }

    /// Python's `==`.
    pub(super) fn equal(&self, left: &Value, right: &Value) -> Step<bool> {
        self.equal_at(left, right, 0)
    }

    fn equal_at(&self, left: &Value, right: &Value, depth: u32) -> Step<bool> {
        if depth > DEEPEST {
            return Err(too_deep());
        }
        self.spend(1)?;
        Ok(match (left, right) {
            (Value::Unknown(origin), _) | (_, Value::Unknown(origin)) => return Err(Stop::unknown(origin)),
            (Value::Undefined(_) | Value::Nothing, Value::Undefined(_) | Value::Nothing) => true,
            (Value::None, Value::None) => true,
            (Value::Text(left), Value::Text(right)) => left == right,
            (Value::List(left), Value::List(right)) | (Value::Tuple(left), Value::Tuple(right)) => {
                let (left, right) = (self.items(*left), self.items(*right));
                if left.len() != right.len() {
                    return Ok(false);
                }
                for (left, right) in left.iter().zip(right) {
                    if !self.equal_at(left, right, depth + 1)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Value::Dict(left), Value::Dict(right)) => {
                let (left, right) = (self.entries(*left), self.entries(*right));
                if left.entries.len() != right.entries.len() {
                    return Ok(false);
                }
                for (key, at) in &left.index {
                    let Some(other) = right.get(key) else { return Ok(false) };
                    if !self.equal_at(&left.entries[*at].1, other, depth + 1)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Value::Set(left), Value::Set(right)) => self.entries(*left).keys().eq(self.entries(*right).keys()),
            (Value::Relation(left), Value::Relation(right)) => left.text() == right.text(),
            (Value::Moment(left), Value::Moment(right)) => left == right,
            (Value::Duration(left), Value::Duration(right)) => left == right,
            (Value::Macro(left), Value::Macro(right)) => left == right,
            (Value::Namespace(left), Value::Namespace(right)) => left == right,
            _ => match (left.number(), right.number()) {
                (Some(left), Some(right)) => left.compare(right) == Some(std::cmp::Ordering::Equal),
                _ => false,
            },
        })
    }
}

/// What one template may do. The largest in real projects, 1 MB of SQL out of loops, take less than a tenth of it.
pub(super) const WORK_LIMIT: u64 = 2_000_000;

/// How deep lists in lists are printed and compared. Python itself ends at some hundreds.
pub(super) const DEEPEST: u32 = 64;

pub(super) fn too_deep() -> Stop {
    Stop::new(Why::TooMuch, "a value is nested too deeply")
}

/// An integer or a float; a boolean counts as 0 or 1.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    Int(i64),
    Float(f64),
}

impl Number {
    pub(super) fn float(self) -> f64 {
        match self {
            #[allow(clippy::cast_precision_loss, reason = "as in Python's mixed arithmetic")]
            Number::Int(value) => value as f64,
            Number::Float(value) => value,
        }
    }

    pub(super) fn compare(self, other: Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Number::Int(left), Number::Int(right)) => Some(left.cmp(&right)),
            _ => self.float().partial_cmp(&other.float()),
        }
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        match number {
            Number::Int(value) => Value::Int(value),
            Number::Float(value) => Value::Float(value),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(Rc::from(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(Rc::from(text))
    }
}

impl Value {
    pub(super) fn undefined(name: &str) -> Self {
        Value::Undefined(Rc::from(name))
    }

    pub(super) fn number(&self) -> Option<Number> {
        match self {
            Value::Bool(value) => Some(Number::Int(i64::from(*value))),
            Value::Int(value) => Some(Number::Int(*value)),
            Value::Float(value) => Some(Number::Float(*value)),
            _ => None,
        }
    }

    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Value::Undefined(_) | Value::Nothing)
    }

    /// What it is, for a message.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::Undefined(_) | Value::Nothing => "an undefined value",
            Value::Unknown(_) => "an unknown value",
            Value::None => "None",
            Value::Bool(_) => "a boolean",
            Value::Int(_) | Value::Float(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Tuple(_) => "a tuple",
            Value::Dict(_) => "a dictionary",
            Value::Namespace(_) => "a namespace",
            Value::Set(_) => "a set",
            Value::Relation(_) => "a relation",
            Value::Moment(_) => "a date",
            Value::Duration(_) => "a time delta",
            Value::Macro(_) | Value::Closure(_) => "a macro",
            Value::Package(_) => "a package",
            Value::Global(_) => "a function",
            Value::Object(_) => "an object of dbt",
            Value::Loop(_) => "a loop",
        }
    }
}
