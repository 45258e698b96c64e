//! Parts that several documents share.

use std::collections::BTreeMap;

use super::markdown::{code, plain, table};
use crate::migration::FileName;
use crate::outcome::{NodeKind, OUTCOMES, Outcome};
use crate::review::{Because, Change, Input, InputKind, NodeImpact, Owner, Review};

/// Rows shown in one table; the rest is counted.
const MOST_ROWS: usize = 200;

/// A table cut at a length that people read, with what is left out said.
pub(super) fn long_table(head: &[&str], rows: Vec<Vec<String>>) -> String {
    let left_out = rows.len().saturating_sub(MOST_ROWS);
    let mut out = table(head, rows.into_iter().take(MOST_ROWS));
    if left_out > 0 {
        out.push_str(&format!("\n… and {left_out} more; the JSON of the review lists all.\n"));
    }
    out
}

pub(super) fn harmed(review: &Review) -> impl Iterator<Item = &NodeImpact> {
    review.nodes.iter().filter(|node| node.outcome != Outcome::Safe && node.outcome != Outcome::Changes)
}

pub(super) fn of_kind(review: &Review, kind: NodeKind) -> Vec<&NodeImpact> {
    let mut nodes: Vec<&NodeImpact> = review.nodes.iter().filter(|node| node.kind == kind).collect();
    nodes.sort_by_key(|node| (node.outcome, &node.name));
    nodes
}

/// `✕ fails`
pub(super) fn outcome(outcome: Outcome) -> String {
    format!("{} {}", outcome.glyph(), outcome.word())
}

/// How many nodes have each outcome, by kind: one row an outcome.
pub(super) fn counts(review: &Review) -> String {
    let kinds = [NodeKind::Model, NodeKind::Snapshot, NodeKind::Test, NodeKind::UnitTest, NodeKind::Exposure];
    let count = |outcome: Outcome, is: &dyn Fn(NodeKind) -> bool| {
        review.nodes.iter().filter(|node| node.outcome == outcome && is(node.kind)).count()
    };
    let rows = OUTCOMES.iter().filter_map(|face| {
        let models = count(face.outcome, &|kind| matches!(kind, NodeKind::Model | NodeKind::Snapshot));
        let tests = count(face.outcome, &|kind| matches!(kind, NodeKind::Test | NodeKind::UnitTest));
        let dashboards = count(face.outcome, &|kind| kind == NodeKind::Exposure);
        let others = count(face.outcome, &|kind| !kinds.contains(&kind));
        let any = models + tests + dashboards + others > 0;
        any.then(|| {
            vec![
                outcome(face.outcome),
                models.to_string(),
                tests.to_string(),
                dashboards.to_string(),
                others.to_string(),
            ]
        })
    });
    table(&["Outcome", "Models", "Tests", "Dashboards", "Others"], rows)
}

/// `V042__accounts.sql:12`
pub(super) fn at(change: &Change) -> String {
    code(&format!("{}:{}", change.file, change.line))
}

pub(super) fn change_of<'r>(review: &'r Review, node: &NodeImpact) -> Option<&'r Change> {
    let id = node.because.iter().find_map(|because| because.change.as_ref())?;
    review.changes.iter().find(|change| change.id == *id)
}

/// The nodes with their outcome, reason and evidence; dashboards go by the title that people know.
pub(super) fn node_table(review: &Review, nodes: &[&NodeImpact]) -> String {
    let rows = nodes.iter().map(|node| {
        let name = if node.kind == NodeKind::Exposure { plain(&node.label) } else { code(&node.name) };
        let owner = node.owner.as_ref().map_or_else(|| "—".to_owned(), |owner| plain(&owner.name));
        let change = change_of(review, node).map_or_else(|| "—".to_owned(), at);
        vec![name, outcome(node.outcome), why(node), change, owner]
    });
    long_table(&["Node", "Outcome", "Why", "Change", "Owner"], rows.collect())
}

/// The first reason, with the line of the node's compiled SQL that it speaks of.
fn why(node: &NodeImpact) -> String {
    let Some(because) = node.because.first() else { return String::new() };
    told(because)
}

