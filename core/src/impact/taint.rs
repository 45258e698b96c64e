//! Values that are no longer what they were, and how far that spreads.

use std::collections::BTreeSet;

use super::cause::Cause;
use crate::lineage::{How, Source};
use crate::outcome::{Certainty, Outcome};

/// A change of the values in a column, or of the rows of a relation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Taint {
    pub(super) cause: Cause,
    pub(super) kind: TaintKind,
    /// The column at which it entered, for sentences: `raw_accounts.account_tier`.
    pub(super) what: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TaintKind {
    /// Old values are replaced by new ones; empty where which is not known.
    Values(Vec<(String, String)>),
    /// The same, and values that are not named may be replaced too.
    Open(Vec<(String, String)>),
    /// Rows are gone.
    RowsLost,
    /// Other rows, or other values in them, than before.
    RowsRewritten,
    /// The name now stands for another column or relation.
    Replaced,
    /// The type is another, and whether that matters cannot be told: it taints as unknown.
    Retyped(String),
    /// The type is a wider one, which holds every value the same.
    Widened(String),
    /// The type is text, which shows every value as it was and sorts it otherwise.
    Reprinted(String),
    /// Rows are added; what that does to results depends on them.
    RowsAdded,
}

impl Taint {
    /// What it makes of whoever reads it.
    pub(super) fn outcome(&self) -> Outcome {
        match self.kind {
            TaintKind::Values(_)
            | TaintKind::Open(_)
            | TaintKind::RowsLost
            | TaintKind::RowsRewritten
            | TaintKind::Replaced => Outcome::Wrong,
            TaintKind::Retyped(_) | TaintKind::RowsAdded => Outcome::Unknown,
            TaintKind::Widened(_) | TaintKind::Reprinted(_) => Outcome::Changes,
        }
    }

    /// What is left of it in a value made of the tainted one.
    pub(super) fn through(&self, source: &Source) -> Option<Self> {
        let pairs = match &self.kind {
            TaintKind::Values(pairs) => pairs.as_slice(),
            TaintKind::Open(_) => &[],
            // What is made of it has a type of its own.
            TaintKind::Widened(_) if source.how != How::Unchanged => return None,
            TaintKind::Reprinted(types) => {
                let kind = match source.how {
                    How::Unchanged => self.kind.clone(),
                    How::Aggregated => TaintKind::Retyped(types.clone()),
                    How::Cast | How::Conditional | How::Computed => return None,
                };
                return Some(Self { kind, ..self.clone() });
            }
            _ => return Some(self.clone()),
        };
        if let (Some(literals), false) = (&source.compared, pairs.is_empty()) {
            // Compared with other values only, the outcome of the comparison is as before.
            let changed: BTreeSet<&str> = pairs.iter().flat_map(|(from, to)| [from.as_str(), to.as_str()]).collect();
            if literals.iter().all(|literal| !changed.contains(literal.as_str())) {
                return None;
            }
        }
        // A cast shows the same values.
        let kind = if source.how <= How::Cast { self.kind.clone() } else { TaintKind::Values(Vec::new()) };
        let computed = matches!(source.how, How::Computed | How::Aggregated) && source.compared.is_none();
        let cause = if computed { self.cause.clone().at_most(Certainty::Likely) } else { self.cause.clone() };
        Some(Self { cause, kind, what: self.what.clone() })
    }

    pub(super) fn is_of_type(&self) -> bool {
        matches!(self.kind, TaintKind::Retyped(_) | TaintKind::Widened(_) | TaintKind::Reprinted(_))
    }

    /// In a few words, what happened to the values.
    pub(super) fn deed(&self) -> String {
        match &self.kind {
            TaintKind::Values(pairs) if pairs.is_empty() => format!("values of {} change", self.what),
            TaintKind::Values(pairs) | TaintKind::Open(pairs) => {
                let mut shown: Vec<String> =
                    pairs.iter().take(4).map(|(from, to)| format!("'{from}' → '{to}'")).collect();
                shown.extend(matches!(self.kind, TaintKind::Open(_)).then(|| "and perhaps others".to_owned()));
                format!("values of {} change ({})", self.what, shown.join(", "))
            }
            TaintKind::RowsLost => format!("rows of {} are removed", self.what),
            TaintKind::RowsRewritten => format!("rows of {} are replaced by others", self.what),
            TaintKind::Replaced => format!("{} now stands for something else", self.what),
            TaintKind::Retyped(types) => {
                format!("the type of {} changes ({types}); whether results change depends on the data", self.what)
            }
            TaintKind::Widened(types) | TaintKind::Reprinted(types) => {
                format!("the type of {} changes ({types}), which holds every value", self.what)
            }
            TaintKind::RowsAdded => format!("rows are added to {}; whether results change depends on them", self.what),
        }
    }
}
