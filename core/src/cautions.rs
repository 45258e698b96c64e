//! What a review says beside the outcomes of nodes: what the engine refuses, rights that are taken away, freshness that can no
//! longer be measured, hooks that are not analysed, what no test would notice, and readers that dbt does not know.

use std::collections::{BTreeMap, BTreeSet};

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
    let asking =
        [refusal(windows)].into_iter().flatten().chain(freshness(found)).chain(rights(found)).chain(hooks(found));
    let asking = asking.map(|sentence| Caution { sentence, asks: true });
    let telling = unnoticed(found).chain(readers(found));
    asking.chain(telling.map(|sentence| Caution { sentence, asks: false })).collect()
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

/// Statements in hooks of what is harmed, and hooks that name a relation that changes. They are not analysed.
fn hooks(found: &Findings<'_>) -> impl Iterator<Item = String> {
    const VERBS: [&str; 7] = ["insert", "update", "merge", "delete", "select", "create", "copy"];
    let changed = found.changes.iter().filter(|change| change.tracked.op.is_felt());
    let changed = changed.filter_map(|change| change.tracked.op.relation());
    let names: BTreeSet<String> = changed.map(|relation| relation.name().to_lowercase()).collect();
    let is_touched = move |ix: NodeIx, is_harmed: bool| {
        found.project.hooks(ix).iter().any(|hook| {
            let hook = hook.to_lowercase();
            let words: BTreeSet<&str> = hook.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
            let names_it = names.iter().any(|name| words.contains(name.as_str()));
            VERBS.iter().any(|verb| words.contains(verb)) && (is_harmed || names_it)
        })
    };
    let judgements = found.impact.judgements.iter();
    let touched = judgements.filter(move |one| is_touched(one.node, one.outcome < Outcome::Safe));
    touched.map(|one| {
        format!(
            "A hook of {} holds a statement, and hooks are not analysed: see whether it stands the change.",
            found.project.nodes[one.node].label
        )
    })
}

/// Changes that make results wrong without an error, and that no test is known to catch.
fn unnoticed(found: &Findings<'_>) -> impl Iterator<Item = String> {
    let mut wrong: BTreeMap<usize, usize> = BTreeMap::new();
    let mut caught: BTreeSet<usize> = BTreeSet::new();
    for one in &found.impact.judgements {
        let first = one.reasons.first().and_then(|reason| reason.change);
        match (one.outcome, first) {
            (Outcome::Wrong, Some(change)) if is_built(&found.project.nodes[one.node]) => {
                *wrong.entry(change).or_default() += 1;
            }
            (Outcome::Catches, _) => {
                let catching = one.reasons.iter().filter(|reason| reason.outcome == Outcome::Catches);
                caught.extend(catching.filter_map(|reason| reason.change));
            }
            // A run that fails is noticed, whatever the tests say.
            (Outcome::Fails, Some(change)) => {
                caught.insert(change);
            }
            _ => {}
        }
    }
    wrong.into_iter().filter(move |(change, _)| !caught.contains(change)).take(MOST_NAMES).map(|(change, count)| {
        let tracked = &found.changes[change].tracked;
        let models = if count == 1 { "1 model".to_owned() } else { format!("{count} models") };
        format!("No test is known to notice that {} makes {models} wrong.", tracked.at)
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
