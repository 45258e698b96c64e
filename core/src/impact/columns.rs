//! What a reader sees of a relation, before and after, and what the changes did to one of its columns.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cause::Cause;
use super::node::Assessment;
use super::taint::{Taint, TaintKind};
use super::types::{TypeChange, compare};
use super::{Tracked, certainty_of};
use crate::dbt::{Column, NodeIx};
use crate::lineage::{Kind, Known};
use crate::migration::{DataChange, Op};
use crate::outcome::Certainty;
use crate::schema::{ChangeIx, ColumnState, RelationIx, RelationName, RelationState};

/// The columns of something that dbt builds, before and after, with what happened to them.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) before: Known,
    pub(super) after: Known,
    pub(super) lost: BTreeMap<String, Cause>,
    pub(super) gained: BTreeMap<String, Cause>,
    pub(super) taints: BTreeMap<String, Vec<Taint>>,
    /// Changes of its rows, which reach every column.
    pub(super) rows: Vec<Taint>,
}

impl Columns {
    /// Takes what is lost and gained. Where a star passes on columns that nobody told of, a lost one is none of them.
    pub(super) fn change_shape(&mut self, (lost, gained): (BTreeMap<String, Cause>, BTreeMap<String, Cause>)) {
        self.after.lost = lost.keys().cloned().collect();
        (self.lost, self.gained) = (lost, gained);
    }

    /// Columns that were there before are of the kind that they were of.
    pub(super) fn keep_kinds(&mut self) {
        let was = self.before.columns.iter().zip(&self.before.kinds);
        let was: BTreeMap<&str, Kind> = was.map(|((_, key), kind)| (&**key, *kind)).collect();
        for ((_, key), kind) in self.after.columns.iter().zip(&mut self.after.kinds) {
            *kind = was.get(&**key).copied().unwrap_or(*kind);
        }
    }
}

/// What happened to one column, as its reader sees it.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) lost: Option<Cause>,
    pub(super) gained: Option<Cause>,
    pub(super) taints: Vec<Taint>,
}

