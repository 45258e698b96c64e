//! What follows for columns that nobody told of: the query ran before, and so they were as many, and in such places, as it needs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cause::Cause;
use super::columns::short_name;
use super::failures::uses_by_place;
use super::node::Assessment;
use super::reason::Reason;
use super::taint::TaintKind;
use crate::dbt::NodeIx;
use crate::lineage::{Cast, Kind, Known, Lineage, Side, Source, Use};
use crate::outcome::{Certainty, Outcome};
use crate::schema::RelationName;
use crate::text::Span;

impl Assessment<'_> {
    /// What fails for it.
    pub(super) fn untold_failures(&self, ix: NodeIx, before: &Lineage, after: &Lineage) -> Vec<Reason> {
        // Where every name has its one place, none is shared.
        let old = if before.assumes { uses_by_place(before) } else { BTreeMap::new() };
        let taken = after.uses.iter().filter_map(|new| self.shared_name(ix, old.get(&new.span)?, new));
        let uneven = before.united.iter().filter_map(|sides| self.uneven_sides(ix, sides));
        taken.chain(uneven).collect()
    }

    /// A bare name that was a column of one relation or another, and that a third, which had none, gains.
    fn shared_name(&self, ix: NodeIx, was: &Use, new: &Use) -> Option<Reason> {
        let [Source { relation, column, .. }] = &*new.sources else { return None };
        let cause = self.effects(relation, column).gained.filter(|_| was.outward == new.outward)?;
        let other = was.sources.iter().find(|source| source.relation != *relation)?;
        let message = format!(
            "names {} without saying whose: {} has such a column, and {} one to {}",
            new.name,
            short_name(&other.relation),
            self.changes[cause.change].deed(),
            short_name(relation)
        );
        Some(likely(ix, &cause, Some(new.span), message))
    }

    /// Sides that had equally many columns, of which one side's grow or shrink.
    fn uneven_sides(&self, ix: NodeIx, sides: &[Side]) -> Option<Reason> {
        let grown: Vec<(i64, Option<Cause>)> = sides.iter().map(|side| self.growth(&side.open)).collect();
        let (at, (_, cause)) = grown.iter().enumerate().find(|(_, (by, cause))| cause.is_some() && *by != 0)?;
        if grown.iter().all(|(by, _)| *by == grown[at].0) {
            return None;
        }
        let cause = cause.as_ref()?;
        let message = format!(
            "unites queries of equally many columns, one of them all those of {}; {} one",
            sides[at].open.iter().map(short_name).collect::<Vec<_>>().join(" and "),
            self.changes[cause.change].deed()
        );
        Some(likely(ix, cause, sides[at].span, message))
    }

    /// What may fail for it, or mean something else.
    pub(super) fn untold_doubts(&self, ix: NodeIx, before: &Lineage, after: &Lineage) -> Vec<Reason> {
        let moved = before.united.iter().flatten().filter_map(|side| self.moved_side(ix, side));
        moved.chain(after.casts.iter().filter_map(|cast| self.doubtful_cast(ix, cast))).collect()
    }

    /// A cast of what goes by the name now, and nobody told of its type.
    fn doubtful_cast(&self, ix: NodeIx, cast: &Cast) -> Option<Reason> {
        let cause = self.replaced(&cast.relation, &cast.column).filter(|_| cast.to > Kind::Text)?;
        let known = self.known_after(&cast.relation)?;
        let at = known.columns.iter().position(|(_, key)| *key == cast.column)?;
        let is_told = known.kinds.get(at).is_some_and(|kind| *kind != Kind::Unknown);
        let message = format!(
            "casts {} to {}, and of what goes by that name after {} the type is not known",
            cast.column,
            cast.to.word(),
            self.changes[cause.change].at
        );
        (!is_told).then(|| doubt(ix, &cause, Some(cast.span), message))
    }

    /// Why a column stands for something else now.
    fn replaced(&self, name: &RelationName, key: &str) -> Option<Cause> {
        let mut taints = self.effects(name, key).taints.into_iter();
        taints.find(|taint| matches!(taint.kind, TaintKind::Replaced(_))).map(|taint| taint.cause)
    }

    /// A side of those that are put together by the places of their columns, with columns that may stand in another order now.
    fn moved_side(&self, ix: NodeIx, side: &Side) -> Option<Reason> {
        let (name, cause) = side.open.iter().find_map(|name| Some((name, self.reordered(name)?)))?;
        let message = format!(
            "unites columns by their places, and those of {} may stand in another order after {}",
            short_name(name),
            self.changes[cause.change].at
        );
        Some(doubt(ix, &cause, side.span, message))
    }

    /// Why the columns of a relation, not all of which were told of, may stand in another order than before.
    fn reordered(&self, name: &RelationName) -> Option<Cause> {
        let known = self.known_before(name)?;
        let mut keys = known.columns.iter().map(|(_, key)| &**key);
        let (before, after) = (self.schema.before(name)?, self.schema.after(name)?);
        let (own, other) = (&self.schema.relations[before], &self.schema.relations[after]);
        // Another relation is under the name now, with the columns that it was given.
        if before != after {
            let change = other.created_by.or(own.left_by).filter(|_| other.star_of != Some(before))?;
            return Some(self.cause(change, own));
        }
        // Dropped and added again, or another one by that name.
        let moved = |key: &str| {
            let (was, is) = (own.position_before(key)?, own.position_after(key)?);
            let change = own.columns[was].left_by.or(own.columns[is].left_by).or(own.columns[is].added_by)?;
            (was != is).then(|| self.cause(change, own))
        };
        keys.clone().find_map(moved).or_else(|| keys.find_map(|key| self.replaced(name, key)))
    }

    /// How many columns more the relations have, and why.
    fn growth(&self, relations: &[RelationName]) -> (i64, Option<Cause>) {
        let (mut by, mut why) = (0, None);
        for name in relations {
            let keys = |known: Option<Known>| -> BTreeSet<Arc<str>> {
                known.unwrap_or_default().columns.into_iter().map(|(_, key)| key).collect()
            };
            let (before, after) = (keys(self.known_before(name)), keys(self.known_after(name)));
            for key in before.difference(&after) {
                by -= 1;
                why = why.or_else(|| self.effects(name, key).lost);
            }
            for key in after.difference(&before) {
                by += 1;
                why = why.or_else(|| self.effects(name, key).gained);
            }
        }
        (by, why)
    }
}

fn doubt(ix: NodeIx, cause: &Cause, span: Option<Span>, message: String) -> Reason {
    Reason { outcome: Outcome::Unknown, certainty: Certainty::Possible, ..likely(ix, cause, span, message) }
}

fn likely(ix: NodeIx, cause: &Cause, span: Option<Span>, message: String) -> Reason {
    let certainty = cause.certainty.max(Certainty::Likely);
    Reason {
        outcome: Outcome::Fails,
        certainty,
        change: Some(cause.change),
        path: cause.onward(ix).path,
        span,
        message,
    }
}
