//! Applying operations in order, and what each of them came to.

use super::RelationName;
use super::find::{Found, Mapping};
use super::state::{
    ChangeIx, ColumnName, ColumnState, Departed, DerivedColumn, RelationIx, RelationState, Retype, Schema, ValueEffect,
};
use crate::dialect::Dialect;
use crate::migration::{ColumnSpec, DataChange, Definition, Op, RelationKind};
use crate::outcome::Certainty;

/// What an operation came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub found: Found,
    /// What is worth saying about it: a step that cannot be, or one that dbt has already seen.
    pub note: Option<Note>,
    /// The other relations that it works on: the second of a swap, all that are in a schema.
    pub also: Vec<RelationIx>,
}

impl Applied {
    fn new(found: Found, note: Option<Note>) -> Self {
        Self { found, note, also: Vec::new() }
    }

    /// The step stands where it may not happen.
    pub fn may_not_happen(&mut self) {
        if let Found::One { certainty, .. } = &mut self.found {
            *certainty = Certainty::Possible;
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The project already is in the state after this step.
    AlreadySo(String),
    /// What it works on is not there.
    Impossible(String),
}

/// The columns of a CREATE … AS by its text; none where they cannot be told.
pub type ViewColumns<'a> = &'a dyn Fn(&Definition, &Schema) -> Option<Vec<(ColumnName, Vec<DerivedColumn>)>>;

/// The schema while operations are applied to it.
pub struct Replay<'a> {
    pub schema: Schema,
    search_path: Vec<RelationName>,
    /// The search path at the beginning of a file.
    first_path: Vec<RelationName>,
    mappings: &'a [Mapping],
    /// The dialect of the project: columns that the migration names are folded as it folds bare names.
    project_dialect: Dialect,
    view_columns: ViewColumns<'a>,
}

impl<'a> Replay<'a> {
    pub fn new(
        schema: Schema,
        mappings: &'a [Mapping],
        project_dialect: Dialect,
        path: Vec<RelationName>,
        view_columns: ViewColumns<'a>,
    ) -> Self {
        Self { schema, search_path: path.clone(), first_path: path, mappings, project_dialect, view_columns }
    }

    /// A search path holds for the file that sets it.
    pub fn start_file(&mut self) {
        self.search_path.clone_from(&self.first_path);
    }

    pub fn apply(&mut self, op: &Op, change: ChangeIx) -> Applied {
        let found = match op {
            // It is made in the first schema, whatever has the name in another one.
            Op::CreateRelation { relation, .. } => {
                self.schema.find(&self.full_name(relation), &self.search_path, self.mappings)
            }
            _ => op.relation().map_or(Found::None, |name| self.schema.find(name, &self.search_path, self.mappings)),
        };
        let relation = match &found {
            Found::One { relation, .. } => Some(*relation),
            Found::Several(_) => return Applied::new(found, None),
            Found::NowhereMapped(_) | Found::None => None,
        };
        if !is_exact(&found)
            && let Some(note) = self.departed(op)
        {
            return Applied::new(Found::None, Some(note));
        }
        let note = match (op, relation) {
            (Op::SetSearchPath { schemas }, _) => {
                self.set_search_path(schemas);
                None
            }
            (Op::DropSchema { schema, .. }, _) => return self.each_in_schema(schema, None, change),
            (Op::RenameSchema { schema, to }, _) => return self.each_in_schema(schema, Some(to), change),
            (Op::RenameValue { type_name, from, to }, _) => return self.rename_value(type_name, from, to, change),
            (Op::SwapRelations { relation: name, with }, first) => return self.swap(name, first, found, with, change),
            (Op::CreateRelation { relation: name, kind, columns, if_not_exists, replace, definition }, existing) => {
                return self.create(
                    name,
                    *kind,
                    columns,
                    definition.as_ref(),
                    existing.filter(|_| is_exact(&found)),
                    *if_not_exists,
                    *replace,
                    change,
                );
            }
            (Op::RenameRelation { to, relation: from }, None) => {
                let target = self.schema.find(to, &self.search_path, self.mappings);
                match target {
                    Found::One { .. } => {
                        let why = format!("the project already reads {to}, not {from}");
                        return Applied::new(target, Some(Note::AlreadySo(why)));
                    }
                    _ => {
                        self.rename_unknown(from, to, change);
                        None
                    }
                }
            }
            (Op::RenameRelation { to, .. }, Some(relation)) => self.rename(relation, to, change).err(),
            (Op::DropRelation { .. }, Some(relation)) => {
                self.schema.rename(relation, None, change);
                None
            }
            (op, Some(relation)) => self.change_relation(op, relation, change).err(),
            (_, None) => None,
        };
        Applied::new(found, note)
    }

