//! Columns of a node's output that come to hold something else, or that no engine would take.

use std::collections::{BTreeMap, BTreeSet};

use super::cause::Cause;
use super::node::Assessment;
use super::reason::Reason;
use super::taint::{Taint, TaintKind};
use super::values::onward;
use crate::dbt::NodeIx;
use crate::dialect::Dialect;
use crate::lineage::{Kind, Lineage, Output, Source};
use crate::outcome::{Certainty, NodeKind, Outcome};
use crate::schema::{HandedOn, RelationIx, RelationName};

impl Assessment<'_> {
    /// Columns that are put together of others than before: the place in a UNION, or a common name, is another column's now.
    /// Their taints are added to those of the outputs.
    pub(super) fn moved_outputs(
        &self,
        ix: NodeIx,
        before: &Lineage,
        after: &Lineage,
        taints: &mut BTreeMap<String, Vec<Taint>>,
    ) -> Vec<Reason> {
        if before.open || after.open || before.assumes || after.assumes || !before.problems.is_empty() {
            return Vec::new();
        }
        let columns = |output: &Output, is_after: bool| self.identities(&output.sources, is_after);
        let mut reasons = Vec::new();
        for was in &before.outputs {
            let Some(is) = after.outputs.iter().find(|is| is.key == was.key) else { continue };
            let (Some(from), Some(to)) = (columns(was, false), columns(is, true)) else { continue };
            if from == to || taints.contains_key(&*was.key) {
                continue;
            }
            let lost = was.sources.iter().find_map(|source| self.effects(&source.relation, &source.column).lost);
            let Some(cause) = lost.or_else(|| self.any_cause(before)) else { continue };
            let taint = Taint { cause: cause.onward(ix), kind: TaintKind::Replaced(None), what: was.name.to_string() };
            reasons.push(said(
                &taint.cause,
                Outcome::Wrong,
                format!("puts {} together of other columns than before", was.name),
            ));
            taints.insert(was.key.to_string(), vec![taint]);
        }
        reasons
    }

    /// Which columns these are. One that is called otherwise is the same column; one that nothing is known of cannot be told
    /// from another.
    pub(super) fn identities(&self, sources: &[Source], is_after: bool) -> Option<BTreeSet<(RelationIx, usize)>> {
        let identity = |source: &Source| {
            let before = self.schema.before(&source.relation)?;
            let relation = if is_after { self.schema.after(&source.relation).unwrap_or(before) } else { before };
            let state = &self.schema.relations[relation];
            // Any of those that nobody told of.
            if &*source.column == "*" {
                return Some((relation, usize::MAX));
            }
            let place =
                if is_after { state.position_after(&source.column) } else { state.position_before(&source.column) };
            // What else is under a name now, such as a view in a table's place, is known by what it is made of.
            match state.columns[place?].derived.as_deref().filter(|_| is_after) {
                Some([one]) if one.how != HandedOn::Used => Some((one.relation, one.column)),
                Some(_) => None,
                None => Some((relation, place?)),
            }
        };
        sources.iter().map(identity).collect()
    }

    /// Two columns of one name, which no table or view can have. DuckDB gives the second another name.
    pub(super) fn doubled_outputs(&self, ix: NodeIx, before: &Lineage, after: &Lineage) -> Vec<Reason> {
        let builds = matches!(self.project.nodes[ix].kind, NodeKind::Model | NodeKind::Snapshot);
        if !builds || self.project.sql_dialect() == Dialect::DuckDb {
            return Vec::new();
        }
        let old = doubled(before);
        let new = doubled(after).into_iter().filter(|name| !old.contains(name));
        let reason = |name: &str| {
            let cause = self.any_cause(before)?.onward(ix);
            Some(said(&cause, Outcome::Fails, format!("gives two columns called {name}, which the engine refuses")))
        };
        new.filter_map(reason).collect()
    }

    /// New values that a cast cannot read.
    pub(super) fn unreadable_values(&self, ix: NodeIx, lineage: &Lineage) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let dialect = self.project.sql_dialect();
        for cast in lineage.casts.iter().filter(|cast| cast.to > Kind::Text) {
            let is_number = (Kind::Truth..=Kind::Float).contains(&cast.to);
            for taint in self.effects(&cast.relation, &cast.column).taints {
                let meets = match &taint.kind {
                    TaintKind::Values(pairs) => {
                        let new =
                            pairs.iter().map(|(_, to)| to).find(|to| *to != "NULL" && !cast.to.can_be(to, dialect));
                        new.map(|to| format!("'{to}'"))
                    }
                    // A date can hold other signs than these.
                    TaintKind::Holding(text) => (is_number && text != "NULL" && !cast.to.can_be(text, dialect))
                        .then(|| format!("values with '{text}'")),
                    // Unless that one is read as a number too.
                    TaintKind::Replaced(Some(other)) => (is_number && !is_cast(lineage, &cast.relation, other))
                        .then(|| format!("the values of {other}")),
                    _ => None,
                };
                if let Some(meets) = meets {
                    let message = format!("casts {} to {}, and meets {meets}", taint.what, cast.to.word());
                    let cause = onward(taint, ix).cause.at_most(Certainty::Likely);
                    reasons.push(Reason { span: Some(cast.span), ..said(&cause, Outcome::Fails, message) });
                }
            }
        }
        reasons
    }
}

/// Whether the query reads the column as something else than text too.
fn is_cast(lineage: &Lineage, relation: &RelationName, column: &str) -> bool {
    lineage.casts.iter().any(|cast| cast.to > Kind::Text && cast.relation == *relation && *cast.column == *column)
}

fn doubled(lineage: &Lineage) -> BTreeSet<&str> {
    let mut seen = BTreeSet::new();
    lineage.outputs.iter().filter(|output| !seen.insert(&*output.key)).map(|output| &*output.key).collect()
}

fn said(cause: &Cause, outcome: Outcome, message: String) -> Reason {
    Reason {
        outcome,
        certainty: cause.certainty,
        change: Some(cause.change),
        path: cause.path.clone(),
        span: None,
        message,
    }
}
