//! What a review says beside the outcomes of nodes: what the engine refuses, rights that are taken away, freshness that can no
//! longer be measured, and readers that dbt does not know.

use crate::dbt::{Node, NodeIx};
use crate::migration::Op;
use crate::outcome::{NodeKind, Outcome};
use crate::replayed::PlacedChange;
use crate::report::{Findings, listed};
use crate::review::{Plan, views};

/// A sentence, and whether it alone asks for a review.
pub(crate) struct Caution {
    pub(crate) sentence: String,
    pub(crate) asks: bool,
}

/// More names are no help.
const MOST_NAMES: usize = 5;

pub(crate) fn cautions(found: &Findings<'_>, windows: &[Plan]) -> Vec<Caution> {
    let asking = [refusal(windows)].into_iter().flatten().chain(freshness(found)).chain(rights(found));
    let asking = asking.map(|sentence| Caution { sentence, asks: true });
    asking.chain(readers(found).map(|sentence| Caution { sentence, asks: false })).collect()
}

/// Why the migration as it is does not come about at all.
fn refusal(windows: &[Plan]) -> Option<String> {
    let count = windows.first()?.steps.iter().map(|step| step.refused_by.len()).max().filter(|count| *count > 0)?;
    let verb = if count == 1 { "reads" } else { "read" };
    Some(format!("The engine refuses the migration while {} {verb} what it drops or retypes.", views(count)))
}

fn freshness(found: &Findings<'_>) -> impl Iterator<Item = String> {
    found.impact.unmeasured.iter().map(|one| {
        format!(
            "The freshness of {} is measured by {}, which {}; dbt source freshness fails on it.",
            found.project.nodes[one.source].label,
            one.column,
            found.changes[one.change].tracked.deed()
        )
    })
}

/// Rights to read what dbt reads.
fn rights(found: &Findings<'_>) -> impl Iterator<Item = String> {
    let takes = |change: &&PlacedChange| {
        let op = &change.tracked.op;
        let text = change.statement.of(&found.migrations[change.file].text).to_lowercase();
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        matches!(op, Op::Annotate { what: "revoke", .. })
            && words.any(|word| matches!(word, "select" | "all" | "usage"))
    };
    found.changes.iter().filter(takes).filter_map(|change| {
        let relation = change.tracked.relation()?;
        let node = found.schema.relations[relation].nodes.first()?;
        Some(format!(
            "{} takes rights on {} away; whether dbt and its readers may still read it is not known.",
            change.tracked.at, found.project.nodes[*node].label
        ))
    })
}

/// Harmed models whose readers are not in the manifest.
fn readers(found: &Findings<'_>) -> impl Iterator<Item = String> {
    let project = found.project;
    let harmed = || {
        let harmed = found.impact.judgements.iter().filter(|one| one.outcome < Outcome::Changes);
        harmed.map(|one| one.node).filter(|ix| is_built(&project.nodes[*ix]))
    };
    let is_read = |ix: NodeIx| {
        let children = project.children[ix].iter().map(|child| project.nodes[*child].kind);
        children.into_iter().any(|kind| !matches!(kind, NodeKind::Test | NodeKind::UnitTest))
    };
    let outward: Vec<NodeIx> = harmed().filter(|ix| project.nodes[*ix].leaves).collect();
    let terminal: Vec<NodeIx> = harmed().filter(|ix| !is_read(*ix) && !project.nodes[*ix].leaves).collect();
    let said = |nodes: &[NodeIx], one: &str, many: &str| {
        let mut names: Vec<String> = nodes.iter().take(MOST_NAMES).map(|ix| project.nodes[*ix].label.clone()).collect();
        if nodes.len() > MOST_NAMES {
            names.push(format!("{} more", nodes.len() - MOST_NAMES));
        }
        let verb = if nodes.len() == 1 { one } else { many };
        (!nodes.is_empty()).then(|| format!("{} {verb}", listed(&names)))
    };
    let outward = said(
        &outward,
        "is read from outside, as its settings say; who is harmed there is not in this review.",
        "are read from outside, as their settings say; who is harmed there is not in this review.",
    );
    let terminal = said(
        &terminal,
        "is harmed and has no reader that dbt knows; ask who uses it.",
        "are harmed and have no reader that dbt knows; ask who uses them.",
    );
    outward.into_iter().chain(terminal)
}

fn is_built(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Model | NodeKind::Snapshot) && node.materialized != "ephemeral"
}
