//! The review: everything the engine has to say, as plain data.
//!
//! These types are the JSON contract (`docs/review.schema.json`). A list is sorted, nothing is read from a clock, and the
//! same bytes in give the same bytes out. The page, the command line and the documents all speak from this one value.

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use crate::checks::{Cost, Finding};
use crate::dialect::Dialect;
use crate::minutes::Decision;
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
    pub findings: Vec<Finding>,
    /// What each statement locks, whom that keeps waiting, and what work it does.
    #[serde(default)]
    pub costs: Vec<Cost>,
    /// Who runs the migrations: `flyway`; empty where that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub runner: String,
    /// Drafted fixes; empty until a host asks for them (`Session::remedies`).
    pub remedies: Vec<Remedy>,
    /// What old columns and tables become where no operation says it. An offer: nothing else here rests on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transitions: Vec<Transition>,
    /// What is broken in which deployment window.
    pub windows: Vec<Plan>,
    /// The same migration against the state of the project before, where two manifests of it were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployed: Option<DeployedState>,
    /// What a meeting decided, by node; empty where none did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Decision>,
    /// What could not be read or understood, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Review {
    /// Takes over the decisions about its nodes.
    pub fn take_decisions(&mut self, decisions: &[Decision]) {
        let is_about = |decision: &&Decision| self.nodes.iter().any(|node| node.unique_id == decision.unique_id);
        self.decisions = decisions.iter().filter(is_about).cloned().collect();
        self.decisions.sort();
    }
}

/// Old columns of a relation, and the new ones that they seem to become; or a table and another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Transition {
    /// As it was called before.
    pub relation: String,
    pub kind: TransitionKind,
    pub from: Vec<String>,
    pub to: Vec<String>,
    pub certainty: Certainty,
    pub because: String,
    /// The changes that drop and add them.
    pub changes: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransitionKind {
    /// One column is cut into several.
    Split,
    /// Several columns are put together.
    Merge,
    /// A column is dropped, and another one takes its place.
    Rename,
    /// The same of a table.
    RenameTable,
}

impl Transition {
    /// One line for a person.
    pub fn sentence(&self) -> String {
        let (from, to) = (self.from.join(", "), self.to.join(", "));
        let Self { relation, because, .. } = self;
        let certainty = self.certainty.word();
        match self.kind {
            TransitionKind::Split => format!("{relation}: {from} is split into {to} ({certainty}): {because}"),
            TransitionKind::Merge => format!("{relation}: {from} are merged into {to} ({certainty}): {because}"),
            TransitionKind::Rename => format!("{relation}: {from} → {to} may be a rename ({certainty}): {because}"),
            TransitionKind::RenameTable => format!("{from} → {to} may be a rename ({certainty}): {because}"),
        }
    }
}

/// A drafted fix: files, and what the engine says of the project with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// `staging_shim`, `sources`, …: the names in `remedy::KINDS`.
    pub kind: String,
    pub title: String,
    /// What it does, in a sentence or two.
    pub summary: String,
    pub files: Vec<RemedyFile>,
    /// What a person has to decide; each stands in the files as a TODO.
    pub decisions: Vec<String>,
    /// What the draft rests on, and what it leaves to do.
    pub notes: Vec<String>,
    /// None where the engine has nothing to run again: a query to compare with, say.
    pub residual: Option<Residual>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemedyFile {
    /// For a file of the dbt project its path there; else its place in the output folder.
    pub path: String,
    pub text: String,
    /// Against the file as it is in the dbt project, as `git apply` takes it; none for a file that stands beside the project.
    pub diff: Option<String>,
}

/// How much is still broken once a draft is in place, by a second run of the engine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Residual {
    /// Nodes that fail, are blocked, go dark or wrong, or catch it, without the draft.
    pub before: usize,
    /// The same with the draft.
    pub after: usize,
    /// Nodes that could not be judged with the draft; never counted as mended.
    pub unknown: usize,
    /// The ids of those that are left, with the reason.
    pub left: Vec<Left>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Left {
    pub unique_id: String,
    pub outcome: Outcome,
    pub message: String,
}

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

/// What becomes of the nodes of the older of two manifests, where it is another than with the newer one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployedState {
    pub generated_at: String,
    pub differences: Vec<StateDifference>,
}

/// A node's outcome in both states; none where the state does not have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateDifference {
    pub unique_id: String,
    pub deployed: Option<Outcome>,
    pub newer: Option<Outcome>,
}

