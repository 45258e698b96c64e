//! Why something is so: the change that started it, and the nodes it came through.

use crate::dbt::NodeIx;
use crate::migration::Op;
use crate::outcome::Certainty;
use crate::schema::{Applied, ChangeIx, Found, RelationIx};

/// A change, and what it came to.
#[derive(Debug, Clone)]
pub struct Tracked {
    pub op: Op,
    pub applied: Applied,
    /// `V042__accounts.sql:12`, for sentences.
    pub at: String,
}

impl Tracked {
    pub fn relation(&self) -> Option<RelationIx> {
        match self.applied.found {
            Found::One { relation, .. } if self.applied.note.is_none() => Some(relation),
            _ => None,
        }
    }

    /// All relations that it works on.
    pub fn relations(&self) -> impl Iterator<Item = RelationIx> + '_ {
        self.relation().into_iter().chain(self.applied.also.iter().copied())
    }

    /// The same of a column that was not there.
    pub(super) fn deed_of_gained(&self) -> String {
        match &self.op {
            Op::CreateRelation { .. } => format!("{} brings", self.at),
            _ => self.deed(),
        }
    }

    /// "V042.sql:12 renames to x": what the change does to the thing that a sentence speaks of.
    pub fn deed(&self) -> String {
        let deed = match &self.op {
            Op::RenameRelation { to, .. } => format!("renames to {to}"),
            Op::DropRelation { .. } | Op::DropSchema { .. } => "drops".to_owned(),
            Op::SwapRelations { with, .. } => format!("swaps with {with}"),
            Op::RenameSchema { to, .. } => format!("moves to {to}"),
            Op::CreateRelation { .. } => "leaves out".to_owned(),
            Op::RenameColumn { to, .. } => format!("renames to {to}"),
            Op::DropColumn { .. } => "drops".to_owned(),
            Op::AddColumn { .. } => "adds".to_owned(),
            Op::RetypeColumn { to, .. } => format!("retypes to {to}"),
            Op::ChangeData(_) if self.op.name() == "remap_values" => format!("changes ({})", self.op.summary()),
            _ => "changes".to_owned(),
        };
        format!("{} {deed}", self.at)
    }
}

/// The change that started something, and the way it took.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cause {
    pub(super) change: ChangeIx,
    /// From the node at which the change enters to the one that was reached last.
    pub(super) path: Vec<NodeIx>,
    pub(super) certainty: Certainty,
}

impl Cause {
    /// The same cause one node further.
    pub(super) fn onward(&self, to: NodeIx) -> Self {
        let mut path = self.path.clone();
        if path.last() != Some(&to) {
            path.push(to);
        }
        Self { path, ..self.clone() }
    }

    #[must_use]
    pub(super) fn at_most(mut self, certainty: Certainty) -> Self {
        self.certainty = self.certainty.max(certainty);
        self
    }
}
