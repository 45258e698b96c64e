//! When it breaks: what readers of the relations that are there see, window by window, by the way that is taken.
//!
//! Before anything is built again, a table shows what it showed, and a view what its engine makes of it: PostgreSQL binds a
//! view to relations and columns, so that it follows a rename, and the engine refuses to drop or retype what it reads.
//! Elsewhere a view is read anew by name, and breaks or goes wrong at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::dbt::{Node, NodeIx, Project};
use crate::dialect::Dialect;
use crate::impact::{Impact, Judgement, Reason};
use crate::migration::Op;
use crate::outcome::{NodeKind, Outcome};
use crate::replayed::PlacedChange;
use crate::review::{Plan, Seen, Step, Window};

/// A way to bring the change about.
struct Strategy {
    name: &'static str,
    title: &'static str,
    /// The operations that harm nobody when it is taken.
    spares: fn(&Op) -> bool,
    /// The operations that dbt's new code follows: right after them, and unable to run before those that bring a name.
    follows: fn(&Op) -> bool,
    order: &'static [Window],
}

const MIGRATION_FIRST: &[Window] = &[Window::Before, Window::Migrated, Window::Deployed, Window::Rebuilt];
const DBT_FIRST: &[Window] = &[Window::Before, Window::Deployed, Window::Migrated, Window::Rebuilt];

const STRATEGIES: [Strategy; 4] = [
    Strategy {
        name: "as_is",
        title: "As it is: the migration, then dbt",
        spares: |_| false,
        follows: |_| false,
        order: MIGRATION_FIRST,
    },
    Strategy {
        name: "compatibility_view",
        title: "A view under the old names beside the migration, until dbt has moved",
        spares: |op| brings_name(op) || matches!(op, Op::AddColumn { .. }),
        follows: |_| false,
        order: MIGRATION_FIRST,
    },
    Strategy {
        name: "expand_contract",
        title: "New beside old, dbt moves, and the old goes last",
        spares: |op| brings_name(op) || fits_both(op) || matches!(op, Op::RetypeColumn { .. }),
        follows: |_| false,
        order: MIGRATION_FIRST,
    },
    Strategy {
        name: "dbt_first",
        title: "dbt's new code first, then the migration",
        spares: fits_both,
        follows: |op| brings_name(op) || matches!(op, Op::RetypeColumn { .. }),
        order: DBT_FIRST,
    },
];

/// The thing is there under a new name alone: no code can name it before.
fn brings_name(op: &Op) -> bool {
    matches!(op, Op::RenameRelation { .. } | Op::RenameColumn { .. } | Op::RenameSchema { .. })
}

/// Code can be written that is right before and after: it does not read what goes, says whose a column is, knows old and
/// new values.
fn fits_both(op: &Op) -> bool {
    matches!(op, Op::AddColumn { .. } | Op::DropColumn { .. } | Op::DropRelation { .. })
        || matches!(op.name(), "remap_values" | "update_values")
}

/// Where a change is felt.
struct Scene<'a> {
    project: &'a Project,
    changes: &'a [PlacedChange],
    judgements: BTreeMap<NodeIx, &'a Judgement>,
}

/// What is seen, and why.
type State = (Outcome, String);

/// Every way, with its windows; none where no change is felt.
pub(crate) fn plans(project: &Project, impact: &Impact, changes: &[PlacedChange]) -> Vec<Plan> {
    let is_felt = |judgement: &Judgement| {
        judgement.outcome != Outcome::Safe
            || judgement.early
            || !judgement.holds.is_empty()
            || judgement.in_place.is_some()
    };
    if !impact.judgements.iter().any(is_felt) {
        return Vec::new();
    }
    let judgements = impact.judgements.iter().map(|judgement| (judgement.node, judgement)).collect();
    let scene = Scene { project, changes, judgements };
    STRATEGIES.iter().map(|strategy| scene.plan(strategy)).collect()
}

/// The plans of two states of a project: until dbt has built anew, what is there was built by the code that is deployed.
pub(crate) fn of_two_states(newer: &[Plan], deployed: &[Plan]) -> Vec<Plan> {
    let step_of = |plans: &[Plan], strategy: &Strategy, window: Window| {
        let plan = plans.iter().find(|plan| plan.strategy == strategy.name)?;
        plan.steps.iter().find(|step| step.window == window).cloned()
    };
    let step = |strategy: &Strategy, window: Window| {
        let is_deployed = strategy.order == MIGRATION_FIRST && window != Window::Rebuilt;
        let (own, other) = if is_deployed { (deployed, newer) } else { (newer, deployed) };
        // Where one state feels nothing, all is as before.
        step_of(own, strategy, window).or_else(|| step_of(other, strategy, window).map(as_before))
    };
    let plan = |strategy: &Strategy| Plan {
        strategy: strategy.name.to_owned(),
        title: strategy.title.to_owned(),
        steps: strategy.order.iter().filter_map(|window| step(strategy, *window)).collect(),
    };
    let is_felt = !newer.is_empty() || !deployed.is_empty();
    STRATEGIES.iter().filter(|_| is_felt).map(plan).collect()
}

