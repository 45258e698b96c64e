//! Applying operations in order, and what each of them came to.

use std::collections::BTreeSet;

use super::RelationName;
use super::find::{Found, Mapping};
use super::state::{
    ChangeIx, ColumnName, ColumnState, Departed, DerivedColumn, HandedOn, RelationIx, RelationState, RowsKept, Schema,
    ValueEffect,
};
use crate::dialect::Dialect;
use crate::migration::{Definition, Op, PlacedOp, RelationKind};
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

/// What the query of a CREATE … AS comes to.
#[derive(Debug, Default)]
pub struct Traced {
    pub columns: Vec<(ColumnName, Vec<DerivedColumn>)>,
    /// The columns are all there are.
    pub complete: bool,
    pub rows_kept: RowsKept,
    pub star_of: Option<RelationIx>,
    /// The relations that it reads, and the columns that it names.
    pub reads: BTreeSet<(RelationIx, Option<usize>)>,
    /// Columns that nobody told of, and that it names.
    pub assumed: BTreeSet<(RelationIx, ColumnName)>,
    /// Why the engine would refuse it.
    pub problem: Option<String>,
}

pub type Trace<'a> = &'a dyn Fn(&Definition, &Schema) -> Traced;

/// The schema while operations are applied to it.
pub struct Replay<'a> {
    pub schema: Schema,
    search_path: Vec<RelationName>,
    /// The search path at the beginning of a file.
    first_path: Vec<RelationName>,
    mappings: &'a [Mapping],
    /// The dialect of the project: columns that the migration names are folded as it folds bare names.
    project_dialect: Dialect,
    trace: Trace<'a>,
    /// The dialect of the file in hand.
    pub(super) dialect: Dialect,
    /// What the statement in hand drops: one of them may read another.
    together: Vec<RelationIx>,
    /// The statement in hand says IF EXISTS.
    tolerant: bool,
    /// The statement in hand stands behind a condition.
    pub(super) may_not_happen: bool,
}

impl<'a> Replay<'a> {
    pub fn new(
        schema: Schema,
        mappings: &'a [Mapping],
        project_dialect: Dialect,
        path: Vec<RelationName>,
        trace: Trace<'a>,
    ) -> Self {
        let (search_path, dialect) = (path.clone(), project_dialect);
        Self {
            schema,
            search_path,
            first_path: path,
            mappings,
            project_dialect,
            trace,
            dialect,
            together: Vec::new(),
            tolerant: false,
            may_not_happen: false,
        }
    }

    /// A search path and temporary relations hold for the file that makes them.
    pub fn start_file(&mut self, dialect: Dialect, change: ChangeIx) {
        self.search_path.clone_from(&self.first_path);
        self.dialect = dialect;
        for ix in self.schema.temporary() {
            self.schema.rename(ix, None, change);
        }
    }

    /// Whether the statements to come stand behind a condition.
    pub fn take_for_conditional(&mut self, conditional: bool) {
        self.may_not_happen = conditional;
    }

    /// Applies the operations of one statement, of which `change` is the first.
    /// `tolerant` is a statement that does nothing where what it works on is not there.
    pub fn apply_all(&mut self, ops: &[PlacedOp], tolerant: bool, change: ChangeIx) -> Vec<Applied> {
        self.tolerant = tolerant;
        let dropped = ops.iter().filter(|placed| ops.len() > 1 && matches!(placed.op, Op::DropRelation { .. }));
        let found = dropped.filter_map(|placed| match self.look_up(placed.op.relation()?) {
            Found::One { relation, .. } => Some(relation),
            _ => None,
        });
        self.together = found.collect();
        let applied = ops.iter().enumerate().map(|(at, placed)| self.apply(&placed.op, change + at)).collect();
        self.together.clear();
        applied
    }

