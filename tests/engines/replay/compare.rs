//! What the replay says of a script beside what an engine did with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use foreshock_core::migration::{Effect, MigrationFile};
use foreshock_core::replayed::{PlacedChange, replay};
use foreshock_core::schema::{Note, RelationName, Schema};
use foreshock_core::sql::split;
use foreshock_core::text::Span;

use crate::engine::{Answer, Column, Engine};

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) sql: String,
    /// Made for this, so that every refusal is one that the replay has to foresee. A real script may need what is not there.
    pub(crate) is_made_up: bool,
}

impl Case {
    pub(crate) fn new(name: &str, sql: &str) -> Self {
        Self { name: name.to_owned(), sql: sql.to_owned(), is_made_up: true }
    }

    pub(crate) fn real(name: &str, sql: &str) -> Self {
        Self { is_made_up: false, ..Self::new(name, sql) }
    }
}

/// What was compared, and what differs.
#[derive(Default)]
pub(crate) struct Tally {
    scripts: usize,
    statements: usize,
    refused: usize,
    relations: usize,
    columns: usize,
    types_open: usize,
    /// Relations of real scripts whose columns are left open.
    open: usize,
    /// Statements of real scripts that were refused, for the want of a type, a role, an earlier script.
    left_out: usize,
    pub(crate) differences: Vec<String>,
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} scripts, {} statements ({} refused, {} left out), {} relations ({} left open), {} columns ({} types left open), {} differences",
            self.scripts,
            self.statements,
            self.refused,
            self.left_out,
            self.relations,
            self.open,
            self.columns,
            self.types_open,
            self.differences.len()
        )
    }
}

/// A column as the replay has it.
struct Known {
    name: String,
    data_type: Option<String>,
    not_null: Option<bool>,
}

/// A relation as the replay has it.
struct Own {
    kind: &'static str,
    complete: bool,
    columns: Vec<Known>,
}

impl Tally {
    pub(crate) fn compare(&mut self, case: &Case, answer: &Answer, engine: Engine) {
        self.scripts += 1;
        let before = self.differences.len();
        let (mut file, _) = MigrationFile::read("V1__script.sql", case.sql.clone(), engine.dialect());
        self.statements += file.statements.len();
        if !case.is_made_up {
            self.left_out += leave_out_refused(&mut file, answer);
        }
        let home = RelationName::new([engine.home().to_owned()]);
        let files = [file];
        let said = replay(Schema::of_nothing(), engine.dialect(), &files, &[], vec![home.clone()]);
        self.compare_refusals(&files[0], &said.changes, answer);
        self.compare_relations(case, &said.schema, &home, answer, engine);
        for difference in &mut self.differences[before..] {
            *difference = format!("{}: {difference}", case.name);
        }
        if self.differences.len() > before {
            self.differences.push(case.sql.clone());
        }
    }

    fn compare_refusals(&mut self, file: &MigrationFile, changes: &[PlacedChange], answer: &Answer) {
        let starts: Vec<u32> = file.statements.iter().map(|statement| file.place(statement.span).line).collect();
        // Whether a step of a block happens, its loops decide.
        let is_in_block = |at: &usize| {
            let span = file.statements[*at - 1].span;
            !split(&file.text, file.dialect).any(|piece| piece.span == span)
        };
        let statement_at = |line: u32| starts.partition_point(|start| *start <= line);
        let refused: BTreeMap<usize, &str> =
            answer.refused.iter().map(|(line, why)| (statement_at(*line), why.as_str())).collect();
        let impossible: BTreeMap<usize, String> =
            changes.iter().filter_map(|change| Some((statement_at(change.place.line), impossible(change)?))).collect();
        self.refused += refused.len();
        let statements: BTreeSet<&usize> = refused.keys().chain(impossible.keys()).collect();
        for at in statements {
            // What is rolled back does not happen, whether or not it could.
            if matches!(file.statements[at - 1].effect, Effect::Nothing) {
                continue;
            }
            if file.statements[at - 1].conditional || is_in_block(at) {
                continue;
            }
            match (refused.get(at), impossible.get(at)) {
                (Some(why), None) => self.differences.push(format!("line {}: refused: {why}", starts[at - 1])),
                (None, Some(why)) => {
                    self.differences.push(format!("line {}: not refused, but said to be: {why}", starts[at - 1]));
                }
                _ => {}
            }
        }
    }

    fn compare_relations(
        &mut self,
        case: &Case,
        schema: &Schema,
        home: &RelationName,
        answer: &Answer,
        engine: Engine,
    ) {
        let mut own: BTreeMap<String, Own> = BTreeMap::new();
        for state in schema.relations.iter().filter(|state| state.created_by.is_some() && !state.temporary) {
            let Some(name) = &state.after else { continue };
            let columns = state.columns.iter().filter_map(|column| {
                let name = column.after.as_ref()?.name.clone();
                Some(Known { name, data_type: column.data_type.clone(), not_null: column.not_null })
            });
            let is_bare = name.parts().len() == 1;
            let name = if is_bare { home.child(name.name()) } else { name.clone() };
            let kind = if state.is_view() { "view" } else { "table" };
            own.insert(name.to_string(), Own { kind, complete: state.complete, columns: columns.collect() });
        }
        for relation in &answer.relations {
            let name = format!("{}.{}", relation.schema, relation.name);
            let Some(own) = own.remove(&name) else {
                self.differences.push(format!("the {} {name} is there, and the replay has none", relation.kind));
                continue;
            };
            self.relations += 1;
            if !relation.kind.ends_with(own.kind) {
                self.differences.push(format!("{name} is a {}, not a {}", relation.kind, own.kind));
            }
            if !own.complete && !case.is_made_up {
                self.open += 1;
            } else if own.complete {
                self.compare_columns(&name, &relation.columns, &own.columns, engine);
            } else {
                self.differences.push(format!("{name}: its columns are left open"));
            }
        }
        self.differences.extend(own.keys().map(|name| format!("{name} is not there, and the replay has it")));
    }

