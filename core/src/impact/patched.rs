//! A node with a draft of other SQL: the old text against the schema before, the new one against the schema after.

use std::collections::{BTreeMap, BTreeSet};

use super::Tracked;
use super::cause::Cause;
use super::columns::{Columns, Effects, short};
use super::node::{Assessment, known, not_understood, shape_reason, unknown};
use super::reason::Reason;
use super::taint::{Taint, TaintKind};
use crate::dbt::NodeIx;
use crate::lineage::{Parsed, Problem, ProblemKind};
use crate::outcome::{Certainty, Outcome};
use crate::schema::RelationIx;
use crate::text::Span;

/// Drafts that stand in for what runs now.
#[derive(Debug, Clone, Default)]
pub struct Drafts {
    pub patches: BTreeMap<NodeIx, Patch>,
    /// Relations that have their old names again, in a view or a generated column: the columns with their old values.
    pub stand_ins: BTreeMap<RelationIx, BTreeSet<String>>,
}

/// Other SQL for a node, and what it gives back of the relations that changed.
#[derive(Debug, Clone, Default)]
pub struct Patch {
    pub sql: String,
    /// By relation, the columns before the migration whose values the SQL has again. The others are taken for changed.
    pub restored: BTreeMap<RelationIx, BTreeSet<String>>,
}

impl Assessment<'_> {
    pub(super) fn analyse_patched(&mut self, ix: NodeIx, text: &str, patch: &Patch) -> (Vec<Reason>, Columns) {
        let dialect = self.project.sql_dialect();
        let (old, new) = match (Parsed::new(text, dialect), Parsed::new(&patch.sql, dialect)) {
            (Ok(old), Ok(new)) => (old, new),
            (Err(problem), _) | (_, Err(problem)) => {
                let at = Span { start: problem.at, end: problem.at };
                let message = format!("SQL that could not be parsed: {}", problem.message);
                return (vec![unknown(ix, Some(at), message)], self.as_documented(ix));
            }
        };
        let (before, after) = self.traced_apart(ix, &old, &new);
        self.patching = Some(ix);
        let cause = self.any_cause(&before);
        let mut reasons: Vec<Reason> =
            after.problems.iter().map(|problem| still_fails(ix, cause.as_ref(), problem)).collect();
        let fails = !reasons.is_empty();
        reasons.extend(before.problems.first().map(|problem| not_understood(ix, problem)));
        let (taints, rows, more) = self.taints(ix, &before);
        reasons.extend(more);
        let seen = if fails { &before } else { &after };
        let mut columns = Columns { before: known(&before), after: known(seen), taints, rows, ..Columns::default() };
        if !fails {
            columns.change_shape(self.shape_changes(ix, &before, &after));
            let gone = columns.lost.iter().map(|(name, cause)| (name, cause, "no longer gives"));
            let new = columns.gained.iter().map(|(name, cause)| (name, cause, "newly gives"));
            reasons.extend(gone.chain(new).map(|(name, cause, verb)| {
                shape_reason(ix, cause, format!("{verb} the column {name} with the draft"))
            }));
        }
        self.patching = None;
        (reasons, columns)
    }

    /// What the node under analysis sees of a relation for which its draft stands in.
    pub(super) fn patched_effects(&self, relation: RelationIx, key: &str) -> Option<Effects> {
        let patch = self.patching.and_then(|node| self.drafts.patches.get(&node));
        let restored =
            patch.and_then(|patch| patch.restored.get(&relation)).or_else(|| self.drafts.stand_ins.get(&relation))?;
        let state = &self.schema.relations[relation];
        let mut effects = Effects { taints: self.row_taints(state, state), ..Effects::default() };
        if !key.is_empty() && !restored.contains(key) {
            let works_on = |change: &Tracked| change.relations().any(|own| own == relation) && change.op.is_felt();
            let change = state
                .position_before(key)
                .and_then(|at| state.columns[at].left_by)
                .or_else(|| self.changes.iter().position(works_on))
                .unwrap_or(0);
            let path = state.nodes.first().copied().into_iter().collect();
            effects.taints.push(Taint {
                cause: Cause { change, path, certainty: Certainty::Likely },
                kind: TaintKind::Values(Vec::new()),
                what: format!("{}.{key}", short(state)),
            });
        }
        Some(effects)
    }
}

fn still_fails(ix: NodeIx, cause: Option<&Cause>, problem: &Problem) -> Reason {
    let name = match &problem.kind {
        ProblemKind::MissingRelation { relation } => relation.to_string(),
        ProblemKind::MissingColumn { name }
        | ProblemKind::AmbiguousColumn { name, .. }
        | ProblemKind::UnknownQualifier { name } => name.clone(),
        ProblemKind::OtherNames { .. } => "other columns than there are".to_owned(),
        ProblemKind::Refused { what } => format!("what it {what}"),
        ProblemKind::UnequalSides { left, right } => format!("queries of {left} and {right} columns as one"),
    };
    Reason {
        outcome: Outcome::Fails,
        certainty: Certainty::Certain,
        change: cause.map(|cause| cause.change),
        path: cause.map_or_else(|| vec![ix], |cause| cause.onward(ix).path),
        span: Some(problem.span),
        message: format!("names {name}, which the draft does not give back"),
    }
}
