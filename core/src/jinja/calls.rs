//! The calls of macros: those of the manifest, those that a template writes itself, and the bodies of call blocks.

use std::rc::Rc;

use minijinja::machinery::ast::{Expr, Macro, Spanned};

use super::arguments::Args;
use super::machine::{Machine, ScopeId};
use super::stop::{Step, Stop};
use super::value::{Key, Value};

/// A macro that is written in the template itself, or the body of a call block.
#[derive(Clone, Copy)]
pub(super) struct Closure<'r> {
    makro: &'r Macro<'r>,
    scope: ScopeId,
    source: Option<usize>,
}

impl<'r> Machine<'r, '_> {
    pub(super) fn close(&mut self, makro: &'r Spanned<Macro<'r>>, scope: ScopeId) -> Value {
        self.captured = self.captured.max(Some(scope));
        self.closures.push(Closure { makro, scope, source: self.current });
        Value::Closure(self.closures.len() - 1)
    }

    /// Calls a macro of the manifest. What it says with `return` is its value; else the text it made.
    pub(super) fn call_macro(&mut self, makro: usize, args: Args) -> Step<Value> {
        if self.library.name(makro) == "is_incremental" {
            if !self.library.is_own(makro, "is_incremental") {
                self.assumed.insert("the project's own is_incremental says what dbt's says".to_owned());
            }
            self.asked_incremental = true;
            return Ok(Value::Bool(self.incremental));
        }
        let definition = self.library.definition(makro)?;
        let outside = (self.current, self.inside);
        let (scopes, loops) = (self.scopes.len(), self.loops.len());
        self.current = Some(makro);
        let result = self.call_body(definition, Self::ROOT, args);
        (self.current, self.inside) = outside;
        // A `return` out of a loop leaves its scopes behind.
        self.close_scope(ScopeId(scopes));
        self.loops.truncate(loops);
        match result {
            Err(Stop::Return(value)) => Ok(value),
            other => other,
        }
    }

    pub(super) fn call_closure(&mut self, closure: usize, args: Args) -> Step<Value> {
        let Some(closure) = self.closures.get(closure).copied() else {
            return Err(Stop::failed("there is no such macro"));
        };
        let outside = (self.current, self.inside, self.at);
        self.current = closure.source;
        let result = self.call_body(closure.makro, closure.scope, args);
        (self.current, self.inside, self.at) = outside;
        result
    }

    fn call_body(&mut self, makro: &'r Macro<'r>, parent: ScopeId, args: Args) -> Step<Value> {
        let scope = self.open(parent);
        self.step(self.inside.map_or(self.at, |inside| inside.at), |machine| {
            machine.bind(makro, args, scope)?;
            let text = machine.text_of(&makro.body, scope)?;
            machine.close_scope(scope);
            Ok(text.into())
        })
    }

    /// Gives the parameters of a macro their arguments.
    fn bind(&mut self, makro: &'r Macro<'r>, args: Args, scope: ScopeId) -> Step<()> {
        let Args { positional, mut named } = args;
        let mut positional = positional.into_iter();
        let first_default = makro.args.len().saturating_sub(makro.defaults.len());
        for (at, parameter) in makro.args.iter().enumerate() {
            let Expr::Var(name) = parameter else { continue };
            let by_name = named.iter().position(|(known, _)| **known == *name.id).map(|at| named.remove(at).1);
            let value = match (positional.next(), by_name) {
                (Some(_), Some(_)) => {
                    return Err(Stop::failed(format!("'{}' is given twice to '{}'", name.id, makro.name)));
                }
                (Some(value), None) | (None, Some(value)) => value,
                (None, None) => match at.checked_sub(first_default).and_then(|at| makro.defaults.get(at)) {
                    Some(default) => self.eval(default, scope)?,
                    None => Value::undefined(name.id),
                },
            };
            self.define(name.id, value, scope);
        }
        if let Some(at) = named.iter().position(|(name, _)| **name == *"caller") {
            let caller = named.remove(at).1;
            self.define("caller", caller, scope);
        }
        let rest: Vec<Value> = positional.collect();
        // Jinja takes what has no parameter only where the macro asks for it.
        for (word, given) in [("varargs", !rest.is_empty()), ("kwargs", !named.is_empty())] {
            if given && !self.source().contains(word) {
                return Err(Stop::failed(format!("'{}' takes fewer arguments than it is given", makro.name)));
            }
        }
        let rest = self.heap.tuple(rest);
        self.define("varargs", rest, scope);
        let id = self.heap.new_dict();
        for (name, value) in named {
            self.heap.entries_mut(id).insert(Key::Text(Rc::clone(&name)), Value::Text(name), value);
        }
        self.define("kwargs", Value::Dict(id), scope);
        Ok(())
    }
}
