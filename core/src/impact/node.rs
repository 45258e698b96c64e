//! One node after the other.

use std::collections::{BTreeMap, BTreeSet};

use super::Judgement;
use super::cause::{Cause, Tracked};
use super::columns::Columns;
use super::patched::Drafts;
use super::reason::Reason;
use super::stays::Stays;
use super::taint::{Taint, TaintKind};
use crate::dbt::{NodeIx, Project, SNAPSHOT_COLUMNS, Sql};
use crate::lineage::{Kind, Known, Lineage, Parsed, Problem, ProblemKind};
use crate::outcome::{Certainty, NodeKind, Outcome};
use crate::schema::{ChangeIx, RelationIx, Schema};
use crate::text::Span;

/// The reasons that are kept for one node; a query can hold thousands of uses of what is gone.
const MOST_REASONS: usize = 60;

pub(super) struct Assessment<'a> {
    pub(super) project: &'a Project,
    pub(super) schema: &'a Schema,
    pub(super) changes: &'a [Tracked],
    pub(super) touched: &'a BTreeSet<RelationIx>,
    /// Drafts that are tried in the place of a node's own SQL.
    pub(super) drafts: &'a Drafts,
    /// The node under analysis, while its draft is tried.
    pub(super) patching: Option<NodeIx>,
    columns: Vec<Option<Columns>>,
    /// The changes that the engine refuses for the sake of the node in hand.
    holds: Vec<ChangeIx>,
    /// The node in hand cannot run before the migration.
    early: bool,
    /// What the node in hand comes to in place.
    in_place: Option<Reason>,
    /// Nodes whose columns were asked for.
    asked: Vec<bool>,
    judgements: Vec<Option<Judgement>>,
    pub(super) stays: Stays,
}

impl<'a> Assessment<'a> {
    pub(super) fn new(
        project: &'a Project,
        schema: &'a Schema,
        changes: &'a [Tracked],
        touched: &'a BTreeSet<RelationIx>,
        drafts: &'a Drafts,
    ) -> Self {
        let count = project.nodes.len();
        Self {
            project,
            schema,
            changes,
            touched,
            drafts,
            patching: None,
            columns: std::iter::repeat_with(|| None).take(count).collect(),
            holds: Vec::new(),
            early: false,
            in_place: None,
            asked: vec![false; count],
            judgements: vec![None; count],
            stays: Stays::new(count, schema, touched),
        }
    }

    pub(super) fn columns(&self, ix: NodeIx) -> Option<&Columns> {
        self.columns[ix].as_ref()
    }

    pub(super) fn outcome(&self, ix: NodeIx) -> Option<&Judgement> {
        self.judgements[ix].as_ref()
    }

    pub(super) fn judgement(&mut self, ix: NodeIx) -> Option<Judgement> {
        self.judgements[ix].take()
    }

