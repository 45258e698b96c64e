//! Common table expressions: defined in order, read by name, and in some engines never looked at unless something reads them.

use std::ops::Range;
use std::rc::Rc;

use sqlparser::ast::{Cte, SetExpr, TableAlias, With};

use super::query::Resolver;
use super::scope::{Scope, Shape};
use super::words::ignores_unread_ctes;
use crate::dialect::Dialect;

/// A CTE in reach.
pub(super) struct Defined {
    /// Definitions are numbered as they begin: those within this one, or after it, have greater numbers.
    number: usize,
    key: String,
    shape: Rc<Shape>,
    /// Something reads it that is no other CTE.
    is_read: bool,
    /// The numbers of those that read it.
    readers: Vec<usize>,
    records: Records,
}

/// How far the lists of what was found have grown.
#[derive(Clone, Copy)]
struct Mark {
    uses: usize,
    problems: usize,
    reads: usize,
}

/// What a CTE's own text added to them.
struct Records {
    uses: Range<usize>,
    problems: Range<usize>,
    reads: Range<usize>,
}

impl Resolver<'_> {
    pub(super) fn cte(&mut self, key: &str) -> Option<Rc<Shape>> {
        let at = self.ctes.iter().rposition(|cte| cte.key == key)?;
        let reader = reader_of(&self.defining, self.ctes[at].number);
        let cte = &mut self.ctes[at];
        match reader {
            Some(reader) => cte.readers.push(reader),
            None => cte.is_read = true,
        }
        Some(Rc::clone(&cte.shape))
    }

    pub(super) fn define(&mut self, with: &With, parent: Option<&Scope<'_>>) {
        for cte in &with.cte_tables {
            // These two have no word for it.
            let may_recur = with.recursive || matches!(self.dialect, Dialect::SqlServer | Dialect::Oracle);
            self.define_one(cte, may_recur, parent);
        }
    }

    fn define_one(&mut self, cte: &Cte, recursive: bool, parent: Option<&Scope<'_>>) {
        let key = self.fold(&cte.alias.name);
        // A recursive query reads itself: what its first part gives is what it is.
        let anchor = match cte.query.body.as_ref() {
            SetExpr::SetOperation { left, .. } if recursive => Some(&**left),
            _ => None,
        };
        let from = self.mark();
        let number = self.definitions;
        self.definitions += 1;
        self.defining.push(number);
        if let Some(anchor) = anchor {
            let shape = self.body(anchor, parent);
            let shape = self.named_cte(shape, &cte.alias);
            self.forget_since(from);
            self.push(number, key.clone(), shape, from);
        }
        let shape = self.query(&cte.query, parent);
        self.defining.pop();
        let shape = self.named_cte(shape, &cte.alias);
        if anchor.is_some() {
            self.ctes.pop();
        }
        self.push(number, key, shape, from);
    }

    /// DuckDB passes over the names in a CTE's list that are too many; others refuse them.
    fn named_cte(&mut self, shape: Shape, alias: &TableAlias) -> Shape {
        let problems = self.out.problems.len();
        let shape = self.aliased(shape, alias);
        if self.dialect == Dialect::DuckDb {
            self.out.problems.truncate(problems);
        }
        shape
    }

    fn push(&mut self, number: usize, key: String, shape: Shape, from: Mark) {
        let to = self.mark();
        let records =
            Records { uses: from.uses..to.uses, problems: from.problems..to.problems, reads: from.reads..to.reads };
        self.ctes.push(Defined { number, key, shape: Rc::new(shape), is_read: false, readers: Vec::new(), records });
    }

    /// The CTEs from here on go out of reach. What stood in one that nothing reads is forgotten where the engine never looks
    /// at it.
    pub(super) fn leave(&mut self, outer: usize) {
        let mut left = self.ctes.split_off(outer);
        if left.is_empty() || !ignores_unread_ctes(self.dialect) {
            return;
        }
        for at in (0..left.len()).rev() {
            let is_read = left[at].is_read || left[at].readers.iter().any(|reader| is_live(&left, *reader));
            left[at].is_read = is_read;
            if !is_read {
                let Records { uses, problems, reads } = &left[at].records;
                self.out.uses.drain(uses.clone());
                self.out.problems.drain(problems.clone());
                self.out.reads.drain(reads.clone());
            }
        }
        // What was read from within one of these is read from where these stand.
        let first = left[0].number;
        for cte in &mut self.ctes {
            let reads = cte.readers.iter().any(|reader| is_live(&left, *reader));
            cte.readers.retain(|reader| *reader < first || !left.iter().any(|one| one.number == *reader));
            if reads {
                match reader_of(&self.defining, cte.number) {
                    Some(reader) => cte.readers.push(reader),
                    None => cte.is_read = true,
                }
            }
        }
    }

    fn mark(&self) -> Mark {
        let out = &self.out;
        Mark { uses: out.uses.len(), problems: out.problems.len(), reads: out.reads.len() }
    }

    fn forget_since(&mut self, mark: Mark) {
        self.out.uses.truncate(mark.uses);
        self.out.problems.truncate(mark.problems);
        self.out.reads.truncate(mark.reads);
    }
}

/// Whether the definition of this number is one of these, and read.
fn is_live(ctes: &[Defined], number: usize) -> bool {
    ctes.iter().any(|cte| cte.number == number && cte.is_read)
}

/// The innermost definition from which the one of this number is being read, if it is from one.
fn reader_of(defining: &[usize], number: usize) -> Option<usize> {
    defining.iter().rev().copied().find(|reader| *reader > number)
}
