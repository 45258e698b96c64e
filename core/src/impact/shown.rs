//! Dashboards that say which columns they show.

use super::node::Assessment;
use super::reason::Reason;
use crate::dbt::{NodeIx, ShownColumn};
use crate::outcome::{Certainty, Outcome};

impl Assessment<'_> {
    /// What a dashboard that says what it shows takes over from a model that is built; none where it does not say.
    pub(super) fn shown(&self, ix: NodeIx, parent: NodeIx) -> Option<Vec<Reason>> {
        let shows = &self.project.nodes[ix].shows;
        let columns = self.columns(parent).filter(|_| !shows.is_empty())?;
        let node = &self.project.nodes[parent];
        let dialect = self.project.sql_dialect();
        let is_here = |one: &&ShownColumn| one.node.as_ref().is_none_or(|name| *name == node.name);
        let mut reasons = Vec::new();
        let reason = |outcome: Outcome, cause: &super::cause::Cause, message: String| Reason {
            outcome,
            certainty: cause.certainty,
            change: Some(cause.change),
            path: cause.onward(ix).path,
            span: None,
            message,
        };
        let mut shown = shows.iter().filter(is_here).peekable();
        // Of a model that it reads and names no column of, it may show any.
        shown.peek()?;
        for one in shown {
            let key = dialect.fold(&one.column, false);
            if let Some(cause) = columns.lost.get(key.as_ref()) {
                let message =
                    format!("shows {} of {}, which {}", one.column, node.label, self.changes[cause.change].deed());
                reasons.push(reason(Outcome::Dark, cause, message));
            }
            for taint in columns.taints.get(key.as_ref()).into_iter().flatten() {
                let message = format!("shows {} of {}, while {}", one.column, node.label, taint.deed());
                reasons.push(reason(taint.outcome(), &taint.cause, message));
            }
        }
        for taint in &columns.rows {
            let message = format!("shows rows of {}, while {}", node.label, taint.deed());
            reasons.push(reason(taint.outcome(), &taint.cause, message));
        }
        reasons.retain(|reason| reason.outcome != Outcome::Changes);
        let is_unknown = self.outcome(parent).filter(|judgement| judgement.unanalysed);
        reasons.extend(is_unknown.map(|judgement| {
            let first = &judgement.reasons[0];
            let path = first.path.iter().copied().chain([ix]).collect();
            let message = format!("reads {}, which could not be analysed", node.label);
            let certainty = first.certainty.max(Certainty::Possible);
            Reason { outcome: Outcome::Unknown, certainty, change: first.change, path, span: None, message }
        }));
        Some(reasons)
    }
}
