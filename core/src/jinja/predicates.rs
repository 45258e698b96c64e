//! Jinja's tests: what stands after `is`.

use super::arguments::{Args, int_of, text_of};
use super::expression::comparison_named;
use super::machine::Machine;
use super::stop::{Step, Stop};
use super::value::Value;

impl Machine<'_, '_> {
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
            return int_of(value)?
                .checked_rem(by)
                .map(|rest| rest == 0)
                .ok_or_else(|| Stop::failed("a division by zero"));
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
            "sequence" => matches!(
                value,
                Value::List(_) | Value::Tuple(_) | Value::Text(_) | Value::Dict(_) | Value::Set(_) | Value::Relation(_)
            ),
            "iterable" => matches!(
                value,
                Value::List(_)
                    | Value::Tuple(_)
                    | Value::Text(_)
                    | Value::Dict(_)
                    | Value::Set(_)
                    | Value::Relation(_)
                    | Value::Undefined(_)
            ),
            "callable" => matches!(value, Value::Macro(_) | Value::Closure(_) | Value::Global(_)),
            "even" => int_of(value)? % 2 == 0,
            "odd" => int_of(value)? % 2 != 0,
            "lower" => {
                text_of(value)?.to_lowercase() == *text_of(value)? && text_of(value)?.chars().any(char::is_alphabetic)
            }
            "upper" => {
                text_of(value)?.to_uppercase() == *text_of(value)? && text_of(value)?.chars().any(char::is_alphabetic)
            }
            _ => return Err(Stop::unsupported(format!("the test '{test}'"))),
        })
    }
}
