//! What an engine would refuse, and names that come to mean something else.

use std::collections::{BTreeMap, BTreeSet};

use super::cause::Cause;
use super::certainty_of;
use super::columns::short_name;
use super::node::Assessment;
use super::reason::Reason;
use super::taint::Taint;
use crate::dbt::NodeIx;
use crate::lineage::{Clause, Lineage, Natural, Problem, ProblemKind, Source, Use};
use crate::outcome::{Certainty, Outcome};
use crate::text::Span;

impl Assessment<'_> {
    /// What the engine would refuse now and did not before.
    pub(super) fn failures(&self, ix: NodeIx, before: &Lineage, after: &Lineage) -> Vec<Reason> {
        let old: BTreeSet<Span> = before.problems.iter().map(|problem| problem.span).collect();
        let new = after.problems.iter().filter(|problem| !old.contains(&problem.span));
        new.map(|problem| {
            let (cause, message) = self.explain(before, after, problem);
            Reason {
                outcome: Outcome::Fails,
                certainty: cause.as_ref().map_or(Certainty::Likely, |cause| cause.certainty),
                change: cause.as_ref().map(|cause| cause.change),
                path: cause.map_or_else(|| vec![ix], |cause| cause.onward(ix).path),
                span: Some(problem.span),
                message,
            }
        })
        .collect()
    }

    fn explain(&self, before: &Lineage, after: &Lineage, problem: &Problem) -> (Option<Cause>, String) {
        match &problem.kind {
            ProblemKind::MissingRelation { relation } => {
                let cause = self.why_gone(relation);
                let deed = cause.as_ref().map_or_else(
                    || "is gone".to_owned(),
                    |cause| format!("{} ", self.changes[cause.change].deed()).trim_end().to_owned(),
                );
                (cause, format!("reads {}, which {deed}", short_name(relation)))
            }
            ProblemKind::MissingColumn { name } => {
                let was = use_at(before, problem.span);
                let lost = was
                    .into_iter()
                    .flat_map(|was| was.sources.iter())
                    .find_map(|source| Some((source, self.effects(&source.relation, &source.column).lost?)));
                match lost {
                    Some((source, cause)) => {
                        let clause = was.map_or("", |was| was.clause.title());
                        let message = format!(
                            "names {} in {clause}, a column of {} that {}",
                            name,
                            short_name(&source.relation),
                            self.changes[cause.change].deed()
                        );
                        (Some(cause), message)
                    }
                    None => (self.any_cause(before), format!("names {name}, which is no longer there")),
                }
            }
            ProblemKind::AmbiguousColumn { name, relations } => {
                let key = self.project.sql_dialect().fold(name, false).into_owned();
                let gained = after.reads.iter().find_map(|read| self.effects(&read.relation, &key).gained);
                let deed = gained
                    .as_ref()
                    .map_or_else(String::new, |cause| format!(", since {} one", self.changes[cause.change].deed()));
                (
                    gained.or_else(|| self.any_cause(before)),
                    match relations.as_slice() {
                        [one] => format!("names {name} of {one}, which gives two columns of that name{deed}"),
                        all => {
                            format!("names {name} without saying whose: {} have such a column{deed}", all.join(" and "))
                        }
                    },
                )
            }
            ProblemKind::Refused { what } => {
                let retyped = before
                    .uses
                    .iter()
                    .filter(|one| problem.span.start <= one.span.start && one.span.end <= problem.span.end)
                    .flat_map(|one| one.sources.iter())
                    .flat_map(|source| self.effects(&source.relation, &source.column).taints)
                    .find(Taint::is_of_type);
                let deed = retyped.as_ref().map_or_else(String::new, |taint| format!(": {}", taint.deed()));
                // Whether it happens does not depend on the data, as the taint does.
                let certain = |taint: Taint| {
                    let certainty = certainty_of(&self.changes[taint.cause.change].applied.found);
                    Cause { certainty, ..taint.cause }
                };
                let cause = retyped.map(certain).or_else(|| self.any_cause(before));
                (cause, format!("{what}, which the engine refuses{deed}"))
            }
            ProblemKind::UnequalSides { left, right } => (
                self.any_cause(before),
                format!("unites queries of {left} and {right} columns, which were equally many before"),
            ),
            ProblemKind::OtherNames { names, columns } => (
                self.any_cause(before),
                format!("gives {names} names to {columns} columns, which went together before"),
            ),
            ProblemKind::UnknownQualifier { name } => {
                (self.any_cause(before), format!("names {name}, which it no longer reads"))
            }
        }
    }

    /// Some change of what the query reads, where the exact one cannot be told.
    pub(super) fn any_cause(&self, lineage: &Lineage) -> Option<Cause> {
        let touched = lineage.reads.iter().filter_map(|read| {
            let relation = self.schema.before(&read.relation)?;
            let change = self
                .changes
                .iter()
                .position(|change| change.relations().any(|own| own == relation) && change.op.is_felt())?;
            let node = self.node_of(&read.relation);
            Some(Cause {
                change,
                path: node.into_iter().collect(),
                certainty: certainty_of(&self.changes[change].applied.found),
            })
        });
        let upstream = || {
            let nodes = lineage.reads.iter().filter_map(|read| self.node_of(&read.relation));
            nodes
                .filter_map(|node| self.columns(node))
                .find_map(|columns| columns.lost.values().chain(columns.gained.values()).next().cloned())
        };
        touched.min().or_else(upstream)
    }

    /// Names that still mean something, and something else.
    pub(super) fn rebindings(&self, ix: NodeIx, before: &Lineage, after: &Lineage) -> Vec<Reason> {
        let old = uses_by_place(before);
        let mut reasons = Vec::new();
        for new in &after.uses {
            let Some(was) = old.get(&new.span) else { continue };
            if new.sources.is_empty() || same_columns(&was.sources, &new.sources) {
                continue;
            }
            // A list of names after a table goes by place, whatever its columns are called.
            let is = self.identities(&new.sources, true);
            if is.is_some() && is == self.identities(&was.sources, false) {
                continue;
            }
            let Some((from, cause)) = was
                .sources
                .iter()
                .find_map(|source| Some((source, self.effects(&source.relation, &source.column).lost?)))
            else {
                reasons.extend(self.captured(ix, was, new).filter(|_| !before.assumes && !after.assumes));
                continue;
            };
            let is_known = |source: &Source| {
                let known = self.known_after(&source.relation).unwrap_or_default();
                known.columns.iter().any(|(_, key)| **key == *source.column)
            };
            let (outcome, message) = if new.outward == was.outward && new.sources.iter().all(is_known) {
                (
                    Outcome::Wrong,
                    format!(
                        "names {}, a column of {} that {}; the name then means {} alone, without an error",
                        new.name,
                        short_name(&from.relation),
                        self.changes[cause.change].deed(),
                        short_name(&new.sources[0].relation),
                    ),
                )
            } else if new.outward > was.outward {
                (
                    Outcome::Wrong,
                    format!(
                        "names {} in a subquery, a column of {} that {}; the name then means the outer query's column, without an error",
                        new.name,
                        short_name(&from.relation),
                        self.changes[cause.change].deed()
                    ),
                )
            } else {
                (
                    Outcome::Fails,
                    format!(
                        "names {}, a column of {} that {}; nothing else it reads is known to have one",
                        new.name,
                        short_name(&from.relation),
                        self.changes[cause.change].deed()
                    ),
                )
            };
            let is_assumed = outcome == Outcome::Fails;
            let certainty = if is_assumed { cause.certainty.max(Certainty::Likely) } else { cause.certainty };
            reasons.push(Reason {
                outcome,
                certainty,
                change: Some(cause.change),
                path: cause.onward(ix).path,
                span: Some(new.span),
                message,
            });
        }
        reasons
    }

    /// A name that a new column takes over: from an alias, or from the query outside.
    fn captured(&self, ix: NodeIx, was: &Use, new: &Use) -> Option<Reason> {
        let gained = |source: &Source| self.effects(&source.relation, &source.column).gained;
        let (source, cause) = new.sources.iter().find_map(|source| Some((source, gained(source)?)))?;
        if was.sources.is_empty() || was.sources.iter().any(|old| gained(old).is_some()) {
            return None;
        }
        let (outcome, effect) = match new.clause {
            Clause::Group => (Outcome::Fails, "and no longer by the expression of that name"),
            _ => (Outcome::Wrong, "without an error"),
        };
        let message = format!(
            "names {} in {}, and {} such a column to {}; the name then means that one, {effect}",
            new.name,
            new.clause.title(),
            self.changes[cause.change].deed(),
            short_name(&source.relation),
        );
        Some(Reason {
            outcome,
            certainty: cause.certainty.max(Certainty::Likely),
            change: Some(cause.change),
            path: cause.onward(ix).path,
            span: Some(new.span),
            message,
        })
    }

    /// Joins by all common columns, of which there are others now.
    pub(super) fn other_common_columns(&self, ix: NodeIx, before: &Lineage, after: &Lineage) -> Vec<Reason> {
        let pairs = before.naturals.iter().zip(&after.naturals);
        let reason = |(was, is): (&Natural, &Natural)| {
            let other = was.keys.symmetric_difference(&is.keys).next()?;
            let effects = before.reads.iter().map(|read| self.effects(&read.relation, other));
            let cause = effects.into_iter().find_map(|effects| effects.lost.or(effects.gained));
            let cause = cause.or_else(|| self.any_cause(before))?;
            let verb = if is.keys.contains(other) { "is one of them now" } else { "is none of them any more" };
            Some(Reason {
                outcome: Outcome::Wrong,
                certainty: cause.certainty.max(Certainty::Likely),
                change: Some(cause.change),
                path: cause.onward(ix).path,
                span: is.span,
                message: format!("joins naturally, by all columns that both sides have, and {other} {verb}"),
            })
        };
        pairs.filter_map(reason).collect()
    }

    /// Whatever its code does: what dbt knows it reads is no longer there.
    pub(super) fn lost_parents(&self, ix: NodeIx) -> Vec<Reason> {
        let lost = |parent: &NodeIx| {
            let name = self.project.nodes[*parent].relation.as_ref().filter(|_| self.columns(*parent).is_none())?;
            let cause = self.known_after(name).filter(|known| !known.exists).and_then(|_| self.why_gone(name))?;
            let message = format!("reads {}, which {}", short_name(name), self.changes[cause.change].deed());
            Some(Reason {
                outcome: Outcome::Fails,
                certainty: cause.certainty,
                change: Some(cause.change),
                path: cause.onward(ix).path,
                span: None,
                message,
            })
        };
        self.project.parents[ix].iter().filter_map(lost).collect()
    }
}

pub(super) fn uses_by_place(lineage: &Lineage) -> BTreeMap<Span, &Use> {
    lineage.uses.iter().map(|one| (one.span, one)).collect()
}

fn use_at(lineage: &Lineage, span: Span) -> Option<&Use> {
    lineage.uses.iter().find(|one| one.span == span)
}

fn same_columns(a: &[Source], b: &[Source]) -> bool {
    let columns = |sources: &[Source]| {
        sources.iter().map(|source| (source.relation.clone(), source.column.clone())).collect::<BTreeSet<_>>()
    };
    columns(a) == columns(b)
}