    /// `USE SCHEMA s` stays in the database that was chosen before.
    fn set_search_path(&mut self, schemas: &[String]) {
        let context = self.search_path.first().cloned().unwrap_or_default();
        self.search_path = schemas
            .iter()
            .map(|schema| RelationName::parse(schema, Dialect::Generic))
            .map(|schema| if context.parts().len() > 1 { schema.within(&context) } else { schema })
            .collect();
    }

    /// The step works on a name that an earlier step took away.
    fn departed(&self, op: &Op) -> Option<Note> {
        if matches!(op, Op::CreateRelation { .. }) {
            return None;
        }
        let name = op.relation()?;
        let now = self.schema.departed(&self.full_name(name)).or_else(|| self.schema.departed(name))?;
        if matches!(op, Op::DropRelation { if_exists: true, .. }) {
            return Some(Note::AlreadySo(format!("{name} is no longer there, so nothing is done")));
        }
        Some(Note::Impossible(match now {
            Departed::Called(now) => format!("{name} is called {now} by then"),
            Departed::Dropped => format!("{name} is dropped by then"),
        }))
    }

    /// A name with what it leaves out taken from where bare names are looked up.
    fn full_name(&self, name: &RelationName) -> RelationName {
        match self.search_path.first() {
            Some(schema) => {
                let context = schema.parts().iter().cloned().chain([name.name().to_owned()]);
                name.within(&RelationName::new(context))
            }
            None => name.clone(),
        }
    }

    fn rename(&mut self, relation: RelationIx, to: &RelationName, change: ChangeIx) -> Result<(), Note> {
        // What the new name leaves out stays as it was.
        let full = self.schema.relations[relation].after.as_ref().map_or_else(|| to.clone(), |own| to.within(own));
        if self.schema.named(&full).is_some_and(|other| other != relation) {
            return Err(Note::Impossible(format!("{full} exists already")));
        }
        self.schema.rename(relation, Some(full), change);
        Ok(())
    }

    /// Drops or renames everything that is in a schema.
    fn each_in_schema(&mut self, schema: &RelationName, to: Option<&RelationName>, change: ChangeIx) -> Applied {
        let also = self.schema.in_schema(schema);
        for ix in &also {
            let renamed = to.zip(self.schema.relations[*ix].after.as_ref()).map(|(to, own)| {
                RelationName::new(to.parts().iter().cloned().chain([own.name().to_owned()])).within(own)
            });
            self.schema.rename(*ix, renamed, change);
        }
        Applied { also, ..Applied::new(Found::None, None) }
    }