impl Assessment<'_> {
    pub(super) fn known_before(&self, name: &RelationName) -> Option<Known> {
        let relation = self.schema.before(name)?;
        if let Some(columns) = self.built(relation) {
            return Some(columns.before.clone());
        }
        let state = &self.schema.relations[relation];
        Some(self.untouched(state).unwrap_or_else(|| Known {
            exists: true,
            columns: names(state.columns.iter(), |column| column.before.as_ref()),
            kinds: self.kinds(state.columns.iter(), |column| column.before.is_some(), ColumnState::type_before),
            complete: state.complete,
            lost: Vec::new(),
        }))
    }

    /// A relation that no migration names has the columns that dbt knows; they are read only now. It can still be taken
    /// away, with its schema.
    fn untouched(&self, state: &RelationState) -> Option<Known> {
        let known =
            state.nodes.iter().find(|ix| self.project.nodes[**ix].columns_complete()).or(state.nodes.first())?;
        state
            .unread
            .then(|| Known { complete: self.project.nodes[*known].columns_complete(), ..self.documented(*known) })
    }

    /// The columns that the artifacts tell of a node.
    pub(super) fn documented(&self, ix: NodeIx) -> Known {
        let columns = self.project.columns(ix);
        let dialect = self.project.sql_dialect();
        let kind = |column: &Column| Kind::of_type(column.data_type.as_deref().unwrap_or_default(), dialect);
        Known {
            exists: true,
            kinds: columns.iter().map(kind).collect(),
            columns: columns.iter().map(|column| (column.name.as_str().into(), column.key.as_str().into())).collect(),
            ..Known::default()
        }
    }

    pub(super) fn known_after(&self, name: &RelationName) -> Option<Known> {
        let before = self.schema.before(name);
        if let Some(columns) = before.and_then(|relation| self.built(relation)) {
            return Some(columns.after.clone());
        }
        let after = self.schema.after(name);
        // Where the relation is gone, what became of it tells what else would break once its new name is followed.
        let relation = after.or(before)?;
        let state = &self.schema.relations[relation];
        // Whatever a change works on is not as it was, also where its columns were not read.
        if !self.touched.contains(&relation)
            && let Some(known) = self.untouched(state)
        {
            return Some(known);
        }
        let lost = state
            .columns
            .iter()
            .filter(|column| column.left_by.is_some())
            .filter_map(|column| column.before.as_ref())
            .filter(|name| state.position_after(&name.key).is_none())
            .chain(
                before
                    .filter(|before| *before != relation)
                    .into_iter()
                    .flat_map(|before| self.not_passed(before, state)),
            );
        Some(Known {
            exists: after.is_some(),
            columns: names(state.in_order(), |column| column.after.as_ref()),
            kinds: self.kinds(state.in_order(), |column| column.after.is_some(), |column| column.data_type.as_deref()),
            complete: state.complete,
            lost: lost.map(|name| name.key.clone()).collect(),
        })
    }

    fn kinds<'s>(
        &self,
        columns: impl Iterator<Item = &'s ColumnState>,
        is_there: impl Fn(&ColumnState) -> bool,
        data_type: impl Fn(&'s ColumnState) -> Option<&'s str>,
    ) -> Vec<Kind> {
        let dialect = self.project.sql_dialect();
        let there = columns.filter(|column| is_there(column));
        there.map(|column| Kind::of_type(data_type(column).unwrap_or_default(), dialect)).collect()
    }

    /// The columns of the dbt node that builds this relation, once it is analysed.
    fn built(&self, relation: RelationIx) -> Option<&Columns> {
        self.schema.relations[relation].nodes.iter().find_map(|ix| self.columns(*ix))
    }

    /// The node that stands for a relation by the name it had.
    pub(super) fn node_of(&self, name: &RelationName) -> Option<NodeIx> {
        let relation = self.schema.before(name)?;
        let nodes = &self.schema.relations[relation].nodes;
        nodes.iter().find(|ix| self.columns(**ix).is_some()).or(nodes.first()).copied()
    }

    /// Why the relation is no longer there.
    pub(super) fn why_gone(&self, name: &RelationName) -> Option<Cause> {
        let state = &self.schema.relations[self.schema.before(name)?];
        Some(self.cause(state.left_by?, state))
    }

    pub(super) fn effects(&self, name: &RelationName, key: &str) -> Effects {
        let Some(relation) = self.schema.before(name) else { return Effects::default() };
        if let Some(columns) = self.built(relation) {
            let mut taints = columns.taints.get(key).cloned().unwrap_or_default();
            taints.extend(columns.rows.iter().cloned());
            return Effects { lost: columns.lost.get(key).cloned(), gained: columns.gained.get(key).cloned(), taints };
        }
        if let Some(effects) = self.patched_effects(relation, key) {
            return effects;
        }
        let own = &self.schema.relations[relation];
        let mut effects = Effects { taints: self.row_taints(own, own), ..Effects::default() };
        match self.schema.after(name) {
            Some(after) if after != relation => self.stand_in_effects(relation, after, key, &mut effects),
            _ => self.column_effects(relation, key, &mut effects),
        }
        effects
    }

    fn column_effects(&self, relation: RelationIx, key: &str, effects: &mut Effects) {
        let state = &self.schema.relations[relation];
        let (before, after) = (state.position_before(key), state.position_after(key));
        if let (Some(old), Some(new)) = (before, after)
            && old != new
            && let Some(change) =
                state.columns[old].left_by.or(state.columns[new].left_by).or(state.columns[new].added_by)
        {
            if let Some(derived) = &state.columns[new].derived {
                effects.taints.extend(self.generated_again(relation, (old, new), derived, change));
                return;
            }
            let is_text =
                Kind::of_type(state.columns[new].type_before().unwrap_or_default(), self.project.sql_dialect());
            let other = state.columns[new].before.as_ref().filter(|_| is_text == Kind::Text);
            let kind = if state.columns[new].empty {
                TaintKind::Holding("NULL".to_owned())
            } else {
                TaintKind::Replaced(other.map(|other| other.key.clone()))
            };
            effects.taints.push(Taint {
                cause: self.cause(change, state),
                kind,
                what: format!("{}.{key}", short(state)),
            });
            return;
        }
        let Some(column) = before.or(after).map(|at| &state.columns[at]) else { return };
        if after.is_none() {
            effects.lost = column.left_by.map(|change| self.cause(change, state));
        }
        if before.is_none() {
            effects.gained = column.added_by.or(column.left_by).map(|change| self.cause(change, state));
        }
        effects.taints.extend(self.value_taints(column, state));
    }

    pub(super) fn value_taints(&self, column: &ColumnState, state: &RelationState) -> Vec<Taint> {
        // What is put into a new column is no change to anyone.
        let Some(name) = &column.before else { return Vec::new() };
        self.changes_of(column, state, &format!("{}.{}", short(state), name.name))
    }

    /// What changes did to the values of a column, also of one that was not there before.
    pub(super) fn changes_of(&self, column: &ColumnState, state: &RelationState, what: &str) -> Vec<Taint> {
        let taint = |change: ChangeIx, kind, certainty| Taint {
            cause: self.cause(change, state).at_most(certainty),
            kind,
            what: what.to_owned(),
        };
        let mut taints = Vec::new();
        for (at, effect) in column.values.iter().enumerate() {
            let Some(pairs) = column.pairs_in_the_end(at) else { continue };
            let certainty = if effect.pairs.is_empty() { Certainty::Likely } else { Certainty::Certain };
            let is_open = effect.others && !effect.pairs.is_empty();
            let kind = match &effect.holds {
                Some(text) => TaintKind::Holding(text.clone()),
                None if is_open => TaintKind::Open(pairs),
                None => TaintKind::Values(pairs),
            };
            taints.push(taint(effect.change, kind, certainty));
        }
        for retype in &column.retyped {
            let from = retype.from.as_deref().unwrap_or("an unknown type");
            if retype.rewrites {
                taints.push(taint(retype.change, TaintKind::Values(Vec::new()), Certainty::Likely));
                continue;
            }
            if let Some(kind) = self.type_taint(from, &retype.to) {
                let is_open = matches!(kind, TaintKind::Retyped(_));
                let certainty = if is_open { Certainty::Possible } else { Certainty::Certain };
                taints.push(taint(retype.change, kind, certainty));
            }
        }
        taints
    }

    /// What another type makes of values; none where it is the same.
    pub(super) fn type_taint(&self, from: &str, to: &str) -> Option<TaintKind> {
        let types = format!("{from} to {to}");
        match compare(from, to, self.project.sql_dialect()) {
            TypeChange::None => None,
            TypeChange::Widening => Some(TaintKind::Widened(types)),
            TypeChange::Reprint => Some(TaintKind::Reprinted(types)),
            TypeChange::Other => Some(TaintKind::Retyped(types)),
        }
    }

    pub(super) fn row_taints(&self, state: &RelationState, named: &RelationState) -> Vec<Taint> {
        let rows = state.rows.iter().map(|change| {
            let (kind, certainty) = match &self.changes[*change].op {
                Op::ChangeData(DataChange::Insert { .. }) => (TaintKind::RowsAdded, Certainty::Certain),
                Op::ChangeData(DataChange::Rewrite { .. }) => (TaintKind::RowsRewritten, Certainty::Certain),
                // It hangs on who reads.
                Op::ChangeData(DataChange::Hide { .. }) => (TaintKind::RowsLost, Certainty::Likely),
                _ => (TaintKind::RowsLost, Certainty::Certain),
            };
            Taint { cause: self.cause(*change, state).at_most(certainty), kind, what: short(named) }
        });
        rows.collect()
    }

    pub(super) fn cause(&self, change: ChangeIx, state: &RelationState) -> Cause {
        let certainty =
            self.changes.get(change).map_or(Certainty::Certain, |change: &Tracked| certainty_of(&change.applied.found));
        Cause { change, path: state.nodes.first().copied().into_iter().collect(), certainty }
    }
}

/// `schema.name`, as people call a relation.
pub(super) fn short(state: &RelationState) -> String {
    state.before.as_ref().or(state.after.as_ref()).map_or_else(String::new, short_name)
}

pub(super) fn short_name(name: &RelationName) -> String {
    match name.schema() {
        Some(schema) => format!("{schema}.{}", name.name()),
        None => name.name().to_owned(),
    }
}

fn names<'s>(
    columns: impl Iterator<Item = &'s ColumnState>,
    pick: impl Fn(&'s ColumnState) -> Option<&'s crate::schema::ColumnName>,
) -> Vec<(Arc<str>, Arc<str>)> {
    columns.filter_map(pick).map(|name| (name.name.as_str().into(), name.key.as_str().into())).collect()
}
