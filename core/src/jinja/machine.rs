//! The walk over a template: statements, scopes, and the calls of macros.
//!
//! Jinja's rules for names: a loop, a macro and a block have a scope of their own, and an `if` has not. A macro sees the scope
//! it is written in, not the one it is called from.

use std::collections::BTreeSet;
use std::rc::Rc;

use minijinja::machinery::ast::{
    CallBlock, EmitExpr, Expr, FilterBlock, ForLoop, IfCond, SetBlock, Spanned, Stmt, WithBlock,
};

use super::calls::Closure;
use super::library::Library;
use super::print::within_limit;
use super::script::{Mark, Undecided, is_not_known};
use super::stop::{Inside, Origin, Step, Stop};
use super::templates::{ModelTemplate, Why};
use super::value::{DictId, Heap, Value};
use crate::text::Span;

/// How many steps may be nested, macros in macros included. A step takes up to 1.6 kB of stack where code is built for size,
/// and a page's worker has 1 MB. Real projects nest fewer than 100.
const DEPTH_LIMIT: u32 = 300;

pub(super) struct Machine<'r, 't> {
    pub(super) library: &'r Library<'t>,
    pub(super) model: &'t ModelTemplate,
    /// The raw code as it is read.
    text: &'r str,
    /// The text is a setting's and not the raw code: its places mean nothing to anyone.
    pub(super) foreign: bool,
    /// Whether the table is there already, and only what is new goes on top.
    pub(super) incremental: bool,
    /// Whether the template asked for that.
    pub(super) asked_incremental: bool,
    pub(super) heap: Heap,
    /// What the text rests on and the manifest does not say.
    pub(super) assumed: BTreeSet<String>,
    /// The ephemeral models that were referred to, in order, and where.
    pub(super) ctes: Vec<(&'t str, u32)>,
    /// All that `ref` and `source` gave.
    pub(super) reads: BTreeSet<&'t str>,
    pub(super) config: Option<DictId>,
    pub(super) scopes: Vec<Scope<'r>>,
    pub(super) closures: Vec<Closure<'r>>,
    /// The innermost scope that a closure sees.
    pub(super) captured: Option<ScopeId>,
    pub(super) loops: Vec<Loop>,
    depth: u32,
    /// The macro that is being walked, and where; and where in the raw code it all came from.
    pub(super) current: Option<usize>,
    pub(super) inside: Option<Inside>,
    pub(super) at: u32,
    /// Where each part of the text comes from, for a script. It knows nothing of dbt.
    pub(super) marks: Option<Vec<Mark>>,
    /// How many texts are being made that are not the template's own.
    pub(super) aside: u32,
    /// Where a script hangs on what is not known.
    pub(super) undecided: Vec<Undecided>,
    /// The names that are set where that may not happen.
    pub(super) maybe_set: Option<Vec<(ScopeId, &'r str)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ScopeId(pub(super) usize);

#[derive(Default)]
pub(super) struct Scope<'r> {
    parent: Option<ScopeId>,
    pub(super) names: Vec<(&'r str, Value)>,
}

/// What `loop` says.
pub(super) struct Loop {
    pub(super) items: Rc<[Value]>,
    pub(super) at: usize,
    pub(super) changed: Option<Value>,
}

impl<'r, 't> Machine<'r, 't> {
    pub(super) fn new(library: &'r Library<'t>, model: &'t ModelTemplate, text: &'r str, incremental: bool) -> Self {
        Machine {
            library,
            model,
            text,
            foreign: false,
            incremental,
            asked_incremental: false,
            heap: Heap::default(),
            assumed: BTreeSet::new(),
            ctes: Vec::new(),
            reads: BTreeSet::new(),
            config: None,
            scopes: vec![Scope::default()],
            closures: Vec::new(),
            captured: None,
            loops: Vec::new(),
            depth: 0,
            current: None,
            inside: None,
            at: 0,
            marks: None,
            aside: 0,
            undecided: Vec::new(),
            maybe_set: None,
        }
    }

    pub(super) const ROOT: ScopeId = ScopeId(0);

    /// Something whose value only dbt knows while it runs: fine to hold, refused when it matters.
    pub(super) fn unknown(&self, why: Why, message: impl Into<String>) -> Value {
        Value::Unknown(Rc::new(Origin { why, message: message.into(), at: Some(self.at), inside: self.inside }))
    }

    /// The text that the walk is in.
    pub(super) fn source(&self) -> &'r str {
        self.current.map_or(self.text, |makro| self.library.text(makro))
    }

    /// Walks a template that is not the raw code's, such as the value of a variable. A refusal in it gets the place from which
    /// it was asked for.
    pub(super) fn aside<T>(&mut self, text: &'r str, walk: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
        let before = (self.text, self.current, self.foreign);
        (self.text, self.current, self.foreign) = (text, None, true);
        let result = walk(self);
        (self.text, self.current, self.foreign) = before;
        result
    }

    /// Takes one step into the tree, and leaves its place on a refusal that has none.
    pub(super) fn step<T>(&mut self, at: u32, take: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
        match self.current {
            Some(makro) => self.inside = Some(Inside { makro, at }),
            None if self.foreign => {}
            None => (self.at, self.inside) = (at, None),
        }
        self.heap.spend(1)?;
        if self.depth >= DEPTH_LIMIT {
            return Err(Stop::new(Why::TooMuch, "macros call each other without an end"));
        }
        self.depth += 1;
        let result = take(self);
        self.depth -= 1;
        result.map_err(|stop| self.placed(stop, at))
    }

    pub(super) fn placed(&self, mut stop: Stop, at: u32) -> Stop {
        if let Stop::Refused(refused) = &mut stop {
            match self.current {
                Some(makro) if refused.inside.is_none() && refused.at.is_none() => {
                    refused.inside = Some(Inside { makro, at });
                }
                Some(_) => {}
                None if self.foreign => {}
                None => refused.at = refused.at.or(Some(at)),
            }
        }
        stop
    }

    pub(super) fn run(&mut self, body: &'r [Stmt<'r>], scope: ScopeId, out: &mut String) -> Step<()> {
        for statement in body {
            match self.statement(statement, scope, out) {
                Err(stop) if self.goes_on_after(&stop) => self.go_on(statement, stop, scope, out)?,
                done => done?,
            }
        }
        Ok(())
    }

    fn statement(&mut self, statement: &'r Stmt<'r>, scope: ScopeId, out: &mut String) -> Step<()> {
        match statement {
            Stmt::EmitRaw(raw) => {
                self.heap.spend_text(raw.raw.len())?;
                let span = raw.span();
                self.mark(out.len(), span.start_offset, span.end_offset, Some(raw.raw));
                out.push_str(raw.raw);
                within_limit(out)
            }
            Stmt::EmitExpr(emit) if self.marks.is_some() => self.emit(emit, scope, out),
            Stmt::EmitExpr(emit) => {
                let value = self.eval(&emit.expr, scope)?;
                self.step(emit.span().start_offset, |machine| machine.heap.print(&value, out))
            }
            Stmt::Set(set) => {
                let value = self.eval(&set.expr, scope)?;
                self.step(set.span().start_offset, |machine| machine.assign(&set.target, value, scope))
            }
            Stmt::Do(call) => self.step(call.span().start_offset, |machine| machine.call(&call.call, scope).map(drop)),
            Stmt::IfCond(condition) => {
                self.step(condition.span().start_offset, |machine| machine.condition(condition, scope, out))
            }
            Stmt::ForLoop(round) => self.step(round.span().start_offset, |machine| machine.for_loop(round, scope, out)),
            Stmt::SetBlock(block) => self.step(block.span().start_offset, |machine| machine.set_block(block, scope)),
            Stmt::FilterBlock(block) => {
                self.step(block.span().start_offset, |machine| machine.filter_block(block, scope, out))
            }
            Stmt::WithBlock(block) => {
                self.step(block.span().start_offset, |machine| machine.with_block(block, scope, out))
            }
            Stmt::CallBlock(block) => {
                self.step(block.span().start_offset, |machine| machine.call_block(block, scope, out))
            }
            Stmt::Macro(makro) => {
                let value = self.close(makro, scope);
                self.define(makro.name, value, scope);
                Ok(())
            }
            Stmt::AutoEscape(block) => self.run(&block.body, scope, out),
            Stmt::Template(template) => self.run(&template.children, scope, out),
            Stmt::Break(_) => Err(Stop::Break),
            Stmt::Continue(_) => Err(Stop::Continue),
        }
    }

    /// Prints an expression of a script; one whose value is not known, as it is written.
    fn emit(&mut self, emit: &'r Spanned<EmitExpr<'r>>, scope: ScopeId, out: &mut String) -> Step<()> {
        let span = emit.span();
        let (source, before) = (self.source(), out.len());
        let rest = source.get(span.end_offset as usize..).unwrap_or_default();
        let end = rest.find("}}").map_or(source.len(), |length| span.end_offset as usize + length + 2);
        let value = self.eval(&emit.expr, scope);
        let printed = value.and_then(|value| self.step(span.start_offset, |machine| machine.heap.print(&value, out)));
        let own = match printed {
            Err(stop) if is_not_known(&stop) => {
                out.truncate(before);
                let own = source.get(span.start_offset as usize..end).unwrap_or_default();
                self.heap.spend_text(own.len())?;
                out.push_str(own);
                Some(own)
            }
            printed => {
                printed?;
                None
            }
        };
        self.mark(before, span.start_offset, u32::try_from(end).unwrap_or(u32::MAX), own);
        within_limit(out)
    }

    /// Notes where a part of a script's text comes from.
    pub(super) fn mark(&mut self, at: usize, start: u32, end: u32, own: Option<&str>) {
        let is_main = self.aside == 0 && self.current.is_none() && !self.foreign;
        let (source, from) = (self.source(), Span { start, end });
        if let Some(marks) = self.marks.as_mut().filter(|_| is_main) {
            let rest = source.get(start as usize..).unwrap_or_default();
            marks.push(Mark { at, from, is_own: own.is_some_and(|own| rest.starts_with(own)) });
        }
    }

    /// The text that a body makes for someone else than the template itself.
    pub(super) fn text_of(&mut self, body: &'r [Stmt<'r>], scope: ScopeId) -> Step<String> {
        let mut text = String::new();
        self.aside += 1;
        let result = self.run(body, scope, &mut text);
        self.aside -= 1;
        result.map(|()| text)
    }

