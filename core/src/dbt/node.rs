//! A node of the project: what is known of it from the index, and what is read when a review reaches it.

use std::collections::BTreeSet;

use crate::outcome::NodeKind;
use crate::review::Owner;
use crate::schema::RelationName;
use foreshock_artifacts::bytes::Extent;

/// A node as the index of its manifest has it.
#[derive(Debug, Clone)]
pub struct Node {
    pub unique_id: String,
    pub kind: NodeKind,
    pub name: String,
    pub label: String,
    pub package: String,
    /// The file that defines it, from the project's folder on.
    pub path: String,
    /// dbt's path of dots: the package, the folders, the name.
    pub fqn: Vec<String>,
    pub tags: Vec<String>,
    pub materialized: String,
    /// `private`, `protected` or `public`; empty where dbt has no such thing.
    pub access: String,
    pub version: Option<Version>,
    pub group: Option<String>,
    /// A source's own name, above its tables.
    pub source_name: String,
    /// The relation that the node is or builds; none for tests, exposures and ephemeral models.
    pub relation: Option<RelationName>,
    pub sql: Sql,
    pub owner: Option<Owner>,
    pub url: Option<String>,
    pub test: Option<TestFacts>,
    /// Its settings say that something outside reads it: a share, a reverse ETL.
    pub leaves: bool,
    /// The columns that an exposure says it shows; empty where it does not say.
    pub shows: Vec<ShownColumn>,
    /// Ids as the manifest gives them, with those that lead out of the project.
    pub depends_on: Vec<String>,
    /// Which of the project's manifests it comes from, and where in it.
    pub manifest: usize,
    pub extent: Extent,
    /// Which of the project's catalogs knows its columns, and where.
    pub catalog: Option<(usize, Extent)>,
}

/// A versioned model's number, and whether it is the latest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub number: String,
    pub latest: String,
}

/// What a node runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sql {
    /// Nothing: a source, an exposure.
    None,
    Compiled,
    /// The manifest has the template and not what dbt made of it.
    Template,
    /// Another language than SQL.
    Foreign(String),
}

impl Sql {
    /// How much is known, from most to least.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Compiled => 0,
            Self::Template => 1,
            Self::Foreign(_) => 2,
            Self::None => 3,
        }
    }
}

/// What a data test looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestFacts {
    /// `accepted_values`, `not_null`, …; empty for a singular test.
    pub name: String,
    pub column: Option<String>,
    /// The values that `accepted_values` accepts.
    pub values: Vec<String>,
    pub attached_node: Option<String>,
}

/// A column that a dashboard shows: `meta.referenced_columns` of its exposure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownColumn {
    /// The model's name where one is given.
    pub node: Option<String>,
    pub column: String,
}

/// What is read of a node when a review reaches it.
#[derive(Debug, Clone, Default)]
pub(super) struct Details {
    /// All there are, in order, where a catalog said so; else those that are documented.
    pub(super) columns: Vec<Column>,
    /// The columns that dbt holds the model to; empty where it does not.
    pub(super) contract: Vec<String>,
    /// The SQL that runs.
    pub(super) sql: Option<String>,
    /// The template that dbt makes the SQL of.
    pub(super) template: Option<String>,
    /// Settings that name a column of the node's own, or `all`: the setting, and the name as the dialect folds it.
    pub(super) named: Vec<(&'static str, String)>,
    /// What an incremental model does in place when its columns change; empty where it is not said.
    pub(super) on_schema_change: String,
    /// The column or expression by which a source's freshness is measured.
    pub(super) loaded_at: Option<String>,
    /// What dbt runs right before and after it builds the node.
    pub(super) hooks: Vec<String>,
    /// The rows of a unit test; the last are those that it expects.
    pub(super) rows: Vec<GivenRows>,
}

/// Rows that a unit test is given, or expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenRows {
    /// The names in `ref('orders')` or `source('raw', 'orders')`; none for what is expected.
    pub input: Option<Vec<String>>,
    /// As the project's dialect folds them.
    pub columns: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// As the artifact writes it.
    pub name: String,
    /// As the project's dialect folds it.
    pub key: String,
    pub data_type: Option<String>,
    pub origin: ColumnOrigin,
}

/// What dbt adds to a snapshot.
pub const SNAPSHOT_COLUMNS: [&str; 5] =
    ["dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to", "dbt_is_deleted"];

/// How a column came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnOrigin {
    Catalog,
    Documented,
    Migration,
}

impl Node {
    /// A catalog has all its columns, in order.
    pub fn columns_complete(&self) -> bool {
        self.catalog.is_some()
    }
}
