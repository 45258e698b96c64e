//! Statements, one by one: what is sure, what may happen, and what a loop comes to.

use ruff_python_ast::{Expr, Stmt, StmtFor, StmtIf, StmtTry};
use ruff_text_size::Ranged;

use super::evaluate::items;
use super::names::{assigned, canonical, join, targets};
use super::run::Interpreter;
use super::span;
use super::value::Value;

/// How a statement ends.
pub(super) enum Flow {
    Next,
    Break,
    Continue,
    Return(Value),
    /// The migration stops with an error.
    Raise,
}

impl<'a> Interpreter<'a> {
    pub(super) fn block(&mut self, body: &'a [Stmt]) -> Flow {
        for statement in body {
            let flow = self.within(statement.range(), |own| own.statement(statement));
            match flow {
                Some(Flow::Next) => {}
                Some(flow) => return flow,
                None => {
                    if !self.is_exhausted() {
                        self.push_unknown(span(statement.range()), "it is nested too deep to be followed".to_owned());
                        continue;
                    }
                    return Flow::Raise;
                }
            }
        }
        Flow::Next
    }

    fn statement(&mut self, statement: &'a Stmt) -> Flow {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    match &alias.asname {
                        Some(own) => self.bind(own, Value::name(&canonical(&alias.name))),
                        None => {
                            let root = alias.name.split('.').next().unwrap_or_default();
                            self.bind(root, Value::name(root));
                        }
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_deref().unwrap_or_default();
                for alias in &import.names {
                    let own = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.bind(own, Value::name(&canonical(&format!("{module}.{}", alias.name))));
                }
            }
            Stmt::FunctionDef(function) => {
                self.functions.push((function, self.is_in_function()));
                self.bind(&function.name, Value::Function(self.functions.len() - 1));
            }
            Stmt::ClassDef(class) => {
                let value = self.class(class);
                self.bind(&class.name, value);
            }
            Stmt::Assign(assign) => {
                let value = self.evaluate(&assign.value);
                assign.targets.iter().for_each(|target| self.assign(target, value.clone()));
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    let value = self.evaluate(value);
                    self.assign(&assign.target, value);
                }
            }
            Stmt::AugAssign(assign) => {
                let (left, right) = (self.evaluate(&assign.target), self.evaluate(&assign.value));
                let value = self.binary(left, assign.op, right, statement.range());
                self.assign(&assign.target, value);
            }
            Stmt::Expr(expression) => self.evaluate_for_itself(&expression.value),
            Stmt::If(choice) => return self.choice(choice),
            Stmt::For(each) => return self.each(each),
            Stmt::While(repeat) => {
                self.evaluate(&repeat.test);
                return self.repeat(&repeat.body, &[], true);
            }
            Stmt::With(with) => {
                for item in &with.items {
                    let value = self.evaluate(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.assign(target, value);
                    }
                }
                return self.block(&with.body);
            }
            Stmt::Try(attempt) => return self.attempt(attempt),
            Stmt::Match(choice) => {
                self.evaluate(&choice.subject);
                for case in &choice.cases {
                    self.maybe(|own| own.block(&case.body));
                }
            }
            Stmt::Return(back) => {
                return Flow::Return(back.value.as_ref().map_or(Value::None, |value| self.evaluate(value)));
            }
            Stmt::Raise(_) => return Flow::Raise,
            Stmt::Break(_) => return Flow::Break,
            Stmt::Continue(_) => return Flow::Continue,
            Stmt::Delete(_)
            | Stmt::Assert(_)
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::Pass(_)
            | Stmt::TypeAlias(_)
            | Stmt::IpyEscapeCommand(_) => {}
        }
        Flow::Next
    }

    fn choice(&mut self, choice: &'a StmtIf) -> Flow {
        let mut arms: Vec<(Option<&'a Expr>, &'a [Stmt])> = vec![(Some(&choice.test), &choice.body)];
        arms.extend(choice.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), clause.body.as_slice())));
        // Behind a test that is not known, each arm may be the one.
        let mut is_open = false;
        for (test, body) in arms {
            let truth = match test {
                Some(test) => self.evaluate(test).truth(),
                None => Some(true),
            };
            match truth {
                Some(false) => {}
                Some(true) if !is_open => return self.block(body),
                _ => {
                    is_open = true;
                    self.maybe(|own| own.block(body));
                    if truth == Some(true) {
                        break;
                    }
                }
            }
        }
        Flow::Next
    }

    /// Follows what may not happen. What it sets is not known afterwards, and what comes after a way out of it may not
    /// happen either.
    pub(super) fn maybe(&mut self, inner: impl FnOnce(&mut Self) -> Flow) {
        let (before, outer) = (self.innermost().clone(), self.conditional);
        self.spend(before.len());
        self.conditional = true;
        let flow = inner(self);
        self.conditional = outer;
        let scope = self.innermost();
        match flow {
            // Where it stops with an error, nothing comes after it.
            Flow::Raise => *scope = before,
            Flow::Next => join(scope, &before),
            Flow::Break | Flow::Continue => {
                join(scope, &before);
                self.conditional = true;
            }
            Flow::Return(_) => {
                *scope = before;
                (self.conditional, self.may_have_returned) = (true, true);
            }
        }
    }

    fn each(&mut self, each: &'a StmtFor) -> Flow {
        let values = self.evaluate(&each.iter);
        let outer = self.conditional;
        let Some(values) = items(&values) else {
            let mut names = Vec::new();
            targets(&each.target, &mut names);
            let flow = self.repeat(&each.body, &names, false);
            self.conditional = outer;
            return flow;
        };
        for value in values {
            self.assign(&each.target, value);
            match self.block(&each.body) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => {
                    self.conditional = outer;
                    return Flow::Next;
                }
                flow => return flow,
            }
        }
        self.conditional = outer || self.may_have_returned;
        self.block(&each.orelse)
    }

    /// A loop whose turns are not known: what it sets may have any value from the start, and its steps stand for all turns.
    fn repeat(&mut self, body: &'a [Stmt], names: &[&'a str], happens: bool) -> Flow {
        let mut set = names.to_vec();
        assigned(body, &mut set);
        for name in &set {
            self.bind(name, Value::unknown(name));
        }
        let outer = self.conditional;
        if happens {
            match self.block(body) {
                Flow::Raise => return Flow::Raise,
                Flow::Return(value) => return Flow::Return(value),
                _ => {}
            }
        } else {
            self.maybe(|own| own.block(body));
        }
        self.conditional = outer || self.may_have_returned;
        for name in &set {
            self.bind(name, Value::unknown(name));
        }
        Flow::Next
    }

    fn attempt(&mut self, attempt: &'a StmtTry) -> Flow {
        let mut flow = self.block(&attempt.body);
        for handler in &attempt.handlers {
            let Some(handler) = handler.as_except_handler() else { continue };
            self.maybe(|own| {
                if let Some(name) = &handler.name {
                    own.bind(name, Value::unknown(name));
                }
                // An error that is caught and passed on is an error still.
                own.block(&handler.body)
            });
        }
        if matches!(flow, Flow::Next) {
            flow = self.block(&attempt.orelse);
        }
        match self.block(&attempt.finalbody) {
            Flow::Next => flow,
            other => other,
        }
    }

    pub(super) fn assign(&mut self, target: &'a Expr, value: Value) {
        match target {
            Expr::Name(name) => self.bind(&name.id, value),
            Expr::Tuple(tuple) => self.unpack(&tuple.elts, &value),
            Expr::List(list) => self.unpack(&list.elts, &value),
            Expr::Subscript(subscript) => {
                if let Expr::Name(name) = &*subscript.value {
                    let key = self.evaluate(&subscript.slice);
                    let changed = super::methods::with_item(&self.lookup(&name.id), &key, value);
                    self.bind(&name.id, changed.unwrap_or_else(|| Value::unknown(&name.id)));
                }
            }
            Expr::Starred(starred) => self.assign(&starred.value, Value::unknown(self.written(target.range()))),
            _ => {}
        }
    }

    fn unpack(&mut self, targets: &'a [Expr], value: &Value) {
        let values = match value {
            Value::List(list) if list.values.len() == targets.len() => Some(list.values.clone()),
            _ => None,
        };
        for (index, target) in targets.iter().enumerate() {
            let unknown = || Value::unknown(self.written(target.range()));
            let value = values.as_ref().and_then(|values| values.get(index)).cloned().unwrap_or_else(unknown);
            self.assign(target, value);
        }
    }
}
