//! The state of the warehouse: relations that keep their identity while their names change.

use std::collections::{BTreeMap, BTreeSet};

use super::RelationName;
use crate::dbt::{NodeIx, Project};
use crate::migration::RelationKind;

/// A relation's place in `Schema::relations`.
pub type RelationIx = usize;
/// A change's place in the list of changes.
pub type ChangeIx = usize;

#[derive(Debug, Default)]
pub struct Schema {
    pub relations: Vec<RelationState>,
    /// These are all that there are: a name that is not among them means nothing.
    pub whole: bool,
    /// By the last part of the present name, in lower case.
    by_name: BTreeMap<String, Vec<RelationIx>>,
    /// By the last part of the name before, in lower case.
    by_name_before: BTreeMap<String, Vec<RelationIx>>,
    /// By the schema of the present name, and by its database, in lower case.
    inside: BTreeMap<String, BTreeSet<RelationIx>>,
    /// Names that relations had to leave, by the last part in lower case, the latest last.
    departed: BTreeMap<String, Vec<(RelationName, RelationIx)>>,
    /// The relations with columns of a type, by its last part; told only once somebody asks.
    by_type: Option<BTreeMap<String, BTreeSet<RelationIx>>>,
    /// Those that are there for a session alone.
    temporaries: Vec<RelationIx>,
    /// The views that read a relation, and the relations that have it for a parent.
    dependents: BTreeMap<RelationIx, BTreeSet<RelationIx>>,
    /// Where bare names are looked up first, while the definition of a new relation is traced.
    pub(super) path: Vec<RelationName>,
}

#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct RelationState {
    /// None for one that the migration creates.
    pub before: Option<RelationName>,
    /// None for one that the migration drops.
    pub after: Option<RelationName>,
    pub columns: Vec<ColumnState>,
    /// The places of the present columns, by their names in lower case.
    pub(super) present: BTreeMap<String, Vec<usize>>,
    /// The places of the columns in the order in which they now stand; empty where that is the order here.
    pub(super) order: Vec<usize>,
    /// The columns are all there are.
    pub complete: bool,
    /// Its columns were not read: nothing that a migration names leads to it.
    pub unread: bool,
    /// The dbt nodes that stand for it.
    pub nodes: Vec<NodeIx>,
    /// The change that took it away from its name before.
    pub left_by: Option<ChangeIx>,
    pub created_by: Option<ChangeIx>,
    /// Where it is known.
    pub kind: Option<RelationKind>,
    /// It is there for the session alone.
    pub temporary: bool,
    /// Relations whose columns are its columns.
    pub parents: Vec<RelationIx>,
    /// It is a part of its parent, and goes with it.
    pub partition: bool,
    /// Of one that is made by a query, which rows of what that reads it has.
    pub rows_kept: RowsKept,
    /// The relation all of whose columns are its columns, by a star.
    pub star_of: Option<RelationIx>,
    /// What the query of a view reads: relations, and columns of theirs.
    pub reads: BTreeSet<(RelationIx, Option<usize>)>,
    /// Changes of its rows.
    pub rows: Vec<ChangeIx>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnState {
    pub before: Option<ColumnName>,
    pub after: Option<ColumnName>,
    pub data_type: Option<String>,
    /// Whether it refuses NULL, where that is known.
    pub not_null: Option<bool>,
    /// It is NULL in every row that was there when it was added.
    pub empty: bool,
    /// The engine numbers its rows.
    pub identity: bool,
    /// It is a column of its relation's parent.
    pub inherited: bool,
    pub left_by: Option<ChangeIx>,
    pub added_by: Option<ChangeIx>,
    pub retyped: Vec<Retype>,
    pub values: Vec<ValueEffect>,
    /// For a column of a view: what it selects; for one that is generated: what it is made of.
    pub derived: Option<Vec<DerivedColumn>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnName {
    pub name: String,
    /// As the project's dialect folds it.
    pub key: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retype {
    pub change: ChangeIx,
    pub from: Option<String>,
    pub to: String,
    /// The statement computes new values, beyond a cast.
    pub rewrites: bool,
}

/// Values that a change sets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ValueEffect {
    pub change: ChangeIx,
    /// Old and new values; empty where they are computed.
    pub pairs: Vec<(String, String)>,
    /// No row keeps one of the old values.
    pub all: bool,
    /// Others may change too.
    pub others: bool,
    /// A text that every new value is or holds, where they are not named.
    pub holds: Option<String>,
}

/// A column that a view's column is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedColumn {
    pub relation: RelationIx,
    pub column: usize,
    pub how: HandedOn,
}