impl DeployedState {
    /// What the change of dbt mends, and what it breaks by itself.
    pub fn lines(&self) -> Vec<String> {
        let harms = |outcome: Option<Outcome>| outcome.is_some_and(|one| one <= Outcome::Unknown);
        let said = |what: &str, fits: &dyn Fn(&&StateDifference) -> bool| {
            let names: Vec<&str> = self.differences.iter().filter(fits).map(|one| one.unique_id.as_str()).collect();
            (!names.is_empty()).then(|| format!("{what}: {}", names.join(", ")))
        };
        [
            said("the newer manifest mends", &|one| harms(one.deployed) && !harms(one.newer)),
            said("harmed with the newer manifest alone", &|one| !harms(one.deployed) && harms(one.newer)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// One way to bring the change about, and what is seen on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// `as_is`, `compatibility_view`, `expand_contract`, `dbt_first`
    pub strategy: String,
    pub title: String,
    /// In the order of deployment.
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub window: Window,
    /// The views for whose sake the engine refuses the migration: nothing changes then.
    pub refused_by: Vec<String>,
    /// Every dashboard that is reached, and every view that is not as it was.
    pub seen: Vec<Seen>,
    /// Once dbt has built everything: the incremental models to which a run in place does another thing than a full refresh.
    #[serde(default)]
    pub in_place: Vec<Seen>,
}

/// What somebody who looks at it sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub unique_id: String,
    pub state: Outcome,
    /// Empty where it is safe.
    pub because: String,
}

/// The time between two steps of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    Before,
    /// The migration is applied, and dbt has not run since.
    Migrated,
    /// dbt's code is deployed, and has not run since the migration. Where it comes first, it has run without it.
    Deployed,
    /// dbt has built everything.
    Rebuilt,
}

impl Window {
    pub fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Migrated => "migrated",
            Self::Deployed => "dbt deployed",
            Self::Rebuilt => "rebuilt",
        }
    }
}

impl Plan {
    /// One line for each window: who sees what. `before` is left out, since nothing has happened yet.
    pub fn lines(&self) -> Vec<String> {
        let steps = self.steps.iter().filter(|step| step.window != Window::Before);
        steps.map(|step| format!("{}: {}", step.window.word(), step.said())).collect()
    }
}

impl Step {
    /// Who sees what.
    pub fn said(&self) -> String {
        let mut counts: std::collections::BTreeMap<(Outcome, bool), usize> = std::collections::BTreeMap::new();
        for seen in self.seen.iter().filter(|seen| seen.state != Outcome::Safe) {
            *counts.entry((seen.state, seen.unique_id.starts_with("exposure."))).or_default() += 1;
        }
        let said = counts.into_iter().map(|((state, is_dashboard), count)| {
            let kind = if is_dashboard { NodeKind::Exposure.count(count) } else { views(count) };
            format!("{kind} {}", state.word())
        });
        let mut said: Vec<String> = said.collect();
        said.extend(self.in_place.iter().map(|one| {
            let name = one.unique_id.rsplit('.').next().unwrap_or_default();
            format!("in place {name} {}", one.state.word())
        }));
        if !self.refused_by.is_empty() {
            said.insert(0, format!("refused by the engine, because of {}", views(self.refused_by.len())));
        }
        if said.is_empty() {
            said.push("as before".to_owned());
        }
        said.join(", ")
    }
}

pub(crate) fn views(count: usize) -> String {
    format!("{count} view{}", if count == 1 { "" } else { "s" })
}

/// A file that was given, and what it was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Input {
    pub name: String,
    pub kind: InputKind,
    pub sha256: String,
    pub bytes: u64,
    /// Of a migration: what its SQL was read as.
    #[serde(default)]
    pub dialect: Option<ReadAs>,
}

/// For people and programs that read names, `dialect` stands only where there is one; a form without names has every field.
impl Serialize for Input {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let says_dialect = self.dialect.is_some() || !serializer.is_human_readable();
        let mut fields = serializer.serialize_struct("Input", 4 + usize::from(says_dialect))?;
        fields.serialize_field("name", &self.name)?;
        fields.serialize_field("kind", &self.kind)?;
        fields.serialize_field("sha256", &self.sha256)?;
        fields.serialize_field("bytes", &self.bytes)?;
        if says_dialect {
            fields.serialize_field("dialect", &self.dialect)?;
        }
        fields.end()
    }
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
    /// YAML of the dbt project, such as its sources: drafts edit it.
    Properties,
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
            Self::Properties => "dbt YAML",
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
    /// What its relation may be, where dbt does not know the name: to be confirmed with a mapping, the likeliest first.
    #[serde(default)]
    pub candidates: Vec<Candidate>,
    /// How it is taken back.
    #[serde(default)]
    pub rollback: RollbackOf,
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

/// A relation that a name may mean; never taken for it unless a mapping says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub unique_id: String,
    /// How the names are alike.
    pub why: String,
    pub certainty: Certainty,
    /// What `--map` takes to confirm it: `users=raw.app_users`.
    pub map: String,
}

/// Whether the way back that was given undoes a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollbackOf {
    pub state: RollbackState,
    /// The step that takes it back.
    pub place: Option<Place>,
    /// What does not come back with it.
    pub loses: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RollbackState {
    /// Nothing that was given leads back.
    #[default]
    NoScript,
    /// The tool works it out, as Liquibase does for many changes.
    ByTool,
    /// There is a way back, and nothing in it undoes this change.
    Missing,
    /// A part of the way back that is not understood may undo it.
    Open,
    Undone,
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
