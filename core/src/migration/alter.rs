//! ALTER TABLE, which can do many things at once.

use sqlparser::ast::{
    AlterColumnOperation, AlterTable, AlterTableOperation, DataType, DropBehavior, Expr, Ident, MySQLColumnPosition,
    PrimaryKeyConstraint, RenameTableNameKind, Spanned, TableConstraint,
};

use super::op::{DataChange, Op};
use super::remap::{Remap, remap};
use super::statement::{Reader, first_words};
use super::{Effect, PlacedOp};
use crate::schema::RelationName;
use crate::text::Span;

impl Reader<'_> {
    pub(super) fn alter_table(&self, alter: &AlterTable) -> Effect {
        let mut relation = self.name(&alter.name);
        let own = self.span_of(&alter.name);
        let mut ops = Vec::new();
        for operation in &alter.operations {
            let Some((op, span)) = self.table_operation(&relation, operation) else {
                return Effect::Unknown(format!(
                    "ALTER TABLE … {} is not read yet",
                    first_words(&operation.to_string())
                ));
            };
            if let Op::RenameRelation { to, .. } = &op {
                relation = to.clone();
            }
            let names: &[Ident] = match operation {
                AlterTableOperation::DropColumn { column_names, .. } => column_names,
                _ => &[],
            };
            for (at, op) in expand(op, operation, self).into_iter().enumerate() {
                let span = names.get(at).and_then(|name| self.locate(name.span)).or(span).or(own);
                ops.push(PlacedOp { op, span: span.unwrap_or(self.piece) });
            }
        }
        Effect::Ops(ops)
    }

    fn table_operation(&self, relation: &RelationName, operation: &AlterTableOperation) -> Option<(Op, Option<Span>)> {
        use AlterTableOperation as Alter;
        let at = relation.clone();
        let annotate = |what: &'static str, name: String| Op::Annotate { relation: at.clone(), what, name };
        let ident = |ident: &Ident| self.locate(ident.span);
        Some(match operation {
            Alter::RenameTable { table_name: RenameTableNameKind::To(to) | RenameTableNameKind::As(to) } => {
                (self.rename(at, to), None)
            }
            Alter::RenameColumn { old_column_name, new_column_name } => (
                Op::RenameColumn { relation: at, column: self.fold(old_column_name), to: self.fold(new_column_name) },
                ident(old_column_name),
            ),
            Alter::ChangeColumn { old_name, new_name, .. } if self.fold(old_name) != self.fold(new_name) => (
                Op::RenameColumn { relation: at, column: self.fold(old_name), to: self.fold(new_name) },
                ident(old_name),
            ),
            Alter::ModifyColumn { col_name, .. } if is_no_column(col_name) => return None,
            Alter::ModifyColumn { data_type, .. } if is_no_type(data_type) => return None,
            Alter::ChangeColumn { old_name: name, data_type, .. }
            | Alter::ModifyColumn { col_name: name, data_type, .. } => (
                Op::RetypeColumn { relation: at, column: self.fold(name), to: data_type.to_string(), rewrites: false },
                ident(name),
            ),
            // A form that is not known to the parser, which takes its first word for a column.
            Alter::AddColumn { column_keyword: false, column_def, .. } if is_no_column(&column_def.name) => {
                return None;
            }
            Alter::AddColumn { column_def, if_not_exists, .. } => (
                Op::AddColumn { relation: at, column: self.column(column_def), if_not_exists: *if_not_exists },
                ident(&column_def.name),
            ),
            Alter::DropColumn { column_names, if_exists, drop_behavior, .. } => {
                let first = column_names.first()?;
                let (if_exists, cascade) = (*if_exists, *drop_behavior == Some(DropBehavior::Cascade));
                (Op::DropColumn { relation: at, column: self.fold(first), if_exists, cascade }, ident(first))
            }
            Alter::AlterColumn { column_name, op } => {
                let column = self.fold(column_name);
                let op = match op {
                    AlterColumnOperation::SetNotNull => Op::ChangeNullability { relation: at, column, not_null: true },
                    AlterColumnOperation::DropNotNull => {
                        Op::ChangeNullability { relation: at, column, not_null: false }
                    }
                    AlterColumnOperation::SetDefault { value } => {
                        Op::ChangeDefault { relation: at, column, to: Some(value.to_string()) }
                    }
                    AlterColumnOperation::DropDefault => Op::ChangeDefault { relation: at, column, to: None },
                    AlterColumnOperation::SetDataType { data_type, using, .. } => {
                        let is_known = |using: &Expr| {
                            is_cast_of(using, column_name)
                                || !remap(&column, using, None, self.dialect).pairs.is_empty()
                        };
                        let rewrites = using.as_ref().is_some_and(|using| !is_known(using));
                        Op::RetypeColumn { relation: at, column, to: data_type.to_string(), rewrites }
                    }
                    AlterColumnOperation::AddGenerated { .. } => annotate("add_identity", column),
                };
                (op, ident(column_name))
            }
            Alter::AddConstraint { constraint, .. } => {
                (annotate("add_constraint", constraint_name(&constraint.to_string())), self.locate(constraint.span()))
            }
            Alter::DropConstraint { name, .. } => (annotate("drop_constraint", name.to_string()), ident(name)),
            Alter::RenameConstraint { old_name, new_name } => {
                (annotate("rename_constraint", format!("{old_name} → {new_name}")), ident(old_name))
            }
            Alter::ValidateConstraint { name } => (annotate("validate_constraint", name.to_string()), ident(name)),
            Alter::DropPrimaryKey { .. } => (annotate("drop_constraint", "primary key".to_owned()), None),
            Alter::DropForeignKey { name, .. } => (annotate("drop_constraint", name.to_string()), ident(name)),
            Alter::DropIndex { name } => (annotate("drop_index", name.to_string()), ident(name)),
            Alter::OwnerTo { new_owner } => (annotate("set_owner", new_owner.to_string()), None),
            Alter::EnableTrigger { name }
            | Alter::DisableTrigger { name }
            | Alter::EnableAlwaysTrigger { name }
            | Alter::EnableReplicaTrigger { name } => (annotate("set_trigger", name.to_string()), ident(name)),
            Alter::EnableRowLevelSecurity
            | Alter::DisableRowLevelSecurity
            | Alter::ForceRowLevelSecurity
            | Alter::NoForceRowLevelSecurity => (annotate("set_row_security", String::new()), None),
            Alter::SetTblProperties { .. }
            | Alter::SetOptionsParens { .. }
            | Alter::SetLogged
            | Alter::SetUnlogged
            | Alter::ReplicaIdentity { .. }
            | Alter::Algorithm { .. }
            | Alter::Lock { .. }
            | Alter::AutoIncrement { .. }
            | Alter::ClusterBy { .. } => (annotate("set_storage", String::new()), None),
            _ => return None,
        })
    }
}

