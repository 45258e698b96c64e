//! The state in which a migration is followed: what is known of every name, and the steps so far.

use std::collections::BTreeMap;
use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::span;
use super::statements::Flow;
use super::value::Value;
use crate::migration::changelog::{Form, Step};
use crate::text::Span;

/// Statements and expressions that are followed, loops unrolled: rows of data are many.
const MOST_TURNS: usize = 1_000_000;

/// Steps of one way; a file that has more of them makes them in a loop without end.
const MOST_STEPS: usize = 20_000;

/// Functions, statements and expressions within each other.
const DEEPEST: usize = 220;

pub(super) type Scope = BTreeMap<Rc<str>, Value>;

#[allow(clippy::struct_excessive_bools)] // each is a state of its own
pub(super) struct Interpreter<'a> {
    pub(super) form: Form,
    pub(super) text: &'a str,
    pub(super) steps: Vec<Step>,
    pub(super) problems: Vec<(Span, String)>,
    pub(super) functions: Vec<(&'a StmtFunctionDef, IsNested)>,
    globals: Scope,
    places: BTreeMap<&'a str, Span>,
    scopes: Vec<Scope>,
    /// Whether what is followed now may not happen.
    pub(super) conditional: bool,
    back: bool,
    /// Steps are made by the two ways only, not by the module's own lines.
    is_on_the_way: bool,
    depth: usize,
    turns: usize,
    most_steps: usize,
    /// A function may have returned before its end.
    pub(super) may_have_returned: bool,
}

/// A function within another one sees its names.
pub(super) type IsNested = bool;

impl<'a> Interpreter<'a> {
    pub(super) fn new(form: Form, text: &'a str, body: &'a [Stmt]) -> Self {
        let mut interpreter = Self {
            form,
            text,
            steps: Vec::new(),
            problems: Vec::new(),
            functions: Vec::new(),
            globals: Scope::new(),
            places: BTreeMap::new(),
            scopes: Vec::new(),
            conditional: false,
            back: false,
            is_on_the_way: false,
            depth: 0,
            turns: MOST_TURNS,
            most_steps: MOST_STEPS,
            may_have_returned: false,
        };
        for statement in body {
            let target = match statement {
                Stmt::Assign(assign) => assign.targets.first(),
                Stmt::AnnAssign(assign) => Some(&*assign.target),
                _ => None,
            };
            if let Some(name) = target.and_then(Expr::as_name_expr) {
                interpreter.places.insert(name.id.as_str(), span(statement.range()));
            }
        }
        interpreter
    }

    /// The lines of the file itself: imports, constants, functions.
    pub(super) fn module(&mut self, body: &'a [Stmt]) {
        self.block(body);
    }

    /// One of the two ways.
    pub(super) fn way(&mut self, function: &'a StmtFunctionDef, back: bool) {
        (self.back, self.conditional, self.is_on_the_way, self.turns) = (back, false, true, MOST_TURNS);
        self.most_steps = self.steps.len() + MOST_STEPS;
        self.scopes.push(Scope::new());
        for parameter in &*function.parameters {
            let name = parameter.name().as_str();
            self.bind(name, Value::unknown(name));
        }
        self.block(&function.body);
        self.scopes.clear();
        self.is_on_the_way = false;
    }

    pub(super) fn global(&self, name: &str) -> Option<&Value> {
        self.globals.get(name)
    }

    /// Where a name of the module is set.
    pub(super) fn place_of(&self, name: &str) -> Option<Span> {
        self.places.get(name).copied()
    }

    pub(super) fn written(&self, range: TextRange) -> &'a str {
        span(range).of(self.text)
    }

    pub(super) fn lookup(&self, name: &str) -> Value {
        let local = self.scopes.iter().rev().find_map(|scope| scope.get(name));
        local.or_else(|| self.globals.get(name)).cloned().unwrap_or_else(|| Value::name(name))
    }

    pub(super) fn bind(&mut self, name: &str, value: Value) {
        self.innermost().insert(name.into(), value);
    }

    /// The names of the function that is followed, or those of the module.
    pub(super) fn innermost(&mut self) -> &mut Scope {
        self.scopes.last_mut().unwrap_or(&mut self.globals)
    }

    pub(super) fn is_in_function(&self) -> bool {
        !self.scopes.is_empty()
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.turns == 0
    }

    /// Counts work as so many turns; the last one is left, which says that they are used up.
    pub(super) fn spend(&mut self, turns: usize) {
        self.turns = self.turns.saturating_sub(turns).max(self.turns.min(1));
    }

    /// Takes what a name holds, to put something else there.
    pub(super) fn take(&mut self, name: &str) -> Value {
        let local = self.scopes.iter_mut().rev().find_map(|scope| scope.get_mut(name));
        let place = local.or_else(|| self.globals.get_mut(name));
        place.map_or(Value::None, |place| std::mem::replace(place, Value::None))
    }

    /// Puts it where the name is.
    pub(super) fn put(&mut self, name: &str, value: Value) {
        let local = self.scopes.iter_mut().rev().find_map(|scope| scope.get_mut(name));
        if let Some(place) = local.or_else(|| self.globals.get_mut(name)) {
            *place = value;
        }
    }

    /// Adds a step, unless only the module's own lines are read.
    pub(super) fn push(&mut self, step: Step) {
        if self.is_on_the_way && self.turns > 0 {
            self.steps.push(Step { back: self.back, conditional: self.conditional, ..step });
        }
    }

    /// Adds a step that is not known.
    pub(super) fn push_unknown(&mut self, span: Span, reason: String) {
        self.push(Step { span, unknown: Some(reason), ..Step::default() });
    }

    /// Goes one level deeper; none where that is too deep, or took too long.
    pub(super) fn within<T>(&mut self, place: TextRange, inner: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.turns == 0 {
            return None;
        }
        self.turns -= 1;
        if self.turns == 0 || self.steps.len() > self.most_steps {
            self.turns = 1;
            self.push_unknown(span(place), "what follows here takes too many turns to be followed".to_owned());
            self.turns = 0;
            return None;
        }
        if self.depth >= DEEPEST {
            return None;
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        Some(result)
    }

    /// Calls a function of this file with its names bound.
    pub(super) fn enter(&mut self, index: usize, names: Scope) -> Value {
        let Some((function, is_nested)) = self.functions.get(index).copied() else {
            return Value::unknown("a function");
        };
        let outer_scopes = if is_nested { None } else { Some(std::mem::take(&mut self.scopes)) };
        let (outer, may_have_returned) = (self.conditional, std::mem::take(&mut self.may_have_returned));
        self.scopes.push(names);
        let flow = self.within(function.range(), |own| own.block(&function.body));
        self.scopes.pop();
        if let Some(scopes) = outer_scopes {
            self.scopes = scopes;
        }
        let is_open = self.may_have_returned;
        (self.conditional, self.may_have_returned) = (outer, may_have_returned);
        match flow {
            Some(Flow::Return(value)) if !is_open => value,
            Some(Flow::Next) if !is_open => Value::None,
            _ => Value::unknown(&format!("{}(…)", function.name)),
        }
    }
}
