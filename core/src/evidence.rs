//! What a person looks at to believe an outcome: the path, and the SQL at both ends with the exact use marked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dbt::{NodeIx, Project};
use crate::impact::{Impact, Judgement};
use crate::migration::MigrationFile;
use crate::outcome::{NODE_KINDS, Outcome};
use crate::replayed::PlacedChange;
use crate::review::{NodeImpact, Review};
use crate::text::{LineIndex, Span};

/// The evidence for one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub node: NodeImpact,
    /// From the change to the node, for the first reason.
    pub steps: Vec<Step>,
    /// The migration first, then the node's own SQL.
    pub listings: Vec<Listing>,
    /// Who reads this node, directly: how many of each kind, in words.
    pub read_by: String,
}

/// One step of the path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// A node of the review, where the step is one.
    pub unique_id: Option<String>,
    pub label: String,
    /// `change`, or dbt's word for the node.
    pub kind: String,
    pub outcome: Option<Outcome>,
}

/// A stretch of a text, by whole lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    pub file: String,
    /// The lines are those of the compiled SQL.
    pub compiled: bool,
    /// The number of the first line shown.
    pub first_line: u32,
    pub lines: Vec<String>,
    pub marks: Vec<Mark>,
}

/// A marked range within one line of a listing. Columns count characters from 1; the end is exclusive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    pub line: u32,
    pub column: u32,
    pub end_column: u32,
    pub outcome: Outcome,
    pub message: String,
}

/// Lines shown before and after a marked one.
const CONTEXT: u32 = 3;
/// The longest listing; a query of a thousand lines is shown round its marks.
const MOST_LINES: u32 = 120;

pub(crate) fn of(
    review: &Review,
    project: &Project,
    impact: &Impact,
    migrations: &[MigrationFile],
    changes: &[PlacedChange],
    unique_id: &str,
) -> Option<Evidence> {
    let node = review.nodes.iter().find(|node| node.unique_id == unique_id)?.clone();
    let ix = project.find(unique_id)?;
    let judgement = impact.judgements.iter().find(|judgement| judgement.node == ix)?;
    let mut listings = migration_listings(judgement, migrations, changes);
    listings.extend(own_listing(project, judgement));
    Some(Evidence { steps: steps(review, project, &node), listings, read_by: read_by(project, ix), node })
}

fn steps(review: &Review, project: &Project, node: &NodeImpact) -> Vec<Step> {
    let Some(because) = node.because.first() else { return Vec::new() };
    let change = because.change.as_ref().and_then(|id| review.changes.iter().find(|change| change.id == *id));
    let change = change.map(|change| Step {
        unique_id: None,
        label: format!("{}:{}", change.file.rsplit('/').next().unwrap_or(&change.file), change.line),
        kind: "change".to_owned(),
        outcome: None,
    });
    let nodes = because.path.iter().filter_map(|id| {
        let known = &project.nodes[project.find(id)?];
        let outcome = review.nodes.iter().find(|node| node.unique_id == *id).map(|node| node.outcome);
        Some(Step {
            unique_id: Some(id.clone()),
            label: known.label.clone(),
            kind: known.kind.face().one.to_owned(),
            outcome,
        })
    });
    change.into_iter().chain(nodes).collect()
}

/// The statements that the reasons name, file by file.
fn migration_listings(judgement: &Judgement, migrations: &[MigrationFile], changes: &[PlacedChange]) -> Vec<Listing> {
    let mut by_file: BTreeMap<usize, Vec<(Span, Outcome, String)>> = BTreeMap::new();
    for reason in &judgement.reasons {
        let Some(change) = reason.change.map(|change| &changes[change]) else { continue };
        by_file.entry(change.file).or_default().push((change.span, reason.outcome, change.tracked.op.summary()));
    }
    by_file
        .into_iter()
        .filter_map(|(file, marks)| {
            listing(&migrations[file].name, false, &migrations[file].text, &migrations[file].lines, &marks)
        })
        .collect()
}

fn own_listing(project: &Project, judgement: &Judgement) -> Option<Listing> {
    let node = &project.nodes[judgement.node];
    let sql = project.sql(judgement.node)?;
    let marks: Vec<(Span, Outcome, String)> = judgement
        .reasons
        .iter()
        .filter_map(|reason| Some((reason.span?, reason.outcome, reason.message.clone())))
        .collect();
    listing(&node.path, true, sql, &LineIndex::new(sql), &marks)
}

fn listing(
    file: &str,
    compiled: bool,
    text: &str,
    lines: &LineIndex,
    marks: &[(Span, Outcome, String)],
) -> Option<Listing> {
    let mut placed: Vec<Mark> =
        marks.iter().flat_map(|(span, outcome, message)| marks_of(text, lines, *span, *outcome, message)).collect();
    placed.sort();
    placed.dedup_by(|a, b| (a.line, a.column) == (b.line, b.column));
    let all: Vec<&str> = text.lines().collect();
    let last = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let (first_mark, last_mark) =
        (placed.first().map_or(1, |mark| mark.line), placed.last().map_or(last, |mark| mark.line));
    // A short text is shown whole; of a long one the stretch from the first mark to the last.
    let (from, to) = if last <= MOST_LINES / 2 {
        (1, last)
    } else {
        (first_mark.saturating_sub(CONTEXT).max(1), last_mark.saturating_add(CONTEXT).min(last))
    };
    let to = to.min(from + MOST_LINES);
    placed.retain(|mark| mark.line <= to);
    let shown = all.get(from as usize - 1..to as usize)?;
    Some(Listing {
        file: file.to_owned(),
        compiled,
        first_line: from,
        lines: shown.iter().map(|line| (*line).to_owned()).collect(),
        marks: placed,
    })
}

/// A span over several lines is marked on each of them.
fn marks_of(text: &str, lines: &LineIndex, span: Span, outcome: Outcome, message: &str) -> Vec<Mark> {
    let place = lines.place("", text, span);
    (place.line..=place.end_line.min(place.line.saturating_add(MOST_LINES)))
        .map(|line| Mark {
            line,
            column: if line == place.line { place.column } else { 1 },
            end_column: if line == place.end_line { place.end_column.max(place.column + 1) } else { u32::MAX },
            outcome,
            message: message.to_owned(),
        })
        .collect()
}

fn read_by(project: &Project, ix: NodeIx) -> String {
    let counts = NODE_KINDS.iter().filter_map(|face| {
        let count = project.children[ix].iter().filter(|child| project.nodes[**child].kind == face.kind).count();
        (count > 0).then(|| face.kind.count(count))
    });
    counts.collect::<Vec<_>>().join(", ")
}
