//! One reason for an outcome.

use crate::dbt::NodeIx;
use crate::outcome::{Certainty, Outcome};
use crate::schema::ChangeIx;
use crate::text::Span;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    pub outcome: Outcome,
    pub certainty: Certainty,
    /// None where the reason lies in what could not be analysed.
    pub change: Option<ChangeIx>,
    /// From the node at which the change enters to the one that this is said of.
    pub path: Vec<NodeIx>,
    /// In the node's compiled SQL.
    pub span: Option<Span>,
    pub message: String,
}