    fn compare_columns(&mut self, relation: &str, real: &[Column], own: &[Known], engine: Engine) {
        let names = |list: Vec<&str>| list.join(", ");
        let (is, said) = (
            names(real.iter().map(|column| column.name.as_str()).collect()),
            names(own.iter().map(|column| column.name.as_str()).collect()),
        );
        if is != said {
            return self.differences.push(format!("{relation} has ({is}), not ({said})"));
        }
        for (real, Known { name, data_type, not_null }) in real.iter().zip(own) {
            self.columns += 1;
            match data_type {
                None => self.types_open += 1,
                Some(own) if canonical(own, engine) != canonical(&real.data_type, engine) => {
                    self.differences.push(format!("{relation}.{name} is {}, not {own}", real.data_type));
                }
                Some(_) => {}
            }
            if *not_null != Some(real.not_null) {
                let word = |not_null| if not_null { "not null" } else { "null" };
                let said = not_null.map_or("not known", word);
                self.differences.push(format!("{relation}.{name} is {}, not {said}", word(real.not_null)));
            }
        }
    }
}

/// Takes out what the engine refused, a block as a whole: it does not happen, and the replay is told so.
fn leave_out_refused(file: &mut MigrationFile, answer: &Answer) -> usize {
    let pieces: Vec<Span> = split(&file.text, file.dialect).map(|piece| piece.span).collect();
    let starts: Vec<u32> = pieces.iter().map(|piece| file.place(*piece).line).collect();
    for (line, _) in &answer.refused {
        let Some(at) = starts.partition_point(|start| start <= line).checked_sub(1) else { continue };
        let piece = pieces[at];
        for statement in &mut file.statements {
            if piece.start <= statement.span.start && statement.span.start < piece.end {
                statement.effect = Effect::Nothing;
            }
        }
    }
    answer.refused.len()
}

/// Why the replay takes a step to be impossible.
fn impossible(change: &PlacedChange) -> Option<String> {
    match &change.tracked.applied.note {
        Some(Note::Impossible(why)) => Some(why.clone()),
        Some(Note::AlreadySo(_)) | None => None,
    }
}

/// The names under which the engines list types, by the names that scripts give them.
const POSTGRES_TYPES: &[(&str, &str)] = &[
    ("bigserial", "bigint"),
    ("bool", "boolean"),
    ("bpchar", "character"),
    ("char", "character"),
    ("dec", "numeric"),
    ("decimal", "numeric"),
    ("double", "double precision"),
    ("float", "double precision"),
    ("float4", "real"),
    ("float8", "double precision"),
    ("int", "integer"),
    ("int2", "smallint"),
    ("int4", "integer"),
    ("int8", "bigint"),
    ("nchar", "character"),
    ("serial", "integer"),
    ("serial4", "integer"),
    ("serial8", "bigint"),
    ("smallserial", "smallint"),
    ("timestamp", "timestamp without time zone"),
    ("timestamptz", "timestamp with time zone"),
    ("time", "time without time zone"),
    ("timetz", "time with time zone"),
    ("varbit", "bit varying"),
    ("varchar", "character varying"),
];
const DUCKDB_TYPES: &[(&str, &str)] = &[
    ("bool", "boolean"),
    ("char", "varchar"),
    ("character varying", "varchar"),
    ("datetime", "timestamp"),
    ("double precision", "double"),
    ("float4", "float"),
    ("float8", "double"),
    ("int", "integer"),
    ("int2", "smallint"),
    ("int4", "integer"),
    ("int8", "bigint"),
    ("numeric", "decimal"),
    ("real", "float"),
    ("string", "varchar"),
    ("text", "varchar"),
    ("timestamptz", "timestamp with time zone"),
];

/// A type as the engine's catalogue writes it.
fn canonical(data_type: &str, engine: Engine) -> String {
    let lower = data_type.to_lowercase();
    let (element, list) = lower.split_once('[').map_or((lower.as_str(), ""), |(element, _)| (element, "[]"));
    let (head, rest) = element.split_at(element.find('(').unwrap_or(element.len()));
    let (length, zone) = rest.split_once(')').map_or((rest, ""), |(length, zone)| (length, zone.trim()));
    let head = if zone.is_empty() { head.trim().to_owned() } else { format!("{} {zone}", head.trim()) };
    let (types, has_lengths) = match engine {
        Engine::Postgres => (POSTGRES_TYPES, true),
        Engine::DuckDb => (DUCKDB_TYPES, false),
    };
    let name = types.iter().find(|(own, _)| *own == head).map_or(head.as_str(), |(_, name)| name);
    let length = match (name, length) {
        _ if !has_lengths && name != "decimal" => String::new(),
        ("decimal", "") => "(18,3".to_owned(),
        ("numeric", length) if !length.is_empty() && !length.contains(',') => format!("{length},0"),
        ("character", "") => "(1".to_owned(),
        (_, length) => length.replace(' ', ""),
    };
    format!("{name}{length}{list}")
}