    /// Two relations take each other's names. One that nobody knows still takes the other's.
    fn swap(
        &mut self,
        name: &RelationName,
        first: Option<RelationIx>,
        found: Found,
        with: &RelationName,
        change: ChangeIx,
    ) -> Applied {
        let other = self.schema.find(with, &self.search_path, self.mappings);
        let second = match &other {
            Found::One { relation, .. } => Some(*relation),
            Found::Several(_) => return Applied::new(other, None),
            Found::NowhereMapped(_) | Found::None => None,
        };
        let present = |replay: &Self, ix: Option<RelationIx>, name: &RelationName| {
            ix.and_then(|ix| replay.schema.relations[ix].after.clone()).unwrap_or_else(|| replay.full_name(name))
        };
        let (first_name, second_name) = (present(self, first, name), present(self, second, &with.within(name)));
        for (ix, to) in [(first, &second_name), (second, &first_name)] {
            match ix {
                Some(ix) => self.schema.rename(ix, Some(to.clone()), change),
                None if first.or(second).is_some() => {
                    let state =
                        RelationState { after: Some(to.clone()), created_by: Some(change), ..RelationState::default() };
                    self.schema.add(state);
                }
                None => {}
            }
        }
        let (found, also) = if first.is_some() { (found, second) } else { (other, None) };
        Applied { also: also.into_iter().collect(), ..Applied::new(found, None) }
    }