impl Reader<'_> {
    pub(super) fn key_columns<'k>(&'k self, key: &'k PrimaryKeyConstraint) -> impl Iterator<Item = String> + 'k {
        key.columns.iter().filter_map(|column| match &column.column.expr {
            Expr::Identifier(ident) => Some(self.fold(ident)),
            _ => None,
        })
    }
}

/// One ALTER can do several things at once: drop several columns, or (MySQL's CHANGE) rename a column and retype it.
fn expand(op: Op, operation: &AlterTableOperation, reader: &Reader<'_>) -> Vec<Op> {
    let mut ops = vec![op];
    match (operation, &ops[0]) {
        (AlterTableOperation::DropColumn { column_names, .. }, Op::DropColumn { relation, if_exists, cascade, .. }) => {
            let (relation, if_exists, cascade) = (relation.clone(), *if_exists, *cascade);
            ops.extend(column_names[1..].iter().map(|name| Op::DropColumn {
                relation: relation.clone(),
                column: reader.fold(name),
                if_exists,
                cascade,
            }));
        }
        // Who reads decides which rows there are.
        (
            AlterTableOperation::EnableRowLevelSecurity
            | AlterTableOperation::DisableRowLevelSecurity
            | AlterTableOperation::ForceRowLevelSecurity
            | AlterTableOperation::NoForceRowLevelSecurity,
            op,
        ) => {
            let Some(relation) = op.relation().cloned() else { return ops };
            ops.push(Op::ChangeData(DataChange::Hide { relation }));
        }
        // A key of its own accord refuses NULL.
        (AlterTableOperation::AddConstraint { constraint: TableConstraint::PrimaryKey(key), .. }, op) => {
            let Some(relation) = op.relation().cloned() else { return ops };
            ops.extend(reader.key_columns(key).map(|column| Op::ChangeNullability {
                relation: relation.clone(),
                column,
                not_null: true,
            }));
        }
        // What `USING (CASE …)` makes of the values.
        (
            AlterTableOperation::AlterColumn {
                op: AlterColumnOperation::SetDataType { using: Some(using), .. }, ..
            },
            Op::RetypeColumn { relation, column, rewrites: false, .. },
        ) => {
            let Remap { pairs: values, others } = remap(column, using, None, reader.dialect);
            if !values.is_empty() {
                let (relation, column, holds, copies) = (relation.clone(), column.clone(), None, None);
                let change = DataChange::Update { relation, column, values, all: true, others, holds, copies };
                ops.push(Op::ChangeData(change));
            }
        }
        // `AFTER a`, `FIRST`
        (
            AlterTableOperation::AddColumn { column_position: Some(place), .. }
            | AlterTableOperation::ModifyColumn { column_position: Some(place), .. }
            | AlterTableOperation::ChangeColumn { column_position: Some(place), .. },
            op,
        ) => {
            let Some(relation) = op.relation().cloned() else { return ops };
            let column = match operation {
                AlterTableOperation::AddColumn { column_def, .. } => &column_def.name,
                AlterTableOperation::ChangeColumn { new_name, .. } => new_name,
                AlterTableOperation::ModifyColumn { col_name, .. } => col_name,
                _ => return ops,
            };
            let behind = match place {
                MySQLColumnPosition::First => None,
                MySQLColumnPosition::After(other) => Some(reader.fold(other)),
            };
            let moved = Op::MoveColumn { relation, column: reader.fold(column), behind };
            ops.extend(retyped(operation, &ops[0]));
            ops.push(moved);
        }
        _ => ops.extend(retyped(operation, &ops[0])),
    }
    ops
}

