//! The operations of the forward files, applied in order: the schema that they come to, and what became of each.

use crate::dialect::Dialect;
use crate::impact::Tracked;
use crate::lineage::{How, Known, Parsed, Source};
use crate::migration::{Definition, Effect, MigrationFile, Op, Role};
use crate::schema::{ColumnName, DerivedColumn, Mapping, RelationName, Replay, Schema};
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
    let view_columns = |definition: &Definition, schema: &Schema| derived_columns(definition, schema, dialect);
    let mut replay = Replay::new(schema, maps, dialect, path, &view_columns);
    let mut changes: Vec<PlacedChange> = Vec::new();
    for (file_ix, file) in migrations.into_iter().enumerate().filter(|(_, file)| file.role != Role::Rollback) {
        replay.start_file();
        for statement in &file.statements {
            let Effect::Ops(ops) = &statement.effect else { continue };
            for placed in ops {
                let mut applied = replay.apply(&placed.op, changes.len());
                if statement.conditional {
                    applied.may_not_happen();
                }
                if matches!(placed.op, Op::SetSearchPath { .. }) {
                    continue;
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

/// The columns of a CREATE … AS, and what they are made of, as the schema stands.
fn derived_columns(
    definition: &Definition,
    schema: &Schema,
    dialect: Dialect,
) -> Option<Vec<(ColumnName, Vec<DerivedColumn>)>> {
    let lookup = |name: &RelationName| {
        let state = &schema.relations[schema.after(name)?];
        let columns = state
            .columns
            .iter()
            .filter_map(|column| column.after.as_ref())
            .map(|name| (name.name.clone(), name.key.clone()))
            .collect();
        Some(Known { exists: true, columns, complete: state.complete, ..Known::default() })
    };
    let lineage = Parsed::new(&definition.text, definition.dialect).ok()?.trace(&lookup);
    let derived = |source: &Source| {
        let relation = schema.after(&source.relation)?;
        let column = schema.relations[relation].position_after(&source.column)?;
        Some(DerivedColumn { relation, column, unchanged: source.how == How::Unchanged })
    };
    let columns = lineage.outputs.into_iter().map(|output| {
        (
            ColumnName {
                key: if definition.dialect == dialect {
                    output.key
                } else {
                    dialect.fold(&output.name, false).into_owned()
                },
                name: output.name,
            },
            output.sources.iter().filter_map(derived).collect(),
        )
    });
    (!lineage.open).then(|| columns.collect())
}