/// Which rows of what a query reads it gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RowsKept {
    #[default]
    All,
    Fewer,
    /// It joins, groups or puts together.
    Unknown,
}

/// What becomes of a value on its way into another column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandedOn {
    Unchanged,
    /// As a value of this type.
    Cast(String),
    /// Some values become others, each the one beside it, and the rest stays.
    Mapped(Vec<(String, String)>),
    /// It is used for something else.
    Used,
}

impl Schema {
    /// What dbt knows: one relation for each name that sources, seeds, models and snapshots have. Only those that are loaded
    /// have columns here; a migration names no other.
    pub fn of_project(project: &Project) -> Self {
        let mut schema = Self::default();
        let mut known: BTreeMap<RelationName, RelationIx> = BTreeMap::new();
        for (ix, node) in project.nodes.iter().enumerate() {
            let Some(name) = node.relation.as_ref().filter(|name| !name.is_empty()) else { continue };
            let relation = *known.entry(name.caseless()).or_insert_with(|| {
                schema.relations.push(RelationState {
                    before: Some(name.clone()),
                    after: Some(name.clone()),
                    unread: true,
                    ..RelationState::default()
                });
                schema.relations.len() - 1
            });
            let state = &mut schema.relations[relation];
            state.nodes.push(ix);
            if state.complete || !project.is_loaded(ix) {
                continue;
            }
            state.unread = false;
            state.complete = node.columns_complete();
            for column in project.columns(ix) {
                if state.position_before(&column.key).is_none() {
                    let name = ColumnName { name: column.name.clone(), key: column.key.clone() };
                    state.add_column(ColumnState {
                        before: Some(name.clone()),
                        after: Some(name),
                        data_type: column.data_type.clone(),
                        ..ColumnState::default()
                    });
                }
            }
        }
        for (ix, state) in schema.relations.iter().enumerate() {
            let Some(name) = &state.before else { continue };
            for holder in [name.schema(), name.database()].into_iter().flatten() {
                schema.inside.entry(holder.to_lowercase()).or_default().insert(ix);
            }
            let name = name.name().to_lowercase();
            schema.by_name_before.entry(name.clone()).or_default().push(ix);
            schema.by_name.entry(name).or_default().push(ix);
        }
        schema
    }