    /// What a name means here.
    fn look_up(&self, name: &RelationName) -> Found {
        if let Some(relation) = self.schema.temporary_named(name) {
            return Found::One { relation, how: "the temporary one".to_owned(), certainty: Certainty::Certain };
        }
        let found = self.schema.find(name, &self.search_path, self.mappings);
        let home = self.dialect.facts().default_schema.filter(|_| self.search_path.is_empty());
        let Some(home) = home else { return found };
        // Where bare names are looked up is not known. If several fit, it is where the engine looks unless told otherwise.
        let in_home = match (&found, name.parts()) {
            (Found::Several(_), [bare]) => {
                let home = RelationName::new([home.to_owned(), bare.clone()]);
                return match self.schema.find(&home, &self.search_path, self.mappings) {
                    one @ Found::One { certainty: Certainty::Certain, .. } => one,
                    _ => found,
                };
            }
            (Found::None, [schema, bare]) if schema.eq_ignore_ascii_case(home) => RelationName::new([bare.clone()]),
            _ => return found,
        };
        match self.schema.named(&in_home).filter(|ix| self.schema.relations[*ix].created_by.is_some()) {
            Some(relation) => Found::One { relation, how: "same name".to_owned(), certainty: Certainty::Certain },
            None => found,
        }
    }

