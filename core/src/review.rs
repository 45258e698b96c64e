//! The review: everything the engine has to say, as plain data.
//!
//! These types are the JSON contract (`docs/review.schema.json`). A list is sorted, nothing is read from a clock, and the
//! same bytes in give the same bytes out. The page, the command line and the documents all speak from this one value.

use serde::{Deserialize, Serialize};

use crate::dialect::Dialect;
use crate::outcome::{Certainty, NodeKind, Outcome, Verdict};
use crate::text::{Diagnostic, Place};

/// The version of the JSON contract.
pub const CONTRACT_VERSION: u32 = 1;

/// What a set of migrations does to a dbt project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    pub version: u32,
    pub verdict: Verdict,
    /// Why the verdict is what it is, in sentences, the weightiest first.
    pub reasons: Vec<String>,
    pub project: ProjectFacts,
    pub coverage: Coverage,
    /// Which part of the whole this is; none where it is all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<SelectionFacts>,
    pub inputs: Vec<Input>,
    pub changes: Vec<Change>,
    /// The nodes that a change reaches; others are not listed.
    pub nodes: Vec<NodeImpact>,
    /// The direct dependencies between what is listed: sources with a change, and the nodes.
    pub edges: Vec<Edge>,
    /// What real runs reported, when `run_results` were given; merged in time order.
    pub runs: Vec<Run>,
    /// Findings of the safety checks.
    pub findings: Vec<LeftEmpty>,
    /// Drafted fixes.
    pub remedies: Vec<LeftEmpty>,
    /// What is broken in which deployment window.
    pub windows: Vec<LeftEmpty>,
    /// What could not be read or understood, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// A section of the contract that this version of the engine leaves empty: there is no value of this type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LeftEmpty {}

/// The dbt project under review.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectFacts {
    pub name: String,
    pub adapter: String,
    pub dbt_version: String,
    pub generated_at: String,
    pub models: usize,
    pub tests: usize,
    pub sources: usize,
    pub exposures: usize,
}

/// What the verdict rests on. `unknown` is never counted as safe.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Models of the project.
    pub models: usize,
    /// Models with a column-level answer: analysed, or not reached by any change.
    pub column_level: usize,
    /// Models that a change reaches and that could not be analysed.
    pub unknown: usize,
    /// Statements of the migration, and how many of them were understood.
    pub statements: usize,
    pub statements_understood: usize,
    /// One sentence for each thing that could not be analysed.
    pub reasons: Vec<String>,
}

impl Coverage {
    pub fn is_complete(&self) -> bool {
        self.unknown == 0 && self.statements == self.statements_understood && self.reasons.is_empty()
    }
}

/// What a review was narrowed to. Verdict, counts, coverage and nodes are those of the selection, and this says what it left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionFacts {
    /// The expressions, as given.
    pub select: Vec<String>,
    pub exclude: Vec<String>,
    /// Nodes of the project that are selected.
    pub selected: usize,
    /// Reached nodes, and how many of them are selected and shown.
    pub reached: usize,
    pub shown: usize,
    /// The verdict over all reached nodes.
    pub verdict_of_all: Verdict,
}

impl SelectionFacts {
    /// `tag:finance+ --exclude source:*`
    pub fn expression(&self) -> String {
        let exclude = self.exclude.iter().map(|expression| format!("--exclude {expression}"));
        self.select.iter().cloned().chain(exclude).collect::<Vec<_>>().join(" ")
    }

    /// One sentence, for every format that people read.
    pub fn sentence(&self) -> String {
        format!(
            "Selection: {} ({} of {} reached nodes shown; the verdict over all of them is {}).",
            self.expression(),
            self.shown,
            self.reached,
            self.verdict_of_all.word()
        )
    }
}

/// A file that was given, and what it was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    pub name: String,
    pub kind: InputKind,
    pub sha256: String,
    pub bytes: u64,
    /// Of a migration: what its SQL was read as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<ReadAs>,
}

/// The dialect that a migration was read in, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadAs {
    pub name: Dialect,
    pub reason: String,
}