fn as_before(mut step: Step) -> Step {
    step.refused_by.clear();
    step.in_place.clear();
    for seen in &mut step.seen {
        (seen.state, seen.because) = (Outcome::Safe, String::new());
    }
    step
}

impl Scene<'_> {
    fn plan(&self, strategy: &Strategy) -> Plan {
        let refused: BTreeSet<NodeIx> = self
            .judgements
            .values()
            .filter(|judgement| {
                judgement.holds.iter().any(|change| !(strategy.spares)(&self.changes[*change].tracked.op))
            })
            .map(|judgement| judgement.node)
            .collect();
        let migrated = |at: usize| strategy.order[..=at].contains(&Window::Migrated);
        let steps = strategy.order.iter().enumerate();
        let steps = steps.map(|(at, window)| self.step(strategy, *window, migrated(at), &refused)).collect();
        Plan { strategy: strategy.name.to_owned(), title: strategy.title.to_owned(), steps }
    }

    fn step(&self, strategy: &Strategy, window: Window, migrated: bool, refused: &BTreeSet<NodeIx>) -> Step {
        let mut states = BTreeMap::new();
        // dbt's runs met the old schema, and what they did not build is not there before the next.
        if strategy.order == DBT_FIRST && matches!(window, Window::Deployed | Window::Migrated) {
            states = self.too_early();
        }
        if migrated && refused.is_empty() {
            states.extend(self.states(strategy, window));
        }
        let seen = |ix: &NodeIx| {
            let node = &self.project.nodes[*ix];
            let (state, because) = states.get(ix).cloned().unwrap_or((Outcome::Safe, String::new()));
            // Of thousands of views, those that are as before say nothing.
            let is_told = node.kind == NodeKind::Exposure || is_view(node) && state != Outcome::Safe;
            is_told.then(|| Seen { unique_id: node.unique_id.clone(), state, because })
        };
        let refused = refused.iter().filter(|_| window == Window::Migrated);
        Step {
            window,
            refused_by: refused.map(|ix| self.project.id(*ix).to_owned()).collect(),
            seen: self.judgements.keys().filter_map(seen).collect(),
            in_place: self.in_place(strategy, window),
        }
    }

    /// What a run in place does to incremental models, once all is there.
    fn in_place(&self, strategy: &Strategy, window: Window) -> Vec<Seen> {
        let judgements = self.judgements.iter().filter(|_| window == Window::Rebuilt);
        let told = judgements.filter_map(|(ix, judgement)| {
            let reason = judgement.in_place.as_ref().filter(|reason| self.counts(strategy, window, reason))?;
            let unique_id = self.project.id(*ix).to_owned();
            Some(Seen { unique_id, state: reason.outcome, because: reason.message.clone() })
        });
        told.collect()
    }

    /// What is not as it was, once the migration is there.
    fn states(&self, strategy: &Strategy, window: Window) -> BTreeMap<NodeIx, State> {
        // What a node reads comes before it.
        let mut states: BTreeMap<NodeIx, State> = BTreeMap::new();
        for ix in &self.project.order {
            if let Some(judgement) = self.judgements.get(ix) {
                let state = self.state(strategy, window, judgement, &states);
                states.extend(state.map(|state| (*ix, state)));
            }
        }
        states
    }

    /// What is not as it was while dbt's new code runs and the migration is not there: what names something that it brings
    /// is not built, nor is what reads that. A view that is not built anew shows what lies under it.
    fn too_early(&self) -> BTreeMap<NodeIx, State> {
        let is_late =
            |change: Option<usize>| change.is_some_and(|change| brings_name(&self.changes[change].tracked.op));
        let fails = |judgement: &Judgement| {
            let mut reasons = judgement.reasons.iter();
            judgement.early || reasons.any(|reason| reason.outcome == Outcome::Fails && is_late(reason.change))
        };
        let mut skipped: BTreeSet<NodeIx> = BTreeSet::new();
        let mut states: BTreeMap<NodeIx, State> = BTreeMap::new();
        for ix in &self.project.order {
            let Some(judgement) = self.judgements.get(ix) else { continue };
            let node = &self.project.nodes[*ix];
            let parents = || self.project.parents[*ix].iter();
            if node.kind == NodeKind::Exposure {
                states.extend(parents().find_map(|parent| states.get(parent)).cloned().map(|state| (*ix, state)));
            } else if fails(judgement) || parents().any(|parent| skipped.contains(parent)) {
                skipped.insert(*ix);
                let why = format!("{} is not built until the migration is there", node.label);
                let under = parents().find_map(|parent| states.get(parent)).cloned();
                let state = if is_view(node) { under } else { Some((Outcome::Stale, why)) };
                states.extend(state.map(|state| (*ix, state)));
            }
        }
        states
    }

    /// What a reader of a dashboard or a relation sees; none where all is as it was.
    fn state(
        &self,
        strategy: &Strategy,
        window: Window,
        judgement: &Judgement,
        states: &BTreeMap<NodeIx, State>,
    ) -> Option<State> {
        let node = &self.project.nodes[judgement.node];
        let felt = self.felt(strategy, window, judgement)?;
        let own = (felt.outcome, felt.message.clone());
        let parents = self.project.parents[judgement.node].iter();
        let under = parents.filter_map(|parent| states.get(parent)).min().cloned();
        if node.kind == NodeKind::Exposure {
            // When it is harmed is told by what it reads; whether it shows that, by its own reasons.
            return match under {
                Some((Outcome::Wrong | Outcome::Unknown, _)) => Some(own),
                Some((Outcome::Stale, why)) if felt.outcome != Outcome::Unknown => Some((Outcome::Stale, why)),
                None if window == Window::Rebuilt || felt.path.len() == 2 => Some(own),
                other => other,
            };
        }
        if !is_read_anew(node) {
            return Some(match (window, felt.outcome) {
                (Window::Rebuilt, Outcome::Fails | Outcome::Blocked) => {
                    (Outcome::Stale, format!("{} keeps what was built before", node.label))
                }
                (Window::Rebuilt, _) => own,
                _ => (Outcome::Stale, format!("{} shows what was built before", node.label)),
            });
        }
        let is_left = matches!(felt.outcome, Outcome::Fails | Outcome::Blocked);
        if window == Window::Rebuilt && !is_left {
            return Some(own);
        }
        // It is the view that was there, and shows what lies under it.
        let seen = self.harms(strategy, window, judgement).filter(|reason| self.is_seen_at_once(reason));
        let seen = seen.map(|reason| match reason.outcome {
            Outcome::Fails => Some((Outcome::Dark, format!("{} cannot be read: {}", node.label, reason.message))),
            Outcome::Blocked => None,
            outcome => Some((outcome, reason.message.clone())),
        });
        let left = (Outcome::Stale, format!("{} is not built anew", node.label));
        seen.flatten().chain(under).chain((window == Window::Rebuilt).then_some(left)).min()
    }

    /// Whether a view that is there shows it before it is built anew: nothing that was built stands between, and it is not
    /// bound to what went by a name.
    fn is_seen_at_once(&self, reason: &Reason) -> bool {
        let between = reason.path.iter().skip(1).rev().skip(1);
        let binds = matches!(self.project.sql_dialect(), Dialect::Postgres | Dialect::Redshift);
        // With CASCADE the view goes too.
        let reaches_it = |change: usize| {
            let op = &self.changes[change].tracked.op;
            matches!(
                op,
                Op::ChangeData(_) | Op::DropColumn { cascade: true, .. } | Op::DropRelation { cascade: true, .. }
            )
        };
        between.into_iter().all(|ix| is_read_anew(&self.project.nodes[*ix]))
            && (!binds || reason.change.is_none_or(reaches_it))
    }

    /// The weightiest reason that the strategy leaves.
    fn felt<'j>(&self, strategy: &Strategy, window: Window, judgement: &'j Judgement) -> Option<&'j Reason> {
        self.harms(strategy, window, judgement).next()
    }

    /// The reasons that the strategy leaves, the weightiest first.
    fn harms<'j>(
        &self,
        strategy: &Strategy,
        window: Window,
        judgement: &'j Judgement,
    ) -> impl Iterator<Item = &'j Reason> {
        let harms = |reason: &&Reason| !matches!(reason.outcome, Outcome::Safe | Outcome::Changes);
        judgement.reasons.iter().filter(harms).filter(move |reason| self.counts(strategy, window, reason))
    }

    fn counts(&self, strategy: &Strategy, window: Window, reason: &Reason) -> bool {
        reason.change.is_none_or(|change| {
            let op = &self.changes[change].tracked.op;
            !(strategy.spares)(op) && (window != Window::Rebuilt || !(strategy.follows)(op))
        })
    }
}

/// A view, or SQL that dbt puts into what reads it.
fn is_read_anew(node: &Node) -> bool {
    is_view(node) || node.materialized == "ephemeral"
}

fn is_view(node: &Node) -> bool {
    node.kind == NodeKind::Model && node.materialized == "view"
}
