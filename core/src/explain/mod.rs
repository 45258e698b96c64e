//! Why a column is what it is: what it is made of and what is made of it, step by step, with the expressions of each step.
//!
//! The steps are those of lineage: from a column of a relation to a column of the node or statement that reads it. A node's
//! SQL is traced when a step comes to it, and no earlier.

mod around;
mod project;
mod script;
mod traces;

use std::collections::{BTreeSet, VecDeque};

use serde::Serialize;

use crate::lineage::{Expression, Lineage, Source, Use};
use crate::text::{LineIndex, Place, Span};

pub use around::{Hop, hops};
pub use project::explain_node;
pub use script::explain_in_script;
pub use traces::trace_project;

/// More steps than anybody reads: a key of a project of ten thousand models has as many.
const MOST_STEPS: usize = 5_000;
/// Expressions that are shown for one step.
const MOST_EXPRESSIONS: usize = 20;
/// Letters of an expression that are shown.
const LONGEST: usize = 400;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    pub column: Point,
    /// What it is made of, the nearest first.
    pub upstream: Vec<Step>,
    /// What is made of it, the nearest first.
    pub downstream: Vec<Step>,
    /// What it decides without being part of it: conditions, joins, groups.
    pub deciding: Vec<Deciding>,
    /// What is not known on the way, each with the reason.
    pub unknown: Vec<Remark>,
    /// Where what the artifacts tell of columns and what the SQL gives are not the same.
    pub disagreements: Vec<Remark>,
}

/// A column of a relation; of a query, where nothing is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Point {
    /// dbt's id of the node; of no node, the relation by the name that the SQL has.
    pub node: String,
    pub column: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// How many steps from the column that is explained; 1 is the nearest.
    pub distance: usize,
    pub from: Point,
    pub to: Point,
    /// How the one is made of the other, as an edge of lineage has it.
    pub made: &'static str,
    /// The literals that it is compared with, where that is all that becomes of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<Vec<String>>,
    /// From where the column is read to where it is given; none where it goes through stars alone.
    pub expressions: Vec<Shown>,
}

/// An expression on the way of a value, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// What it is called there; empty for a mere reference.
    pub name: String,
    pub text: String,
    pub place: Place,
}

/// A use of the column that no value is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deciding {
    pub node: String,
    pub clause: &'static str,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Remark {
    pub node: String,
    pub what: String,
}

/// One way to go from column to column.
trait Graph {
    fn upstream(&mut self, of: &Point) -> Vec<Step>;
    fn downstream(&mut self, of: &Point) -> Vec<Step>;
}

/// All steps from a column on, the nearest first.
fn all_steps(start: &Point, mut next: impl FnMut(&Point) -> Vec<Step>, end: fn(&Step) -> &Point) -> Vec<Step> {
    let mut seen = BTreeSet::from([start.clone()]);
    let mut waiting = VecDeque::from([(start.clone(), 1)]);
    let mut steps = Vec::new();
    while let Some((point, distance)) = waiting.pop_front() {
        for step in next(&point) {
            if steps.len() == MOST_STEPS {
                return steps;
            }
            let reached = end(&step).clone();
            if seen.insert(reached.clone()) {
                waiting.push_back((reached, distance + 1));
            }
            steps.push(Step { distance, ..step });
        }
    }
    steps
}

/// A text that was traced, to show parts of it.
struct Written<'t> {
    file: &'t str,
    text: &'t str,
    compiled: bool,
    lines: LineIndex,
}

impl<'t> Written<'t> {
    fn new(file: &'t str, text: &'t str, compiled: bool) -> Self {
        Self { file, text, compiled, lines: LineIndex::new(text) }
    }

    fn place(&self, span: Span) -> Place {
        Place { compiled: self.compiled, ..self.lines.place(self.file, self.text, span) }
    }

    fn shown(&self, name: &str, span: Span) -> Shown {
        let whole = span.of(self.text);
        let text = match whole.char_indices().nth(LONGEST) {
            Some((at, _)) => format!("{}…", &whole[..at]),
            None => whole.to_owned(),
        };
        Shown { name: name.to_owned(), text, place: self.place(span) }
    }

    /// The expressions by which a source becomes an output: those of that output, then those of what they name, and so on.
    fn way(&self, lineage: &Lineage, expressions: &[Expression], output: &str, source: &Source) -> Vec<Shown> {
        let is_of = |one: &Source| one.relation == source.relation && one.column == source.column;
        let carries: Vec<&Expression> =
            expressions.iter().filter(|expression| expression.sources.iter().any(is_of)).collect();
        let uses: Vec<&Use> = lineage.uses.iter().filter(|used| used.sources.iter().any(is_of)).collect();
        let mut taken = vec![false; carries.len()];
        let mut waiting: Vec<String> = vec![output.to_owned()];
        let mut named = BTreeSet::new();
        while let Some(name) = waiting.pop() {
            if !named.insert(name.to_lowercase()) {
                continue;
            }
            for (at, expression) in carries.iter().enumerate() {
                if taken[at] || !expression.key.eq_ignore_ascii_case(&name) {
                    continue;
                }
                taken[at] = true;
                let within =
                    |used: &&&Use| used.span.start >= expression.span.start && used.span.end <= expression.span.end;
                waiting.extend(uses.iter().filter(within).map(|used| used.name.clone()));
            }
        }
        // By position a column of a set operation goes by the name of another.
        let takes_all = !taken.contains(&true);
        let chosen = carries.iter().zip(&taken).filter(|(_, taken)| takes_all || **taken);
        let mut shown: Vec<Shown> =
            chosen.map(|(expression, _)| self.shown(&expression.key, expression.span)).take(MOST_EXPRESSIONS).collect();
        if shown.is_empty() {
            shown.extend(uses.iter().take(MOST_EXPRESSIONS).map(|used| self.shown("", used.span)));
        }
        shown.sort_by_key(|one| (one.place.line, one.place.column));
        shown
    }
}

#[cfg(test)]
mod tests;
