//! The operations: what a migration can do to a schema or its data. Names are the contract (`changes[].op`).

use super::MadeOf;
use crate::dialect::Dialect;
use crate::schema::RelationName;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// `definition` is the whole statement, where it selects what the relation holds.
    CreateRelation {
        relation: RelationName,
        kind: RelationKind,
        columns: Vec<ColumnSpec>,
        if_not_exists: bool,
        replace: bool,
        /// OR ALTER: one that is there gets these columns, and keeps the values of those that it has.
        alters: bool,
        /// It is there for the session alone, and hides others of its name.
        temporary: bool,
        definition: Option<Definition>,
        /// INHERITS, PARTITION OF: their columns are its columns, now and later.
        parents: Vec<RelationName>,
        /// It is a part of its parent, and goes with it.
        partition: bool,
    },
    DropRelation {
        relation: RelationName,
        kind: RelationKind,
        if_exists: bool,
        cascade: bool,
    },
    RenameRelation {
        relation: RelationName,
        to: RelationName,
    },
    /// Two relations take each other's names.
    SwapRelations {
        relation: RelationName,
        with: RelationName,
    },
    /// With everything in it.
    DropSchema {
        schema: RelationName,
        /// It is a database, which holds schemas.
        database: bool,
        if_exists: bool,
        cascade: bool,
    },
    RenameSchema {
        schema: RelationName,
        database: bool,
        to: RelationName,
    },
    /// A value of an enum, and so of every column of that type.
    RenameValue {
        type_name: RelationName,
        from: String,
        to: String,
    },
    AddColumn {
        relation: RelationName,
        column: ColumnSpec,
        if_not_exists: bool,
    },
    DropColumn {
        relation: RelationName,
        column: String,
        if_exists: bool,
        cascade: bool,
    },
    RenameColumn {
        relation: RelationName,
        column: String,
        to: String,
    },
    RetypeColumn {
        relation: RelationName,
        column: String,
        to: String,
        rewrites: bool,
    },
    /// It stands behind another column from here on, or before all of them.
    MoveColumn {
        relation: RelationName,
        column: String,
        behind: Option<String>,
    },
    /// NOT NULL set or dropped.
    ChangeNullability {
        relation: RelationName,
        column: String,
        not_null: bool,
    },
    ChangeDefault {
        relation: RelationName,
        column: String,
        to: Option<String>,
    },
    /// A constraint, index, comment, grant, trigger or storage setting: nothing that a reader of the relation can see.
    Annotate {
        relation: RelationName,
        what: &'static str,
        name: String,
    },
    ChangeData(DataChange),
    /// The schemas in which bare names are looked up from here on; none where it is those of the beginning.
    SetSearchPath {
        schemas: Vec<String>,
    },
    /// A thing that is no relation, such as a schema, a type, a function or a role.
    Other {
        what: String,
        name: String,
    },
}

/// A CREATE … AS, to be traced once the schema at that point is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    pub text: String,
    pub dialect: Dialect,
    /// LIKE, CLONE: a copy of another relation, NOT NULL and all, before the columns of its own.
    pub is_copy: bool,
    /// INCLUDING DEFAULTS: its columns are filled as those of the other are, from the same sequences.
    pub takes_defaults: bool,
}

/// A change of rows or values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataChange {
    /// Values of columns are set. With pairs when the statement maps known values to others.
    Update {
        relation: RelationName,
        column: String,
        values: Vec<(String, String)>,
        /// Every row with one of these values is changed: nothing else decides which.
        all: bool,
        /// Values that are not among the pairs may change too.
        others: bool,
        /// A text that every new value is or holds, where the values are not all named.
        holds: Option<String>,
        /// The column that all values are taken from, row by row.
        copies: Option<MadeOf>,
    },
    Insert {
        relation: RelationName,
    },
    Delete {
        relation: RelationName,
    },
    Truncate {
        relation: RelationName,
    },
    /// Readers no longer see all rows, as a row policy has it.
    Hide {
        relation: RelationName,
    },
    /// Other rows than before: a partition exchanged, a load that overwrites, a MERGE of every column.
    Rewrite {
        relation: RelationName,
    },
    /// Readers see other values than the stored ones, as a masking policy has it.
    Mask {
        relation: RelationName,
        column: String,
    },
}

/// The words for what holds relations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    Schema,
    Database,
    Catalog,
}

