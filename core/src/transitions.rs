//! What old columns and tables become where no operation says it: a column that is cut into several, several that are put
//! together, one that is copied to another name, and what looks like a rename and is written as a drop and an addition.
//!
//! An offer for people: nothing else of the engine rests on it, so a drop stays a drop.

use std::collections::{BTreeMap, BTreeSet};

use crate::dialect::Dialect;
use crate::migration::{DataChange, Effect, MigrationFile, Op, PlacedOp};
use crate::outcome::Certainty;
use crate::remedy::{Assigned, assigned_where};
use crate::report::change_id;
use crate::review::{Transition, TransitionKind};
use crate::schema::{ColumnState, RelationName, RelationState, Schema};

/// Of a relation with more columns that come or go, look-alikes are not looked for.
const MOST_COLUMNS: usize = 64;

/// All of them, by relation.
pub(crate) fn transitions(schema: &Schema, migrations: &[MigrationFile], dialect: Dialect) -> Vec<Transition> {
    let moved: Vec<Moved<'_>> = schema.relations.iter().filter_map(Moved::of).collect();
    let mut found = Vec::new();
    if !moved.is_empty() {
        let new: BTreeSet<String> =
            moved.iter().flat_map(|one| &one.new).map(|column| column.name.to_lowercase()).collect();
        let sets_new = |placed: &PlacedOp| match &placed.op {
            Op::ChangeData(DataChange::Update { column, .. }) => new.contains(&column.to_lowercase()),
            _ => false,
        };
        let assigned = assigned_where(
            migrations,
            &[migrations.first().map_or(dialect, |file| file.dialect), dialect],
            &|statement| matches!(&statement.effect, Effect::Ops(ops) if ops.iter().any(sets_new)),
        );
        moved.iter().for_each(|one| one.transitions(&assigned, &mut found));
    }
    renamed_tables(schema, &mut found);
    found.sort();
    found
}

/// A column that comes or goes.
struct Column<'s> {
    name: &'s str,
    key: &'s str,
    data_type: Option<&'s str>,
    change: Option<usize>,
}

/// A relation that loses columns and gets others.
struct Moved<'s> {
    before: &'s RelationName,
    after: &'s RelationName,
    old: Vec<Column<'s>>,
    new: Vec<Column<'s>>,
}

impl<'s> Moved<'s> {
    fn of(state: &'s RelationState) -> Option<Self> {
        let (before, after) = (state.before.as_ref()?, state.after.as_ref()?);
        let column = |column: &'s ColumnState, is_old: bool| {
            let (name, change) = if is_old {
                (column.before.as_ref().filter(|_| column.after.is_none())?, column.left_by)
            } else {
                (column.after.as_ref().filter(|_| column.before.is_none())?, column.added_by)
            };
            Some(Column { name: &name.name, key: &name.key, data_type: column.data_type.as_deref(), change })
        };
        let old: Vec<Column<'s>> = state.columns.iter().filter_map(|own| column(own, true)).collect();
        let new: Vec<Column<'s>> = state.columns.iter().filter_map(|own| column(own, false)).collect();
        (!old.is_empty() && !new.is_empty()).then_some(Self { before, after, old, new })
    }

    fn transitions(&self, assigned: &[Assigned], found: &mut Vec<Transition>) {
        let own: Vec<&Assigned> = assigned.iter().filter(|one| one.is_of(self.after, self.before)).collect();
        // By new column, the old ones that it is filled from, and where.
        let mut sources: BTreeMap<usize, (BTreeSet<usize>, &Assigned)> = BTreeMap::new();
        for one in own {
            let Some(to) = self.new.iter().position(|new| is_same(new, &one.column)) else { continue };
            let from = one.reads.iter().filter_map(|name| self.old.iter().position(|old| is_same(old, name)));
            let entry = sources.entry(to).or_insert_with(|| (BTreeSet::new(), one));
            entry.0.extend(from);
        }
        let mut targets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (to, (from, _)) in &sources {
            from.iter().for_each(|from| targets.entry(*from).or_default().push(*to));
        }
        for (from, to) in &targets {
            match to.as_slice() {
                [only] if sources[only].0.len() == 1 => {
                    let one = sources[only].1;
                    let how = if one.is_plain { "copied" } else { "filled" };
                    let because = format!(
                        "{} is {how} from {} ({}), which is dropped",
                        self.new[*only].name, self.old[*from].name, one.at
                    );
                    found.push(self.one(TransitionKind::Rename, &[*from], to, Certainty::Likely, because));
                }
                [_] => {}
                several => {
                    let first = sources[&several[0]].1;
                    let because =
                        format!("they are filled from {} ({}), which is dropped", self.old[*from].name, first.at);
                    found.push(self.one(TransitionKind::Split, &[*from], several, Certainty::Certain, because));
                }
            }
        }
        for (to, (from, one)) in sources.iter().filter(|(_, (from, _))| from.len() > 1) {
            let from: Vec<usize> = from.iter().copied().collect();
            let because = format!("{} is filled from them ({}), and they are dropped", self.new[*to].name, one.at);
            found.push(self.one(TransitionKind::Merge, &from, &[*to], Certainty::Certain, because));
        }
        self.look_alikes(&sources.keys().copied().collect(), &targets.keys().copied().collect(), found);
    }

    /// What nothing fills, beside what nothing takes over.
    fn look_alikes(&self, filled: &BTreeSet<usize>, taken: &BTreeSet<usize>, found: &mut Vec<Transition>) {
        let old: Vec<usize> = (0..self.old.len()).filter(|at| !taken.contains(at)).collect();
        let new: Vec<usize> = (0..self.new.len()).filter(|at| !filled.contains(at)).collect();
        if old.len() > MOST_COLUMNS || new.len() > MOST_COLUMNS {
            return;
        }
        let is_only = old.len() == 1 && new.len() == 1;
        let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
        for (from, to) in old.iter().flat_map(|from| new.iter().map(move |to| (*from, *to))) {
            let alike = likeness(self.old[from].name, self.new[to].name);
            let types = (self.old[from].data_type.map(family), self.new[to].data_type.map(family));
            let is_other_type = matches!(&types, (Some(old), Some(new)) if old != new);
            if !is_other_type && (alike > 0 || is_only && types.0.is_some() && types.0 == types.1) {
                pairs.push((usize::MAX - alike, from, to));
            }
        }
        pairs.sort_unstable();
        let (mut gone, mut come) = (BTreeSet::new(), BTreeSet::new());
        for (_, from, to) in pairs {
            if gone.contains(&from) || come.contains(&to) {
                continue;
            }
            gone.insert(from);
            come.insert(to);
            let because = format!(
                "{} is dropped and {} of the same kind added; nothing fills it, so values are lost unless this was meant as a \
                 rename",
                self.old[from].name, self.new[to].name
            );
            found.push(self.one(TransitionKind::Rename, &[from], &[to], Certainty::Possible, because));
        }
    }

    fn one(
        &self,
        kind: TransitionKind,
        from: &[usize],
        to: &[usize],
        certainty: Certainty,
        because: String,
    ) -> Transition {
        let changes = from.iter().map(|at| self.old[*at].change).chain(to.iter().map(|at| self.new[*at].change));
        let changes: BTreeSet<usize> = changes.flatten().collect();
        Transition {
            relation: self.before.to_string(),
            kind,
            from: from.iter().map(|at| self.old[*at].name.to_owned()).collect(),
            to: to.iter().map(|at| self.new[*at].name.to_owned()).collect(),
            certainty,
            because,
            changes: changes.into_iter().map(change_id).collect(),
        }
    }
}