fn told(because: &Because) -> String {
    let line = because.span.as_ref().map_or_else(String::new, |span| format!(" (compiled SQL, line {})", span.line));
    format!("{}{line}", plain(&because.message))
}

/// What has to be edited, as tasks: each model that fails with every use that fails, then those that would go wrong next.
pub(super) fn edits(review: &Review) -> String {
    const MOST_USES: usize = 12;
    let mut out = String::new();
    for node in of_kind(review, NodeKind::Model) {
        let direct = node
            .because
            .iter()
            .filter(|because| because.outcome == node.outcome && because.outcome != Outcome::Blocked);
        if !matches!(node.outcome, Outcome::Fails | Outcome::Wrong) {
            continue;
        }
        out.push_str(&format!("- [ ] Edit {}\n", code(&node.path)));
        let uses: Vec<String> = direct.map(told).collect();
        out.extend(uses.iter().take(MOST_USES).map(|one| format!("    - {one}\n")));
        if uses.len() > MOST_USES {
            out.push_str(&format!("    - and {} more places\n", uses.len() - MOST_USES));
        }
    }
    let hidden = wrong_when_mended(review);
    if !hidden.is_empty() {
        out.push_str(&format!(
            "\nOnce the names alone are mended, these still run and silently return other values:\n\n{hidden}"
        ));
    }
    out
}

/// Owners of what is harmed, with what of theirs it is; what nobody owns comes last, under no name.
pub(super) fn by_owner(review: &Review) -> (BTreeMap<&Owner, Vec<&NodeImpact>>, Vec<&NodeImpact>) {
    let mut owners: BTreeMap<&Owner, Vec<&NodeImpact>> = BTreeMap::new();
    let mut nobodys = Vec::new();
    for node in harmed(review) {
        match &node.owner {
            Some(owner) => owners.entry(owner).or_default().push(node),
            None => nobodys.push(node),
        }
    }
    (owners, nobodys)
}

/// A message to an owner of what is harmed, to be sent by a person: their dashboards, or else what of theirs it is.
pub(super) fn message(review: &Review, owner: &Owner, nodes: &[&NodeImpact]) -> String {
    const MOST: usize = 40;
    let dashboards: Vec<&&NodeImpact> = nodes.iter().filter(|node| node.kind == NodeKind::Exposure).collect();
    let told = if dashboards.is_empty() { nodes.iter().collect() } else { dashboards };
    let mut lines: Vec<String> =
        told.iter().take(MOST).map(|node| format!("- {} {}", node.label, node.outcome.face().one)).collect();
    if told.len() > MOST {
        lines.push(format!("- and {} more", told.len() - MOST));
    }
    format!(
        "To: {}\n\nA change of the database is planned ({}): ____ (when).\nWithout further steps this happens to what you own:\n\n{}\n\nWhat we do about it: ____\nWhat we need of you: your answer by ____, and a look at these right after the change.",
        owner.email.as_deref().unwrap_or(&owner.name),
        title(review),
        lines.join("\n")
    )
}

/// The files of the migration, in the order in which they are applied.
pub(super) fn migrations(review: &Review) -> Vec<&str> {
    let is_migration = |input: &&Input| input.kind == InputKind::Migration;
    let mut files: Vec<&str> = review.inputs.iter().filter(is_migration).map(|input| base(&input.name)).collect();
    files.sort_by_cached_key(|name| FileName::order(name));
    files
}