    /// Analyses a node that a change reaches; those that it depends on have been.
    pub(super) fn visit(&mut self, ix: NodeIx) {
        if self.reads_what_stays(ix) {
            let reason = self.why_safe(ix);
            self.judgements[ix] = Some(Judgement::because(ix, reason));
            return;
        }
        let project = self.project;
        let node = &project.nodes[ix];
        let patch = self.drafts.patches.get(&ix);
        let (mut reasons, columns) = match (project.sql(ix), &node.sql) {
            (Some(text), _) if let Some(patch) = patch => self.analyse_patched(ix, text, patch),
            (Some(text), _) => match Parsed::new(text, project.sql_dialect()) {
                Ok(parsed) => {
                    let (before, after) = self.traced(ix, &parsed);
                    self.holds = self.held(ix, &before);
                    self.early = is_written_for(&after) && before.problems.iter().any(is_unresolved);
                    let (reasons, columns) = self.analyse(ix, &before, &after);
                    if reasons.iter().all(|reason| reason.outcome != Outcome::Fails) {
                        self.in_place = self.in_place(ix, (&before, &after), &columns.lost, &columns.gained);
                    }
                    (reasons, columns)
                }
                Err(problem) => {
                    let at = Span { start: problem.at, end: problem.at };
                    (
                        vec![unknown(ix, Some(at), format!("SQL that could not be parsed: {}", problem.message))],
                        self.as_documented(ix),
                    )
                }
            },
            (None, Sql::Compiled | Sql::Template) => (vec![self.without_sql(ix)], self.as_documented(ix)),
            (None, Sql::Foreign(language)) => (
                vec![unknown(ix, None, format!("written in {language}, which is not analysed"))],
                self.as_documented(ix),
            ),
            (None, Sql::None) => (self.lost_rows(ix), Columns::default()),
        };
        if reasons.iter().any(|reason| reason.outcome == Outcome::Unknown && reason.change.is_none()) {
            reasons.extend(self.lost_parents(ix));
        }
        if matches!(node.kind, NodeKind::Model | NodeKind::Snapshot) {
            self.columns[ix] = Some(columns);
        }
        let unanalysed = reasons.iter().any(|reason| reason.outcome == Outcome::Unknown && reason.change.is_none());
        let may_fail = |reason: &Reason| reason.outcome == Outcome::Unknown && reason.change.is_some();
        reasons.extend(self.inherited(ix, &reasons));
        if reasons.is_empty() {
            reasons.push(self.why_safe(ix));
        }
        if self.rests_on_assumptions(ix) {
            reasons.iter_mut().for_each(|reason| reason.certainty = reason.certainty.max(Certainty::Likely));
        }
        reasons.sort();
        reasons.dedup();
        reasons.truncate(MOST_REASONS);
        let judgement = Judgement {
            node: ix,
            outcome: reasons[0].outcome,
            certainty: reasons[0].certainty,
            may_fail: reasons.iter().any(may_fail),
            reasons,
            holds: std::mem::take(&mut self.holds),
            early: std::mem::take(&mut self.early),
            in_place: self.in_place.take(),
            unanalysed,
        };
        self.note_whether_it_stays(ix, &judgement);
        self.judgements[ix] = Some(judgement);
    }

    /// Its SQL was rendered here, with something that the manifest does not say.
    pub(super) fn rests_on_assumptions(&self, ix: NodeIx) -> bool {
        let rendered = self.project.rendered(ix).and_then(|rendered| rendered.as_ref().ok());
        rendered.is_some_and(|rendered| !rendered.assumed.is_empty())
    }

    fn without_sql(&self, ix: NodeIx) -> Reason {
        let message = match self.project.rendered(ix) {
            Some(Err(refusal)) => format!("a template that was not rendered: {}", refusal.sentence()),
            _ => "no compiled SQL in the manifest".to_owned(),
        };
        unknown(ix, None, message)
    }

    /// The query before and after. Of what it reads and no change reaches, the columns are found out only where they
    /// decide something: most queries say whose each column is.
    fn traced(&mut self, ix: NodeIx, parsed: &Parsed<'_>) -> (Lineage, Lineage) {
        self.traced_apart(ix, parsed, parsed)
    }

    /// The same where another query stands in its place afterwards.
    pub(super) fn traced_apart(&mut self, ix: NodeIx, old: &Parsed<'_>, new: &Parsed<'_>) -> (Lineage, Lineage) {
        let trace = |own: &Self| (old.trace(&|name| own.known_before(name)), new.trace(&|name| own.known_after(name)));
        let (before, after) = trace(self);
        if (before.assumes || after.assumes || !before.problems.is_empty()) && self.find_out_columns(ix) {
            return trace(self);
        }
        (before, after)
    }