    fn condition(&mut self, condition: &'r Spanned<IfCond<'r>>, scope: ScopeId, out: &mut String) -> Step<()> {
        let test = self.eval(&condition.expr, scope)?;
        let body = if self.heap.truth(&test)? { &condition.true_body } else { &condition.false_body };
        self.run(body, scope, out)
    }

    fn for_loop(&mut self, round: &'r Spanned<ForLoop<'r>>, scope: ScopeId, out: &mut String) -> Step<()> {
        if round.recursive {
            return Err(Stop::unsupported("a recursive loop"));
        }
        let all = self.eval(&round.iter, scope)?;
        let mut items = self.iterate(&all)?;
        if let Some(filter) = &round.filter_expr {
            let mut kept = Vec::new();
            for item in items {
                let inner = self.open(scope);
                self.assign(&round.target, item.clone(), inner)?;
                let test = self.eval(filter, inner)?;
                if self.heap.truth(&test)? {
                    kept.push(item);
                }
                self.close_scope(inner);
            }
            items = kept;
        }
        if items.is_empty() {
            let inner = self.open(scope);
            self.run(&round.else_body, inner, out)?;
            self.close_scope(inner);
            return Ok(());
        }
        let items: Rc<[Value]> = Rc::from(items);
        let this = self.loops.len();
        self.loops.push(Loop { items: Rc::clone(&items), at: 0, changed: None });
        for (at, item) in items.iter().enumerate() {
            self.heap.spend(1)?;
            self.loops[this].at = at;
            let inner = self.open(scope);
            self.define("loop", Value::Loop(this), inner);
            self.assign(&round.target, item.clone(), inner)?;
            match self.run(&round.body, inner, out) {
                Ok(()) | Err(Stop::Continue) => {}
                Err(Stop::Break) => break,
                Err(stop) => return Err(stop),
            }
            self.close_scope(inner);
        }
        self.loops.truncate(this);
        Ok(())
    }