    pub fn apply(&mut self, op: &Op, change: ChangeIx) -> Applied {
        let found = match op {
            Op::CreateRelation { temporary: true, relation, .. } => match self.schema.temporary_named(relation) {
                Some(_) => self.look_up(relation),
                None => Found::None,
            },
            // It is made in the first schema, whatever has the name in another one.
            Op::CreateRelation { relation, .. } => {
                self.schema.find(&self.full_name(relation), &self.search_path, self.mappings)
            }
            _ => op.relation().map_or(Found::None, |name| self.look_up(name)),
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
        if relation.is_none()
            && let Some(note) = self.absent(op)
        {
            return Applied::new(found, Some(note));
        }
        let note = match (op, relation) {
            (Op::SetSearchPath { schemas }, _) => {
                self.set_search_path(schemas);
                None
            }
            (Op::DropSchema { schema, database, cascade, .. }, _) => {
                if let Some(note) = self.not_empty(schema, *cascade).filter(|_| !database) {
                    return Applied::new(Found::None, Some(note));
                }
                return self.each_in(schema, *database, None, change);
            }
            (Op::RenameSchema { schema, database, to }, _) => {
                return self.each_in(schema, *database, Some(to), change);
            }
            (Op::RenameValue { type_name, from, to }, _) => return self.rename_value(type_name, from, to, change),
            (Op::SwapRelations { relation: name, with }, first) => return self.swap(name, first, found, with, change),
            (Op::CreateRelation { .. }, existing) => {
                return self.create(op, existing.filter(|_| is_exact(&found)), found, change);
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
            (Op::RenameRelation { to, relation: from }, Some(relation)) => {
                // Where it is already, it can be moved to once more.
                let moves = to.parts().len() > from.parts().len();
                self.rename(relation, to, moves, change).err()
            }
            (Op::DropRelation { kind, cascade, .. }, Some(relation)) => {
                let parents = self.lose_rows(relation);
                let note = self.drop(relation, *kind, *cascade, change).err();
                let also = if note.is_none() { parents } else { Vec::new() };
                also.iter().for_each(|parent| self.schema.relations[*parent].rows.push(change));
                return Applied { also, ..Applied::new(found, note) };
            }
            (Op::ChangeData(data), Some(relation)) => {
                let (data, written) = self.written(data, relation).unwrap_or_else(|| (data.clone(), relation));
                let note = self.change_relation(&Op::ChangeData(data.clone()), written, change).err();
                let mut also = Vec::new();
                if note.is_none() {
                    also = self.change_parents(&data, written, change);
                    also.extend((written != relation).then_some(written));
                }
                return Applied { also, ..Applied::new(found, note) };
            }
            (op, Some(relation)) => self.change_relation(op, relation, change).err(),
            (_, None) => None,
        };
        Applied::new(found, note)
    }

    /// `USE SCHEMA s` stays in the database that was chosen before.
    fn set_search_path(&mut self, schemas: &[String]) {
        let context = self.search_path.first().cloned().unwrap_or_default();
        if schemas.is_empty() {
            return self.search_path.clone_from(&self.first_path);
        }
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
        if self.tolerant || matches!(op, Op::DropRelation { if_exists: true, .. }) {
            return Some(Note::AlreadySo(format!("{name} is no longer there, so nothing is done")));
        }
        Some(Note::Impossible(match now {
            Departed::Called(now) => format!("{name} is called {now} by then"),
            Departed::Dropped => format!("{name} is dropped by then"),
        }))
    }

    /// The step works on what is not there, and that is known.
    fn absent(&self, op: &Op) -> Option<Note> {
        let name = op.relation().filter(|_| self.schema.whole && !matches!(op, Op::CreateRelation { .. }))?;
        let why = format!("{name} is not there");
        let may = self.tolerant || matches!(op, Op::DropRelation { if_exists: true, .. });
        Some(if may { Note::AlreadySo(format!("{why}, so nothing is done")) } else { Note::Impossible(why) })
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

    fn rename(&mut self, relation: RelationIx, to: &RelationName, moves: bool, change: ChangeIx) -> Result<(), Note> {
        // What the new name leaves out stays as it was.
        let full = self.schema.relations[relation].after.as_ref().map_or_else(|| to.clone(), |own| to.within(own));
        // PostgreSQL takes the same name for a second thing; another case of it is another name.
        let is_same =
            !moves && self.dialect.is_postgres_like() && self.schema.relations[relation].after.as_ref() == Some(&full);
        let is_temporary = self.schema.relations[relation].temporary;
        if is_temporary && to.parts().len() > 1 {
            return Err(Note::Impossible(format!("{full} is temporary, and stays in its own schema")));
        }
        let hidden = self.schema.temporary_named(&full).filter(|other| is_temporary && *other != relation);
        if is_same || hidden.is_some() || self.schema.named(&full).is_some_and(|other| other != relation) {
            return Err(Note::Impossible(format!("{full} exists already")));
        }
        self.schema.rename(relation, Some(full), change);
        Ok(())
    }

    /// Drops or renames everything that is in a schema, or in the schemas of a database.
    fn each_in(
        &mut self,
        schema: &RelationName,
        database: bool,
        to: Option<&RelationName>,
        change: ChangeIx,
    ) -> Applied {
        let also = if database { self.schema.in_database(schema.name()) } else { self.schema.in_schema(schema) };
        // In SQL of no known dialect it may be another word for a schema.
        let is_schema = !database || also.is_empty() && self.dialect == Dialect::Generic;
        let also = if is_schema && database { self.schema.in_schema(schema) } else { also };
        for ix in &also {
            if to.is_none() {
                self.drop_all(*ix, change);
                continue;
            }
            let renamed = to.zip(self.schema.relations[*ix].after.as_ref()).map(|(to, own)| {
                let kept = own.parts().len().saturating_sub(if is_schema { 1 } else { 2 });
                RelationName::new(to.parts().iter().chain(&own.parts()[kept..]).cloned()).within(own)
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
                    column.values.push(ValueEffect {
                        change,
                        pairs: vec![(from.to_owned(), to.to_owned())],
                        others: false,
                        all: !self.may_not_happen,
                        holds: None,
                    });
                }
            }
        }
        Applied { also, ..Applied::new(Found::None, None) }
    }

    fn create(&mut self, op: &Op, existing: Option<RelationIx>, found: Found, change: ChangeIx) -> Applied {
        let Op::CreateRelation { relation: name, columns, if_not_exists, replace, alters, temporary, .. } = op else {
            return Applied::new(found, None);
        };
        let Some(existing) = existing else {
            let name = if *temporary { name.clone() } else { self.full_name(name) };
            return match self.new_relation(op, name, change) {
                Ok(state) => {
                    self.schema.add(state);
                    Applied::new(Found::None, None)
                }
                Err(note) => Applied::new(Found::None, Some(note)),
            };
        };
        let note = if *replace {
            self.replace(op, existing, change).err()
        } else if *alters && !columns.is_empty() {
            self.alter_to(name, columns, existing, change).err()
        } else if *if_not_exists {
            Some(Note::AlreadySo(format!("{name}: it exists, so nothing is done")))
        } else if self.schema.relations[existing].created_by.is_some() {
            Some(Note::Impossible(format!("{name} exists already: an earlier step creates it")))
        } else {
            Some(Note::AlreadySo(format!("{name}: it exists already: taken as applied before")))
        };
        Applied::new(found, note)
    }

    fn replace(&mut self, op: &Op, existing: RelationIx, change: ChangeIx) -> Result<(), Note> {
        let full = self.schema.relations[existing].after.clone().unwrap_or_default();
        let state = self.new_relation(op, full, change)?;
        let old = &self.schema.relations[existing];
        if self.dialect.facts().binds_views && old.created_by.is_some() {
            if old.kind != state.kind {
                return Err(self.wrong_kind(existing));
            }
            let names = |state: &RelationState| -> Vec<ColumnName> {
                state.columns.iter().filter_map(|column| column.after.clone()).collect()
            };
            if old.complete && state.complete && !names(&state).starts_with(&names(old)) {
                let why = format!("{} has other columns: they can be added at the end alone", shown(old));
                return Err(Note::Impossible(why));
            }
        }
        self.schema.rename(existing, None, change);
        let new = self.schema.add(state);
        self.schema.hand_over_readers(existing, new);
        Ok(())
    }

    /// What a CREATE makes, under its full name.
    fn new_relation(&mut self, op: &Op, name: RelationName, change: ChangeIx) -> Result<RelationState, Note> {
        let Op::CreateRelation { kind, columns, definition, temporary, parents, partition, .. } = op else {
            return Ok(RelationState::default());
        };
        let mut state = RelationState {
            after: Some(name),
            created_by: Some(change),
            kind: Some(*kind),
            temporary: *temporary,
            partition: *partition,
            complete: definition.is_some() || !columns.is_empty() || !parents.is_empty(),
            ..RelationState::default()
        };
        if let Some(definition) = definition {
            self.schema.path.clone_from(&self.search_path);
            // DuckDB looks in the schema of a view first, whatever the path.
            let own = state.after.as_ref().filter(|_| self.dialect == Dialect::DuckDb && *kind == RelationKind::View);
            if let Some(parts) = own.map(RelationName::parts).filter(|parts| parts.len() > 1) {
                self.schema.path.insert(0, RelationName::new(parts[..parts.len() - 1].to_vec()));
            }
            let mut traced = (self.trace)(definition, &self.schema);
            if traced.problem.is_none() && !traced.assumed.is_empty() {
                for (relation, name) in std::mem::take(&mut traced.assumed) {
                    self.schema.relations[relation].assume(name);
                }
                traced = (self.trace)(definition, &self.schema);
            }
            self.schema.path.clear();
            if let Some(problem) = traced.problem {
                return Err(Note::Impossible(problem));
            }
            state.complete = traced.complete;
            state.rows_kept = traced.rows_kept;
            state.star_of = traced.star_of;
            let given = if definition.is_copy { &[] } else { columns.as_slice() };
            // Which of its columns a given name is for cannot be told where a star may stand for any number.
            let told = if traced.complete || given.is_empty() { traced.columns } else { Vec::new() };
            let selected = told.into_iter().enumerate();
            let selected = selected.map(|(at, (own, derived))| {
                let source = match derived.as_slice() {
                    [one] if one.how == HandedOn::Unchanged => {
                        Some(&self.schema.relations[one.relation].columns[one.column])
                    }
                    _ => None,
                };
                ColumnState {
                    after: Some(given.get(at).map_or(own, |given| self.column_name(&given.name))),
                    data_type: match derived.as_slice() {
                        [DerivedColumn { how: HandedOn::Cast(to), .. }] => Some(to.clone()),
                        _ => source.and_then(|source| source.data_type.clone()),
                    },
                    not_null: if definition.is_copy { source.and_then(|source| source.not_null) } else { Some(false) },
                    added_by: Some(change),
                    derived: Some(derived),
                    ..ColumnState::default()
                }
            });
            selected.for_each(|column| state.add_column(column));
            if definition.takes_defaults && self.dialect.is_postgres_like() {
                state.reads = state.star_of.map(|source| self.sequences_of(source)).unwrap_or_default();
            }
            let reads_temporary = traced.reads.iter().any(|(on, _)| self.schema.relations[*on].temporary);
            if reads_temporary && self.dialect.is_postgres_like() {
                match kind {
                    RelationKind::MaterializedView => {
                        return Err(Note::Impossible("it reads a temporary relation".to_owned()));
                    }
                    // PostgreSQL makes a view over a temporary relation temporary.
                    RelationKind::View if state.after.as_ref().is_some_and(|own| own.parts().len() > 1) => {
                        state.temporary = true;
                        state.after = state.after.map(|own| RelationName::new([own.name().to_owned()]));
                    }
                    _ => {}
                }
            }
            if *kind == RelationKind::View || *kind == RelationKind::MaterializedView {
                state.reads = traced.reads;
            }
        }
        for parent in parents {
            let parent = match self.look_up(parent) {
                Found::One { relation, .. } => relation,
                Found::None if self.schema.whole => {
                    return Err(Note::Impossible(format!("{parent} is not there")));
                }
                _ => {
                    state.complete = false;
                    continue;
                }
            };
            let of_parent = &self.schema.relations[parent];
            if of_parent.temporary && !temporary {
                return Err(Note::Impossible(format!("{} is temporary", shown(of_parent))));
            }
            state.complete &= of_parent.complete;
            let there = of_parent.columns.iter().filter(|column| column.after.is_some());
            let inherited = there.map(|column| ColumnState {
                after: column.after.clone(),
                data_type: column.data_type.clone(),
                not_null: column.not_null,
                added_by: Some(change),
                inherited: true,
                ..ColumnState::default()
            });
            inherited.for_each(|column| state.add_column(column));
            state.parents.push(parent);
        }
        // What a list repeats of another relation is one column with that.
        if definition.as_ref().is_none_or(|definition| definition.is_copy) {
            for column in columns {
                match state.position_of(&column.name) {
                    Some(at) => {
                        let known = &mut state.columns[at];
                        known.not_null = Some(column.not_null || known.not_null == Some(true));
                    }
                    None => state.add_column(self.new_column(column, change)),
                }
            }
        }
        Ok(state)
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

    /// An engine that is not told to cascade drops no schema with something in it.
    fn not_empty(&self, schema: &RelationName, cascade: bool) -> Option<Note> {
        let is_strict =
            matches!(self.dialect, Dialect::Postgres | Dialect::Redshift | Dialect::DuckDb | Dialect::SqlServer);
        if cascade || !is_strict {
            return None;
        }
        // What dbt reads may lie in another database than the one that is migrated.
        let inside = self.schema.in_schema(schema);
        let one = inside.into_iter().map(|ix| &self.schema.relations[ix]).find(|state| state.created_by.is_some())?;
        Some(Note::Impossible(format!("{schema} holds {}, and CASCADE is not said", shown(one))))
    }

    pub(super) fn is_dropped_too(&self, relation: RelationIx) -> bool {
        self.together.contains(&relation)
    }

    pub(super) fn column_name(&self, name: &str) -> ColumnName {
        // PostgreSQL means a name in just this case where the project is its own; replication to another engine keeps none.
        let is_exact = self.dialect == Dialect::Postgres && self.project_dialect == Dialect::Postgres;
        ColumnName { name: name.to_owned(), key: self.project_dialect.fold(name, is_exact).into_owned() }
    }
}

/// Whether the name was found where the migration looks for it, and not merely somewhere.
fn is_exact(found: &Found) -> bool {
    matches!(found, Found::One { certainty: Certainty::Certain, .. })
}

/// A relation's present name.
pub(super) fn shown(state: &RelationState) -> String {
    state.after.as_ref().map_or_else(String::new, ToString::to_string)
}
