//! What a node takes over from what it depends on.

use super::node::Assessment;
use super::reason::Reason;
use crate::dbt::{NodeIx, Sql};
use crate::outcome::{Certainty, NodeKind, Outcome};

impl Assessment<'_> {
    /// Reasons that lie upstream: a parent that is not built, or not known; and, for what has no SQL of its own, everything.
    pub(super) fn inherited(&self, ix: NodeIx, own: &[Reason]) -> Vec<Reason> {
        let node = &self.project.nodes[ix];
        let is_reader = matches!(node.sql, Sql::None);
        let mut reasons = Vec::new();
        for parent in self.project.parents[ix].iter().copied() {
            match self.outcome(parent) {
                Some(judgement) => {
                    let shown = if judgement.outcome.is_not_built() { None } else { self.shown(ix, parent) };
                    let shows_part = shown.is_some();
                    reasons.extend(shown.into_iter().flatten());
                    let first = &judgement.reasons[0];
                    let name = &self.project.nodes[parent].label;
                    let mut take = |outcome: Outcome, message: String| {
                        let path = first.path.iter().copied().chain([ix]).collect();
                        reasons.push(Reason {
                            outcome,
                            certainty: first.certainty,
                            change: first.change,
                            path,
                            span: None,
                            message,
                        });
                    };
                    let root = self.failing_root(parent);
                    let because = root.map_or_else(String::new, |root| format!(" because {root} fails"));
                    let may_fail = || format!("reads {name}, of which it is not known whether it still runs");
                    match (node.kind, judgement.outcome) {
                        _ if shows_part && judgement.may_fail => take(Outcome::Unknown, may_fail()),
                        _ if shows_part => {}
                        (NodeKind::Exposure, Outcome::Fails) => {
                            take(Outcome::Dark, format!("reads {name}, which fails"));
                        }
                        (NodeKind::Exposure, Outcome::Blocked) => {
                            take(Outcome::Dark, format!("reads {name}, which is skipped{because}"));
                        }
                        (NodeKind::UnitTest, Outcome::Fails) => {
                            take(Outcome::Fails, format!("tests {name}, which fails"));
                        }
                        (_, Outcome::Fails) => take(Outcome::Blocked, format!("is skipped, because {name} fails")),
                        (_, Outcome::Blocked) => {
                            take(
                                Outcome::Blocked,
                                format!(
                                    "is skipped, because {} fails, upstream of {name}",
                                    root.unwrap_or("something")
                                ),
                            );
                        }
                        (_, Outcome::Unknown) if judgement.unanalysed => {
                            take(Outcome::Unknown, format!("reads {name}, which could not be analysed"));
                        }
                        (_, Outcome::Unknown) if is_reader => {
                            take(Outcome::Unknown, format!("reads {name}, whose results may change"));
                        }
                        (NodeKind::UnitTest, _) => {}
                        _ if judgement.may_fail && !is_reader => take(Outcome::Unknown, may_fail()),
                        (_, Outcome::Wrong) if is_reader => {
                            take(Outcome::Wrong, format!("reads {name}, which returns other values"));
                        }
                        (NodeKind::Exposure | NodeKind::SemanticModel, _)
                            if self.columns(parent).is_some_and(|columns| !columns.lost.is_empty()) =>
                        {
                            let lost: Vec<&str> = self
                                .columns(parent)
                                .into_iter()
                                .flat_map(|columns| columns.lost.keys())
                                .map(String::as_str)
                                .collect();
                            take(
                                Outcome::Unknown,
                                format!(
                                    "reads {name}, which loses {}; whether it shows that is not known",
                                    lost.join(", ")
                                ),
                            );
                        }
                        _ => {}
                    }
                }
                None if is_reader => reasons.extend(self.read_directly(ix, parent)),
                None => {}
            }
        }
        // Something that could not be analysed upstream says nothing more about what fails by itself.
        if own.iter().any(|reason| reason.outcome == Outcome::Fails) {
            reasons.retain(|reason| reason.outcome != Outcome::Unknown);
        }
        reasons
    }

    /// The node that fails by itself, where this one is only skipped.
    fn failing_root(&self, ix: NodeIx) -> Option<&str> {
        let path = &self.outcome(ix)?.reasons[0].path;
        let fails = |ix: &&NodeIx| self.outcome(**ix).is_some_and(|judgement| judgement.outcome == Outcome::Fails);
        path.iter().find(fails).map(|root| self.project.nodes[*root].label.as_str())
    }

    /// A dashboard or metric straight on a relation that the migration changes.
    fn read_directly(&self, ix: NodeIx, parent: NodeIx) -> Vec<Reason> {
        let node = &self.project.nodes[parent];
        let Some(name) = &node.relation else { return Vec::new() };
        if let Some(known) = self.known_after(name)
            && !known.exists
            && let Some(cause) = self.why_gone(name)
        {
            let outcome =
                if self.project.nodes[ix].kind == NodeKind::Exposure { Outcome::Dark } else { Outcome::Blocked };
            let message = format!("reads {}, which {}", node.label, self.changes[cause.change].deed());
            return vec![Reason {
                outcome,
                certainty: cause.certainty,
                change: Some(cause.change),
                path: vec![parent, ix],
                span: None,
                message,
            }];
        }
        let columns = self.known_before(name).map(|known| known.columns).unwrap_or_default();
        let keys = columns.iter().map(|(_, key)| &**key).chain([""]);
        let mut reasons = Vec::new();
        for key in keys {
            let effects = self.effects(name, key);
            if let Some(cause) = effects.lost {
                let message = format!(
                    "reads {}, whose column {key} {}; whether it shows that column is not known",
                    node.label,
                    self.changes[cause.change].deed()
                );
                reasons.push(Reason {
                    outcome: Outcome::Unknown,
                    certainty: Certainty::Possible,
                    change: Some(cause.change),
                    path: vec![parent, ix],
                    span: None,
                    message,
                });
            }
            for taint in effects.taints {
                reasons.push(Reason {
                    outcome: taint.outcome(),
                    certainty: taint.cause.certainty.max(Certainty::Likely),
                    change: Some(taint.cause.change),
                    path: vec![parent, ix],
                    span: None,
                    message: format!("reads {}, while {}", node.label, taint.deed()),
                });
            }
        }
        reasons
    }
}
