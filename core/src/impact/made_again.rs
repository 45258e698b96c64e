//! A name that is given again: by a view or table in the place of what is gone, or by a column made of the one that was renamed.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{Effects, short};
use super::node::Assessment;
use super::taint::{Taint, TaintKind};
use super::types::{TypeChange, compare};
use crate::outcome::Certainty;
use crate::schema::{ChangeIx, ColumnName, ColumnState, DerivedColumn, HandedOn, RelationIx, RelationState, RowsKept};

impl Assessment<'_> {
    /// Another relation now goes by the name: one that was swapped in, or a view or table made anew.
    pub(super) fn stand_in_effects(&self, relation: RelationIx, after: RelationIx, key: &str, effects: &mut Effects) {
        let (own, other) = (&self.schema.relations[relation], &self.schema.relations[after]);
        let Some(change) = other.created_by.or(own.left_by) else { return };
        let was = own.position_before(key);
        let replaced = |kind| self.replaced_by((own, was), change, kind);
        effects.taints.extend(self.row_taints(other, own));
        match other.rows_kept {
            RowsKept::All => {}
            RowsKept::Fewer if other.rows.is_empty() => effects.taints.push(replaced(TaintKind::RowsLost)),
            RowsKept::Fewer | RowsKept::Unknown => effects.taints.push(replaced(TaintKind::RowsRebuilt)),
        }
        let Some(at) = other.position_after(key) else {
            let is_star = other.star_of == Some(relation);
            let is_there = was.is_none_or(|at| own.columns[at].after == own.columns[at].before);
            if other.complete || (is_star && !is_there) {
                effects.lost = was.map(|_| self.cause(change, own));
            } else if !key.is_empty() && !is_star {
                effects.taints.push(replaced(TaintKind::Rebuilt));
            }
            return;
        };
        effects.taints.extend(self.changes_of(&other.columns[at], own, &named(own, was)));
        match &other.columns[at].derived {
            Some(derived) => effects.taints.extend(self.made_again((relation, was), derived, change)),
            None if other.before.is_some() => {
                let cause = self.cause(change, own);
                effects.taints.push(Taint { cause, kind: TaintKind::Replaced(None), what: short(own) });
            }
            None => effects.taints.push(self.replaced_by((own, None), change, TaintKind::Replaced(None))),
        }
    }

    fn replaced_by(&self, (own, was): (&RelationState, Option<usize>), change: ChangeIx, kind: TaintKind) -> Taint {
        let what = if kind.is_of_rows() { short(own) } else { named(own, was) };
        Taint { cause: self.cause(change, own).at_most(Certainty::Likely), kind, what }
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
        names.filter(move |name| view.star_of == Some(relation) && view.position_after(&name.key).is_none())
    }

    /// A column of the table itself that goes by the name of one that was renamed or dropped, and is made of others.
    pub(super) fn generated_again(
        &self,
        relation: RelationIx,
        (old, new): (usize, usize),
        derived: &[DerivedColumn],
        change: ChangeIx,
    ) -> Vec<Taint> {
        let own = &self.schema.relations[relation];
        let mut taints = self.made_again((relation, Some(old)), derived, change);
        let (was, is) = (&own.columns[old], &own.columns[new]);
        taints.extend(self.changes_of(is, own, &named(own, Some(old))));
        if let (Some(from), Some(to)) = (was.type_before(), is.type_before()) {
            let kind = self.type_taint(from, to);
            taints.extend(kind.map(|kind| self.replaced_by((own, Some(old)), change, kind)));
        }
        taints
    }

    /// What is not as it was in a column `was` that is made of these now.
    fn made_again(
        &self,
        (relation, was): (RelationIx, Option<usize>),
        derived: &[DerivedColumn],
        change: ChangeIx,
    ) -> Vec<Taint> {
        let own = &self.schema.relations[relation];
        let replaced = |kind| self.replaced_by((own, was), change, kind);
        let column_of = |source: &DerivedColumn| self.schema.relations[source.relation].columns.get(source.column);
        let is_it = |source: &DerivedColumn| (source.relation, Some(source.column)) == (relation, was);
        if let [one] = derived
            && is_it(one)
            && let Some(column) = column_of(one)
        {
            return self.handed_on(own, column, &one.how, &replaced);
        }
        if derived.iter().any(is_it) {
            return vec![replaced(TaintKind::Values(Vec::new()))];
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
        // What the migration brought may hold what was there before, in other pieces.
        let is_new = |source: &DerivedColumn| column_of(source).is_some_and(|column| column.before.is_none());
        let is_put_together = derived.len() > 1 && derived.iter().all(is_new);
        taints.push(replaced(if is_put_together { TaintKind::Rebuilt } else { TaintKind::Replaced(None) }));
        taints
    }

    /// What the migration made of a column's values, and what is made of these.
    fn handed_on(
        &self,
        own: &RelationState,
        column: &ColumnState,
        how: &HandedOn,
        replaced: &dyn Fn(TaintKind) -> Taint,
    ) -> Vec<Taint> {
        let mut taints = self.value_taints(column, own);
        let kind = match how {
            HandedOn::Unchanged => return taints,
            HandedOn::Cast(to) if self.gives_type_back(column, to) => {
                taints.retain(|taint| !taint.is_of_type());
                return taints;
            }
            HandedOn::Cast(_) => Some(TaintKind::Rebuilt),
            HandedOn::Mapped(back) => match there_and_back(column, back) {
                Some(pairs) if pairs.is_empty() => None,
                Some(pairs) => Some(TaintKind::Values(pairs)),
                // What all rows were set to says nothing of what they held.
                None if column.values.iter().any(|effect| effect.pairs.is_empty() && effect.holds.is_some()) => {
                    Some(TaintKind::Values(Vec::new()))
                }
                None => Some(TaintKind::Rebuilt),
            },
            HandedOn::Used if taints.iter().all(Taint::is_of_type) => Some(TaintKind::Values(Vec::new())),
            HandedOn::Used => Some(TaintKind::Rebuilt),
        };
        taints.retain(Taint::is_of_type);
        taints.extend(kind.map(|kind| {
            let mut taint = replaced(kind);
            if matches!(&taint.kind, TaintKind::Values(pairs) if !pairs.is_empty()) {
                taint.cause.certainty = Certainty::Certain;
            }
            taint
        }));
        taints
    }

    /// Whether a cast gives the values back as they were: to the type before, of one that lost nothing.
    fn gives_type_back(&self, column: &ColumnState, to: &str) -> bool {
        let dialect = self.project.sql_dialect();
        let is_same = column.type_before().is_some_and(|was| compare(was, to, dialect) == TypeChange::None);
        is_same
            && column.retyped.iter().all(|retype| {
                let change = retype.from.as_deref().map(|from| compare(from, &retype.to, dialect));
                !retype.rewrites && change.is_some_and(|change| change != TypeChange::Other)
            })
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
    let maps = column.values.iter().map(|effect| effect.pairs.as_slice()).chain([back]);
    let maps: Vec<BTreeMap<&str, &str>> =
        maps.map(|pairs| pairs.iter().rev().map(|(from, to)| (from.as_str(), to.as_str())).collect()).collect();
    let made: BTreeSet<&str> =
        column.values.iter().flat_map(|effect| &effect.pairs).map(|(_, to)| to.as_str()).collect();
    // A value that only the migration brings was none before.
    let brought = back.iter().map(|(from, _)| from.as_str()).filter(|from| !made.contains(from));
    let changed = column.values.iter().flat_map(|effect| &effect.pairs).map(|(from, _)| from.as_str());
    let old: BTreeSet<&str> = changed.chain(brought).collect();
    let pairs = old.into_iter().map(|old| {
        let new = maps.iter().fold(old, |value, map| map.get(value).copied().unwrap_or(value));
        (old.to_owned(), new.to_owned())
    });
    Some(pairs.filter(|(old, new)| old != new).collect())
}
