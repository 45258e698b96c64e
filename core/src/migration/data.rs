//! Statements that change rows and values.

use sqlparser::ast::{
    AssignmentTarget, Cte, Delete, FromTable, Insert, Merge, MergeAction, MergeUpdateKind, ObjectName, OnConflict,
    OnConflictAction, OnInsert, SqliteOnConflict, TableFactor, TableObject, TableWithJoins, Update,
    UpdateTableFromKind,
};

use super::mapping::Mappings;
use super::op::{DataChange, Op};
use super::remap::{Remap, remap};
use super::statement::Reader;
use super::{Effect, PlacedOp};
use crate::schema::RelationName;

impl Reader<'_> {
    pub(super) fn update(&self, update: &Update, ctes: &[Cte]) -> Effect {
        let Some(relation) = self.target(&update.table) else {
            return Effect::Unknown("it updates something other than a named table".to_owned());
        };
        let mut mappings = Mappings::new(self.dialect);
        mappings.join(&update.table, ctes);
        if let Some(UpdateTableFromKind::BeforeSet(tables) | UpdateTableFromKind::AfterSet(tables)) = &update.from {
            tables.iter().for_each(|table| mappings.join(table, ctes));
        }
        update.selection.iter().for_each(|condition| mappings.on(condition));
        let mut ops = Vec::new();
        for assignment in &update.assignments {
            let targets: Vec<&ObjectName> = match &assignment.target {
                AssignmentTarget::ColumnName(name) => vec![name],
                AssignmentTarget::Tuple(names) => names.iter().collect(),
            };
            for target in targets {
                let Some(column) = target.0.last().and_then(|part| part.as_ident()) else { continue };
                let column = self.fold(column);
                let Remap { pairs: mut values, others } =
                    remap(&column, &assignment.value, update.selection.as_ref(), self.dialect);
                if values.is_empty() {
                    values = mappings.pairs(&column, &assignment.value);
                }
                let span = self.span_of(target).unwrap_or(self.piece);
                ops.push(PlacedOp {
                    op: Op::ChangeData(DataChange::Update { relation: relation.clone(), column, values, others }),
                    span,
                });
            }
        }
        Effect::Ops(ops)
    }

    pub(super) fn insert(&self, insert: &Insert) -> Effect {
        let TableObject::TableName(name) = &insert.table else {
            return Effect::Unknown("it writes into something other than a named table".to_owned());
        };
        let relation = self.name(name);
        if insert.overwrite || insert.replace_into || matches!(insert.or, Some(SqliteOnConflict::Replace)) {
            return self.one(Op::ChangeData(DataChange::Rewrite { relation }));
        }
        // Rows that are there already may get other values.
        let assignments = match &insert.on {
            Some(OnInsert::DuplicateKeyUpdate(assignments)) => assignments.as_slice(),
            Some(OnInsert::OnConflict(OnConflict { action: OnConflictAction::DoUpdate(update), .. })) => {
                update.assignments.as_slice()
            }
            _ => &[],
        };
        let added = Op::ChangeData(DataChange::Insert { relation: relation.clone() });
        let changed = assignments.iter().filter_map(|assignment| {
            let AssignmentTarget::ColumnName(target) = &assignment.target else { return None };
            let column = self.fold(target.0.last()?.as_ident()?);
            let (relation, values, others) = (relation.clone(), Vec::new(), false);
            let op = Op::ChangeData(DataChange::Update { relation, column, values, others });
            Some((op, self.span_of(target)))
        });
        self.many([(added, None)].into_iter().chain(changed))
    }

    pub(super) fn delete(&self, delete: &Delete) -> Effect {
        let (FromTable::WithFromKeyword(tables) | FromTable::WithoutKeyword(tables)) = &delete.from;
        match tables.first().and_then(|table| self.target(table)) {
            Some(relation) => self.one(Op::ChangeData(DataChange::Delete { relation })),
            None => Effect::Unknown("it deletes from something other than a named table".to_owned()),
        }
    }

    pub(super) fn merge(&self, merge: &Merge, ctes: &[Cte]) -> Effect {
        let TableFactor::Table { name, .. } = &merge.table else {
            return Effect::Unknown("it merges into something other than a named table".to_owned());
        };
        let relation = self.name(name);
        let mut mappings = Mappings::new(self.dialect);
        mappings.add(&merge.source, ctes);
        mappings.on(&merge.on);
        let mut ops = Vec::new();
        for clause in &merge.clauses {
            match &clause.action {
                MergeAction::Insert(_) => ops.push(Op::ChangeData(DataChange::Insert { relation: relation.clone() })),
                MergeAction::Delete { .. } => {
                    ops.push(Op::ChangeData(DataChange::Delete { relation: relation.clone() }));
                }
                MergeAction::Update(update) => {
                    let MergeUpdateKind::Set(assignments) = &update.kind else {
                        ops.push(Op::ChangeData(DataChange::Rewrite { relation: relation.clone() }));
                        continue;
                    };
                    for assignment in assignments {
                        let AssignmentTarget::ColumnName(target) = &assignment.target else { continue };
                        let Some(column) = target.0.last().and_then(|part| part.as_ident()) else { continue };
                        let column = self.fold(column);
                        let filter = update.update_predicate.as_ref().or(clause.predicate.as_ref());
                        let Remap { pairs: mut values, others } =
                            remap(&column, &assignment.value, filter, self.dialect);
                        if values.is_empty() {
                            values = mappings.pairs(&column, &assignment.value);
                        }
                        let relation = relation.clone();
                        ops.push(Op::ChangeData(DataChange::Update { relation, column, values, others }));
                    }
                }
                MergeAction::DoNothing { .. } => {}
            }
        }
        self.many(ops.into_iter().map(|op| (op, self.span_of(name))))
    }

    fn target(&self, table: &TableWithJoins) -> Option<RelationName> {
        match &table.relation {
            TableFactor::Table { name, args: None, .. } => Some(self.name(name)),
            _ => None,
        }
    }
}
