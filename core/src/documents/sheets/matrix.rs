//! Changes against dashboards: which one harms which, and how.

use std::collections::BTreeMap;

use super::super::markdown::{code, plain, table};
use super::super::parts::{harmed, of_kind, outcome};
use super::{address, to_node};
use crate::outcome::{NodeKind, Outcome};
use crate::review::{Change, NodeImpact, Review};

/// Columns and rows that a screen can hold.
const MOST_CHANGES: usize = 24;
const MOST_ROWS: usize = 120;

pub(super) fn write(review: &Review) -> String {
    let dashboards: Vec<&NodeImpact> =
        of_kind(review, NodeKind::Exposure).into_iter().filter(|node| node.outcome != Outcome::Safe).collect();
    let (what, rows) = if dashboards.is_empty() {
        let mut models: Vec<&NodeImpact> = harmed(review).filter(|node| node.kind == NodeKind::Model).collect();
        models.sort_by_key(|node| (node.outcome, &node.name));
        ("Model", models)
    } else {
        ("Dashboard", dashboards)
    };
    if rows.is_empty() {
        return "No change harms a dashboard or a model of this project.\n".to_owned();
    }
    let columns: Vec<&Change> =
        review.changes.iter().filter(|change| rows.iter().any(|node| of_change(node, change).is_some())).collect();
    let shown = &columns[..columns.len().min(MOST_CHANGES)];
    let mut head: Vec<String> = vec![what.to_owned(), "Owner".to_owned(), "Outcome".to_owned()];
    head.extend(
        shown
            .iter()
            .map(|change| format!("[{}]({})", plain(&change.summary), address("#/graph", &[("change", &change.id)]))),
    );
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let mut reached: BTreeMap<usize, usize> = BTreeMap::new();
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|node| {
            let owner = node.owner.as_ref().map_or_else(|| "—".to_owned(), |owner| plain(&owner.name));
            let mut line = vec![to_node(node), owner, outcome(node.outcome)];
            for (at, change) in shown.iter().enumerate() {
                let cell = of_change(node, change);
                *reached.entry(at).or_default() += usize::from(cell.is_some());
                line.push(cell.map_or_else(|| "·".to_owned(), outcome));
            }
            line
        })
        .collect();
    let mut counts = vec!["**harmed**".to_owned(), String::new(), String::new()];
    counts.extend((0..shown.len()).map(|at| format!("**{}**", reached.get(&at).copied().unwrap_or_default())));
    let mut out = table(&head, lines.into_iter().take(MOST_ROWS).chain([counts]));
    if rows.len() > MOST_ROWS || columns.len() > shown.len() {
        out.push_str(&format!(
            "\n{} rows and {} changes are left out here; the table view and {} have all.\n",
            rows.len().saturating_sub(MOST_ROWS),
            columns.len() - shown.len(),
            code("checklist.md")
        ));
    }
    out
}

/// What this change alone makes of the node.
fn of_change(node: &NodeImpact, change: &Change) -> Option<Outcome> {
    let because = node.because.iter().filter(|because| because.change.as_deref() == Some(change.id.as_str()));
    because.map(|because| because.outcome).min().filter(|outcome| *outcome != Outcome::Safe)
}
