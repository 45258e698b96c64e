//! A name that is given again: by a view or table in the place of what is gone, or by a column made of the one that was renamed.

use std::collections::BTreeSet;

use super::columns::{Effects, short};
use super::node::Assessment;
use super::taint::{Taint, TaintKind};
use crate::outcome::Certainty;
use crate::schema::{ChangeIx, ColumnName, ColumnState, DerivedColumn, HandedOn, RelationIx, RelationState};

impl Assessment<'_> {
    /// Another relation now goes by the name: one that was swapped in, or a view or table made anew.
    pub(super) fn stand_in_effects(&self, relation: RelationIx, after: RelationIx, key: &str, effects: &mut Effects) {
        let (own, other) = (&self.schema.relations[relation], &self.schema.relations[after]);
        let Some(change) = other.created_by.or(own.left_by) else { return };
        let Some(at) = other.position_after(key) else {
            let is_there = own.position_before(key).is_none_or(|at| own.columns[at].after == own.columns[at].before);
            if other.complete || (other.reads_whole(relation) && !is_there) {
                effects.lost = own.position_before(key).map(|_| self.cause(change, own));
            } else if !key.is_empty() && !other.reads_whole(relation) {
                effects.taints.push(self.replaced_by(own, None, change, TaintKind::Rebuilt));
            }
            return;
        };
        match &other.columns[at].derived {
            Some(derived) => {
                effects.taints.extend(self.made_again((relation, own.position_before(key)), derived, change));
            }
            None => {
                let mut taint = self.replaced_by(own, None, change, TaintKind::Replaced(None));
                if other.before.is_some() {
                    taint.cause = self.cause(change, own);
                }
                effects.taints.push(taint);
            }
        }
    }

    fn replaced_by(&self, own: &RelationState, was: Option<usize>, change: ChangeIx, kind: TaintKind) -> Taint {
        Taint { cause: self.cause(change, own).at_most(Certainty::Likely), kind, what: named(own, was) }
    }

    /// The columns that a view with a star hands on no more: they have another name now, or none.
    pub(super) fn not_passed<'s>(
        &'s self,
        relation: RelationIx,
        view: &'s RelationState,
    ) -> impl Iterator<Item = &'s ColumnName> {
        let gone = |column: &&ColumnState| column.left_by.is_some() && column.after != column.before;
        let columns = self.schema.relations[relation].columns.iter().filter(gone);
        let names = columns.filter_map(|column| column.before.as_ref());
        names.filter(move |name| view.reads_whole(relation) && view.position_after(&name.key).is_none())
    }

    /// What is not as it was in a column `was` that is made of these now.
    pub(super) fn made_again(
        &self,
        (relation, was): (RelationIx, Option<usize>),
        derived: &[DerivedColumn],
        change: ChangeIx,
    ) -> Vec<Taint> {
        let own = &self.schema.relations[relation];
        let column_of = |source: &DerivedColumn| self.schema.relations[source.relation].columns.get(source.column);
        if let [one] = derived
            && (one.relation, Some(one.column)) == (relation, was)
            && let Some(column) = column_of(one)
        {
            let mut taints = self.value_taints(column, own);
            if one.how == HandedOn::Unchanged {
                return taints;
            }
            // What the migration made of it, and what is made of that.
            let (values, back) = match &one.how {
                HandedOn::Mapped(back) => (true, Some(back.as_slice())),
                HandedOn::Used => (true, None),
                HandedOn::Unchanged | HandedOn::Cast => (false, None),
            };
            if values {
                let kind = match back.and_then(|back| there_and_back(column, back)) {
                    Some(pairs) if pairs.is_empty() => None,
                    Some(pairs) => Some(TaintKind::Values(pairs)),
                    None if taints.iter().all(Taint::is_of_type) => Some(TaintKind::Values(Vec::new())),
                    None => Some(TaintKind::Rebuilt),
                };
                let is_told = matches!(&kind, Some(TaintKind::Values(pairs)) if !pairs.is_empty());
                let certainty = if is_told { Certainty::Certain } else { Certainty::Likely };
                let cause = self.cause(change, own).at_most(certainty);
                taints = kind.map(|kind| Taint { cause, kind, what: named(own, was) }).into_iter().collect();
            } else {
                taints.retain(|taint| !taint.is_of_type());
            }
            return taints;
        }
        let mut taints: Vec<Taint> = derived
            .iter()
            .filter_map(column_of)
            .flat_map(|column| self.value_taints(column, own))
            .map(|taint| Taint {
                kind: TaintKind::Values(Vec::new()),
                cause: taint.cause.at_most(Certainty::Possible),
                what: taint.what,
            })
            .collect();
        let is_of = |source: &DerivedColumn| (source.relation, Some(source.column)) == (relation, was);
        if !derived.iter().any(is_of) {
            // What the migration brought may hold what was there before, in other pieces.
            let is_new = |source: &DerivedColumn| column_of(source).is_some_and(|column| column.before.is_none());
            let is_put_together = derived.len() > 1 && derived.iter().all(is_new);
            let kind = if is_put_together { TaintKind::Rebuilt } else { TaintKind::Replaced(None) };
            taints.push(self.replaced_by(own, was, change, kind));
        }
        taints
    }
}

/// `schema.relation.column`, as the column was called.
fn named(own: &RelationState, was: Option<usize>) -> String {
    let column = was.and_then(|at| own.columns.get(at)?.before.as_ref());
    column.map_or_else(|| short(own), |column| format!("{}.{}", short(own), column.name))
}

/// Old and new values of a column whose values a migration changes and an expression changes again: none where all come
/// back. None at all where the migration does not say what it makes of them.
fn there_and_back(column: &ColumnState, back: &[(String, String)]) -> Option<Vec<(String, String)>> {
    let is_computed =
        column.values.iter().any(|effect| effect.pairs.is_empty() || effect.others || effect.holds.is_some());
    if is_computed || column.retyped.iter().any(|retype| retype.rewrites) {
        return None;
    }
    let becomes = |value: String, pairs: &[(String, String)]| {
        pairs.iter().find(|(from, _)| *from == value).map_or(value, |(_, to)| to.clone())
    };
    let made: BTreeSet<&String> = column.values.iter().flat_map(|effect| &effect.pairs).map(|(_, to)| to).collect();
    // A value that only the migration brings was none before.
    let brought = back.iter().map(|(from, _)| from).filter(|from| !made.contains(from));
    let old: BTreeSet<&String> =
        column.values.iter().flat_map(|effect| &effect.pairs).map(|(from, _)| from).chain(brought).collect();
    let pairs = old.into_iter().map(|old| {
        let new = column.values.iter().fold(old.clone(), |value, effect| becomes(value, &effect.pairs));
        (old.clone(), becomes(new, back))
    });
    Some(pairs.filter(|(old, new)| old != new).collect())
}
