//! What the page and the worker say to each other.
//!
//! A message is bytes in the form of `postcard`: both sides are of one build, so no field needs its name, and what reads it is
//! small. No type in it may leave out a field when it is written. `File` handles are no bytes: they ride beside the request
//! that names them.

use foreshock_core::documents::blocks::Block;
use foreshock_core::evidence::Evidence;
use foreshock_core::minutes::{Decision, Edited};
use foreshock_core::outcome::{Certainty, NodeKind, Outcome, Verdict};
use foreshock_core::redact::Redaction;
use foreshock_core::review::{Change, Coverage, Input, Owner, ProjectFacts};
use foreshock_core::text::Diagnostic;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What a message is sent as; none where it cannot be, which no type here allows.
pub fn encode<T: Serialize>(message: &T) -> Option<Vec<u8>> {
    postcard::to_allocvec(message).ok()
}

/// What a message says, or that it is none of this build's.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    postcard::from_bytes(bytes).map_err(|error| error.to_string())
}

/// A request with the number that its answer will bear.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToWorker {
    pub id: u32,
    pub request: Request,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Request {
    Greeting(Greeting),
    Ping(Ping),
    ReviewFiles(ReviewFiles),
    Rows(RowQuery),
    Picture(PictureQuery),
    Lit(LitQuery),
    Finding(FindingQuery),
    Evidence(EvidenceQuery),
    Document(DocumentQuery),
    Export(ExportQuery),
    Draft(DraftQuery),
    Completions(CompletionQuery),
}