    /// The values of an enum are those of its columns.
    fn rename_value(&mut self, type_name: &RelationName, from: &str, to: &str, change: ChangeIx) -> Applied {
        let wanted = type_name.name().to_lowercase();
        let also = self.schema.of_type(&wanted);
        for ix in &also {
            for column in &mut self.schema.relations[*ix].columns {
                if column.data_type.as_deref().is_some_and(|own| super::state::type_name(own) == wanted) {
                    column.values.push(ValueEffect { change, pairs: vec![(from.to_owned(), to.to_owned())] });
                }
            }
        }
        Applied { also, ..Applied::new(Found::None, None) }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one CREATE")]
    fn create(
        &mut self,
        name: &RelationName,
        kind: RelationKind,
        columns: &[ColumnSpec],
        definition: Option<&Definition>,
        existing: Option<RelationIx>,
        if_not_exists: bool,
        replace: bool,
        change: ChangeIx,
    ) -> Applied {
        let none = Applied::new(Found::None, None);
        if let Some(existing) = existing {
            let found = self.schema.find(name, &self.search_path, self.mappings);
            if !replace {
                let note = if if_not_exists {
                    Note::AlreadySo(format!("{name}: it exists, so nothing is done"))
                } else if self.schema.relations[existing].created_by.is_some() {
                    Note::Impossible(format!("{name} exists already: an earlier step creates it"))
                } else {
                    Note::AlreadySo(format!("{name}: it exists already: taken as applied before"))
                };
                return Applied::new(found, Some(note));
            }
            let full = self.schema.relations[existing].after.clone();
            self.schema.rename(existing, None, change);
            self.add(full.unwrap_or_else(|| name.clone()), kind, columns, definition, change);
            return Applied::new(found, None);
        }
        self.add(self.full_name(name), kind, columns, definition, change);
        none
    }

    fn add(
        &mut self,
        name: RelationName,
        kind: RelationKind,
        columns: &[ColumnSpec],
        definition: Option<&Definition>,
        change: ChangeIx,
    ) {
        self.schema.path.clone_from(&self.search_path);
        let selected = definition.and_then(|definition| (self.view_columns)(definition, &self.schema));
        self.schema.path.clear();
        let complete = selected.is_some() || definition.is_none() && !columns.is_empty();
        let states = match selected {
            Some(selected) => selected
                .into_iter()
                .enumerate()
                .map(|(at, (own, derived))| ColumnState {
                    after: Some(columns.get(at).map_or(own, |given| self.column_name(&given.name))),
                    added_by: Some(change),
                    derived: Some(derived),
                    ..ColumnState::default()
                })
                .collect(),
            None => columns.iter().map(|column| self.new_column(column, change)).collect(),
        };
        self.schema.add(RelationState {
            after: Some(name),
            columns: states,
            complete,
            created_by: Some(change),
            is_view: kind != RelationKind::Table,
            ..RelationState::default()
        });
    }

    /// A rename of what dbt does not know still says that the new name exists from here on.
    fn rename_unknown(&mut self, from: &RelationName, to: &RelationName, change: ChangeIx) {
        let before = from.clone();
        self.schema.add(RelationState {
            before: Some(before),
            after: Some(to.clone()),
            left_by: Some(change),
            ..RelationState::default()
        });
    }

    fn change_relation(&mut self, op: &Op, relation: RelationIx, change: ChangeIx) -> Result<(), Note> {
        match op {
            Op::AddColumn { column, .. } => {
                if self.schema.relations[relation].position_of(&column.name).is_some() {
                    return Err(Note::AlreadySo(format!("the column {} exists already", column.name)));
                }
                let column = self.new_column(column, change);
                self.schema.learn_type(relation, column.data_type.as_deref());
                self.schema.relations[relation].columns.push(column);
            }
            Op::DropColumn { column, if_exists, .. } => {
                let state = &self.schema.relations[relation];
                if *if_exists && state.complete && state.position_of(column).is_none() {
                    return Err(Note::AlreadySo(format!("there is no column {column}, so nothing is done")));
                }
                let state = self.existing(relation, column)?;
                state.after = None;
                state.left_by.get_or_insert(change);
            }
            Op::RenameColumn { column, to, .. } => {
                let new_name = self.column_name(to);
                let state = &self.schema.relations[relation];
                if state.position_of(column).is_none() && state.position_of(to).is_some() {
                    return Err(Note::AlreadySo(format!("the project already knows {to}, not {column}")));
                }
                if state.position_of(column).is_some_and(|own| state.position_of(to).is_some_and(|other| other != own))
                {
                    return Err(Note::Impossible(format!("there is a column {to} already")));
                }
                let state = self.existing(relation, column)?;
                state.after = Some(new_name);
                state.left_by.get_or_insert(change);
            }
            Op::RetypeColumn { column, to, rewrites, .. } => {
                let state = self.existing(relation, column)?;
                let from = state.data_type.replace(to.clone());
                state.retyped.push(Retype { change, from, to: to.clone(), rewrites: *rewrites });
                self.schema.learn_type(relation, Some(to));
            }
            Op::ChangeData(DataChange::Update { column, values, .. }) => {
                self.existing(relation, column)?.values.push(ValueEffect { change, pairs: values.clone() });
            }
            Op::ChangeData(DataChange::Mask { column, .. }) => {
                self.existing(relation, column)?.values.push(ValueEffect { change, pairs: Vec::new() });
            }
            Op::ChangeData(_) => self.schema.relations[relation].rows.push(change),
            _ => {}
        }
        Ok(())
    }

    /// The column of this name; one that nobody told of is taken to exist, unless all columns are known.
    fn existing(&mut self, relation: RelationIx, column: &str) -> Result<&mut ColumnState, Note> {
        let name = self.column_name(column);
        let state = &mut self.schema.relations[relation];
        if let Some(at) = state.position_of(column) {
            return Ok(&mut state.columns[at]);
        }
        if state.complete {
            let relation = state.after.as_ref().map_or_else(String::new, ToString::to_string);
            return Err(Note::Impossible(format!("{relation} has no column {column}")));
        }
        let at = state.columns.len();
        state.columns.push(ColumnState { before: Some(name.clone()), after: Some(name), ..ColumnState::default() });
        Ok(&mut state.columns[at])
    }

    fn new_column(&self, column: &ColumnSpec, change: ChangeIx) -> ColumnState {
        ColumnState {
            after: Some(self.column_name(&column.name)),
            data_type: Some(column.data_type.clone()),
            added_by: Some(change),
            ..ColumnState::default()
        }
    }

    fn column_name(&self, name: &str) -> ColumnName {
        ColumnName { name: name.to_owned(), key: self.project_dialect.fold(name, false).into_owned() }
    }
}

/// Whether the name was found where the migration looks for it, and not merely somewhere.
fn is_exact(found: &Found) -> bool {
    matches!(found, Found::One { certainty: Certainty::Certain, .. })
}
