//! The arguments of a call.

use std::rc::Rc;

use super::stop::{Step, Stop};
use super::value::Value;

#[derive(Debug, Default)]
pub(super) struct Args {
    pub(super) positional: Vec<Value>,
    pub(super) named: Vec<(Rc<str>, Value)>,
}

impl Args {
    /// The arguments of a function, in the order of its parameters.
    pub(super) fn take<const N: usize>(self, function: &str, parameters: [&str; N]) -> Step<[Option<Value>; N]> {
        let mut taken = [const { None }; N];
        if self.positional.len() > N {
            return Err(Stop::failed(format!("'{function}' takes fewer arguments than it is given")));
        }
        for (place, value) in taken.iter_mut().zip(self.positional) {
            *place = Some(value);
        }
        for (name, value) in self.named {
            match parameters.iter().position(|parameter| **parameter == *name) {
                Some(at) if taken[at].is_none() => taken[at] = Some(value),
                Some(_) => return Err(Stop::failed(format!("'{name}' is given twice to '{function}'"))),
                None => return Err(Stop::unsupported(format!("'{function}' with the argument '{name}'"))),
            }
        }
        Ok(taken)
    }

    /// For a function with one parameter that must be given.
    pub(super) fn one(self, function: &str, parameter: &str) -> Step<Value> {
        let [value] = self.take(function, [parameter])?;
        value.ok_or_else(|| missing(function, parameter))
    }

    pub(super) fn none(self, function: &str) -> Step<()> {
        self.take::<0>(function, []).map(drop)
    }
}

pub(super) fn missing(function: &str, parameter: &str) -> Stop {
    Stop::failed(format!("'{function}' needs the argument '{parameter}'"))
}

/// Text, and nothing else.
pub(super) fn text_of(value: &Value) -> Step<Rc<str>> {
    match value {
        Value::Text(text) => Ok(Rc::clone(text)),
        Value::Undefined(name) => Err(Stop::undefined(name)),
        Value::Unknown(origin) => Err(Stop::unknown(origin)),
        other => Err(Stop::failed(format!("{} stands where text is needed", other.kind()))),
    }
}

/// An integer, and nothing else.
pub(super) fn int_of(value: &Value) -> Step<i64> {
    match value {
        Value::Int(value) => Ok(*value),
        Value::Bool(value) => Ok(i64::from(*value)),
        Value::Undefined(name) => Err(Stop::undefined(name)),
        Value::Unknown(origin) => Err(Stop::unknown(origin)),
        other => Err(Stop::failed(format!("{} stands where an integer is needed", other.kind()))),
    }
}
