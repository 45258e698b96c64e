//! A review of a part of the project: the nodes that a selector means, and a verdict over them alone.
//!
//! What is left out is said: how many reached nodes there are, the verdict over all of them, and each part of the expression
//! that means nothing. The changes and the statements are those of the whole migration.

use std::collections::BTreeSet;

use crate::dbt::Project;
use crate::impact::{Impact, Judgement};
use crate::migration::MigrationFile;
use crate::outcome::NodeKind;
use crate::report;
use crate::review::{Change, Edge, NodeImpact, Review, SelectionFacts};
use crate::select::{Problem, Selection, Selector, Unmatched};
use crate::text::Diagnostic;

/// Where the diagnostics of an expression stand: it is in no file.
const PLACE: &str = "--select";

pub(crate) fn narrow(
    whole: &Review,
    project: &Project,
    impact: &Impact,
    migrations: &[MigrationFile],
    selector: &Selector,
) -> Result<Review, Problem> {
    let selection = selector.apply(project, Some(whole))?;
    let judgements: Vec<&Judgement> =
        impact.judgements.iter().filter(|judgement| selection.contains(judgement.node)).collect();
    let nodes = nodes(whole, project, &selection);
    let mut diagnostics = whole.diagnostics.clone();
    diagnostics.extend(selection.unmatched.iter().map(unmatched));
    diagnostics.sort();
    let models = selection.nodes().filter(|ix| project.nodes[*ix].kind == NodeKind::Model).count();
    let statements = report::statements(migrations);
    let coverage = report::coverage(project, models, &judgements, statements, &diagnostics);
    let (verdict, reasons) = report::verdict(&nodes, &coverage, "selection");
    let facts = SelectionFacts {
        select: selector.select().to_vec(),
        exclude: selector.exclude().to_vec(),
        selected: selection.nodes().count(),
        reached: whole.nodes.len(),
        shown: nodes.len(),
        verdict_of_all: whole.verdict,
    };
    Ok(Review {
        verdict,
        reasons,
        coverage,
        selection: Some(facts),
        changes: changes(whole, &nodes),
        edges: edges(whole, &nodes),
        nodes,
        diagnostics,
        ..whole.clone()
    })
}

fn nodes(whole: &Review, project: &Project, selection: &Selection) -> Vec<NodeImpact> {
    let is_in = |node: &&NodeImpact| project.find(&node.unique_id).is_some_and(|ix| selection.contains(ix));
    whole.nodes.iter().filter(is_in).cloned().collect()
}

fn changes(whole: &Review, nodes: &[NodeImpact]) -> Vec<Change> {
    let reached = report::reached(nodes);
    let narrowed = |change: &Change| {
        let reaches = reached.get(change.id.as_str()).copied().unwrap_or_default();
        Change { reaches, ..change.clone() }
    };
    whole.changes.iter().map(narrowed).collect()
}

/// The edges to what is shown, from what is shown or from where a change enters.
fn edges(whole: &Review, nodes: &[NodeImpact]) -> Vec<Edge> {
    let ids = |nodes: &[NodeImpact]| nodes.iter().map(|node| node.unique_id.clone()).collect::<BTreeSet<_>>();
    let (reached, shown) = (ids(&whole.nodes), ids(nodes));
    let is_in =
        |edge: &&Edge| shown.contains(&edge.to) && (shown.contains(&edge.from) || !reached.contains(&edge.from));
    whole.edges.iter().filter(is_in).cloned().collect()
}

/// A part of `--select` that means nothing leaves out what was to be looked at; one of `--exclude` leaves out nothing.
fn unmatched(unmatched: &Unmatched) -> Diagnostic {
    let Unmatched { expression, excludes } = unmatched;
    let (code, place) = if *excludes { ("nothing-excluded", "--exclude") } else { ("nothing-selected", PLACE) };
    Diagnostic::warning(code, place, format!("`{expression}` matches no node of the project"))
        .help("Look at its spelling; `foreshock ls` lists what an expression means.")
}
