//! What a data test says of values that changed.

use super::node::Assessment;
use super::reason::Reason;
use super::taint::{Taint, TaintKind};
use crate::dbt::{NodeIx, TestFacts};
use crate::lineage::Lineage;
use crate::outcome::{Certainty, Outcome};
use crate::text::Span;

impl Assessment<'_> {
    /// A test does not go wrong itself: it catches the change, passes over it, or that cannot be told.
    pub(super) fn test_reasons(&self, ix: NodeIx, lineage: &Lineage) -> Vec<Reason> {
        let facts = self.project.nodes[ix].test.clone().unwrap_or_default();
        let mut reasons = Vec::new();
        for one in &lineage.uses {
            // A test's own comparison is what it is for, so its column's taint is taken as it comes.
            for taint in one.sources.iter().flat_map(|source| self.effects(&source.relation, &source.column).taints) {
                reasons.push(self.judged(&facts, &Taint { cause: taint.cause.onward(ix), ..taint }, one.span));
            }
        }
        // A test that only counts rows uses no column.
        for read in &lineage.reads {
            for taint in self.effects(&read.relation, "").taints.into_iter().filter(|taint| taint.kind.is_of_rows()) {
                reasons.push(self.judged(&facts, &Taint { cause: taint.cause.onward(ix), ..taint }, read.span));
            }
        }
        reasons.sort();
        reasons.dedup_by(|a, b| a.change == b.change && a.outcome == b.outcome);
        reasons
    }

    fn judged(&self, facts: &TestFacts, taint: &Taint, span: Span) -> Reason {
        let deed = taint.deed();
        let passes = || (Outcome::Safe, Certainty::Certain, format!("cannot notice what changes: {deed}"));
        let catches =
            |value: &str| (Outcome::Catches, taint.cause.certainty, format!("meets {}: {deed}", shown_value(value)));
        let (outcome, certainty, message) = match (facts.name.as_str(), &taint.kind) {
            ("accepted_values", TaintKind::Values(pairs)) if !pairs.is_empty() => {
                // It passes over what is empty.
                match pairs.iter().map(|(_, to)| to).find(|to| *to != "NULL" && !facts.values.contains(to)) {
                    Some(surprise) => {
                        let accepted = facts.values.join(", ");
                        (
                            Outcome::Catches,
                            taint.cause.certainty,
                            format!("accepts only {accepted}, and meets '{surprise}': {deed}"),
                        )
                    }
                    None => passes(),
                }
            }
            // It looks only whether there is a value.
            ("not_null", TaintKind::Values(pairs)) if !pairs.is_empty() && pairs.iter().all(|(_, to)| to != "NULL") => {
                passes()
            }
            ("not_null", TaintKind::Holding(text)) if text != "NULL" => passes(),
            ("not_null", TaintKind::Values(pairs)) if pairs.iter().any(|(_, to)| to == "NULL") => catches("NULL"),
            ("not_null", TaintKind::Holding(text)) => catches(text),
            ("unique" | "accepted_values", TaintKind::Holding(text)) if text == "NULL" => passes(),
            ("accepted_values", TaintKind::Holding(text)) if !facts.values.iter().any(|value| value.contains(text)) => {
                catches(text)
            }
            // Fewer rows cannot bring up a value that was not there, nor make one repeat. Values that a join no longer finds leave
            // nothing in their place.
            ("not_null", TaintKind::RowsLost) if self.changes[taint.cause.change].op.column().is_none() => passes(),
            ("unique" | "accepted_values", TaintKind::RowsLost) => passes(),
            (_, TaintKind::Widened(_) | TaintKind::Reprinted(_)) | ("not_null", TaintKind::Retyped(_)) => passes(),
            _ => (Outcome::Unknown, Certainty::Possible, format!("whether it notices is not known: {deed}")),
        };
        let path = taint.cause.path.clone();
        Reason { outcome, certainty, change: Some(taint.cause.change), path, span: Some(span), message }
    }
}

fn shown_value(value: &str) -> String {
    if value == "NULL" { value.to_owned() } else { format!("'{value}'") }
}