    /// The relations that now have this last part, whatever comes before it.
    pub(super) fn candidates(&self, name: &RelationName) -> &[RelationIx] {
        self.by_name.get(&name.name().to_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The relation that a query means by a full name, before the migration.
    pub fn before(&self, name: &RelationName) -> Option<RelationIx> {
        let candidates = self.by_name_before.get(&name.name().to_lowercase())?;
        candidates.iter().copied().find(|ix| self.relations[*ix].before.as_ref().is_some_and(|own| means(name, own)))
    }

    /// The relation that a query means by a full name, after the migration.
    pub fn after(&self, name: &RelationName) -> Option<RelationIx> {
        let is_bare = name.parts().len() == 1;
        if let Some(temporary) = self.temporary_named(name) {
            return Some(temporary);
        }
        let mut in_path = self.path.iter().filter(|_| is_bare).map(|schema| schema.child(name.name()));
        let found = in_path.find_map(|name| self.after_by(&name));
        // A migration knows the schemas of what it creates itself, so only dbt's names are looked for in other ones.
        let may_be_elsewhere = |ix: &RelationIx| {
            let state = &self.relations[*ix];
            let is_bare_too = state.after.as_ref().is_some_and(|own| own.parts().len() == 1);
            !is_bare || self.path.is_empty() || state.before.is_some() || is_bare_too
        };
        found.or_else(|| self.after_by(name).filter(may_be_elsewhere))
    }

    fn after_by(&self, name: &RelationName) -> Option<RelationIx> {
        self.candidates(name)
            .iter()
            .copied()
            .find(|ix| self.relations[*ix].after.as_ref().is_some_and(|own| means(name, own)))
    }

    pub(super) fn add(&mut self, state: RelationState) -> RelationIx {
        let ix = self.relations.len();
        match &state.after {
            Some(_) if state.temporary => self.temporaries.push(ix),
            Some(name) => self.enter(ix, name),
            None => {}
        }
        for column in &state.columns {
            self.learn_type(ix, column.data_type.as_deref());
        }
        for on in state.reads.iter().map(|(on, _)| on).chain(&state.parents) {
            self.dependents.entry(*on).or_default().insert(ix);
        }
        self.relations.push(state);
        ix
    }

    /// Adds a relation that was there before.
    pub(super) fn add_before(&mut self, state: RelationState) -> RelationIx {
        let before = state.before.as_ref().map(|name| name.name().to_lowercase());
        let ix = self.add(state);
        if let Some(before) = before {
            self.by_name_before.entry(before).or_default().push(ix);
        }
        ix
    }

    fn enter(&mut self, ix: RelationIx, name: &RelationName) {
        self.by_name.entry(name.name().to_lowercase()).or_default().push(ix);
        for holder in [name.schema(), name.database()].into_iter().flatten() {
            self.inside.entry(holder.to_lowercase()).or_default().insert(ix);
        }
    }

    fn leave(&mut self, ix: RelationIx, name: RelationName) {
        let last = name.name().to_lowercase();
        if let Some(list) = self.by_name.get_mut(&last) {
            list.retain(|other| *other != ix);
        }
        for holder in [name.schema(), name.database()].into_iter().flatten() {
            if let Some(list) = self.inside.get_mut(&holder.to_lowercase()) {
                list.remove(&ix);
            }
        }
        self.departed.entry(last).or_default().push((name, ix));
    }

    /// An empty database, of which all is known.
    pub fn of_nothing() -> Self {
        Self { whole: true, ..Self::default() }
    }

    pub(super) fn temporary(&self) -> Vec<RelationIx> {
        self.temporaries.iter().copied().filter(|ix| self.relations[*ix].after.is_some()).collect()
    }

    /// A temporary relation is found before all others, by its bare name.
    pub(super) fn temporary_named(&self, name: &RelationName) -> Option<RelationIx> {
        let is_it = |ix: &RelationIx| {
            let own = self.relations[*ix].after.as_ref();
            own.is_some_and(|own| own.name().eq_ignore_ascii_case(name.name()))
        };
        let is_bare = matches!(name.parts(), [_]) || name.schema() == Some("pg_temp");
        self.temporaries.iter().rev().copied().filter(|_| is_bare).find(is_it)
    }

    /// The relations that are now in a schema.
    pub(super) fn in_schema(&self, schema: &RelationName) -> Vec<RelationIx> {
        let wanted = schema.caseless();
        let is_in = |ix: &RelationIx| {
            let name = self.relations[*ix].after.as_ref().map(RelationName::caseless).unwrap_or_default();
            let parts = name.parts();
            RelationName::new(parts[..parts.len().saturating_sub(1)].to_vec()).ends_with(&wanted)
        };
        let own = self.inside.get(&wanted.name().to_lowercase());
        own.into_iter().flatten().copied().filter(is_in).collect()
    }

    /// The relations that are now in the schemas of a database.
    pub(super) fn in_database(&self, database: &str) -> Vec<RelationIx> {
        let is_in = |ix: &RelationIx| {
            let own = self.relations[*ix].after.as_ref().and_then(RelationName::database);
            own.is_some_and(|own| own.eq_ignore_ascii_case(database))
        };
        let own = self.inside.get(&database.to_lowercase());
        own.into_iter().flatten().copied().filter(is_in).collect()
    }

    /// Whether the name is one that a relation had to leave.
    pub fn is_departed(&self, name: &RelationName) -> bool {
        self.departed(name).is_some()
    }

    /// The relation that had this name and has it no longer, and what it is called now.
    pub(super) fn departed(&self, name: &RelationName) -> Option<Departed<'_>> {
        let wanted = name.caseless();
        let list = self.departed.get(wanted.name())?;
        let (_, ix) = list.iter().rev().find(|(own, _)| own.caseless().ends_with(&wanted))?;
        Some(self.relations[*ix].after.as_ref().map_or(Departed::Dropped, Departed::Called))
    }

    /// A relation that has exactly this name now.
    pub(super) fn named(&self, name: &RelationName) -> Option<RelationIx> {
        let wanted = name.caseless();
        let is_it = |ix: &RelationIx| self.relations[*ix].after.as_ref().is_some_and(|own| own.caseless() == wanted);
        self.candidates(name).iter().copied().find(is_it)
    }

    /// The relations that have columns of a type, and perhaps some that had one.
    pub(super) fn of_type(&mut self, name: &str) -> Vec<RelationIx> {
        if self.by_type.is_none() {
            self.by_type = Some(BTreeMap::new());
            for ix in 0..self.relations.len() {
                let types: Vec<String> =
                    self.relations[ix].columns.iter().filter_map(|column| column.data_type.clone()).collect();
                types.iter().for_each(|own| self.learn_type(ix, Some(own)));
            }
        }
        let found = self.by_type.as_ref().and_then(|types| types.get(&name.to_lowercase()));
        found.into_iter().flatten().copied().collect()
    }

    pub(super) fn learn_type(&mut self, ix: RelationIx, data_type: Option<&str>) {
        if let (Some(types), Some(data_type)) = (&mut self.by_type, data_type) {
            types.entry(type_name(data_type)).or_default().insert(ix);
        }
    }

    /// The views that read a relation, or one of its columns, and are there.
    pub(super) fn readers_of(&self, ix: RelationIx, column: Option<usize>) -> Vec<RelationIx> {
        self.dependents(ix, |state| match column {
            None => state.reads.iter().any(|(on, _)| *on == ix),
            column => state.reads.contains(&(ix, column)),
        })
    }

    /// The relations that have it for a parent, and are there.
    pub(super) fn children_of(&self, ix: RelationIx) -> Vec<RelationIx> {
        self.dependents(ix, |state| state.parents.contains(&ix))
    }

    fn dependents(&self, ix: RelationIx, depends: impl Fn(&RelationState) -> bool) -> Vec<RelationIx> {
        let all = self.dependents.get(&ix).into_iter().flatten().copied();
        all.filter(|other| {
            let state = &self.relations[*other];
            state.after.is_some() && depends(state)
        })
        .collect()
    }

    /// What read one relation reads another instead, which has the same columns first.
    pub(super) fn hand_over_readers(&mut self, from: RelationIx, to: RelationIx) {
        for reader in self.readers_of(from, None) {
            let reads = std::mem::take(&mut self.relations[reader].reads);
            self.relations[reader].reads =
                reads.into_iter().map(|(on, column)| (if on == from { to } else { on }, column)).collect();
            self.dependents.entry(to).or_default().insert(reader);
        }
    }

    /// Gives a relation another name, or none.
    pub(super) fn rename(&mut self, ix: RelationIx, to: Option<RelationName>, change: ChangeIx) {
        if self.relations[ix].temporary {
            self.relations[ix].after = to;
            return self.temporaries.retain(|other| *other != ix || self.relations[ix].after.is_some());
        }
        if let Some(old) = self.relations[ix].after.take() {
            self.leave(ix, old);
        }
        if let Some(name) = &to {
            self.enter(ix, name);
        }
        let state = &mut self.relations[ix];
        state.left_by.get_or_insert(change);
        state.after = to;
    }
}

/// The later changes of a column's values through which an earlier one is followed; the others are told beside it.
const FOLLOWED: usize = 32;

/// What became of a name's relation.
pub(super) enum Departed<'s> {
    Called(&'s RelationName),
    Dropped,
}

/// The last part of a type's name, without its length or its being a list.
pub(super) fn type_name(data_type: &str) -> String {
    let head = data_type.split(['(', '[']).next().unwrap_or_default().trim();
    head.rsplit('.').next().unwrap_or_default().trim_matches('"').to_lowercase()
}

/// Whether a name in a query is this relation: the shorter of the two decides, whatever the case.
fn means(in_query: &RelationName, own: &RelationName) -> bool {
    let (in_query, own) = (in_query.caseless(), own.caseless());
    in_query.ends_with(&own) || own.ends_with(&in_query)
}

impl ColumnState {
    /// The type that it had before any change.
    pub fn type_before(&self) -> Option<&str> {
        self.retyped.first().map_or(self.data_type.as_deref(), |first| first.from.as_deref())
    }