impl Request {
    /// Which nodes it asks about, where it asks about some.
    pub fn filter(&self) -> Option<&Filter> {
        match self {
            Self::Rows(RowQuery { filter, .. })
            | Self::Lit(LitQuery { filter, .. })
            | Self::Finding(FindingQuery { filter, .. }) => Some(filter),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FromWorker {
    /// The worker has started and can be talked to.
    Ready,
    Progress(Progress),
    Answer {
        id: u32,
        reply: Box<Reply>,
    },
    /// The last words of a worker that panicked.
    Panicked {
        message: String,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "there is one at a time, and it lives for a moment")]
pub enum Reply {
    Greeting(bool),
    Ping(()),
    ReviewFiles(Overview),
    Rows(RowPage),
    Picture(Picture),
    Lit(Vec<u32>),
    Finding(Option<String>),
    Evidence(Option<FoundEvidence>),
    Document(Option<DocumentText>),
    Export(Option<String>),
    Draft(Option<String>),
    Completions(Vec<String>),
}

/// A question and the type of its answer, so that the page cannot mix them up.
pub trait Question: Into<Request> {
    type Answer: DeserializeOwned;

    /// The answer in a reply; none where the reply belongs to another question.
    fn answer(reply: Reply) -> Option<Self::Answer>;
}

macro_rules! questions {
    ($($variant:ident($question:ty) -> $answer:ty;)*) => {$(
        impl From<$question> for Request {
            fn from(question: $question) -> Self {
                Self::$variant(question)
            }
        }

        impl Question for $question {
            type Answer = $answer;

            fn answer(reply: Reply) -> Option<$answer> {
                match reply {
                    Reply::$variant(answer) => Some(answer),
                    _ => None,
                }
            }
        }
    )*};
}

questions! {
    Greeting(Greeting) -> bool;
    Ping(Ping) -> ();
    ReviewFiles(ReviewFiles) -> Overview;
    Rows(RowQuery) -> RowPage;
    Picture(PictureQuery) -> Picture;
    Lit(LitQuery) -> Vec<u32>;
    Finding(FindingQuery) -> Option<String>;
    Evidence(EvidenceQuery) -> Option<FoundEvidence>;
    Document(DocumentQuery) -> Option<DocumentText>;
    Export(ExportQuery) -> Option<String>;
    Draft(DraftQuery) -> Option<String>;
    Completions(CompletionQuery) -> Vec<String>;
}

/// The first message. The worker takes the lock and keeps it for life; the page gets it when the worker has died,
/// however it died. The answer says whether there are locks here at all (only pages from https or localhost have them).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    pub lock: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ping;

/// Read these files from scratch. Their handles ride beside, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewFiles {
    pub names: Vec<String>,
}

/// How far the worker is; also its sign of life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub stage: ProgressStage,
    /// The file in hand, where the stage goes file by file.
    pub file: Option<String>,
    /// How much of the file is read, where it is a large one.
    pub percent: Option<u8>,
    /// In the unit of the stage: KiB that came out of an archive (of nobody knows how many), KiB of all files, or models.
    pub done: usize,
    pub of: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ProgressStage {
    Unpacking,
    Reading,
    Matching,
    /// Templates are made into SQL.
    Rendering,
    Tracing,
    Writing,
}

/// What is always in sight after the files were read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    pub inputs: Vec<Input>,
    pub diagnostics: Vec<Diagnostic>,
    pub standing: Standing,
}

impl Overview {
    pub fn summary(&self) -> Option<&Summary> {
        match &self.standing {
            Standing::Reviewed(summary) => Some(summary),
            Standing::Missing(_) => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Standing {
    Reviewed(Box<Summary>),
    Missing(MissingNote),
}

impl Default for Standing {
    fn default() -> Self {
        Self::Missing(MissingNote::default())
    }
}

/// What has to be added before there can be a review.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingNote {
    /// What, in a few words each.
    pub needs: Vec<String>,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub verdict: Verdict,
    pub reasons: Vec<String>,
    pub project: ProjectFacts,
    pub coverage: Coverage,
    pub changes: Vec<Change>,
    /// Heaviest outcome first; only those that occur.
    pub tallies: Vec<Tally>,
    /// Who is reached, by weight: the owners with the most nodes first.
    pub owners: Vec<OwnerTally>,
    pub nodes: usize,
    pub documents: Vec<DocumentCard>,
}

impl Summary {
    /// How many findings people have to decide about.
    pub fn agenda(&self) -> usize {
        self.tallies.iter().filter(|tally| tally.outcome.needs_decision()).map(|tally| tally.nodes).sum()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub outcome: Outcome,
    pub nodes: usize,
    pub kinds: Vec<(NodeKind, usize)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerTally {
    pub owner: Owner,
    pub nodes: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentCard {
    pub file_name: String,
    pub title: String,
}

/// Which nodes are meant. An empty filter means all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    pub outcomes: Vec<Outcome>,
    /// The id of a change: the nodes that name it as a reason.
    pub change: Option<String>,
    /// Words that must all occur in the name, kind, owner, path or reason; or an expression in dbt's grammar.
    pub text: String,
}

impl Filter {
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty() && self.change.is_none() && self.text.trim().is_empty()
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SortBy {
    #[default]
    Outcome,
    Name,
    Kind,
    Owner,
    Reason,
    Path,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowQuery {
    pub filter: Filter,
    pub sort: SortBy,
    pub descending: bool,
    pub offset: usize,
    pub limit: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowPage {
    pub total: usize,
    pub offset: usize,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Row {
    pub unique_id: String,
    pub label: String,
    pub kind: NodeKind,
    pub outcome: Outcome,
    pub certainty: Certainty,
    pub owner: Option<String>,
    pub reason: String,
    pub path: String,
}

/// How the picture is folded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureQuery {
    /// Nodes whose leaves (tests, dashboards …) are all shown.
    pub unfolded: Vec<String>,
    /// Tests are nodes of their own, not a line on the card of what they test.
    pub tests: bool,
    /// What no change reaches is in it as well.
    pub whole: bool,
    /// The node whose columns are shown, with those that they are made of and those made of them.
    pub columns: Option<String>,
    /// Nodes that are left out.
    pub hidden: Vec<String>,
}

/// Which cards of the picture a filter lets through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LitQuery {
    pub picture: PictureQuery,
    pub filter: Filter,
}

/// The impacted part of the lineage, laid out from left to right. Units are CSS pixels at zoom 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    pub cards: Vec<Card>,
    pub links: Vec<Link>,
    pub column_links: Vec<ColumnLink>,
    pub width: f64,
    pub height: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    pub face: CardFace,
    pub layer: u32,
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    /// Columns that are shown on it, below everything else.
    pub columns: Vec<String>,
}

impl Card {
    pub const COLUMN_HEIGHT: f64 = 17.0;

    /// Where what stands above its columns ends.
    pub fn fold(&self) -> f64 {
        self.column_y(0) - Self::COLUMN_HEIGHT / 2.0
    }

    /// The middle of the line of a column.
    pub fn column_y(&self, at: u32) -> f64 {
        let below =
            (0..).zip(&self.columns).filter(|(row, _)| *row >= at).fold(0.0, |sum, _| sum + Self::COLUMN_HEIGHT);
        self.y + self.height - below + Self::COLUMN_HEIGHT / 2.0
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum CardFace {
    /// What the migration touches: a source, or a model's own relation.
    Origin { unique_id: String, name: String, kind: NodeKind, changes: Vec<String>, more: usize },
    Node {
        unique_id: String,
        label: String,
        kind: NodeKind,
        /// `view`, `table`; for an exposure its type and owner.
        detail: String,
        outcome: Outcome,
        reason: String,
        /// The tests that read it, folded into the card.
        tests: Vec<(Outcome, usize)>,
    },
    /// Leaves of one node, folded: or, once they are unfolded, the handle that folds them again.
    Stub {
        parent: String,
        parent_label: String,
        kind: NodeKind,
        folded: bool,
        count: usize,
        outcomes: Vec<(Outcome, usize)>,
    },
}

impl CardFace {
    /// The node that a click selects.
    pub fn unique_id(&self) -> Option<&str> {
        match self {
            Self::Origin { unique_id, .. } | Self::Node { unique_id, .. } => Some(unique_id),
            Self::Stub { .. } => None,
        }
    }

    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Origin { .. } => None,
            Self::Node { outcome, .. } => Some(*outcome),
            Self::Stub { outcomes, .. } => outcomes.first().map(|(outcome, _)| *outcome),
        }
    }
}

/// From one card to another, by their places in `Picture::cards`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub from: u32,
    pub to: u32,
}

/// From a column of one card to a column of another: the places of the cards, and of the columns on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnLink {
    pub from: (u32, u32),
    pub to: (u32, u32),
}

/// The next or previous finding, in the order of the table's default sort, round the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingQuery {
    pub filter: Filter,
    pub from: Option<String>,
    pub forward: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceQuery {
    pub unique_id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundEvidence {
    pub evidence: Evidence,
    /// Its place among all findings, from 1.
    pub position: usize,
    pub of: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentQuery {
    pub file_name: String,
    /// What the meeting decided so far.
    pub decisions: Vec<Decision>,
    /// What people made of the document.
    pub edited: Option<Edited>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentText {
    pub file_name: String,
    /// Exactly what a download holds: what people wrote, with all that the engine has learnt since.
    pub markdown: String,
    /// What the engine writes by itself; none where that is all.
    pub generated: Option<String>,
    /// People and the engine changed the same lines; those of the people are kept.
    pub has_conflict: bool,
    pub preview: Vec<Block>,
    /// Blocks, rows and items that the preview leaves out; the download has them.
    pub left_out: usize,
}

/// What a filter that is being typed may become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompletionQuery {
    pub typed: String,
}

/// The text of one drafted file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftQuery {
    pub path: String,
}

/// The review in a form that leaves the page. The answer is the address of a blob in this browser, to be revoked once it is
/// saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportQuery {
    /// Says the form as well: `extras/export.rs` lists them.
    pub file_name: String,
    pub decisions: Vec<Decision>,
    pub redaction: Redaction,
    /// The Markdown to be written as HTML, where people edited it.
    pub text: Option<String>,
}
