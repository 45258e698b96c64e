//! Values that are no longer what they were, and how far that spreads.

use std::collections::BTreeSet;

use super::cause::Cause;
use super::types::{prints_alike, sorts_as_text};
use crate::lineage::{Compared, How, Kind, Source};
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
    /// Every new value is or holds this text.
    Holding(String),
    /// The same, and values that are not named may be replaced too.
    Open(Vec<(String, String)>),
    /// Rows are gone.
    RowsLost,
    /// Other rows, or other values in them, than before.
    RowsRewritten,
    /// The name now stands for another column or relation; which column, where that one was in its relation before.
    Replaced(Option<String>),
    /// What it was is made again of what there is now, and whether it is the same cannot be told: it taints as unknown.
    Rebuilt,
    /// The rows are put together otherwise, and whether they are the same cannot be told: it taints as unknown.
    RowsRebuilt,
    /// The type is another, and whether that matters cannot be told: it taints as unknown.
    Retyped(String),
    /// The type is a wider one, which holds every value the same.
    Widened(String),
    /// The type is text, which shows every value as it was and sorts it otherwise.
    Reprinted(String),
    /// Rows are added; what that does to results depends on them.
    RowsAdded,
}

impl TaintKind {
    /// A change of the rows, which reaches every column.
    pub(super) fn is_of_rows(&self) -> bool {
        matches!(self, Self::RowsLost | Self::RowsRewritten | Self::RowsAdded | Self::RowsRebuilt)
    }
}

impl Taint {
    /// What it makes of whoever reads it.
    pub(super) fn outcome(&self) -> Outcome {
        match self.kind {
            TaintKind::Values(_)
            | TaintKind::Holding(_)
            | TaintKind::Open(_)
            | TaintKind::RowsLost
            | TaintKind::RowsRewritten
            | TaintKind::Replaced(_) => Outcome::Wrong,
            TaintKind::Retyped(_) | TaintKind::RowsAdded | TaintKind::RowsRebuilt | TaintKind::Rebuilt => {
                Outcome::Unknown
            }
            TaintKind::Widened(_) | TaintKind::Reprinted(_) => Outcome::Changes,
        }
    }

    /// What is left of it in a value made of the tainted one.
    pub(super) fn through(&self, source: &Source) -> Option<Self> {
        let pairs = match &self.kind {
            TaintKind::Values(pairs) => pairs.as_slice(),
            TaintKind::Holding(_) | TaintKind::Open(_) => &[],
            // A date that becomes a timestamp is written with its time, a number with its decimals.
            TaintKind::Widened(types) if source.kind == Kind::Text && !prints_alike(types) => {
                let kind = match source.how {
                    How::Cast => TaintKind::Values(Vec::new()),
                    _ => TaintKind::Retyped(types.clone()),
                };
                return Some(Self { kind, ..self.clone() });
            }
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
        if let (Some(Compared { literals, as_one }), false) = (&source.compared, pairs.is_empty()) {
            // Compared with other values only, or with the old and the new one alike, the outcome is as before.
            let literals: BTreeSet<&str> = literals.iter().map(String::as_str).collect();
            let is_same = |(from, to): &(String, String)| {
                let (was, is) = (literals.contains(from.as_str()), literals.contains(to.as_str()));
                was == is && (*as_one || !was)
            };
            if pairs.iter().all(is_same) {
                return None;
            }
        }
        // A cast shows the same values.
        let kind = if source.how <= How::Cast { self.kind.clone() } else { TaintKind::Values(Vec::new()) };
        let computed = matches!(source.how, How::Computed | How::Aggregated) && source.compared.is_none();
        let cause = if computed { self.cause.clone().at_most(Certainty::Likely) } else { self.cause.clone() };
        Some(Self { cause, kind, what: self.what.clone() })
    }

    /// What it makes of rows that are chosen by the tainted value; none where they stay.
    pub(super) fn of_decided_rows(&self) -> Option<TaintKind> {
        match self.outcome() {
            Outcome::Changes => None,
            Outcome::Wrong => Some(TaintKind::RowsLost),
            _ => Some(self.kind.clone()),
        }
    }

    /// What it makes of rows that are the first of an order. A number that is shown as text sorts otherwise.
    pub(super) fn picked(&self) -> Option<TaintKind> {
        match &self.kind {
            TaintKind::Reprinted(types) if !sorts_as_text(types) => Some(TaintKind::RowsRebuilt),
            _ => self.of_decided_rows(),
        }
    }

    /// What it makes of rows of which those that are alike in the tainted value become one. New values that are as different
    /// as the old ones leave them alone.
    pub(super) fn merged(&self) -> Option<TaintKind> {
        match &self.kind {
            TaintKind::Values(pairs) if !pairs.is_empty() => {
                let new: BTreeSet<&String> = pairs.iter().map(|(_, to)| to).collect();
                (new.len() < pairs.len()).then_some(TaintKind::RowsLost)
            }
            TaintKind::Values(_) | TaintKind::Open(_) => Some(TaintKind::RowsRebuilt),
            TaintKind::Holding(text) if text != "NULL" => Some(TaintKind::RowsRebuilt),
            _ => self.of_decided_rows(),
        }
    }

    /// Whether the type has another name now, be it as long as it may.
    pub(super) fn is_of_another_name(&self) -> bool {
        let (TaintKind::Retyped(types) | TaintKind::Widened(types) | TaintKind::Reprinted(types)) = &self.kind else {
            return false;
        };
        let name = |data_type: &str| data_type.split('(').next().unwrap_or_default().trim().to_lowercase();
        types.split_once(" to ").is_some_and(|(from, to)| name(from) != name(to) && from != "an unknown type")
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
            TaintKind::Holding(text) if text == "NULL" => format!("values of {} change (to NULL)", self.what),
            TaintKind::Holding(text) => format!("values of {} change (to hold '{text}')", self.what),
            TaintKind::Rebuilt => {
                format!("{} is made again of what there is now; whether results change depends on the data", self.what)
            }
            TaintKind::RowsRebuilt => {
                format!("the rows of {} are put together anew; whether results change depends on the data", self.what)
            }
            TaintKind::Replaced(_) => format!("{} now stands for something else", self.what),
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