impl Holder {
    /// Whether what an engine calls so holds schemas, and not the relations themselves.
    pub(super) fn holds_schemas(self, dialect: Dialect) -> bool {
        match self {
            Self::Schema => false,
            Self::Database => {
                !matches!(dialect, Dialect::MySql | Dialect::StarRocks | Dialect::ClickHouse | Dialect::Databricks)
            }
            Self::Catalog => true,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationKind {
    Table,
    View,
    MaterializedView,
}

impl RelationKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSpec {
    pub name: String,
    pub data_type: String,
    pub not_null: bool,
    /// Added to a table, it is NULL in every row: nothing fills it.
    pub empty: bool,
    /// The engine numbers its rows: GENERATED … AS IDENTITY.
    pub identity: bool,
    /// Of a generated column, the one column that it is made of.
    pub made_of: Option<MadeOf>,
}

impl Op {
    /// The operation's name in JSON.
    pub fn name(&self) -> &str {
        match self {
            Self::CreateRelation { temporary: true, .. } => "create_temporary",
            Self::CreateRelation { replace: true, kind: RelationKind::Table, .. } => "replace_table",
            Self::CreateRelation { replace: true, .. } => "replace_view",
            Self::CreateRelation { kind: RelationKind::Table, .. } => "create_table",
            Self::CreateRelation { .. } => "create_view",
            Self::DropRelation { kind: RelationKind::Table, .. } => "drop_table",
            Self::DropRelation { .. } => "drop_view",
            Self::RenameRelation { .. } => "rename_table",
            Self::SwapRelations { .. } => "swap_tables",
            Self::DropSchema { .. } => "drop_schema",
            Self::RenameSchema { .. } => "rename_schema",
            Self::RenameValue { .. } => "rename_enum_value",
            Self::AddColumn { .. } => "add_column",
            Self::DropColumn { .. } => "drop_column",
            Self::RenameColumn { .. } => "rename_column",
            Self::RetypeColumn { .. } => "retype_column",
            Self::MoveColumn { .. } => "reorder_column",
            Self::ChangeNullability { not_null: true, .. } => "set_not_null",
            Self::ChangeNullability { .. } => "drop_not_null",
            Self::ChangeDefault { to: Some(_), .. } => "set_default",
            Self::ChangeDefault { .. } => "drop_default",
            Self::Annotate { what, .. } => what,
            Self::ChangeData(DataChange::Update { values, .. }) if values.is_empty() => "update_values",
            Self::ChangeData(DataChange::Update { .. }) => "remap_values",
            Self::ChangeData(DataChange::Insert { .. }) => "insert_rows",
            Self::ChangeData(DataChange::Delete { .. }) => "delete_rows",
            Self::ChangeData(DataChange::Truncate { .. }) => "truncate",
            Self::ChangeData(DataChange::Hide { .. }) => "hide_rows",
            Self::ChangeData(DataChange::Rewrite { .. }) => "rewrite_rows",
            Self::ChangeData(DataChange::Mask { .. }) => "mask_values",
            Self::SetSearchPath { .. } => "set_search_path",
            Self::Other { what, .. } => what,
        }
    }

    /// The relation it works on.
    pub fn relation(&self) -> Option<&RelationName> {
        match self {
            Self::CreateRelation { relation, .. }
            | Self::DropRelation { relation, .. }
            | Self::RenameRelation { relation, .. }
            | Self::SwapRelations { relation, .. }
            | Self::AddColumn { relation, .. }
            | Self::DropColumn { relation, .. }
            | Self::RenameColumn { relation, .. }
            | Self::RetypeColumn { relation, .. }
            | Self::MoveColumn { relation, .. }
            | Self::ChangeNullability { relation, .. }
            | Self::ChangeDefault { relation, .. }
            | Self::Annotate { relation, .. } => Some(relation),
            Self::ChangeData(change) => Some(change.relation()),
            Self::DropSchema { .. }
            | Self::RenameSchema { .. }
            | Self::RenameValue { .. }
            | Self::SetSearchPath { .. }
            | Self::Other { .. } => None,
        }
    }

    pub fn column(&self) -> Option<&str> {
        match self {
            Self::AddColumn { column, .. } => Some(&column.name),
            Self::DropColumn { column, .. }
            | Self::RenameColumn { column, .. }
            | Self::RetypeColumn { column, .. }
            | Self::MoveColumn { column, .. }
            | Self::ChangeNullability { column, .. }
            | Self::ChangeDefault { column, .. }
            | Self::ChangeData(DataChange::Update { column, .. } | DataChange::Mask { column, .. }) => Some(column),
            _ => None,
        }
    }

    /// What it becomes: the new name, or the new type.
    pub fn to(&self) -> Option<String> {
        match self {
            Self::RenameRelation { to, .. } | Self::RenameSchema { to, .. } => Some(to.to_string()),
            Self::SwapRelations { with, .. } => Some(with.to_string()),
            Self::RenameColumn { to, .. } | Self::RetypeColumn { to, .. } => Some(to.clone()),
            Self::AddColumn { column, .. } => Some(column.data_type.clone()),
            Self::ChangeDefault { to, .. } => to.clone(),
            _ => None,
        }
    }

    /// Whether readers of a relation can notice the operation at all.
    pub fn is_felt(&self) -> bool {
        !matches!(
            self,
            Self::Annotate { .. }
                | Self::SetSearchPath { .. }
                | Self::Other { .. }
                | Self::ChangeDefault { .. }
                | Self::ChangeNullability { .. }
        )
    }

    /// How a relation that it creates is defined.
    pub(super) fn into_definition(self) -> Option<Definition> {
        match self {
            Self::CreateRelation { definition, .. } => definition,
            _ => None,
        }
    }

    /// The operation in a few words.
    pub fn summary(&self) -> String {
        match self {
            Self::CreateRelation { relation, kind, .. } => format!("{} {}", kind.word(), relation.name()),
            Self::RenameRelation { relation, to } if to.name() == relation.name() => format!("{relation} → {to}"),
            Self::RenameRelation { relation, to } => format!("{} → {}", relation.name(), to.name()),
            Self::DropRelation { relation, .. } => relation.name().to_owned(),
            Self::SwapRelations { relation, with } => format!("{} ⇄ {}", relation.name(), with.name()),
            Self::DropSchema { schema, .. } => schema.to_string(),
            Self::RenameSchema { schema, to, .. } => format!("{schema} → {to}"),
            Self::RenameValue { type_name, from, to } => format!("{}: {from} → {to}", type_name.name()),
            Self::AddColumn { relation, column, .. } => {
                format!("{}.{} {}", relation.name(), column.name, column.data_type)
            }
            Self::RenameColumn { relation, column, to } => format!("{}.{column} → {to}", relation.name()),
            Self::RetypeColumn { relation, column, to, .. } => format!("{}.{column}: {to}", relation.name()),
            Self::DropColumn { relation, column, .. }
            | Self::MoveColumn { relation, column, .. }
            | Self::ChangeNullability { relation, column, .. }
            | Self::ChangeDefault { relation, column, .. } => format!("{}.{column}", relation.name()),
            Self::Annotate { relation, name, .. } if name.is_empty() => relation.name().to_owned(),
            Self::Annotate { name, .. } => name.clone(),
            Self::ChangeData(DataChange::Update { relation, column, values, .. }) if values.is_empty() => {
                format!("{}.{column}", relation.name())
            }
            Self::ChangeData(DataChange::Update { relation, column, values, others, .. }) => {
                let mut pairs: Vec<String> = values.iter().map(|(from, to)| format!("{from} → {to}")).collect();
                pairs.extend(others.then(|| "others too".to_owned()));
                format!("{}.{column}: {}", relation.name(), pairs.join(", "))
            }
            Self::ChangeData(DataChange::Mask { relation, column }) => format!("{}.{column}", relation.name()),
            Self::ChangeData(change) => change.relation().name().to_owned(),
            Self::SetSearchPath { schemas } => schemas.join(", "),
            Self::Other { name, .. } => name.clone(),
        }
    }
}

impl DataChange {
    /// Of the rows that it says, not all are changed.
    pub(crate) fn take_some(&mut self) {
        if let Self::Update { all, .. } = self {
            *all = false;
        }
    }

    pub fn relation(&self) -> &RelationName {
        match self {
            Self::Update { relation, .. }
            | Self::Insert { relation }
            | Self::Delete { relation }
            | Self::Truncate { relation }
            | Self::Hide { relation }
            | Self::Rewrite { relation }
            | Self::Mask { relation, .. } => relation,
        }
    }
}
