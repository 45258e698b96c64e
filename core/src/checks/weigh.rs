//! Who reads what a finding is about: what nobody reads weighs less, and what dashboards read is named.

use std::collections::BTreeSet;

use super::finding::Finding;
use super::{check_named, consumed_downstream};
use crate::outcome::{NodeKind, Outcome};
use crate::review::{Change, NodeImpact, Review};
use crate::text::Severity;

/// Weighs the findings at each change by the nodes that it reaches, and says of each change what it does downstream.
pub(super) fn weigh(findings: &mut Vec<Finding>, review: &Review) {
    let mut said = Vec::new();
    for change in &review.changes {
        let reached: Vec<&NodeImpact> = review.nodes.iter().filter(|node| is_reached(node, change)).collect();
        let harmed: Vec<&NodeImpact> = reached.iter().copied().filter(|node| is_harmed(node, change)).collect();
        let is_open = reached.iter().any(|node| node.outcome == Outcome::Unknown);
        for finding in findings.iter_mut().filter(|finding| is_at(finding, change)) {
            let group = check_named(&finding.check).map_or("", super::Check::group);
            if !matches!(group, "Compatibility" | "Data loss") {
                continue;
            }
            if harmed.is_empty() && !is_open && !change.matched.is_empty() {
                let least = if group == "Data loss" { Severity::Warning } else { Severity::Info };
                finding.severity = finding.severity.max(least);
            } else if !harmed.is_empty() && finding.severity == Severity::Warning {
                finding.severity = Severity::Error;
            }
        }
        if !harmed.is_empty() {
            said.push(consumed(change, &harmed));
        }
    }
    findings.append(&mut said);
}

fn is_reached(node: &NodeImpact, change: &Change) -> bool {
    node.because.iter().any(|because| because.change.as_ref() == Some(&change.id))
}

fn is_harmed(node: &NodeImpact, change: &Change) -> bool {
    let harms = |outcome| matches!(outcome, Outcome::Fails | Outcome::Blocked | Outcome::Dark | Outcome::Wrong);
    node.because.iter().any(|because| because.change.as_ref() == Some(&change.id) && harms(because.outcome))
}

/// Whether the change stands within the finding, or the finding within the change.
fn is_at(finding: &Finding, change: &Change) -> bool {
    let (start, end) = ((finding.line, finding.column), (finding.end_line, finding.end_column));
    let (from, to) = ((change.line, change.column_number), (change.end_line, change.end_column));
    finding.file == change.file && start < to && from < end
}

fn consumed(change: &Change, harmed: &[&NodeImpact]) -> Finding {
    let dashboards: BTreeSet<&str> =
        harmed.iter().filter(|node| node.kind == NodeKind::Exposure).map(|node| node.label.as_str()).collect();
    let others = harmed.len() - dashboards.len();
    let nodes = match others {
        0 => String::new(),
        1 => format!(
            "1 dbt node ({})",
            harmed.iter().find(|node| node.kind != NodeKind::Exposure).map_or("", |node| &node.name)
        ),
        _ => format!("{others} dbt nodes"),
    };
    let shown = match (nodes.is_empty(), dashboards.is_empty()) {
        (false, true) => nodes,
        (true, _) => dashboards.into_iter().collect::<Vec<_>>().join(", "),
        (false, false) => format!("{nodes} and {}", dashboards.into_iter().collect::<Vec<_>>().join(", ")),
    };
    let check = &consumed_downstream::CHECK;
    Finding {
        file: change.file.clone(),
        line: change.line,
        column: change.column_number,
        end_line: change.end_line,
        end_column: change.end_column,
        check: check.name.to_owned(),
        severity: check.severity,
        message: format!("After this ({}), these fail or go wrong: {shown}.", change.summary),
        help: check.help.to_owned(),
        fix: None,
        diff: None,
    }
}
