//! Columns of a node whose kind changes, and contracts that this or another shape breaks.

use std::collections::{BTreeMap, BTreeSet};

use super::cause::Cause;
use super::node::Assessment;
use super::reason::Reason;
use super::taint::{Taint, TaintKind};
use crate::dbt::NodeIx;
use crate::dialect::Dialect;
use crate::lineage::{Kind, Lineage, Output};
use crate::outcome::{NodeKind, Outcome};

impl Assessment<'_> {
    /// A computed column can be of another kind than before, though none of its parts hands its type on. Its taint is added
    /// to those of the outputs.
    pub(super) fn kind_changes(
        &self,
        ix: NodeIx,
        before: &Lineage,
        after: &Lineage,
        taints: &mut BTreeMap<String, Vec<Taint>>,
    ) -> Vec<Reason> {
        let was = outputs(before);
        let mut reasons = Vec::new();
        for output in &after.outputs {
            let Some(old) = was.get(&*output.key) else { continue };
            if !differ(old.kind, output.kind) || taints.contains_key(&*output.key) {
                continue;
            }
            let Some(cause) = self.of_type(output).or_else(|| self.any_cause(before)) else { continue };
            // A number of days is no interval, whatever it is shown as.
            let is_other = (old.kind == Kind::Interval) != (output.kind == Kind::Interval);
            let types = format!("{} to {}", old.kind.word(), output.kind.word());
            let kind = if is_other { TaintKind::Values(Vec::new()) } else { TaintKind::Widened(types.clone()) };
            let taint = Taint { cause: cause.onward(ix), kind, what: output.name.to_string() };
            reasons.push(Reason {
                outcome: taint.outcome(),
                certainty: taint.cause.certainty,
                change: Some(taint.cause.change),
                path: taint.cause.path.clone(),
                span: None,
                message: format!("gives another kind of value for {}: {types}", output.name),
            });
            taints.insert(output.key.to_string(), vec![taint]);
        }
        reasons
    }

    /// A snapshot's history keeps the types that it began with; PostgreSQL neither compares nor inserts others.
    pub(super) fn unlike_history(&self, ix: NodeIx, before: &Lineage, after: &Lineage) -> Vec<Reason> {
        let keeps = self.project.nodes[ix].kind == NodeKind::Snapshot;
        if !keeps || self.project.sql_dialect() != Dialect::Postgres {
            return Vec::new();
        }
        let was = outputs(before);
        let reason = |output: &Output| {
            let old = was.get(&*output.key).filter(|old| differ(old.kind, output.kind))?;
            let cause = self.of_type(output).or_else(|| self.any_cause(before));
            let cause = cause.filter(|_| !old.kind.holds(output.kind))?.onward(ix);
            Some(Reason {
                outcome: Outcome::Fails,
                certainty: cause.certainty,
                change: Some(cause.change),
                path: cause.path,
                span: None,
                message: format!(
                    "gives {} for {}, while its history holds {}",
                    output.kind.word(),
                    output.name,
                    old.kind.word()
                ),
            })
        };
        after.outputs.iter().filter_map(reason).collect()
    }

    pub(super) fn of_type(&self, output: &Output) -> Option<Cause> {
        let mut sources = output.sources.iter();
        sources.find_map(|source| {
            let taints = self.effects(&source.relation, &source.column).taints;
            taints.into_iter().find(Taint::is_of_type).map(|taint| taint.cause)
        })
    }

    /// What dbt refuses to build, because it is not what the contract says any more.
    pub(super) fn broken_contract(
        &self,
        ix: NodeIx,
        before: &Lineage,
        after: &Lineage,
        taints: &BTreeMap<String, Vec<Taint>>,
    ) -> Vec<Reason> {
        let contract: BTreeSet<&str> = self.project.contract(ix).iter().map(String::as_str).collect();
        if contract.is_empty() {
            return Vec::new();
        }
        let (old, new) = (outputs(before), outputs(after));
        let mut broken: Vec<(String, Option<Cause>)> = Vec::new();
        // Where nobody told of all columns, it was built, and so it had those of the contract and no others.
        let had = |key: &str| old.contains_key(key) || before.open && contract.contains(key);
        let lost: BTreeSet<&str> =
            if before.open && !after.open { contract.clone() } else { old.keys().copied().collect() };
        for key in lost.iter().filter(|key| !new.contains_key(*key)) {
            broken.push((format!("loses the column {key}"), self.any_cause(before)));
        }
        for key in new.keys().filter(|key| !had(key)) {
            broken.push((format!("gains the column {key}"), self.any_cause(before)));
        }
        let is_duckdb = self.project.sql_dialect() == Dialect::DuckDb;
        for (key, (was, is)) in old.iter().filter_map(|(key, was)| Some((key, (was, new.get(key)?)))) {
            let of_type = taints.get(*key).and_then(|taints| taints.iter().find(|taint| taint.is_of_type()));
            // DuckDB has a type for each length of a decimal. Of other engines the names of the types are known.
            let is_another = differ(was.kind, is.kind)
                || is_duckdb && is.kind == Kind::Decimal && of_type.is_some()
                || was.kind == Kind::Unknown && of_type.is_some_and(Taint::is_of_another_name);
            if is_another && contract.contains(key) {
                let cause = of_type.map(|taint| taint.cause.clone()).or_else(|| self.any_cause(before));
                broken.push((format!("gives another type for {key}"), cause));
            }
        }
        let reason = |(what, cause): (String, Option<Cause>)| {
            let cause = cause?;
            Some(Reason {
                outcome: Outcome::Fails,
                certainty: cause.certainty,
                change: Some(cause.change),
                path: cause.onward(ix).path,
                span: None,
                message: format!("{what}, and its contract is enforced"),
            })
        };
        broken.into_iter().filter_map(reason).collect()
    }
}

fn outputs(lineage: &Lineage) -> BTreeMap<&str, &Output> {
    lineage.outputs.iter().map(|output| (&*output.key, output)).collect()
}

fn differ(was: Kind, is: Kind) -> bool {
    was != is && was > Kind::Untyped && is > Kind::Untyped
}