/// MySQL's CHANGE gives a column a type with its new name.
fn retyped(operation: &AlterTableOperation, renamed: &Op) -> Option<Op> {
    let (AlterTableOperation::ChangeColumn { data_type, .. }, Op::RenameColumn { relation, to, .. }) =
        (operation, renamed)
    else {
        return None;
    };
    let (relation, column) = (relation.clone(), to.clone());
    Some(Op::RetypeColumn { relation, column, to: data_type.to_string(), rewrites: false })
}

/// `USING c::new_type` keeps the values as the cast makes them; anything else rewrites them.
fn is_cast_of(using: &Expr, column: &Ident) -> bool {
    match using {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => is_cast_of(inner, column),
        Expr::Identifier(ident) => ident.value == column.value,
        _ => false,
    }
}

/// The name of a constraint, or, where it has none, what it is: `FOREIGN KEY`.
fn constraint_name(text: &str) -> String {
    let mut words = text.split_whitespace();
    match (words.next(), words.next()) {
        (Some("CONSTRAINT"), Some(name)) => name.to_owned(),
        (Some(first), Some(second)) => {
            format!("{first} {}", second.split('(').next().unwrap_or("")).trim_end().to_owned()
        }
        (first, _) => first.unwrap_or("").to_owned(),
    }
}

/// What the parser takes for a type where a column's own options stand: `MODIFY a NULL`, `MODIFY COLUMN a ADD FIELD f INT`.
fn is_no_type(data_type: &DataType) -> bool {
    const WORDS: [&str; 9] = ["null", "default", "modify", "add", "drop", "reset", "encrypt", "visible", "invisible"];
    let DataType::Custom(name, _) = data_type else { return false };
    let first = name.0.first().and_then(|part| part.as_ident());
    first.is_some_and(|first| WORDS.iter().any(|word| first.value.eq_ignore_ascii_case(word)))
}

fn is_no_column(name: &Ident) -> bool {
    const WORDS: [&str; 14] = [
        "order",
        "sample",
        "lob",
        "rollup",
        "partition",
        "partitions",
        "temporary",
        "projection",
        "search",
        "storage",
        "period",
        "supplemental",
        "system",
        "generated",
    ];
    name.quote_style.is_none() && WORDS.iter().any(|word| name.value.eq_ignore_ascii_case(word))
}
