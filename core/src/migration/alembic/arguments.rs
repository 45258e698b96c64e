//! The arguments of a call, by place or by name.

use std::rc::Rc;

use super::strings;
use super::value::Value;

#[derive(Debug, Clone, Default)]
pub(super) struct Given {
    pub(super) args: Vec<Value>,
    pub(super) keywords: Vec<(Rc<str>, Value)>,
    /// Arguments that are spread out of something that is not known.
    pub(super) unknown: Option<Rc<str>>,
}

impl Given {
    pub(super) fn get(&self, index: usize, name: &str) -> Option<&Value> {
        self.args.get(index).or_else(|| self.keyword(name))
    }

    pub(super) fn keyword(&self, name: &str) -> Option<&Value> {
        self.keywords.iter().rev().find(|(own, _)| &**own == name).map(|(_, value)| value)
    }

    /// A text that may be left out; an error where it is there and not known.
    pub(super) fn text(&self, index: usize, name: &str) -> Result<Option<String>, String> {
        self.get(index, name).map_or(Ok(None), optional)
    }

    pub(super) fn keyword_text(&self, name: &str) -> Result<Option<String>, String> {
        self.text(usize::MAX, name)
    }

    pub(super) fn need(&self, index: usize, name: &str) -> Result<String, String> {
        self.text(index, name)?.ok_or_else(|| format!("`{name}` is missing"))
    }

    /// Texts, one or several.
    pub(super) fn texts(&self, index: usize, name: &str) -> Result<Vec<String>, String> {
        match self.get(index, name) {
            Some(Value::List(list)) => list.values.iter().map(text).collect(),
            Some(value) => Ok(vec![text(value)?]),
            None => Err(format!("`{name}` is missing")),
        }
    }

    /// A flag; an error where it is not known.
    pub(super) fn flag(&self, name: &str) -> Result<bool, String> {
        match self.keyword(name) {
            None => Ok(false),
            Some(value) => value.truth().ok_or_else(|| not_known(value)),
        }
    }
}

fn optional(value: &Value) -> Result<Option<String>, String> {
    match value {
        Value::None => Ok(None),
        value => text(value).map(Some),
    }
}

/// A text that has to be known: a name.
pub(super) fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::Text(_) | Value::Number(_) => strings::shown(value).ok_or_else(|| not_known(value)),
        value => match value.call() {
            // `quoted_name("Users", quote=True)`
            Some(("sqlalchemy.quoted_name", call)) if !call.args.is_empty() => text(&call.args[0]),
            _ => Err(not_known(value)),
        },
    }
}

pub(super) fn not_known(value: &Value) -> String {
    format!("`{}` is known only at run time", value.said())
}
