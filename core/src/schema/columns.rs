//! What operations do to the columns of a relation, and which of them the engine refuses.

use std::collections::BTreeSet;

use super::RelationName;
use super::replay::{Note, Replay, shown};
use super::state::{ChangeIx, ColumnState, DerivedColumn, HandedOn, RelationIx, Retype, RowsKept, ValueEffect};

use crate::dialect::Dialect;
use crate::migration::{ColumnSpec, DataChange, Op, RelationKind};

/// Children of children of children: no one nests them deeper, and no schema nests them for ever.
const DEEPEST: usize = 32;

/// A type without the length that Snowflake gives it where none is said: NUMBER is NUMBER(38, 0).
fn without_default_length(data_type: &str) -> String {
    let mut text = data_type.to_uppercase();
    text.retain(|c| !c.is_whitespace());
    let plain = ["(38,0)", "(16777216)"].iter().find_map(|length| text.strip_suffix(length));
    plain.map_or_else(|| text.clone(), str::to_owned)
}

impl Replay<'_> {
    pub(super) fn change_relation(&mut self, op: &Op, relation: RelationIx, change: ChangeIx) -> Result<(), Note> {
        self.refuse(op, relation)?;
        self.change_columns(op, relation, change, 0)
    }

    /// What an engine refuses because of what else there is.
    fn refuse(&self, op: &Op, relation: RelationIx) -> Result<(), Note> {
        let state = &self.schema.relations[relation];
        let on_view = state.is_view() && state.created_by.is_some();
        let is_of_tables = matches!(
            op,
            Op::AddColumn { .. } | Op::DropColumn { .. } | Op::RetypeColumn { .. } | Op::ChangeNullability { .. }
        );
        let is_default = matches!(op, Op::ChangeDefault { .. }) && state.kind == Some(RelationKind::MaterializedView);
        if on_view && (is_of_tables || is_default) {
            return Err(self.wrong_kind(relation));
        }
        if state.partition && matches!(op, Op::AddColumn { .. }) {
            return Err(Note::Impossible(format!("{} is a partition: it has the columns of its parent", shown(state))));
        }
        let Some(at) = op.column().and_then(|column| state.position_of(column)) else { return Ok(()) };
        let is_inherited = state.columns[at].inherited;
        if is_inherited && matches!(op, Op::DropColumn { .. } | Op::RenameColumn { .. } | Op::RetypeColumn { .. }) {
            let column = op.column().unwrap_or_default();
            return Err(Note::Impossible(format!("{} has the column {column} from its parent", shown(state))));
        }
        if !self.dialect.facts().binds_views
            || !matches!(op, Op::DropColumn { cascade: false, .. } | Op::RetypeColumn { .. })
        {
            return Ok(());
        }
        let is_dropped = matches!(op, Op::DropColumn { .. });
        // A sequence that fills a column of another table goes with its own column, and stays when that is retyped.
        let stands_in_the_way = |reader: &RelationIx| is_dropped || self.schema.relations[*reader].is_view();
        match self.schema.readers_of(relation, Some(at)).into_iter().find(stands_in_the_way) {
            Some(reader) => {
                let (reader, column) = (&self.schema.relations[reader], op.column().unwrap_or_default());
                Err(Note::Impossible(if reader.is_view() {
                    format!("the view {} reads the column {column}", shown(reader))
                } else {
                    format!("{} takes its numbers from the sequence of the column {column}", shown(reader))
                }))
            }
            None => Ok(()),
        }
    }

    fn change_columns(&mut self, op: &Op, relation: RelationIx, change: ChangeIx, depth: usize) -> Result<(), Note> {
        match op {
            Op::AddColumn { column, if_not_exists, .. } => {
                let state = &mut self.schema.relations[relation];
                if let Some(at) = state.position_of(&column.name) {
                    if depth > 0 {
                        state.columns[at].inherited = true;
                        return Ok(());
                    }
                    let why = format!("the column {} exists already", column.name);
                    let is_own = state.columns[at].added_by.is_some() && !if_not_exists;
                    return Err(if is_own { Note::Impossible(why) } else { Note::AlreadySo(why) });
                }
                let is_empty = column.empty;
                let derived = column.made_of.as_ref().and_then(|made| {
                    let column = state.position_of(&made.column)?;
                    Some(vec![DerivedColumn { relation, column, how: made.how.clone() }])
                });
                let mut column = self.new_column(column, change);
                column.inherited = depth > 0;
                column.empty = is_empty;
                column.derived = derived;
                self.schema.learn_type(relation, column.data_type.as_deref());
                self.schema.relations[relation].add_column(column);
            }
            Op::DropColumn { column, if_exists, .. } => {
                let state = &self.schema.relations[relation];
                let at = state.position_of(column);
                if *if_exists && state.complete && at.is_none() {
                    return Err(Note::AlreadySo(format!("there is no column {column}, so nothing is done")));
                }
                if at.is_some() && state.has_one_column() && state.complete && !self.dialect.is_postgres_like() {
                    return Err(Note::Impossible(format!("{column} is the only column of {}", shown(state))));
                }
                // They go with it: what does not allow that was refused before.
                let readers = if self.dialect.facts().binds_views && at.is_some() {
                    self.schema.readers_of(relation, at)
                } else {
                    Vec::new()
                };
                readers.into_iter().for_each(|view| self.drop_all(view, change));
                let at = self.existing_at(relation, column)?;
                self.schema.relations[relation].rename_column(at, None, change);
            }
            Op::RenameColumn { column, to, .. } => {
                let new_name = self.column_name(to);
                let state = &self.schema.relations[relation];
                if state.position_of(column).is_none() && state.position_of(to).is_some() {
                    let why = format!("the project already knows {to}, not {column}");
                    let is_own = state.created_by.is_some();
                    return Err(if is_own {
                        Note::Impossible(format!("{} has no column {column}", shown(state)))
                    } else {
                        Note::AlreadySo(why)
                    });
                }
                // PostgreSQL takes the same name for a second thing; another case of it is another name.
                let is_same = self.dialect.is_postgres_like() && state.position_of(column).is_some() && column == to;
                if is_same
                    || state
                        .position_of(column)
                        .is_some_and(|own| state.position_of(to).is_some_and(|other| other != own))
                {
                    return Err(Note::Impossible(format!("there is a column {to} already")));
                }
                let at = self.existing_at(relation, column)?;
                self.schema.relations[relation].rename_column(at, Some(new_name), change);
            }
            Op::RetypeColumn { column, to, rewrites, .. } => {
                let state = self.existing(relation, column)?;
                let from = state.data_type.replace(to.clone());
                state.retyped.push(Retype { change, from, to: to.clone(), rewrites: *rewrites });
                self.schema.learn_type(relation, Some(to));
            }
            Op::MoveColumn { column, behind, .. } => {
                let at = self.existing_at(relation, column)?;
                let behind = match behind {
                    Some(behind) => Some(self.existing_at(relation, behind)?),
                    None => None,
                };
                if behind != Some(at) {
                    self.schema.relations[relation].move_column(at, behind);
                }
            }
            Op::ChangeNullability { column, not_null, .. } => {
                // A column that nobody told of is not thereby known.
                if let Some(at) = self.schema.relations[relation].position_of(column) {
                    let state = &mut self.schema.relations[relation].columns[at];
                    if !not_null && state.identity && self.dialect == Dialect::Postgres {
                        return Err(Note::Impossible(format!("the column {column} is an identity column")));
                    }
                    state.not_null = Some(*not_null);
                } else {
                    self.existing(relation, column)?;
                }
            }
            Op::Annotate { what: what @ ("add_identity" | "drop_identity"), name, .. } => {
                let state = &mut self.schema.relations[relation];
                if let Some(at) = state.position_of(name) {
                    state.columns[at].identity = *what == "add_identity";
                }
            }
            Op::ChangeDefault { column, .. } => drop(self.existing(relation, column)?),
            Op::ChangeData(DataChange::Update { column, copies: Some(made), .. })
                if !self.may_not_happen && self.is_filled_first(relation, column) =>
            {
                let source = self.existing_at(relation, &made.column)?;
                let derived = DerivedColumn { relation, column: source, how: made.how.clone() };
                let column = self.existing(relation, column)?;
                (column.derived, column.empty) = (Some(vec![derived]), false);
            }
            Op::ChangeData(DataChange::Update { column, values, all, others, holds, .. }) => {
                let (all, others) = (*all && !self.may_not_happen, *others);
                let effect = ValueEffect { change, pairs: values.clone(), all, others, holds: holds.clone() };
                self.existing(relation, column)?.set_values(effect);
            }
            Op::ChangeData(DataChange::Mask { column, .. }) => {
                let effect = ValueEffect { change, pairs: Vec::new(), all: false, others: true, holds: None };
                self.existing(relation, column)?.set_values(effect);
            }
            Op::ChangeData(_) => self.schema.relations[relation].rows.push(change),
            _ => {}
        }
        self.change_children(op, relation, change, depth)
    }

    /// Whether a column was added by the migration, and holds nothing yet.
    fn is_filled_first(&self, relation: RelationIx, column: &str) -> bool {
        let state = &self.schema.relations[relation];
        state.position_of(column).is_some_and(|at| {
            let column = &state.columns[at];
            column.before.is_none() && column.empty && column.values.is_empty() && column.derived.is_none()
        })
    }

    /// CREATE OR ALTER: the columns that are listed are those that there are, and what they hold stays.
    pub(super) fn alter_to(
        &mut self,
        name: &RelationName,
        columns: &[ColumnSpec],
        relation: RelationIx,
        change: ChangeIx,
    ) -> Result<(), Note> {
        let listed: BTreeSet<String> = columns.iter().map(|column| column.name.to_lowercase()).collect();
        let state = &self.schema.relations[relation];
        let (at, cascade) = (|| name.clone(), false);
        let listed_op = |column: &ColumnSpec| match state.position_of(&column.name) {
            None => Some(Op::AddColumn { relation: at(), column: column.clone(), if_not_exists: false }),
            Some(own) => {
                let own = state.columns[own].data_type.as_deref();
                let is_same =
                    own.is_some_and(|own| without_default_length(own) == without_default_length(&column.data_type));
                let to = column.data_type.clone();
                (!is_same).then(|| Op::RetypeColumn {
                    relation: at(),
                    column: column.name.clone(),
                    to,
                    rewrites: false,
                })
            }
        };
        let gone = state.columns.iter().filter_map(|column| column.after.as_ref());
        let gone = gone.filter(|own| !listed.contains(&own.name.to_lowercase()));
        let dropped =
            gone.map(|own| Op::DropColumn { relation: at(), column: own.name.clone(), if_exists: true, cascade });
        let ops: Vec<Op> = columns.iter().filter_map(listed_op).chain(dropped).collect();
        for op in ops {
            self.change_relation(&op, relation, change)?;
        }
        self.schema.relations[relation].complete = true;
        Ok(())
    }

    /// The table that a change of rows works on where it names a view of that one table, and the change as that sees it.
    pub(super) fn written(&self, data: &DataChange, relation: RelationIx) -> Option<(DataChange, RelationIx)> {
        let (mut data, mut at) = (data.clone(), relation);
        for _ in 0..DEEPEST {
            let state = &self.schema.relations[at];
            let mut bases = state.reads.iter().map(|(on, _)| *on);
            if state.kind != Some(RelationKind::View) || state.rows_kept == RowsKept::Unknown {
                break;
            }
            let Some(base) = bases.next().filter(|base| bases.all(|other| other == *base)) else { break };
            match &mut data {
                DataChange::Update { column, .. } => {
                    let derived = state.position_of(column).and_then(|at| state.columns[at].derived.as_deref());
                    *column = match derived {
                        Some([one]) if one.how == HandedOn::Unchanged => {
                            self.schema.relations[one.relation].columns[one.column].after.as_ref()?.name.clone()
                        }
                        None if state.star_of == Some(base) => std::mem::take(column),
                        _ => return None,
                    };
                }
                // What a policy does to a view is done to that alone.
                DataChange::Hide { .. } | DataChange::Mask { .. } => return None,
                _ => {}
            }
            data.take_some();
            at = base;
        }
        (at != relation).then_some((data, at))
    }

    /// The relations of which it is a child, or a child's child.
    fn ancestors(&self, relation: RelationIx) -> Vec<RelationIx> {
        let mut found = BTreeSet::new();
        let mut pending = self.schema.relations[relation].parents.clone();
        while let Some(parent) = pending.pop() {
            if parent != relation && self.schema.relations[parent].after.is_some() && found.insert(parent) {
                pending.extend(&self.schema.relations[parent].parents);
            }
        }
        found.into_iter().collect()
    }

    /// The parents that have fewer rows once it is gone; none where it was just made, and nothing put into it.
    pub(super) fn lose_rows(&self, relation: RelationIx) -> Vec<RelationIx> {
        let state = &self.schema.relations[relation];
        let is_empty = state.created_by.is_some() && state.rows.is_empty();
        if is_empty { Vec::new() } else { self.ancestors(relation) }
    }

    /// The rows of a child are rows of its parents: those that a change of them reaches.
    pub(super) fn change_parents(
        &mut self,
        data: &DataChange,
        relation: RelationIx,
        change: ChangeIx,
    ) -> Vec<RelationIx> {
        let parents = match data {
            DataChange::Hide { .. } | DataChange::Mask { .. } => Vec::new(),
            _ => self.ancestors(relation),
        };
        let mut data = data.clone();
        data.take_some();
        for parent in &parents {
            // A column that only the child has is none of its parent.
            let is_told = self.change_columns(&Op::ChangeData(data.clone()), *parent, change, DEEPEST);
            drop(is_told);
        }
        parents
    }

    /// What is done to the columns of a parent is done to those of its children.
    fn change_children(&mut self, op: &Op, relation: RelationIx, change: ChangeIx, depth: usize) -> Result<(), Note> {
        let is_handed_down = matches!(
            op,
            Op::AddColumn { .. }
                | Op::DropColumn { .. }
                | Op::RenameColumn { .. }
                | Op::RetypeColumn { .. }
                | Op::ChangeNullability { .. }
        );
        if !is_handed_down || depth >= DEEPEST {
            return Ok(());
        }
        for child in self.schema.children_of(relation) {
            self.change_columns(op, child, change, depth + 1)?;
        }
        Ok(())
    }

    /// Drops a relation; in an engine that binds views to what they read, not while a view reads it.
    pub(super) fn drop(
        &mut self,
        relation: RelationIx,
        kind: RelationKind,
        cascade: bool,
        change: ChangeIx,
    ) -> Result<(), Note> {
        let state = &self.schema.relations[relation];
        let is_own = state.created_by.is_some() && !state.temporary;
        if is_own && state.kind.is_some_and(|own| own != kind) {
            return Err(self.wrong_kind(relation));
        }
        if !cascade {
            let inherits = |child: &RelationIx| !self.schema.relations[*child].partition;
            let children = self.schema.children_of(relation).into_iter().filter(inherits);
            let readers =
                if self.dialect.facts().binds_views { self.schema.readers_of(relation, None) } else { Vec::new() };
            let needs_it = readers.into_iter().chain(children).find(|other| !self.is_dropped_too(*other));
            if let Some(other) = needs_it {
                let other = &self.schema.relations[other];
                let is_child = other.parents.contains(&relation);
                let what = if other.is_view() {
                    "the view"
                } else if is_child {
                    "its child"
                } else {
                    "the table"
                };
                return Err(Note::Impossible(format!("{what} {} needs it", shown(other))));
            }
        }
        self.drop_all(relation, change);
        Ok(())
    }

    /// The columns with a sequence of their own that fill those of a relation, be it that of another one already.
    pub(super) fn sequences_of(&self, relation: RelationIx) -> BTreeSet<(RelationIx, Option<usize>)> {
        let state = &self.schema.relations[relation];
        if !state.is_view() && !state.reads.is_empty() {
            return state.reads.clone();
        }
        let is_filled = |column: &ColumnState| {
            column.after.is_some() && column.data_type.as_deref().is_some_and(crate::migration::is_serial)
        };
        let filled = state.columns.iter().enumerate().filter(|(_, column)| is_filled(column));
        filled.map(|(at, _)| (relation, Some(at))).collect()
    }

    /// Drops it, and all that needs it.
    pub(super) fn drop_all(&mut self, relation: RelationIx, change: ChangeIx) {
        let mut pending = vec![relation];
        while let Some(ix) = pending.pop() {
            if self.schema.relations[ix].after.is_none() {
                continue;
            }
            pending.extend(self.schema.children_of(ix));
            if self.dialect.facts().binds_views {
                let readers = self.schema.readers_of(ix, None);
                pending.extend(readers.into_iter().filter(|reader| self.schema.relations[*reader].is_view()));
            }
            self.schema.rename(ix, None, change);
        }
    }

    /// What an engine says of a statement for tables that names a view, or the other way round.
    pub(super) fn wrong_kind(&self, relation: RelationIx) -> Note {
        let state = &self.schema.relations[relation];
        Note::Impossible(format!("{} is a {}", shown(state), state.kind.map_or("relation", RelationKind::word)))
    }

    /// The column of this name; one that nobody told of is taken to exist, unless all columns are known.
    fn existing(&mut self, relation: RelationIx, column: &str) -> Result<&mut ColumnState, Note> {
        let at = self.existing_at(relation, column)?;
        Ok(&mut self.schema.relations[relation].columns[at])
    }

    fn existing_at(&mut self, relation: RelationIx, column: &str) -> Result<usize, Note> {
        let name = self.column_name(column);
        let state = &mut self.schema.relations[relation];
        if let Some(at) = state.position_of(column) {
            return Ok(at);
        }
        let has_left = |own: &ColumnState| own.left_by.is_some() && own.before.as_ref() == Some(&name);
        if state.complete || state.columns.iter().any(has_left) {
            return Err(Note::Impossible(format!("{} has no column {column}", shown(state))));
        }
        Ok(state.assume(name))
    }

    pub(super) fn new_column(&self, column: &ColumnSpec, change: ChangeIx) -> ColumnState {
        ColumnState {
            after: Some(self.column_name(&column.name)),
            data_type: Some(column.data_type.clone()).filter(|data_type| !data_type.is_empty()),
            not_null: Some(column.not_null),
            identity: column.identity,
            added_by: Some(change),
            ..ColumnState::default()
        }
    }
}