    /// The old and new values of one of the changes, as the later ones leave them; none where all come back.
    pub fn pairs_in_the_end(&self, at: usize) -> Option<Vec<(String, String)>> {
        let (own, later) = (self.values.get(at)?, self.values.get(at + 1..)?);
        let in_the_end = |value: &str| {
            later.iter().take(FOLLOWED).filter(|effect| effect.all).fold(value.to_owned(), |value, effect| {
                let becomes = effect.pairs.iter().find(|(from, _)| *from == value);
                becomes.map_or(value, |(_, to)| to.clone())
            })
        };
        let pairs: Vec<(String, String)> =
            own.pairs.iter().map(|(from, to)| (from.clone(), in_the_end(to))).filter(|(from, to)| from != to).collect();
        (own.pairs.is_empty() || !pairs.is_empty()).then_some(pairs)
    }

    pub(super) fn set_values(&mut self, effect: ValueEffect) {
        self.empty = false;
        self.values.push(effect);
    }
}

impl RelationState {
    /// A view's rows are those of what it selects from.
    pub fn is_view(&self) -> bool {
        self.kind.is_some_and(|kind| kind != RelationKind::Table)
    }

    /// Adds a column that nobody told of, and that is taken to have been there.
    pub(super) fn assume(&mut self, name: ColumnName) -> usize {
        self.add_column(ColumnState { before: Some(name.clone()), after: Some(name), ..ColumnState::default() });
        self.columns.len() - 1
    }

