//! Values that change: which columns and rows of a node's output, and by which of its uses.

use std::collections::{BTreeMap, BTreeSet};

use super::node::Assessment;
use super::reason::Reason;
use super::taint::Taint;
use crate::dbt::NodeIx;
use crate::lineage::{Clause, Lineage, Source, Use};
use crate::outcome::{Certainty, Outcome};
use crate::schema::RelationName;
use crate::text::Span;

impl Assessment<'_> {
    /// The columns and rows of the output whose values change, and the places that make them change.
    pub(super) fn taints(
        &self,
        ix: NodeIx,
        lineage: &Lineage,
    ) -> (BTreeMap<String, Vec<Taint>>, Vec<Taint>, Vec<Reason>) {
        // The columns that become a part of what the query gives, or decide about it. Others are carried a part of the way.
        let mut goes_on: BTreeSet<(&RelationName, &str)> = BTreeSet::new();
        let mut outputs: BTreeMap<String, Vec<Taint>> = BTreeMap::new();
        for output in &lineage.outputs {
            let mut taints: BTreeSet<Taint> = BTreeSet::new();
            for source in output.sources.iter() {
                let found = self.tainting_values(ix, source);
                goes_on.extend((!found.is_empty()).then_some((&source.relation, &*source.column)));
                taints.extend(found);
            }
            if !taints.is_empty() {
                outputs.insert(output.key.to_string(), taints.into_iter().collect());
            }
        }
        let mut rows: BTreeSet<Taint> = BTreeSet::new();
        for read in &lineage.reads {
            rows.extend(
                self.effects(&read.relation, "").taints.into_iter().filter(is_of_rows).map(|taint| onward(taint, ix)),
            );
        }
        for one in &lineage.deciding {
            let taints = self.tainting_values(ix, &one.source);
            goes_on.extend((!taints.is_empty()).then_some((&one.source.relation, &*one.source.column)));
            let kind = |taint: &Taint| if one.merges { taint.merged() } else { taint.picked() };
            rows.extend(taints.into_iter().filter_map(|taint| Some(Taint { kind: kind(&taint)?, ..taint })));
        }
        let picked = || lineage.deciding.iter().filter(|one| !one.merges).map(|one| &one.source);
        let mut reasons = Vec::new();
        for one in &lineage.uses {
            for source in one.sources.iter() {
                let is_dropped = one.passed_on && !goes_on.contains(&(&source.relation, &*source.column));
                for taint in self.tainting_values(ix, source) {
                    if is_dropped {
                        reasons.push(rows_stay("carries", &taint, one));
                        continue;
                    }
                    let leaves_rows = match one.clause {
                        Clause::Order if picked().all(|picked| picked != source) => Some("sorts by"),
                        Clause::Group if taint.merged().is_none() && picked().all(|picked| picked != source) => {
                            Some("groups by")
                        }
                        _ => None,
                    };
                    if let Some(verb) = leaves_rows {
                        reasons.push(rows_stay(verb, &taint, one));
                        continue;
                    }
                    reasons.push(taint_reason(&taint, one));
                    if one.clause.decides_rows() && one.outward == 0 {
                        rows.extend(taint.of_decided_rows().map(|kind| Taint { kind, ..taint }));
                    }
                }
            }
        }
        // What comes in through a star has no place of its own, nor what only the whole expression makes of it.
        for taint in outputs.values().flatten().chain(&rows) {
            let is_told =
                |reason: &Reason| reason.change == Some(taint.cause.change) && reason.outcome <= taint.outcome();
            if !reasons.iter().any(is_told) {
                reasons.push(reason_of(taint, None, format!("hands on what it reads: {}", taint.deed())));
            }
        }
        (outputs, rows.into_iter().collect(), reasons)
    }

    /// Rows are compared as wholes, as DISTINCT and UNION do, and in other columns than before.
    pub(super) fn compared_by_others(&self, ix: NodeIx, before: &Lineage, after: &Lineage) -> Option<Reason> {
        let compared = |lineage: &Lineage, is_after: bool| {
            let sources: Vec<Source> = lineage.deciding.iter().map(|one| one.source.clone()).collect();
            self.identities(&sources, is_after).filter(|columns| !columns.is_empty())
        };
        let (was, is) = (compared(before, false)?, compared(after, true)?);
        let sources = before.deciding.iter().chain(&after.deciding).map(|one| &one.source);
        let effects = sources.map(|source| self.effects(&source.relation, &source.column));
        let cause = effects.filter(|_| was != is).find_map(|effects| effects.lost.or(effects.gained))?;
        let message = format!(
            "groups or compares rows by all their columns, and {} one of these; whether results change depends on the data",
            self.changes[cause.change].deed()
        );
        Some(Reason {
            outcome: Outcome::Unknown,
            certainty: Certainty::Possible,
            change: Some(cause.change),
            path: cause.onward(ix).path,
            span: None,
            message,
        })
    }

    /// What becomes of the values that are made of this source; what happens to rows is left aside.
    fn tainting_values(&self, ix: NodeIx, source: &Source) -> Vec<Taint> {
        let mut taints = self.tainting(ix, source);
        taints.retain(|taint| !is_of_rows(taint));
        taints
    }

    /// What a value made of this source is tainted with.
    pub(super) fn tainting(&self, ix: NodeIx, source: &Source) -> Vec<Taint> {
        let taints = self.effects(&source.relation, &source.column).taints;
        taints.iter().filter_map(|taint| taint.through(source)).map(|taint| onward(taint, ix)).collect()
    }
}

fn is_of_rows(taint: &Taint) -> bool {
    taint.kind.is_of_rows()
}

pub(super) fn onward(taint: Taint, ix: NodeIx) -> Taint {
    Taint { cause: taint.cause.onward(ix), ..taint }
}

fn taint_reason(taint: &Taint, one: &Use) -> Reason {
    let message = match &one.compared {
        Some(compared) => {
            let literals: Vec<String> =
                compared.literals.iter().take(4).map(|literal| format!("'{literal}'")).collect();
            format!("compares {} with {}, while {}", one.name, literals.join(", "), taint.deed())
        }
        None => format!("uses {} in {}, while {}", one.name, one.clause.title(), taint.deed()),
    };
    reason_of(taint, Some(one.span), message)
}

/// All rows are there, in another order; or as many groups, of the same rows.
fn rows_stay(verb: &str, taint: &Taint, one: &Use) -> Reason {
    let message = format!("{verb} {}, and which rows there are stays the same, while {}", one.name, taint.deed());
    Reason { outcome: Outcome::Safe, ..reason_of(taint, Some(one.span), message) }
}

fn reason_of(taint: &Taint, span: Option<Span>, message: String) -> Reason {
    Reason {
        outcome: taint.outcome(),
        certainty: taint.cause.certainty,
        change: Some(taint.cause.change),
        path: taint.cause.path.clone(),
        span,
        message,
    }
}
