//! Python's arithmetic, on numbers, text, lists and dates. What Python would do with numbers of any size is refused.

use std::rc::Rc;

use super::arguments::int_of;
use super::machine::Machine;
use super::print::within_limit;
use super::stop::{Step, Stop};
use super::value::{Number, Value};

impl Machine<'_, '_> {
    pub(super) fn add(&mut self, left: &Value, right: &Value) -> Step<Value> {
        match (left, right) {
            (Value::Text(left), Value::Text(right)) => {
                self.heap.spend_text(left.len() + right.len())?;
                let text = [&**left, &**right].concat();
                within_limit(&text)?;
                Ok(text.into())
            }
            (Value::List(_), Value::List(_)) | (Value::Tuple(_), Value::Tuple(_)) => {
                let mut items = self.iterate(left)?;
                items.extend(self.iterate(right)?);
                self.heap.spend(items.len())?;
                Ok(if let Value::List(_) = left { self.heap.list(items) } else { self.heap.tuple(items) })
            }
            (Value::Moment(moment), Value::Duration(duration)) | (Value::Duration(duration), Value::Moment(moment)) => {
                moment.plus(*duration).map(|moment| Value::Moment(Rc::new(moment))).ok_or_else(too_large)
            }
            (Value::Duration(left), Value::Duration(right)) => Ok(Value::Duration(left.plus(*right))),
            _ => match (number(left)?, number(right)?) {
                (Number::Int(left), Number::Int(right)) => {
                    left.checked_add(right).map(Value::Int).ok_or_else(too_large)
                }
                (left, right) => Ok(Value::Float(left.float() + right.float())),
            },
        }
    }

    pub(super) fn subtract(&mut self, left: &Value, right: &Value) -> Step<Value> {
        match (left, right) {
            (Value::Moment(moment), Value::Duration(duration)) => {
                moment.plus(duration.times(-1)).map(|moment| Value::Moment(Rc::new(moment))).ok_or_else(too_large)
            }
            (Value::Moment(left), Value::Moment(right)) => Ok(Value::Duration(left.since(right))),
            (Value::Duration(left), Value::Duration(right)) => Ok(Value::Duration(left.plus(right.times(-1)))),
            (Value::Set(_), Value::Set(_)) => self.set_difference(left, right),
            _ => match (number(left)?, number(right)?) {
                (Number::Int(left), Number::Int(right)) => {
                    left.checked_sub(right).map(Value::Int).ok_or_else(too_large)
                }
                (left, right) => Ok(Value::Float(left.float() - right.float())),
            },
        }
    }

    pub(super) fn multiply(&mut self, left: &Value, right: &Value) -> Step<Value> {
        match (left, right) {
            (Value::Text(text), times @ (Value::Int(_) | Value::Bool(_)))
            | (times @ (Value::Int(_) | Value::Bool(_)), Value::Text(text)) => {
                let times = usize::try_from(int_of(times)?.max(0)).unwrap_or(usize::MAX);
                self.heap.spend_text(text.len().saturating_mul(times))?;
                let text = text.repeat(times);
                within_limit(&text)?;
                Ok(text.into())
            }
            (list @ Value::List(_), Value::Int(times)) | (Value::Int(times), list @ Value::List(_)) => {
                let items = self.iterate(list)?;
                let times = usize::try_from((*times).max(0)).unwrap_or(usize::MAX);
                self.heap.spend(items.len().saturating_mul(times).saturating_add(times))?;
                let items = (0..times).flat_map(|_| items.iter().cloned()).collect();
                Ok(self.heap.list(items))
            }
            _ => match (number(left)?, number(right)?) {
                (Number::Int(left), Number::Int(right)) => {
                    left.checked_mul(right).map(Value::Int).ok_or_else(too_large)
                }
                (left, right) => Ok(Value::Float(left.float() * right.float())),
            },
        }
    }

    /// The remainder of numbers, or Python's formatting of text: `'%s' % name`.
    pub(super) fn remainder(&mut self, left: &Value, right: &Value) -> Step<Value> {
        if let Value::Text(pattern) = left {
            let values = match right {
                Value::Tuple(_) => self.iterate(right)?,
                one => vec![one.clone()],
            };
            return self.heap.percent_format(pattern, &values).map(Value::from);
        }
        match (number(left)?, number(right)?) {
            (_, Number::Int(0)) => Err(Stop::failed("a division by zero")),
            (Number::Int(left), Number::Int(right)) => {
                let rest = left.checked_rem(right).ok_or_else(too_large)?;
                Ok(Value::Int(if rest != 0 && (rest < 0) != (right < 0) { rest + right } else { rest }))
            }
            _ => Err(Stop::unsupported("the remainder of a fraction")),
        }
    }
}

pub(super) fn number(value: &Value) -> Step<Number> {
    value.number().ok_or_else(|| match value {
        Value::Undefined(name) => Stop::undefined(name),
        Value::Unknown(origin) => Stop::unknown(origin),
        other => Stop::failed(format!("{} is used as a number", other.kind())),
    })
}

pub(super) fn too_large() -> Stop {
    Stop::unsupported("a number of more than 64 bits")
}

pub(super) fn divide(left: Number, right: Number) -> Step<Value> {
    if right.float() == 0.0 {
        return Err(Stop::failed("a division by zero"));
    }
    Ok(Value::Float(left.float() / right.float()))
}

pub(super) fn floor_divide(left: Number, right: Number) -> Step<Value> {
    match (left, right) {
        (_, right) if right.float() == 0.0 => Err(Stop::failed("a division by zero")),
        (Number::Int(left), Number::Int(right)) => {
            let quotient = left.checked_div(right).ok_or_else(too_large)?;
            let inexact = left.checked_rem(right).ok_or_else(too_large)? != 0;
            Ok(Value::Int(if inexact && (left < 0) != (right < 0) { quotient - 1 } else { quotient }))
        }
        (left, right) => Ok(Value::Float((left.float() / right.float()).floor())),
    }
}

pub(super) fn power(left: Number, right: Number) -> Step<Value> {
    match (left, right) {
        (Number::Int(base), Number::Int(exponent)) if exponent >= 0 => u32::try_from(exponent)
            .ok()
            .and_then(|exponent| base.checked_pow(exponent))
            .map(Value::Int)
            .ok_or_else(too_large),
        // A power's last digits differ from host to host.
        _ => Err(Stop::unsupported("a power of a fraction")),
    }
}