    pub fn position_before(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.before.as_ref().is_some_and(|name| name.key == key))
    }

    pub fn position_after(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.after.as_ref().is_some_and(|name| name.key == key))
    }

    /// The present column of this name in whatever case: engines fold names differently, and replication keeps no case.
    pub(super) fn position_of(&self, name: &str) -> Option<usize> {
        let alike = self.present.get(&name.to_lowercase())?;
        let is_it = |at: &usize| self.columns[*at].after.as_ref().is_some_and(|own| own.name == name);
        alike.iter().copied().filter(is_it).min().or_else(|| alike.iter().copied().min())
    }

    pub(super) fn add_column(&mut self, column: ColumnState) {
        let at = self.columns.len();
        if let Some(name) = &column.after {
            self.present.entry(name.name.to_lowercase()).or_default().push(at);
        }
        if !self.order.is_empty() {
            self.order.push(at);
        }
        self.columns.push(column);
    }

    /// The columns in the order in which they now stand.
    pub fn in_order(&self) -> impl Iterator<Item = &ColumnState> {
        (0..self.columns.len()).map(|at| &self.columns[self.order.get(at).copied().unwrap_or(at)])
    }

    /// Puts a column behind another one, or before all others.
    pub(super) fn move_column(&mut self, at: usize, behind: Option<usize>) {
        if self.order.is_empty() {
            self.order = (0..self.columns.len()).collect();
        }
        self.order.retain(|other| *other != at);
        let place = behind.and_then(|behind| self.order.iter().position(|other| *other == behind));
        self.order.insert(place.map_or(0, |place| place + 1), at);
    }

    /// Gives a column another name, or none.
    pub(super) fn rename_column(&mut self, at: usize, to: Option<ColumnName>, change: ChangeIx) {
        let column = &mut self.columns[at];
        if let Some(old) = column.after.take().map(|own| own.name.to_lowercase())
            && let Some(alike) = self.present.get_mut(&old)
        {
            alike.retain(|other| *other != at);
            if alike.is_empty() {
                self.present.remove(&old);
            }
        }
        if let Some(name) = &to {
            self.present.entry(name.name.to_lowercase()).or_default().push(at);
        }
        column.after = to;
        column.left_by.get_or_insert(change);
    }

    /// Whether it has one column and no other.
    pub(super) fn has_one_column(&self) -> bool {
        self.present.values().map(Vec::len).take(2).sum::<usize>() == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> ColumnState {
        let after = Some(ColumnName { name: name.to_owned(), key: name.to_lowercase() });
        ColumnState { after, ..ColumnState::default() }
    }

    #[test]
    fn a_column_is_found_by_its_present_name_the_same_case_first() {
        let mut state = RelationState::default();
        ["Id", "id", "note"].into_iter().for_each(|name| state.add_column(named(name)));
        assert_eq!(state.position_of("id"), Some(1));
        assert_eq!(state.position_of("ID"), Some(0));
        state.rename_column(0, Some(ColumnName { name: "NOTE".to_owned(), key: "note".to_owned() }), 7);
        assert_eq!(
            [state.position_of("ID"), state.position_of("NOTE"), state.position_of("Note")]
                .map(Option::unwrap_or_default),
            [1, 0, 0]
        );
        state.rename_column(1, None, 8);
        state.rename_column(2, None, 9);
        assert_eq!([state.position_of("id"), state.position_of("note")], [None, Some(0)]);
        assert!(state.has_one_column());
        assert_eq!(state.columns[0].left_by, Some(7));
    }
}
