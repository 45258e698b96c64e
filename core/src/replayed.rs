//! The operations of the forward files, applied in order: the schema that they come to, and what became of each.

use std::collections::BTreeMap;

use crate::dialect::{Case, Dialect};
use crate::impact::Tracked;
use crate::lineage::{How, Known, Output, Parsed, Plain, Source};
use crate::migration::{Definition, Effect, MadeOf, MigrationFile, Op, Role};
use crate::schema::{
    ColumnName, ColumnState, DerivedColumn, HandedOn, Mapping, RelationName, Replay, RowsKept, Schema, Traced,
    fold_ident,
};
use crate::text::{Place, Span};

#[derive(Debug)]
pub struct Replayed {
    pub schema: Schema,
    pub changes: Vec<PlacedChange>,
}

/// A change and where it stands: which file, and which bytes of it.
#[derive(Debug)]
pub struct PlacedChange {
    pub tracked: Tracked,
    pub file: usize,
    pub span: Span,
    pub statement: Span,
    pub place: Place,
}

/// Applies them to `schema`. `path` is where bare names are looked up until a file says otherwise; empty where that is not
/// known.
pub fn replay<'m>(
    schema: Schema,
    dialect: Dialect,
    migrations: impl IntoIterator<Item = &'m MigrationFile>,
    maps: &[Mapping],
    path: Vec<RelationName>,
) -> Replayed {
    let trace = |definition: &Definition, schema: &Schema| traced(definition, schema, dialect);
    let mut replay = Replay::new(schema, maps, dialect, path, &trace);
    let mut changes: Vec<PlacedChange> = Vec::new();
    for (file_ix, file) in migrations.into_iter().enumerate().filter(|(_, file)| file.role != Role::Rollback) {
        replay.start_file(file.dialect, changes.len());
        for statement in &file.statements {
            let Effect::Ops(ops) = &statement.effect else { continue };
            replay.take_for_conditional(statement.conditional);
            let all = replay.apply_all(ops, is_tolerant(statement.span.of(&file.text)), changes.len());
            for (placed, mut applied) in ops.iter().zip(all) {
                if matches!(placed.op, Op::SetSearchPath { .. }) {
                    continue;
                }
                if statement.conditional {
                    applied.may_not_happen();
                }
                let place = file.place(placed.span);
                let base = file.name.rsplit('/').next().unwrap_or(&file.name);
                let tracked = Tracked { op: placed.op.clone(), applied, at: format!("{base}:{}", place.line) };
                changes.push(PlacedChange {
                    tracked,
                    file: file_ix,
                    span: placed.span,
                    statement: statement.span,
                    place,
                });
            }
        }
    }
    Replayed { schema: replay.schema, changes }
}

/// `ALTER TABLE IF EXISTS t …`: where there is no such relation, nothing is done.
fn is_tolerant(code: &str) -> bool {
    let mut words = code.split_whitespace().take(5).map(str::to_ascii_lowercase);
    words.next().is_some_and(|verb| verb == "alter") && words.any(|word| word == "if") && {
        words.next().is_some_and(|word| word == "exists")
    }
}

