//! Applying operations in order, and what each of them came to.

use super::RelationName;
use super::find::{Found, Mapping};
use super::state::{
    ChangeIx, ColumnName, ColumnState, DerivedColumn, RelationIx, RelationState, Retype, Schema, ValueEffect,
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
        view_columns: ViewColumns<'a>,
    ) -> Self {
        Self { schema, search_path: Vec::new(), mappings, project_dialect, view_columns }
    }

    /// A search path holds for the file that sets it.
    pub fn start_file(&mut self) {
        self.search_path.clear();
    }

    pub fn apply(&mut self, op: &Op, change: ChangeIx) -> Applied {
        let found = op.relation().map_or(Found::None, |name| self.schema.find(name, &self.search_path, self.mappings));
        let relation = match &found {
            Found::One { relation, .. } => Some(*relation),
            Found::Several(_) => return Applied { found, note: None },
            Found::NowhereMapped(_) | Found::None => None,
        };
        let note = match (op, relation) {
            (Op::SetSearchPath { schemas }, _) => {
                self.search_path = schemas.iter().map(|schema| RelationName::parse(schema, Dialect::Generic)).collect();
                None
            }
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
                        return Applied {
                            found: target,
                            note: Some(Note::AlreadySo(format!("the project already reads {to}, not {from}"))),
                        };
                    }
                    _ => {
                        self.rename_unknown(from, to, change);
                        None
                    }
                }
            }
            (Op::RenameRelation { to, .. }, Some(relation)) => {
                // What the new name leaves out stays as it was.
                let full =
                    self.schema.relations[relation].after.as_ref().map_or_else(|| to.clone(), |own| to.within(own));
                self.schema.rename(relation, Some(full), change);
                None
            }
            (Op::DropRelation { .. }, Some(relation)) => {
                self.schema.rename(relation, None, change);
                None
            }
            (op, Some(relation)) => self.change_relation(op, relation, change).err(),
            (_, None) => None,
        };
        Applied { found, note }
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
        let none = Applied { found: Found::None, note: None };
        if let Some(existing) = existing {
            let found = self.schema.find(name, &self.search_path, self.mappings);
            if !replace {
                let why = if if_not_exists {
                    "it exists, so nothing is done"
                } else {
                    "it exists already: taken as applied before"
                };
                return Applied { found, note: Some(Note::AlreadySo(format!("{name}: {why}"))) };
            }
            let full = self.schema.relations[existing].after.clone();
            self.schema.rename(existing, None, change);
            self.add(full.unwrap_or_else(|| name.clone()), kind, columns, definition, change);
            return Applied { found, note: None };
        }
        let full = match self.search_path.first() {
            Some(schema) if name.parts().len() == 1 => {
                RelationName::new(schema.parts().iter().chain(name.parts()).cloned())
            }
            _ => name.clone(),
        };
        self.add(full, kind, columns, definition, change);
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
        let selected = definition.and_then(|definition| (self.view_columns)(definition, &self.schema));
        let complete = definition.is_none() || selected.is_some();
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
                self.schema.relations[relation].columns.push(column);
            }
            Op::DropColumn { column, .. } => {
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
                let state = self.existing(relation, column)?;
                state.after = Some(new_name);
                state.left_by.get_or_insert(change);
            }
            Op::RetypeColumn { column, to, rewrites, .. } => {
                let state = self.existing(relation, column)?;
                let from = state.data_type.replace(to.clone());
                state.retyped.push(Retype { change, from, to: to.clone(), rewrites: *rewrites });
            }
            Op::ChangeData(DataChange::Update { column, values, .. }) => {
                self.existing(relation, column)?.values.push(ValueEffect { change, pairs: values.clone() });
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