    fn set_block(&mut self, block: &'r Spanned<SetBlock<'r>>, scope: ScopeId) -> Step<()> {
        let inner = self.open(scope);
        let text = self.text_of(&block.body, inner)?;
        let mut value = text.into();
        if let Some(filter) = &block.filter {
            value = self.filter_chain(filter, value, inner)?;
        }
        self.close_scope(inner);
        self.assign(&block.target, value, scope)
    }

    fn filter_block(&mut self, block: &'r Spanned<FilterBlock<'r>>, scope: ScopeId, out: &mut String) -> Step<()> {
        let inner = self.open(scope);
        let text = self.text_of(&block.body, inner)?;
        let value = self.filter_chain(&block.filter, text.into(), inner)?;
        self.close_scope(inner);
        self.heap.print(&value, out)
    }

    fn with_block(&mut self, block: &'r Spanned<WithBlock<'r>>, scope: ScopeId, out: &mut String) -> Step<()> {
        let inner = self.open(scope);
        for (target, value) in &block.assignments {
            let value = self.eval(value, scope)?;
            self.assign(target, value, inner)?;
        }
        self.run(&block.body, inner, out)?;
        self.close_scope(inner);
        Ok(())
    }

    fn call_block(&mut self, block: &'r Spanned<CallBlock<'r>>, scope: ScopeId, out: &mut String) -> Step<()> {
        let caller = self.close(&block.macro_decl, scope);
        let value = self.call_with(&block.call, scope, Some(caller))?;
        self.heap.print(&value, out)
    }

