//! What becomes of every node that a change reaches, and why.
//!
//! Nodes are taken in dbt's order. The SQL of each is resolved twice, against the schema before and after: what the
//! resolver reports only the second time is what fails, and a name that means another column the second time is what goes
//! wrong. Values are followed along the lineage: a changed value taints what is made of it, unless the node compares it
//! only with literals that the change leaves alone.

mod cause;
mod columns;
mod consumers;
mod failures;
mod held;
mod kinds;
mod made_again;
mod node;
mod outputs;
mod patched;
mod reason;
mod settings;
mod shown;
mod stays;
mod taint;
mod tests_of;
mod types;
mod untold;
mod values;

pub use cause::Tracked;
pub use patched::{Drafts, Patch};
pub use reason::Reason;
pub use settings::Unmeasured;

use std::collections::BTreeSet;

use crate::dbt::{NodeIx, Project};
use crate::outcome::{Certainty, NodeKind, Outcome};
use crate::schema::{ChangeIx, Found, RelationIx, Schema};

/// What became of one node.
#[derive(Debug, Clone)]
pub struct Judgement {
    pub node: NodeIx,
    pub outcome: Outcome,
    pub certainty: Certainty,
    /// The weightiest first; never empty.
    pub reasons: Vec<Reason>,
    /// The changes that the engine refuses while this view is there.
    pub holds: Vec<ChangeIx>,
    /// Its SQL names what only the migration brings: it cannot run before.
    pub early: bool,
    /// Of an incremental model, what a run in place comes to, where that is not what a full refresh comes to.
    pub in_place: Option<Reason>,
    /// It could not be analysed, whatever else is known of it.
    pub unanalysed: bool,
    /// Whether it still runs is not known: it hangs on a type.
    pub may_fail: bool,
}

impl Judgement {
    /// For one reason, and nothing else to say.
    fn because(node: NodeIx, reason: Reason) -> Self {
        Self {
            node,
            outcome: reason.outcome,
            certainty: reason.certainty,
            reasons: vec![reason],
            holds: Vec::new(),
            early: false,
            in_place: None,
            unanalysed: false,
            may_fail: false,
        }
    }
}

/// What was found, in the order of the project's nodes.
#[derive(Debug, Default)]
pub struct Impact {
    pub judgements: Vec<Judgement>,
    /// The nodes at which the changes enter the project.
    pub entries: BTreeSet<NodeIx>,
    /// The sources whose freshness can no longer be measured.
    pub unmeasured: Vec<Unmeasured>,
}

/// Follows the changes through the project. `progress` is told how many nodes are done, and of how many.
pub fn assess(
    project: &Project,
    schema: &Schema,
    changes: &[Tracked],
    progress: &mut dyn FnMut(usize, usize),
) -> Impact {
    assess_patched(project, schema, changes, &Drafts::default(), progress)
}

/// The same, with drafts in the place of some nodes' SQL.
pub fn assess_patched(
    project: &Project,
    schema: &Schema,
    changes: &[Tracked],
    drafts: &Drafts,
    progress: &mut dyn FnMut(usize, usize),
) -> Impact {
    let touched: BTreeSet<RelationIx> =
        changes.iter().filter(|change| change.op.is_felt()).flat_map(Tracked::relations).collect();
    let entries: BTreeSet<NodeIx> =
        touched.iter().flat_map(|relation| schema.relations[*relation].nodes.iter().copied()).collect();
    let rebuilt = |ix: &NodeIx| matches!(project.nodes[*ix].kind, NodeKind::Model | NodeKind::Seed);
    let starts: BTreeSet<NodeIx> = entries.iter().copied().filter(|ix| !rebuilt(ix)).collect();
    let reached = project.reachable_from(starts.iter().copied());

    let mut assessment = node::Assessment::new(project, schema, changes, &touched, drafts);
    let visited: Vec<NodeIx> =
        project.order.iter().copied().filter(|ix| reached[*ix] && !starts.contains(ix)).collect();
    let of = visited.len();
    for (done, ix) in visited.into_iter().enumerate() {
        if done % 64 == 0 {
            progress(done, of);
        }
        assessment.visit(ix);
    }
    progress(of, of);

    let unmeasured = assessment.unmeasured(starts.iter().copied());
    let mut judgements: Vec<Judgement> = (0..project.nodes.len()).filter_map(|ix| assessment.judgement(ix)).collect();
    judgements.extend(
        entries
            .iter()
            .filter(|ix| rebuilt(ix) && !reached[**ix])
            .map(|ix| node::rebuilt_by_dbt(project, schema, changes, *ix)),
    );
    judgements.sort_by_key(|judgement| judgement.node);
    Impact { judgements, entries, unmeasured }
}

/// How sure it is that a change works on a relation of the project.
fn certainty_of(found: &Found) -> Certainty {
    match found {
        Found::One { certainty, .. } => *certainty,
        Found::Several(_) | Found::NowhereMapped(_) | Found::None => Certainty::Certain,
    }
}