/// What the query of a CREATE … AS comes to, as the schema stands.
fn traced(definition: &Definition, schema: &Schema, dialect: Dialect) -> Traced {
    // Where a migration speaks another dialect than the project, cases tell nothing.
    let key = |name: &ColumnName| {
        if definition.dialect == dialect {
            name.key.clone()
        } else {
            definition.dialect.fold(&name.name.to_lowercase(), false).into_owned()
        }
    };
    let lookup = |name: &RelationName| {
        let Some(relation) = schema.after(name) else {
            return schema.whole.then(Known::default);
        };
        let state = &schema.relations[relation];
        let columns = state
            .in_order()
            .filter_map(|column| column.after.as_ref())
            .map(|name| (name.name.as_str().into(), key(name).into()))
            .collect();
        Some(Known { exists: true, columns, complete: state.complete, ..Known::default() })
    };
    let Ok(parsed) = Parsed::new(&definition.text, definition.dialect) else { return Traced::default() };
    let lineage = parsed.trace(&lookup);
    let derived = |source: &Source| {
        let relation = schema.after(&source.relation)?;
        let is_it = |column: &ColumnState| column.after.as_ref().is_some_and(|name| *key(name) == *source.column);
        let column = schema.relations[relation].columns.iter().position(is_it)?;
        let how = if source.how == How::Unchanged { HandedOn::Unchanged } else { HandedOn::Used };
        Some(DerivedColumn { relation, column, how })
    };
    // What it names of a relation that has columns nobody told of is one of them.
    let assumed = |source: &Source| {
        let relation = schema.after(&source.relation)?;
        let state = &schema.relations[relation];
        let is_there = |column: &ColumnState| {
            [&column.before, &column.after].into_iter().flatten().any(|name| *key(name) == *source.column)
        };
        let is_open = !state.complete && !state.unread && state.before.is_some();
        let name = source.column.to_string();
        let key = if definition.dialect == dialect { name.clone() } else { dialect.fold(&name, false).into_owned() };
        let is_new = is_open && name != "*" && !state.columns.iter().any(is_there);
        is_new.then_some((relation, ColumnName { name, key }))
    };
    let one = |sources: &[Source]| if let [source] = sources { assumed(source) } else { None };
    let assumed = lineage.uses.iter().filter_map(|used| one(&used.sources)).collect();
    let whole = lineage.reads.iter().filter_map(|read| Some((schema.after(&read.relation)?, None)));
    let uses = lineage.uses.iter().flat_map(|used| used.sources.iter());
    let named = uses.chain(lineage.outputs.iter().flat_map(|output| output.sources.iter()));
    let named = named.filter_map(derived).map(|source| (source.relation, Some(source.column)));
    let reads = whole.chain(named).collect();
    let gone =
        lineage.reads.iter().find(|read| schema.after(&read.relation).is_none() && schema.is_departed(&read.relation));
    let problem = gone
        .map(|read| format!("it reads {}, which is no longer there", read.relation))
        .or_else(|| lineage.problems.first().map(|problem| problem.kind.to_string()));
    let folds = matches!(definition.dialect.facts().case, Case::Lower | Case::Upper);
    let plain = parsed.plain_select();
    let said: BTreeMap<String, MadeOf> = plain
        .iter()
        .flat_map(Plain::named)
        .filter_map(|(name, expr)| Some((fold_ident(name, definition.dialect), MadeOf::of(expr, definition.dialect)?)))
        .collect();
    let made_of = |output: &Output| {
        let mut columns: Vec<DerivedColumn> = output.sources.iter().filter_map(derived).collect();
        let is_one = |first: &DerivedColumn| {
            columns.iter().all(|other| (other.relation, other.column) == (first.relation, first.column))
        };
        if let Some(made) = said.get(&*output.key)
            && columns.first().is_some_and(is_one)
        {
            columns.truncate(1);
            columns[0].how = made.how.clone();
        }
        columns
    };
    let rows_kept = plain.as_ref().map_or(RowsKept::Unknown, |plain| plain.rows);
    let read = lineage.reads.first().and_then(|read| schema.after(&read.relation));
    let star_of = read.filter(|_| plain.as_ref().is_some_and(Plain::has_star));
    let complete = !lineage.open;
    let columns = lineage.outputs.into_iter().map(|output| {
        let made_of = made_of(&output);
        (
            ColumnName {
                key: if definition.dialect == dialect {
                    output.key.to_string()
                } else {
                    dialect.fold(&output.name, false).into_owned()
                },
                name: if folds { output.key } else { output.name }.to_string(),
            },
            made_of,
        )
    });
    Traced { columns: columns.collect(), complete, rows_kept, star_of, reads, assumed, problem }
}
