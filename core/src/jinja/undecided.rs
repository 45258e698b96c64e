//! What of a script hangs on a value that is not known: it is walked as what may be, and the rest of the script is read on.

use minijinja::machinery::ast::{Spanned, Stmt};

use super::machine::{Machine, ScopeId};
use super::script::{Undecided, is_not_known, rest_of_line};
use super::stop::{Refused, Step, Stop};
use super::value::Value;

/// Between two branches, so that the statements of one do not run into those of the other.
const BETWEEN: &str = "\n;\n";

impl<'r> Machine<'r, '_> {
    /// Whether a script goes on after a statement of its own that hangs on what is not known.
    pub(super) fn goes_on_after(&self, stop: &Stop) -> bool {
        let is_own = self.marks.is_some() && self.aside == 0 && self.current.is_none() && !self.foreign;
        is_own && is_not_known(stop)
    }

    /// Takes what a statement may do for what it does not.
    pub(super) fn go_on(&mut self, statement: &'r Stmt<'r>, stop: Stop, scope: ScopeId, out: &mut String) -> Step<()> {
        let Stop::Refused(refused) = stop else { return Err(stop) };
        match statement {
            Stmt::Set(set) => {
                let value = self.unknown(refused.why, refused.message);
                self.assign(&set.target, value, scope)
            }
            Stmt::SetBlock(block) => {
                let value = self.unknown(refused.why, refused.message);
                self.assign(&block.target, value, scope)
            }
            Stmt::IfCond(condition) => {
                let bodies = [condition.true_body.as_slice(), condition.false_body.as_slice()];
                self.walk_undecided(bodies, &refused, place(condition), scope, out)
            }
            Stmt::ForLoop(round) => {
                let inner = self.open(scope);
                let value = self.unknown(refused.why, refused.message.clone());
                self.define("loop", value.clone(), inner);
                self.assign(&round.target, value, inner)?;
                let bodies = [round.body.as_slice(), round.else_body.as_slice()];
                self.walk_undecided(bodies, &refused, place(round), inner, out)?;
                self.close_scope(inner);
                Ok(())
            }
            Stmt::WithBlock(block) => self.walk_undecided([&[], &[]], &refused, place(block), scope, out),
            Stmt::FilterBlock(block) => self.walk_undecided([&[], &[]], &refused, place(block), scope, out),
            Stmt::CallBlock(block) => self.walk_undecided([&[], &[]], &refused, place(block), scope, out),
            Stmt::Do(call) => self.walk_undecided([&[], &[]], &refused, place(call), scope, out),
            _ => Err(Stop::Refused(refused)),
        }
    }

    /// Walks all that may be walked, each as if the others were not. What one of them sets is not known afterwards.
    fn walk_undecided(
        &mut self,
        bodies: [&'r [Stmt<'r>]; 2],
        refused: &Refused,
        at: u32,
        scope: ScopeId,
        out: &mut String,
    ) -> Step<()> {
        let (start, changes) = (out.len(), self.heap.changes);
        let place = rest_of_line(self.source(), refused.at.unwrap_or(at));
        let index = self.undecided.len();
        self.undecided.push(Undecided { start, end: start, place, why: refused.message.clone() });
        let is_outermost = self.maybe_set.is_none();
        let first_set = self.maybe_set.get_or_insert_default().len();
        let names = self.names(scope);
        for body in bodies.into_iter().filter(|body| !body.is_empty()) {
            if out.len() > start {
                self.mark(out.len(), place.start, place.end, None);
                out.push_str(BETWEEN);
            }
            match self.run(body, scope, out) {
                Err(Stop::Break | Stop::Continue) => {
                    return Err(Stop::failed("whether a loop is left hangs on a value that is not known"));
                }
                done => done?,
            }
            self.heap.spend(names.len())?;
            self.set_names(scope, names.clone());
        }
        self.undecided[index].end = out.len();
        if self.heap.changes > changes {
            return Err(Stop::failed("whether a list is changed hangs on a value that is not known"));
        }
        let set = self.maybe_set.as_mut().map(|set| set.split_off(first_set)).unwrap_or_default();
        for (_, name) in set.into_iter().filter(|(of, _)| *of == scope) {
            let value = self.unknown(refused.why, format!("whether '{name}' is set is not known"));
            self.define(name, value, scope);
        }
        if is_outermost {
            self.maybe_set = None;
        }
        Ok(())
    }

    fn names(&self, scope: ScopeId) -> Vec<(&'r str, Value)> {
        self.scopes.get(scope.0).map(|scope| scope.names.clone()).unwrap_or_default()
    }

    fn set_names(&mut self, scope: ScopeId, names: Vec<(&'r str, Value)>) {
        if let Some(scope) = self.scopes.get_mut(scope.0) {
            scope.names = names;
        }
    }
}

fn place<T>(statement: &Spanned<T>) -> u32 {
    statement.span().start_offset
}
