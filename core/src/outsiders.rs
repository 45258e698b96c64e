//! Views and routines of the migrations that no dbt node is, and that a later step breaks.
//!
//! A view that its engine does not hold on to what it reads is known by what its query was traced to. Of a routine the words
//! are known: one that names a relation and a column of it is said to name them, and no more.

use std::collections::{BTreeMap, BTreeSet};

use crate::migration::{MigrationFile, Op};
use crate::replayed::PlacedChange;
use crate::schema::Schema;
use crate::text::{Diagnostic, Place};

/// More of one kind is no help.
const MOST: usize = 100;

/// What is to be said of them, in the order of the changes that break them.
pub(crate) fn broken(changes: &[PlacedChange], schema: &Schema, migrations: &[MigrationFile]) -> Vec<Diagnostic> {
    let mut said: Vec<(usize, Diagnostic)> = views(changes, schema, migrations);
    said.extend(routines(changes, migrations));
    said.sort_by(|(left, a), (right, b)| left.cmp(right).then_with(|| a.message.cmp(&b.message)));
    said.truncate(MOST);
    said.into_iter().map(|(_, diagnostic)| diagnostic).collect()
}

fn views(changes: &[PlacedChange], schema: &Schema, migrations: &[MigrationFile]) -> Vec<(usize, Diagnostic)> {
    let mut said = Vec::new();
    for view in schema.relations.iter().filter(|view| view.nodes.is_empty() && !view.temporary) {
        let (Some(name), Some(created)) = (&view.after, view.created_by) else { continue };
        let binds = changes.get(created).is_none_or(|change| migrations[change.file].dialect.facts().binds_views);
        if binds || view.reads.is_empty() {
            continue;
        }
        let broken = view.reads.iter().filter_map(|(on, column)| {
            let state = schema.relations.get(*on)?;
            let left = column.and_then(|column| state.columns.get(column)?.left_by).or(state.left_by)?;
            (left > created).then_some(left)
        });
        let Some((first, change)) = broken.min().and_then(|first| Some((first, changes.get(first)?))) else { continue };
        let message = format!(
            "line {}: the view {name} reads what {}; it fails when it is read",
            change.place.line,
            change.tracked.deed()
        );
        said.push((first, diagnostic(message, &change.place)));
    }
    said
}

fn diagnostic(message: String, place: &Place) -> Diagnostic {
    Diagnostic::warning("broken-outside-dbt", &place.file, message)
        .at(place.clone())
        .help("Change it in the same migration; dbt does not know it.")
}

/// A routine as it was defined last.
struct Routine {
    name: String,
    words: BTreeSet<String>,
}

/// Statements in order; what one of them takes away is looked for in the routines that are there by then.
fn routines(changes: &[PlacedChange], migrations: &[MigrationFile]) -> Vec<(usize, Diagnostic)> {
    let mut there: Vec<Option<Routine>> = Vec::new();
    let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
    let mut by_word: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut said = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        let file = &migrations[change.file];
        match &change.tracked.op {
            op @ (Op::Other { name, .. } | Op::Annotate { name, .. }) if defines(op) => {
                let key = format!("{} {}", kind(op.name()), last_part(name));
                let words = words_of(change.statement.of(&file.text));
                if let Some(earlier) = by_name.insert(key, there.len()) {
                    there[earlier] = None;
                }
                words.iter().for_each(|word| by_word.entry(word.clone()).or_default().push(there.len()));
                there.push(Some(Routine { name: name.clone(), words }));
            }
            Op::Other { what, name } if what.starts_with("drop_") => {
                if let Some(dropped) = by_name.remove(&format!("{} {}", kind(what), last_part(name))) {
                    there[dropped] = None;
                }
            }
            op => {
                let Some((relation, column)) = taken_away(op) else { continue };
                let named = by_word.get(&relation).map_or(&[][..], Vec::as_slice);
                let names = |routine: &&Routine| column.as_ref().is_none_or(|column| routine.words.contains(column));
                let found = named.iter().filter_map(|ix| there[*ix].as_ref()).filter(names).take(MOST);
                said.extend(found.map(|routine| {
                    let message = format!(
                        "line {}: {} names what {}; it may fail when it is called",
                        change.place.line,
                        routine.name,
                        change.tracked.deed()
                    );
                    (at, diagnostic(message, &change.place))
                }));
            }
        }
        if said.len() >= MOST {
            break;
        }
    }
    said
}

fn defines(op: &Op) -> bool {
    ["function", "procedure", "package_body", "trigger", "event", "task"]
        .iter()
        .any(|kind| op.name().strip_prefix("create_") == Some(kind) || op.name().strip_prefix("alter_") == Some(kind))
}

/// `function` of `create_function`.
fn kind(what: &str) -> &str {
    what.split_once('_').map_or(what, |(_, kind)| kind)
}

/// The relation, and the column of it, that go by another name from here on or by none.
fn taken_away(op: &Op) -> Option<(String, Option<String>)> {
    let relation = op.relation()?.name().to_lowercase();
    match op {
        Op::DropRelation { .. } | Op::RenameRelation { .. } => Some((relation, None)),
        Op::DropColumn { column, .. } | Op::RenameColumn { column, .. } => {
            Some((relation, Some(column.to_lowercase())))
        }
        _ => None,
    }
}

fn last_part(name: &str) -> String {
    let name = name.split('(').next().unwrap_or_default();
    name.rsplit('.').next().unwrap_or_default().trim_matches(['"', '`', '[', ']', ' ']).to_lowercase()
}

/// The words of a text, in lower case. A body is a string to some engines, so they are told by their letters.
fn words_of(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}