    pub(super) fn assign(&mut self, target: &'r Expr<'r>, value: Value, scope: ScopeId) -> Step<()> {
        match target {
            Expr::Var(name) => {
                self.define(name.id, value, scope);
                Ok(())
            }
            Expr::GetAttr(attribute) => match self.eval(&attribute.expr, scope)? {
                Value::Namespace(id) => {
                    self.heap.put(id, attribute.name, value);
                    Ok(())
                }
                other => Err(Stop::failed(format!("{} has no attributes to set", other.kind()))),
            },
            Expr::List(_) | Expr::Tuple(_) => {
                let targets = match target {
                    Expr::List(list) => &list.items,
                    Expr::Tuple(tuple) => &tuple.items,
                    _ => return Ok(()),
                };
                if let Value::Unknown(_) = value {
                    return targets.iter().try_for_each(|target| self.assign(target, value.clone(), scope));
                }
                let items = self.iterate(&value)?;
                if items.len() != targets.len() {
                    return Err(Stop::failed(format!("{} values are given to {} names", items.len(), targets.len())));
                }
                targets.iter().zip(items).try_for_each(|(target, item)| {
                    self.step(target.span().start_offset, |machine| machine.assign(target, item, scope))
                })
            }
            _ => Err(Stop::unsupported("a target of this kind")),
        }
    }

    /// The items of whatever Python walks: a dictionary gives its keys.
    pub(super) fn iterate(&mut self, value: &Value) -> Step<Vec<Value>> {
        let items: Vec<Value> = match value {
            Value::List(id) | Value::Tuple(id) => {
                self.heap.spend(self.heap.items(*id).len())?;
                self.heap.items(*id).to_vec()
            }
            Value::Dict(id) => self.heap.entries(*id).entries().iter().map(|(key, _)| key.clone()).collect(),
            // Python walks a set in an order of its own, which matters unless there is one item at most.
            Value::Set(id) if self.heap.entries(*id).entries().len() < 2 => {
                self.heap.entries(*id).entries().iter().map(|(key, _)| key.clone()).collect()
            }
            Value::Set(_) => return Err(Stop::unsupported("a set is walked in an order that only Python knows")),
            Value::Text(text) => {
                self.heap.spend(text.len())?;
                text.chars().map(|c| String::from(c).into()).collect()
            }
            Value::Undefined(name) => return Err(Stop::undefined(name)),
            Value::Unknown(origin) => return Err(Stop::unknown(origin)),
            Value::Nothing => Vec::new(),
            other => return Err(Stop::failed(format!("{} has no items", other.kind()))),
        };
        self.heap.spend(items.len())?;
        Ok(items)
    }

    pub(super) fn open(&mut self, parent: ScopeId) -> ScopeId {
        self.scopes.push(Scope { parent: Some(parent), names: Vec::new() });
        ScopeId(self.scopes.len() - 1)
    }

    /// Forgets a scope, unless a macro still sees it.
    pub(super) fn close_scope(&mut self, scope: ScopeId) {
        if self.captured.is_none_or(|captured| captured.0 < scope.0) {
            self.scopes.truncate(scope.0);
        }
    }

    pub(super) fn define(&mut self, name: &'r str, value: Value, scope: ScopeId) {
        if let Some(set) = &mut self.maybe_set {
            set.push((scope, name));
        }
        let Some(scope) = self.scopes.get_mut(scope.0) else { return };
        match scope.names.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => scope.names.push((name, value)),
        }
    }

    /// What a name means here, where the template itself gives it a meaning.
    pub(super) fn local(&self, name: &str, scope: ScopeId) -> Step<Option<Value>> {
        let mut scope = Some(scope);
        while let Some(here) = scope.and_then(|scope| self.scopes.get(scope.0)) {
            self.heap.spend(here.names.len() / 16)?;
            if let Some((_, value)) = here.names.iter().find(|(known, _)| *known == name) {
                return Ok(Some(value.clone()));
            }
            scope = here.parent;
        }
        Ok(None)
    }
}