impl Input {
    /// What it was taken for, for a person.
    pub fn taken_for(&self) -> String {
        match &self.dialect {
            None => self.kind.title().to_owned(),
            Some(read_as) => {
                format!("{}, read as {}: {}", self.kind.title(), read_as.name.facts().title, read_as.reason)
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputKind {
    Manifest,
    Catalog,
    RunResults,
    /// `sources.json`: how old the data of the sources was.
    Freshness,
    Migration,
    /// The way back: an undo or down migration. Read, never applied as a change.
    Rollback,
    /// `foreshock.toml`
    Config,
    /// Recognised, and of no use to a review (the diagnostic says what it is).
    NotUsed,
    /// Not recognised, or not readable; the diagnostic says why.
    Unusable,
}

impl InputKind {
    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Manifest => "dbt manifest",
            Self::Catalog => "dbt catalog",
            Self::RunResults => "dbt run results",
            Self::Freshness => "dbt source freshness",
            Self::Migration => "migration",
            Self::Rollback => "rollback",
            Self::Config => "configuration",
            Self::NotUsed => "not used",
            Self::Unusable => "unusable",
        }
    }
}

/// One operation of a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// `c1`, `c2`, … in order of application.
    pub id: String,
    /// The operation's name, such as `rename_column` (`migration::Op::name`).
    pub op: String,
    /// The relation as the migration's schema knows it before this operation.
    pub relation: String,
    pub column: Option<String>,
    /// The new name or type.
    pub to: Option<String>,
    /// The operation in a few words: `customer_segment → account_tier`.
    pub summary: String,
    /// Old and new values, when an UPDATE maps one to the other.
    pub values: Vec<ValueChange>,
    pub file: String,
    pub line: u32,
    pub column_number: u32,
    pub end_line: u32,
    pub end_column: u32,
    /// The statement, cut at a sensible length.
    pub sql: String,
    pub matched: Vec<Match>,
    /// How many of `nodes` name this change as a reason.
    pub reaches: usize,
}

impl Change {
    pub fn place(&self) -> Place {
        Place {
            file: self.file.clone(),
            line: self.line,
            column: self.column_number,
            end_line: self.end_line,
            end_column: self.end_column,
            compiled: false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ValueChange {
    pub from: String,
    pub to: String,
}

/// The dbt node that stands for a changed relation, and how sure that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    pub unique_id: String,
    /// In words: `same schema and name`, `name only: …`.
    pub how: String,
    pub certainty: Certainty,
}

/// A node that a change reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeImpact {
    pub unique_id: String,
    pub kind: NodeKind,
    pub name: String,
    /// The title people know it by: an exposure's label, else the name.
    pub label: String,
    /// The project's file that defines it.
    pub path: String,
    /// How dbt builds it (`view`, `table`, …); for an exposure its type.
    pub materialized: String,
    pub outcome: Outcome,
    pub certainty: Certainty,
    /// At least one entry: an outcome without a reason is not shown.
    pub because: Vec<Because>,
    pub owner: Option<Owner>,
    /// An exposure's address.
    pub url: Option<String>,
}

impl NodeImpact {
    /// The reason that is shown first.
    pub fn headline(&self) -> &str {
        self.because.first().map_or("", |because| because.message.as_str())
    }
}

/// One reason for an outcome, with the path that explains it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Because {
    /// The id of the change that starts it; none where the reason lies in what could not be analysed.
    pub change: Option<String>,
    /// Node ids from the one the change touches to this one.
    pub path: Vec<String>,
    /// Where this node's own SQL uses what changed.
    pub span: Option<Place>,
    pub message: String,
    /// What this reason alone would make of the node: one that fails may also be wrong once it is mended.
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Owner {
    pub name: String,
    pub email: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Edge {
    pub from: String,
    pub to: String,
}

/// One dbt invocation, as its `run_results.json` tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub file: String,
    /// `run`, `build`, `test` …
    pub command: String,
    pub generated_at: String,
    pub results: Vec<RunResult>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunResult {
    pub unique_id: String,
    /// dbt's word: `success`, `error`, `skipped`, `pass`, `fail`, `warn`, …
    pub status: String,
    /// When execution ended; empty for what was skipped.
    pub completed_at: String,
    pub message: String,
    pub failures: Option<u64>,
}