    /// Traces what a node reads and nobody has traced; and what that reads, where its columns hang on it. False where
    /// there was nothing to find out.
    fn find_out_columns(&mut self, ix: NodeIx) -> bool {
        let mut pending: Vec<(NodeIx, Parsed<'a>)> = Vec::new();
        self.ask_parents(ix, &mut pending);
        let found = !pending.is_empty();
        while let Some((ix, parsed)) = pending.pop() {
            let traced = parsed.trace(&|name| self.known_before(name));
            let depth = pending.len();
            pending.push((ix, parsed));
            if traced.assumes {
                self.ask_parents(ix, &mut pending);
            }
            if pending.len() > depth + 1 {
                continue;
            }
            pending.pop();
            let known = self.built_columns(ix, &traced);
            self.columns[ix] = Some(Columns { before: known.clone(), after: known, ..Columns::default() });
        }
        found
    }

    /// The parents whose columns only their SQL can tell, once each.
    fn ask_parents(&mut self, ix: NodeIx, pending: &mut Vec<(NodeIx, Parsed<'a>)>) {
        for parent in self.project.parents[ix].iter().copied() {
            let node = &self.project.nodes[parent];
            let builds = matches!(node.kind, NodeKind::Model | NodeKind::Snapshot) && node.relation.is_some();
            let is_told = node.columns_complete() || self.columns[parent].is_some();
            if !builds || is_told || std::mem::replace(&mut self.asked[parent], true) {
                continue;
            }
            let parsed = self.project.sql(parent).and_then(|text| Parsed::new(text, self.project.sql_dialect()).ok());
            pending.extend(parsed.map(|parsed| (parent, parsed)));
        }
    }

    fn analyse(&self, ix: NodeIx, before: &Lineage, after: &Lineage) -> (Vec<Reason>, Columns) {
        let mut reasons = self.failures(ix, before, after);
        reasons.extend(self.untold_failures(ix, before, after));
        reasons.extend(self.doubled_outputs(ix, before, after));
        reasons.extend(self.unreadable_values(ix, after));
        reasons.extend(self.unlike_history(ix, before, after));
        let mut fails = !reasons.is_empty();
        let unresolved = before.problems.iter().find(|one| is_unresolved(one)).filter(|_| !is_written_for(after));
        reasons.extend(unresolved.map(|problem| not_understood(ix, problem)));
        reasons.extend(self.untold_doubts(ix, before, after));
        let mut rebound = self.rebindings(ix, before, after);
        rebound.extend(self.other_common_columns(ix, before, after));
        rebound.extend(self.compared_by_others(ix, before, after));
        // While it fails, the last good output stands. What would be wrong once the names are mended is found in it.
        let seen = if fails { before } else { after };
        let (mut taints, mut rows, mut more) = self.taints(ix, seen);
        // What a name that means something else does to the result is not told: it may be any of it.
        rows.extend(rebound.iter().filter_map(|reason| self.rewritten(ix, reason)));
        reasons.extend(rebound);
        if !fails {
            more.extend(self.moved_outputs(ix, before, after, &mut taints));
            more.extend(self.kind_changes(ix, before, after, &mut taints));
            let broken = self.broken_contract(ix, before, after, &taints);
            fails = !broken.is_empty();
            reasons.extend(broken);
        }
        if self.project.nodes[ix].kind == NodeKind::Test {
            more = self.test_reasons(ix, seen);
        }
        reasons.extend(more);
        // A changed value is a new row of a snapshot's history, which keeps its own types.
        if self.project.nodes[ix].kind == NodeKind::Snapshot {
            taints.values_mut().for_each(|taints| taints.retain(|taint| taint.outcome() != Outcome::Changes));
            taints.retain(|_, taints| !taints.is_empty());
            for reason in reasons.iter_mut().filter(|reason| reason.outcome == Outcome::Changes) {
                reason.outcome = Outcome::Safe;
                reason.message.push_str("; its history keeps the type");
            }
            let changed = taints.values().flatten().find(|taint| taint.outcome() == Outcome::Wrong);
            rows.extend(changed.map(|taint| Taint { kind: TaintKind::RowsRewritten, ..taint.clone() }));
        }
        let mut columns = Columns {
            before: self.built_columns(ix, before),
            after: self.built_columns(ix, if fails { before } else { after }),
            taints,
            rows,
            ..Columns::default()
        };
        if self.project.nodes[ix].kind == NodeKind::Snapshot {
            columns.keep_kinds();
        }
        if !fails {
            columns.change_shape(self.shape_changes(ix, before, after));
            let broken = self.lost_keys(ix, &columns.lost);
            let is_built = matches!(self.project.nodes[ix].kind, NodeKind::Model | NodeKind::Snapshot);
            if !broken.is_empty() {
                reasons.extend(broken);
                columns = Columns { before: columns.before.clone(), after: columns.before, ..Columns::default() };
            } else if is_built {
                reasons.extend(columns.lost.iter().map(|(name, cause)| {
                    shape_reason(
                        ix,
                        cause,
                        format!("loses the column {name}, which {}", self.changes[cause.change].deed()),
                    )
                }));
                reasons.extend(columns.gained.iter().map(|(name, cause)| {
                    shape_reason(
                        ix,
                        cause,
                        format!("gains the column {name}, which {}", self.changes[cause.change].deed_of_gained()),
                    )
                }));
                reasons.extend(self.kept_columns(ix, &mut columns));
            }
        }
        (reasons, columns)
    }

    pub(super) fn shape_changes(
        &self,
        ix: NodeIx,
        before: &Lineage,
        after: &Lineage,
    ) -> (BTreeMap<String, Cause>, BTreeMap<String, Cause>) {
        let has = |lineage: &Lineage, key: &str| lineage.outputs.iter().any(|output| *output.key == *key);
        let mut lost = BTreeMap::new();
        for output in before.outputs.iter().filter(|output| !has(after, &output.key)) {
            let cause = output
                .sources
                .iter()
                .find_map(|source| self.effects(&source.relation, &source.column).lost)
                .or_else(|| self.any_cause(before));
            lost.extend(cause.map(|cause| (output.key.to_string(), cause.onward(ix))));
        }
        let mut gained = BTreeMap::new();
        for output in after.outputs.iter().filter(|output| !has(before, &output.key)) {
            let mut causes = output.sources.iter().map(|source| self.effects(&source.relation, &source.column).gained);
            // Of sides that nobody told of, the first one names the columns: a name that not all of them gain may be no output.
            if after.open && causes.clone().any(|cause| cause.is_none()) {
                continue;
            }
            let cause = causes.find_map(|cause| cause).or_else(|| self.any_cause(before));
            gained.extend(cause.map(|cause| (output.key.to_string(), cause.onward(ix))));
        }
        (lost, gained)
    }

    /// The columns of what dbt builds of a query.
    fn built_columns(&self, ix: NodeIx, lineage: &Lineage) -> Known {
        let mut known = known(lineage);
        if self.project.nodes[ix].kind == NodeKind::Snapshot {
            let dialect = self.project.sql_dialect();
            for name in SNAPSHOT_COLUMNS {
                known.columns.push((name.into(), dialect.fold(name, false).into()));
                known.kinds.push(if name.ends_with("_at") || name.contains("valid") {
                    Kind::Moment
                } else {
                    Kind::Text
                });
            }
        }
        known
    }

    pub(super) fn as_documented(&self, ix: NodeIx) -> Columns {
        let known = self.documented(ix);
        Columns { before: known.clone(), after: known, ..Columns::default() }
    }

    fn why_safe(&self, ix: NodeIx) -> Reason {
        let parents = &self.project.parents[ix];
        let touched = parents.iter().copied().find(|parent| {
            let relation = self.project.nodes[*parent].relation.as_ref().and_then(|name| self.schema.before(name));
            relation.is_some_and(|relation| self.touched.contains(&relation))
        });
        let from = touched.or_else(|| parents.iter().copied().find(|parent| self.judgements[*parent].is_some()));
        let message = match from {
            Some(parent) if touched.is_some() => {
                format!("reads {}, and uses nothing of it that changes", self.project.nodes[parent].label)
            }
            Some(parent) => {
                format!("reads {}, whose columns that it uses stay as they are", self.project.nodes[parent].label)
            }
            None => "uses nothing that changes".to_owned(),
        };
        let change = touched.and_then(|parent| {
            self.changes.iter().position(|change| {
                change.relations().any(|relation| self.schema.relations[relation].nodes.contains(&parent))
                    && change.op.is_felt()
            })
        });
        let change =
            change.or_else(|| from.and_then(|parent| self.judgements[parent].as_ref()?.reasons.first()?.change));
        let mut path: Vec<NodeIx> = from.into_iter().collect();
        path.push(ix);
        Reason { outcome: Outcome::Safe, certainty: Certainty::Certain, change, path, span: None, message }
    }
}

/// A relation that dbt makes anew with each full rebuild, whatever a migration did to it.
pub(super) fn rebuilt_by_dbt(project: &Project, schema: &Schema, changes: &[Tracked], ix: NodeIx) -> Judgement {
    let change = changes
        .iter()
        .position(|change| change.relations().any(|relation| schema.relations[relation].nodes.contains(&ix)));
    let message = format!(
        "is built by dbt ({}), so a full rebuild makes it anew; until then its readers see the change",
        project.nodes[ix].materialized
    );
    let reason = Reason {
        outcome: Outcome::Unknown,
        certainty: Certainty::Possible,
        change,
        path: vec![ix],
        span: None,
        message,
    };
    Judgement::because(ix, reason)
}

pub(super) fn known(lineage: &Lineage) -> Known {
    Known {
        exists: true,
        columns: lineage.outputs.iter().map(|output| (output.name.clone(), output.key.clone())).collect(),
        kinds: lineage.outputs.iter().map(|output| output.kind).collect(),
        complete: !lineage.open,
        lost: Vec::new(),
    }
}

/// What cannot be resolved even before the migration says nothing about after it: the columns that are known are not those
/// that there are, or the query means something that the resolver does not know.
pub(super) fn not_understood(ix: NodeIx, problem: &Problem) -> Reason {
    let what = match &problem.kind {
        ProblemKind::Refused { what } => format!("that it {what}"),
        ProblemKind::MissingRelation { relation } => {
            format!("{relation}, which is not there before the migration either")
        }
        ProblemKind::MissingColumn { name } => format!("{name}, which nothing it reads is known to have"),
        ProblemKind::AmbiguousColumn { name, relations } => format!("{name}, which {} have", relations.join(" and ")),
        ProblemKind::UnequalSides { left, right } => format!("queries of {left} and {right} columns as one"),
        ProblemKind::OtherNames { names, columns } => format!("{names} names for {columns} columns"),
        ProblemKind::UnknownQualifier { name } => format!("{name}, which it does not read"),
    };
    unknown(ix, Some(problem.span), format!("names {what}"))
}

/// What only the migration makes readable was written for the schema after it.
fn is_written_for(after: &Lineage) -> bool {
    after.problems.is_empty() && !after.open && !after.assumes
}

fn is_unresolved(problem: &Problem) -> bool {
    !matches!(problem.kind, ProblemKind::Refused { .. })
}

pub(super) fn unknown(ix: NodeIx, span: Option<Span>, message: String) -> Reason {
    Reason { outcome: Outcome::Unknown, certainty: Certainty::Possible, change: None, path: vec![ix], span, message }
}

pub(super) fn shape_reason(ix: NodeIx, cause: &Cause, message: String) -> Reason {
    Reason {
        outcome: Outcome::Changes,
        certainty: cause.certainty,
        change: Some(cause.change),
        path: cause.onward(ix).path,
        span: None,
        message,
    }
}