/// What the paper is about: the migration, or the first and last of several.
pub(super) fn title(review: &Review) -> String {
    match migrations(review).as_slice() {
        [one] => (*one).to_owned(),
        [first, .., last] => format!("{first} to {last}"),
        [] => review.project.name.clone(),
    }
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// "1 node", "3 nodes".
pub(super) fn nodes(count: usize) -> String {
    NodeKind::Other.count(count)
}

/// "1 change", "3 changes".
pub(super) fn changes(count: usize) -> String {
    format!("{count} {}", if count == 1 { "change" } else { "changes" })
}

/// Nodes that fail or are skipped now, and would go wrong without an error once the names alone are mended.
pub(super) fn wrong_when_mended(review: &Review) -> String {
    let is_hidden = |node: &&NodeImpact| {
        node.outcome != Outcome::Wrong && node.because.iter().any(|because| because.outcome == Outcome::Wrong)
    };
    let lines = review.nodes.iter().filter(is_hidden).map(|node| {
        let because = node.because.iter().filter(|because| because.outcome == Outcome::Wrong);
        // The reason with a comparison says more than one that hands a value on.
        let told = because.min_by_key(|because| !because.message.starts_with("compares"));
        format!("- {}: {}\n", code(&node.name), plain(told.map_or("", |because| because.message.as_str())))
    });
    lines.collect()
}

/// Changes that map known values to others: someone has to decide what they mean.
pub(super) fn remaps(review: &Review) -> Vec<&Change> {
    review.changes.iter().filter(|change| !change.values.is_empty()).collect()
}

pub(super) fn remap_list(review: &Review) -> String {
    let lines = remaps(review).into_iter().map(|change| {
        let pairs: Vec<String> =
            change.values.iter().map(|pair| format!("{} → {}", code(&pair.from), code(&pair.to))).collect();
        format!(
            "- {}: {} in {}, at {}\n",
            code(change.column.as_deref().unwrap_or("")),
            pairs.join(", "),
            code(&change.relation),
            at(change)
        )
    });
    lines.collect()
}

pub(super) fn inputs(review: &Review) -> String {
    let rows = review
        .inputs
        .iter()
        .map(|input| vec![code(&input.name), plain(&input.taken_for()), input.bytes.to_string(), code(&input.sha256)]);
    table(&["File", "Taken for", "Bytes", "SHA-256"], rows)
}

/// What limits the review, as a list; a sentence where nothing does.
pub(super) fn limits(review: &Review) -> String {
    let mut lines: Vec<String> = review.coverage.reasons.iter().map(|reason| plain(reason)).collect();
    for diagnostic in &review.diagnostics {
        // What makes the coverage incomplete is among its reasons already.
        let told = review.coverage.reasons.iter().any(|reason| reason.contains(&diagnostic.message));
        if !told {
            lines.push(format!("{}: {}", code(&diagnostic.file), plain(&diagnostic.message)));
        }
    }
    let rollbacks = review.inputs.iter().filter(|input| input.kind == InputKind::Rollback);
    lines.extend(rollbacks.map(|input| format!("{}: taken for the way back, and not checked", code(&input.name))));
    if lines.is_empty() {
        return "Everything was analysed.\n".to_owned();
    }
    lines.into_iter().map(|line| format!("- {line}\n")).collect()
}

/// Which part of the project the paper speaks of; nothing where it is the whole.
pub(super) fn selection(review: &Review) -> String {
    review.selection.as_ref().map_or_else(String::new, |selection| plain(&selection.sentence()))
}

/// What the paper speaks of, and how much of it was analysed.
pub(super) fn coverage(review: &Review) -> String {
    let coverage = &review.coverage;
    let selection = selection(review);
    let line_end = if selection.is_empty() { "" } else { "\n" };
    format!(
        "{selection}{line_end}Covers {} of {} models and {} of {} statements.",
        coverage.column_level, coverage.models, coverage.statements_understood, coverage.statements
    )
}

pub(super) const LOCKS_HEAD: [&str; 7] =
    ["Place", "Statement", "On", "Lock", "Who waits", "Work meanwhile", "Known from"];

/// What each statement locks, as rows under [`LOCKS_HEAD`].
pub(super) fn lock_rows(review: &Review) -> impl Iterator<Item = Vec<String>> {
    review.costs.iter().map(|cost| {
        vec![
            code(&format!("{}:{}", cost.file, cost.line)),
            code(&cost.what),
            code(&cost.relation),
            plain(&cost.lock),
            plain(&cost.blocks),
            cost.work.words().to_owned(),
            plain(&cost.basis),
        ]
    })
}
