//! What follows for columns that nobody told of: the query ran before, and so they were as many, and in such places, as it needs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cause::Cause;
use super::columns::short_name;
use super::failures::uses_by_place;
use super::node::Assessment;
use super::reason::Reason;
use crate::dbt::NodeIx;
use crate::lineage::{Known, Lineage, Side, Source, Use};
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
