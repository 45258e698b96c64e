//! Attributes, items and methods of values that are not plain data: dbt's objects, relations, dates, loops.

use std::rc::Rc;

use super::arguments::{Args, int_of, text_of};
use super::container_methods::index;
use super::globals::{Global, Object};
use super::machine::Machine;
use super::moment::SECOND;
use super::moment_members::moment_attribute;
use super::stop::{Step, Stop};
use super::text_methods::length;
use super::value::{DictId, Value};

impl Machine<'_, '_> {
    pub(super) fn attribute(&mut self, value: &Value, name: &str) -> Step<Value> {
        match value {
            Value::Unknown(_) => Ok(value.clone()),
            Value::Undefined(base) => Err(Stop::undefined(base)),
            Value::Dict(id) | Value::Namespace(id) => {
                Ok(self.heap.entries(*id).text(name).cloned().unwrap_or_else(|| Value::undefined(name)))
            }
            Value::Relation(relation) => self.relation_attribute(relation, name),
            Value::Loop(at) => self.loop_attribute(*at, name),
            Value::Moment(moment) => moment_attribute(moment, name),
            Value::Duration(duration) => match name {
                "days" => Ok(Value::Int(duration.days())),
                "seconds" => Ok(Value::Int(duration.seconds())),
                _ => Ok(Value::undefined(name)),
            },
            Value::Package(package) => {
                Ok(self.library.find_in(package, name).map_or_else(|| Value::undefined(name), Value::Macro))
            }
            Value::Object(object) => self.object_attribute(*object, name),
            Value::Macro(makro) if name == "name" => Ok(self.library.name(*makro).into()),
            Value::Macro(_) | Value::Closure(_) | Value::Global(_) => {
                Err(Stop::unsupported(format!("'{name}' of a function")))
            }
            _ => Ok(Value::undefined(name)),
        }
    }

    pub(super) fn item(&mut self, value: &Value, key: &Value) -> Step<Value> {
        if let Value::Unknown(_) = value {
            return Ok(value.clone());
        }
        match (value, key) {
            (Value::Undefined(base), _) => Err(Stop::undefined(base)),
            (_, Value::Undefined(name)) => Err(Stop::undefined(name)),
            (_, Value::Unknown(origin)) => Err(Stop::unknown(origin)),
            (Value::List(id) | Value::Tuple(id), key) if key.number().is_some() => {
                let items = self.heap.items(*id);
                let found = index(items.len(), int_of(key)?).and_then(|at| items.get(at).cloned());
                Ok(found.unwrap_or_else(|| Value::undefined("an item past the end of a list")))
            }
            (Value::Text(text), Value::Int(at)) => {
                self.heap.spend_text(text.len())?;
                let found = index(text.chars().count(), *at).and_then(|at| text.chars().nth(at));
                Ok(found
                    .map_or_else(|| Value::undefined("a letter past the end of a text"), |c| String::from(c).into()))
            }
            (Value::Dict(id), key) => {
                let found = self.heap.entries(*id).get(&self.heap.key(key)?).cloned();
                match (found, key) {
                    (Some(found), _) => Ok(found),
                    (None, key) => Ok(Value::undefined(&self.heap.text(key)?)),
                }
            }
            (Value::Object(Object::Context), Value::Text(name)) => {
                let name = Rc::clone(name);
                self.object_attribute(Object::Context, &name)
            }
            (value, Value::Text(name)) => {
                let (value, name) = (value.clone(), Rc::clone(name));
                self.attribute(&value, &name)
            }
            (value, _) => Err(Stop::failed(format!("an item of {} is asked for", value.kind()))),
        }
    }

    pub(super) fn call_method(&mut self, object: &Value, method: &str, args: Args) -> Step<Value> {
        match object {
            Value::Unknown(_) => Ok(object.clone()),
            Value::Undefined(name) => Err(Stop::undefined(name)),
            Value::Text(text) => self.text_method(&Rc::clone(text), method, args),
            Value::List(id) => self.list_method(*id, method, args),
            Value::Tuple(id) => self.sequence_method(*id, method, args),
            Value::Dict(id) => self.dict_method(*id, method, args),
            Value::Set(id) => self.set_method(*id, method, args),
            Value::Relation(relation) => self.relation_method(&Rc::clone(relation), method, args),
            Value::Moment(moment) => self.moment_method(**moment, method, args),
            Value::Duration(duration) if method == "total_seconds" => {
                args.none(method)?;
                #[allow(clippy::cast_precision_loss, reason = "Python gives a fraction too")]
                Ok(Value::Float(duration.0 as f64 / SECOND as f64))
            }
            Value::Loop(at) => self.loop_method(*at, method, args),
            Value::Object(object) => self.object_method(*object, method, args),
            Value::Global(Global::Var) if method == "has_var" => {
                let name = text_of(&args.one(method, "var_name")?)?;
                let given = self.library.project.vars.iter().any(|(known, _)| **known == *name);
                Ok(if given { Value::Bool(true) } else { self.not_in_manifest(&format!("the variable '{name}'")) })
            }
            other => {
                let function = self.attribute(other, method)?;
                self.call_value(function, args)
            }
        }
    }

    fn loop_attribute(&mut self, at: usize, name: &str) -> Step<Value> {
        let this = self.loops.get(at).ok_or_else(|| Stop::failed("a loop that is over"))?;
        let (at, len) = (this.at, this.items.len());
        Ok(match name {
            "index" => length(at + 1),
            "index0" => length(at),
            "revindex" => length(len - at),
            "revindex0" => length(len - at - 1),
            "first" => Value::Bool(at == 0),
            "last" => Value::Bool(at + 1 == len),
            "length" => length(len),
            "previtem" => {
                at.checked_sub(1).and_then(|at| this.items.get(at)).cloned().unwrap_or_else(|| Value::undefined(name))
            }
            "nextitem" => this.items.get(at + 1).cloned().unwrap_or_else(|| Value::undefined(name)),
            _ => return Err(Stop::unsupported(format!("'loop.{name}'"))),
        })
    }

    fn loop_method(&mut self, at: usize, method: &str, args: Args) -> Step<Value> {
        let this = self.loops.get_mut(at).ok_or_else(|| Stop::failed("a loop that is over"))?;
        match method {
            "cycle" if !args.positional.is_empty() => Ok(args.positional[this.at % args.positional.len()].clone()),
            "changed" => {
                let now = args.one(method, "value")?;
                let before = this.changed.replace(now.clone());
                Ok(Value::Bool(before.map_or(Ok(true), |before| self.heap.equal(&before, &now).map(|same| !same))?))
            }
            _ => Err(Stop::unsupported(format!("'loop.{method}'"))),
        }
    }

    /// The configuration of the node, made when it is first asked for.
    pub(super) fn config(&mut self) -> Step<DictId> {
        if let Some(config) = self.config {
            return Ok(config);
        }
        let id = match self.heap.value_of(&self.model.config)? {
            Value::Dict(id) => id,
            _ => self.heap.new_dict(),
        };
        self.config = Some(id);
        Ok(id)
    }
}
