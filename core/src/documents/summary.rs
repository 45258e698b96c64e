//! The review in the length of a comment on a pull request: verdict first, dashboards above models.

use super::markdown::{code, plain, table};
use super::parts::{at, counts, coverage, limits, node_table, of_kind, outcome, wrong_when_mended};
use crate::outcome::{NodeKind, Outcome};
use crate::review::{NodeImpact, Review};

pub(super) fn write(review: &Review) -> String {
    let mut out = format!("# Foreshock: {}\n\n", review.verdict.word());
    out.push_str(&review.reasons.iter().map(|reason| format!("{}\n", plain(reason))).collect::<Vec<_>>().join("\n"));
    out.push_str(&format!("\n{}\n\n", coverage(review)));
    if !review.nodes.is_empty() {
        out.push_str(&counts(review));
    }
    let dashboards: Vec<&NodeImpact> =
        of_kind(review, NodeKind::Exposure).into_iter().filter(|node| node.outcome != Outcome::Safe).collect();
    if !dashboards.is_empty() {
        out.push_str("\n## Dashboards\n\n");
        let rows = dashboards.iter().map(|node| {
            let owner = node.owner.as_ref().map_or_else(|| "—".to_owned(), |owner| plain(&owner.name));
            vec![plain(&node.label), outcome(node.outcome), plain(node.headline()), owner]
        });
        out.push_str(&table(&["Dashboard", "Outcome", "Why", "Owner"], rows));
    }
    let models: Vec<&NodeImpact> = [NodeKind::Model, NodeKind::Snapshot]
        .into_iter()
        .flat_map(|kind| of_kind(review, kind))
        .filter(|node| node.outcome != Outcome::Safe)
        .collect();
    if !models.is_empty() {
        out.push_str("\n## Models\n\n");
        out.push_str(&node_table(review, &models));
    }
    let hidden = wrong_when_mended(review);
    if !hidden.is_empty() {
        out.push_str(&format!("\n## Silently wrong once the names are mended\n\n{hidden}"));
    }
    out.push_str("\n## Changes\n\n");
    let rows = review.changes.iter().map(|change| {
        vec![at(change), plain(&change.op.replace('_', " ")), code(&change.summary), change.reaches.to_string()]
    });
    out.push_str(&table(&["Place", "Operation", "What", "Nodes harmed"], rows));
    out.push_str("\n## What was not analysed\n\n");
    out.push_str(&limits(review));
    out
}
