//! What migrations that are applied already tell of the schema, where dbt does not know it.

use std::collections::{BTreeMap, BTreeSet};

use super::find::{Found, Mapping};
use super::state::{ColumnState, RelationIx, RelationState, Schema};

impl Schema {
    /// Takes over what `applied`, the schema that those migrations come to, has and this one has not: relations, and the columns
    /// of those whose columns are not all known. What dbt knows stays as it is.
    pub fn learn(&mut self, applied: &Schema, mappings: &[Mapping]) {
        let mut own: BTreeMap<RelationIx, RelationIx> = BTreeMap::new();
        for (ix, told) in applied.relations.iter().enumerate() {
            let Some(name) = told.after.as_ref().filter(|_| !told.temporary) else { continue };
            match self.find(name, &[], mappings) {
                Found::One { relation, .. } => {
                    self.learn_columns(relation, told);
                    own.insert(ix, relation);
                }
                Found::Several(_) | Found::NowhereMapped(_) => {}
                Found::None => {
                    let mut state = RelationState {
                        before: Some(name.clone()),
                        after: Some(name.clone()),
                        complete: told.complete,
                        kind: told.kind,
                        partition: told.partition,
                        reads: in_own(&told.reads, applied, self, &own),
                        parents: told.parents.iter().filter_map(|parent| own.get(parent).copied()).collect(),
                        ..RelationState::default()
                    };
                    told.columns.iter().filter_map(as_before).for_each(|column| state.add_column(column));
                    own.insert(ix, self.add_before(state));
                }
            }
        }
    }

    fn learn_columns(&mut self, ix: RelationIx, told: &RelationState) {
        let state = &mut self.relations[ix];
        if state.unread {
            return;
        }
        for column in told.columns.iter().filter_map(as_before) {
            let Some(name) = &column.before else { continue };
            match state.position_before(&name.key) {
                Some(at) => {
                    let own = &mut state.columns[at];
                    own.data_type = own.data_type.take().or(column.data_type);
                    own.not_null = own.not_null.or(column.not_null);
                    own.identity |= column.identity;
                }
                None if !state.complete => state.add_column(column),
                None => {}
            }
        }
        state.complete |= told.complete;
        state.kind = state.kind.or(told.kind);
    }
}

/// A column as it is once it is applied; none where it is gone.
fn as_before(told: &ColumnState) -> Option<ColumnState> {
    let name = told.after.clone()?;
    Some(ColumnState {
        before: Some(name.clone()),
        after: Some(name),
        data_type: told.data_type.clone(),
        not_null: told.not_null,
        identity: told.identity,
        inherited: told.inherited,
        ..ColumnState::default()
    })
}

/// What a view reads, where it is known here.
fn in_own(
    reads: &BTreeSet<(RelationIx, Option<usize>)>,
    applied: &Schema,
    schema: &Schema,
    own: &BTreeMap<RelationIx, RelationIx>,
) -> BTreeSet<(RelationIx, Option<usize>)> {
    let read = |(on, column): &(RelationIx, Option<usize>)| {
        let relation = *own.get(on)?;
        let Some(column) = column else { return Some((relation, None)) };
        let name = applied.relations[*on].columns.get(*column)?.after.as_ref()?;
        Some((relation, Some(schema.relations[relation].position_before(&name.key)?)))
    };
    reads.iter().filter_map(read).collect()
}