fn is_same(column: &Column<'_>, name: &str) -> bool {
    column.key.eq_ignore_ascii_case(name)
}

/// A type without its length, and one word for those that hold the same.
fn family(data_type: &str) -> String {
    let name = data_type.split('(').next().unwrap_or_default().trim().to_lowercase();
    let kin = match name.as_str() {
        "varchar" | "character varying" | "string" | "char" | "character" | "nvarchar" | "varchar2" | "clob" => "text",
        "int" | "int4" | "int8" | "bigint" | "smallint" | "number" | "numeric" | "decimal" => "integer",
        "bool" => "boolean",
        "timestamptz" | "datetime" | "timestamp_ntz" | "timestamp without time zone" | "timestamp with time zone" => {
            "timestamp"
        }
        "float" | "float8" | "double precision" | "real" => "double",
        other => other,
    };
    kin.to_owned()
}

/// How much two names have in common: the letters of their common words, or of one that stands within the other.
fn likeness(a: &str, b: &str) -> usize {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    if a.len() > 2 && b.len() > 2 && (a.contains(&b) || b.contains(&a)) {
        return a.len().min(b.len());
    }
    let words: BTreeSet<&str> = a.split('_').filter(|word| word.len() > 1).collect();
    let common = b.split('_').filter(|word| words.contains(word));
    let common: usize = common.map(str::len).sum();
    // `id` and `at` alone tell a kind, and no more; a beginning tells more.
    let beginning = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    if common > 2 || beginning > 3 { common.max(beginning) } else { 0 }
}

/// A table that goes, beside one with the same columns that comes.
fn renamed_tables(schema: &Schema, found: &mut Vec<Transition>) {
    let shape = |state: &RelationState, is_old: bool| {
        let name = |column: &ColumnState| if is_old { column.before.clone() } else { column.after.clone() };
        let names = state.columns.iter().filter_map(name);
        let mut names: Vec<String> = names.map(|name| name.key.to_lowercase()).collect();
        names.sort();
        (!names.is_empty()).then(|| names.join(","))
    };
    let mut new: BTreeMap<String, Vec<&RelationState>> = BTreeMap::new();
    for state in schema.relations.iter().filter(|state| state.before.is_none() && !state.temporary && !state.is_view())
    {
        if let Some(shape) = state.after.as_ref().and_then(|_| shape(state, false)) {
            new.entry(shape).or_default().push(state);
        }
    }
    for state in schema.relations.iter().filter(|state| state.after.is_none() && !state.temporary) {
        let (Some(before), Some(shape)) = (&state.before, shape(state, true)) else { continue };
        // Of several, none is more likely than another.
        let Some([one]) = new.get(&shape).map(Vec::as_slice) else { continue };
        let Some(after) = &one.after else { continue };
        let changes: BTreeSet<usize> = [state.left_by, one.created_by].into_iter().flatten().collect();
        found.push(Transition {
            relation: before.to_string(),
            kind: TransitionKind::RenameTable,
            from: vec![before.to_string()],
            to: vec![after.to_string()],
            certainty: Certainty::Possible,
            because: format!("{before} is dropped, and {after} created with the same columns"),
            changes: changes.into_iter().map(change_id).collect(),
        });
    }
}
