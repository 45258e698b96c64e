//! Order, membership and sums of values, as Python has them.

use std::cmp::Ordering;

use super::stop::{Step, Stop};
use super::value::{DEEPEST, Heap, Value, too_deep};

impl Heap {
    /// Python's `<`, for values that have an order.
    pub(super) fn order(&self, left: &Value, right: &Value) -> Step<Ordering> {
        self.order_at(left, right, 0)
    }

    fn order_at(&self, left: &Value, right: &Value, depth: u32) -> Step<Ordering> {
        if depth > DEEPEST {
            return Err(too_deep());
        }
        self.spend(1)?;
        match (left, right) {
            (Value::Unknown(origin), _) | (_, Value::Unknown(origin)) => Err(Stop::unknown(origin)),
            (Value::Undefined(name), _) | (_, Value::Undefined(name)) => Err(Stop::undefined(name)),
            (Value::Text(left), Value::Text(right)) => Ok(left.cmp(right)),
            (Value::List(left), Value::List(right)) | (Value::Tuple(left), Value::Tuple(right)) => {
                let (left, right) = (self.items(*left), self.items(*right));
                for (left, right) in left.iter().zip(right) {
                    if !self.equal(left, right)? {
                        return self.order_at(left, right, depth + 1);
                    }
                }
                Ok(left.len().cmp(&right.len()))
            }
            (Value::Moment(left), Value::Moment(right)) if left.is_date() == right.is_date() => Ok(left.cmp(right)),
            (Value::Duration(left), Value::Duration(right)) => Ok(left.cmp(right)),
            _ => match (left.number(), right.number()) {
                (Some(left), Some(right)) => {
                    left.compare(right).ok_or_else(|| Stop::failed("a comparison with no number"))
                }
                _ => Err(Stop::failed(format!("{} is compared with {}", left.kind(), right.kind()))),
            },
        }
    }

    /// Python's `in`.
    pub(super) fn contains(&self, container: &Value, value: &Value) -> Step<bool> {
        match (container, value) {
            (Value::Unknown(origin), _) | (_, Value::Unknown(origin)) => Err(Stop::unknown(origin)),
            (Value::Text(text), Value::Text(part)) => {
                self.spend_text(text.len())?;
                Ok(text.contains(&**part))
            }
            (Value::Text(_), Value::Undefined(name)) => Err(Stop::undefined(name)),
            (Value::List(id) | Value::Tuple(id), value) => {
                for item in self.items(*id) {
                    if self.equal(item, value)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            (Value::Dict(_) | Value::Set(_), Value::Undefined(_) | Value::Nothing) => Ok(false),
            (Value::Dict(id) | Value::Set(id), value) => Ok(self.entries(*id).get(&self.key(value)?).is_some()),
            (Value::Undefined(name), _) => Err(Stop::undefined(name)),
            (container, _) => Err(Stop::unsupported(format!("something is looked for in {}", container.kind()))),
        }
    }

    /// Sorts by keys that stand beside the items; equal ones keep their order.
    pub(super) fn sorted(&self, mut items: Vec<(Value, Value)>, reverse: bool) -> Step<Vec<Value>> {
        let mut problem = None;
        items.sort_by(|(left, _), (right, _)| {
            let order = self.order(left, right).unwrap_or_else(|stop| {
                problem.get_or_insert(stop);
                Ordering::Equal
            });
            if reverse { order.reverse() } else { order }
        });
        match problem {
            Some(stop) => Err(stop),
            None => Ok(items.into_iter().map(|(_, item)| item).collect()),
        }
    }
}
