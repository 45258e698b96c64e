//! Calls: of the operations, of this file's functions, of what SQLAlchemy makes, and of what is not known.

use std::rc::Rc;

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::arguments::Given;
use super::evaluate::items;
use super::run::{Interpreter, Scope};
use super::value::{Call, Kind, Value};
use super::{builtins, methods, span};
use crate::text::Span;

impl<'a> Interpreter<'a> {
    /// `for_itself`: what it gives is not used, so it is there for what it does.
    pub(super) fn call(&mut self, call: &'a ExprCall, for_itself: bool) -> Value {
        let place = span(call.range);
        if let Expr::Attribute(attribute) = &*call.func {
            let of = self.evaluate(&attribute.value);
            let method = attribute.attr.as_str();
            match &of {
                Value::Text(_) | Value::Partly(..) | Value::List(_) | Value::Dict(_) => {
                    let given = self.given(call);
                    if !matches!(of, Value::Text(_) | Value::Partly(..)) && methods::changes(method) {
                        drop(of);
                        return self.change(&attribute.value, method, &given, call);
                    }
                    return methods::call(&of, method, &given).unwrap_or_else(|| self.unknown(call.range));
                }
                Value::Formula(_) => {
                    let given = self.given(call);
                    return self.on_formula(&of, method, given, place, for_itself);
                }
                _ => {}
            }
        }
        let callee = self.evaluate(&call.func);
        let given = self.given(call);
        match callee {
            Value::Function(index) => self.own_function(index, given),
            Value::Name(path) => self.named(&path, given, place, for_itself),
            other => {
                if for_itself || is_handed_the_database(&given) {
                    let written = self.written(call.func.range()).to_owned();
                    self.push_unknown(place, format!("what `{}` does is not known", shorten(&written)));
                }
                drop(other);
                self.unknown(call.range)
            }
        }
    }

    fn given(&mut self, call: &'a ExprCall) -> Given {
        let mut given = Given::default();
        for argument in &*call.arguments.args {
            let value = self.evaluate(argument);
            match argument {
                Expr::Starred(_) => match items(&value) {
                    Some(items) => given.args.extend(items),
                    None => given.unknown = Some(self.written(argument.range()).into()),
                },
                _ => given.args.push(value),
            }
        }
        for keyword in &*call.arguments.keywords {
            let value = self.evaluate(&keyword.value);
            match (&keyword.arg, &value) {
                (Some(name), _) => given.keywords.push((name.as_str().into(), value)),
                (None, Value::Dict(dict)) => {
                    for (key, value) in &dict.entries {
                        match key.text() {
                            Some(name) => given.keywords.push((name.into(), value.clone())),
                            None => given.unknown = Some(self.written(keyword.range()).into()),
                        }
                    }
                }
                (None, _) => given.unknown = Some(self.written(keyword.range()).into()),
            }
        }
        given
    }

    /// `rows.append(…)`: what the name holds is another list then.
    fn change(&mut self, of: &'a Expr, method: &str, given: &Given, call: &'a ExprCall) -> Value {
        let Expr::Name(name) = of else { return self.unknown(call.range) };
        let before = self.take(&name.id);
        let changed = if given.unknown.is_none() { methods::changed(before, method, given) } else { None };
        self.put(&name.id, changed.unwrap_or_else(|| Value::unknown(&name.id)));
        if matches!(method, "pop" | "setdefault") { self.unknown(call.range) } else { Value::None }
    }

    fn own_function(&mut self, index: usize, given: Given) -> Value {
        let Some((function, _)) = self.functions.get(index).copied() else { return Value::unknown("a function") };
        let parameters = &function.parameters;
        let mut names = Scope::new();
        let mut args = given.args.into_iter();
        let mut keywords = given.keywords;
        let mut keyword = |name: &str| {
            let at = keywords.iter().position(|(own, _)| &**own == name)?;
            Some(keywords.swap_remove(at).1)
        };
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
            let name = parameter.parameter.name.as_str();
            let value = match args.next().or_else(|| keyword(name)) {
                Some(value) => value,
                None => match &parameter.default {
                    Some(default) if given.unknown.is_none() => self.evaluate(default),
                    _ => Value::unknown(name),
                },
            };
            names.insert(name.into(), value);
        }
        for parameter in &parameters.kwonlyargs {
            let name = parameter.parameter.name.as_str();
            let value = match keyword(name) {
                Some(value) => value,
                None => match &parameter.default {
                    Some(default) if given.unknown.is_none() => self.evaluate(default),
                    _ => Value::unknown(name),
                },
            };
            names.insert(name.into(), value);
        }
        if let Some(rest) = &parameters.vararg {
            names.insert(rest.name.as_str().into(), Value::list(args.collect()));
        }
        if let Some(rest) = &parameters.kwarg {
            let entries = keywords.into_iter().map(|(name, value)| (Value::plain(&name), value)).collect();
            names.insert(rest.name.as_str().into(), Value::dict(entries));
        }
        self.enter(index, names)
    }

    fn named(&mut self, path: &str, given: Given, place: Span, for_itself: bool) -> Value {
        if let Some(operation) = path.strip_prefix("alembic.op.") {
            return self.operation(operation, &given, place, None);
        }
        if let Some(value) = builtins::call(path, &given) {
            return value;
        }
        let is_library = path.starts_with("sqlalchemy.") || path.starts_with("alembic.");
        // A class of another module is a type, most of all.
        let is_class = path.rsplit('.').next().is_some_and(|name| name.starts_with(|c: char| c.is_ascii_uppercase()));
        if !is_library && !builtins::is_harmless(path) && (for_itself && !is_class || is_handed_the_database(&given)) {
            self.push_unknown(place, format!("`{path}` stands in another file; what it does is not known here"));
        }
        let call = Call { callee: Value::name(path), args: given.args, keywords: given.keywords };
        match given.unknown {
            Some(unknown) if !is_library => Value::Unknown(unknown),
            _ => Value::formula(Kind::Call(call)),
        }
    }

    /// A method of something that is made of the libraries.
    fn on_formula(&mut self, of: &Value, method: &str, given: Given, place: Span, for_itself: bool) -> Value {
        if let Some(("alembic.op.batch_alter_table", batch)) = of.call() {
            let batch = Given { args: batch.args.clone(), keywords: batch.keywords.clone(), unknown: None };
            return self.operation(method, &given, place, Some(&batch));
        }
        self.effect_of_method(of, method, &given, place, for_itself);
        let Value::Formula(formula) = of else { return Value::unknown(method) };
        let callee = Value::formula(Kind::Member(Value::Formula(Rc::clone(formula)), method.into()));
        Value::formula(Kind::Call(Call { callee, args: given.args, keywords: given.keywords }))
    }
}

/// The operations or a connection are among the arguments: what is called can change the database.
fn is_handed_the_database(given: &Given) -> bool {
    let is_it = |value: &Value| match value {
        Value::Name(path) => &**path == "alembic.op",
        value => value.call().is_some_and(|(path, _)| path == "alembic.op.get_bind"),
    };
    given.args.iter().chain(given.keywords.iter().map(|(_, value)| value)).any(is_it)
}

fn shorten(written: &str) -> String {
    match Value::unknown(written) {
        Value::Unknown(short) => short.to_string(),
        _ => String::new(),
    }
}
