//! Who reads what a finding is about: what nobody reads weighs less, and what dashboards read is named.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use super::{check_named, consumed_downstream};
use crate::outcome::{NodeKind, Outcome};
use crate::review::{Change, NodeImpact, Review};
use crate::text::Severity;

/// Weighs the findings at each change by the nodes that it reaches, and says of each change what it does downstream.
pub(super) fn weigh(findings: &mut Vec<Finding>, review: &Review) {
    let readers = readers(review);
    let places = places(review);
    for finding in findings.iter_mut() {
        let group = check_named(&finding.check).map_or("", super::Check::group);
        if !matches!(group, "Compatibility" | "Data loss") {
            continue;
        }
        for at in changes_at(&places, finding) {
            let (change, Readers { harmed, open }) = (&review.changes[at], &readers[at]);
            if harmed.is_empty() && !open && !change.matched.is_empty() {
                let least = if group == "Data loss" { Severity::Warning } else { Severity::Info };
                finding.severity = finding.severity.max(least);
            } else if !harmed.is_empty() && finding.severity == Severity::Warning {
                finding.severity = Severity::Error;
            }
        }
    }
    let harming = review.changes.iter().zip(&readers).filter(|(_, readers)| !readers.harmed.is_empty());
    findings.extend(harming.map(|(change, readers)| consumed(change, &readers.harmed)));
}

/// The nodes that a change reaches.
#[derive(Default)]
struct Readers<'r> {
    harmed: Vec<&'r NodeImpact>,
    /// What becomes of one of them is not known.
    open: bool,
}

/// Of each change.
fn readers(review: &Review) -> Vec<Readers<'_>> {
    let by_id: BTreeMap<&str, usize> =
        review.changes.iter().enumerate().map(|(at, change)| (change.id.as_str(), at)).collect();
    let mut readers: Vec<Readers<'_>> = review.changes.iter().map(|_| Readers::default()).collect();
    for node in &review.nodes {
        let mut harmed_by = BTreeSet::new();
        for because in &node.because {
            let Some(at) = because.change.as_deref().and_then(|id| by_id.get(id)) else { continue };
            readers[*at].open |= node.outcome == Outcome::Unknown;
            if matches!(because.outcome, Outcome::Fails | Outcome::Blocked | Outcome::Dark | Outcome::Wrong) {
                harmed_by.insert(*at);
            }
        }
        harmed_by.into_iter().for_each(|at| readers[at].harmed.push(node));
    }
    readers
}

/// A line and a column.
type Position = (u32, u32);

/// Where the changes of a file stand, in order of their beginnings.
struct Placed {
    from: Position,
    to: Position,
    /// The furthest end of this one and those before it.
    reach: Position,
    change: usize,
}

fn places(review: &Review) -> BTreeMap<&str, Vec<Placed>> {
    let mut places: BTreeMap<&str, Vec<Placed>> = BTreeMap::new();
    for (at, change) in review.changes.iter().enumerate() {
        let (from, to) = ((change.line, change.column_number), (change.end_line, change.end_column));
        places.entry(&change.file).or_default().push(Placed { from, to, reach: to, change: at });
    }
    for placed in places.values_mut() {
        placed.sort_by_key(|one| (one.from, one.change));
        let mut reach = (0, 0);
        for one in placed {
            reach = reach.max(one.to);
            one.reach = reach;
        }
    }
    places
}

/// The changes that stand within the finding, or round it, in their order.
fn changes_at(places: &BTreeMap<&str, Vec<Placed>>, finding: &Finding) -> Vec<usize> {
    let (start, end) = ((finding.line, finding.column), (finding.end_line, finding.end_column));
    let placed = places.get(finding.file.as_str()).map_or(&[][..], Vec::as_slice);
    let first = placed.partition_point(|one| one.reach <= start);
    let near = placed[first..].iter().take_while(|one| one.from < end);
    let mut at: Vec<usize> = near.filter(|one| start < one.to).map(|one| one.change).collect();
    at.sort_unstable();
    at
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_weighed_by_the_changes_within_it_and_round_it() {
        let placed = |change, from, to, reach| Placed { from: (from, 1), to: (to, 9), reach: (reach, 9), change };
        // One that goes on for long stands before others.
        let of_file = vec![placed(3, 1, 1, 1), placed(0, 2, 8, 8), placed(1, 3, 3, 8), placed(2, 9, 9, 9)];
        let places = BTreeMap::from([("a.sql", of_file)]);
        let at = |line, end_line| {
            let finding = Finding { line, end_line, column: 1, end_column: 5, ..consumed_nothing() };
            changes_at(&places, &finding)
        };
        assert_eq!(at(3, 3), [0, 1]);
        assert_eq!(at(5, 5), [0]);
        assert_eq!(at(1, 9), [0, 1, 2, 3]);
        assert!(at(10, 11).is_empty());
    }

    fn consumed_nothing() -> Finding {
        Finding {
            file: "a.sql".to_owned(),
            line: 0,
            column: 0,
            end_line: 0,
            end_column: 0,
            check: String::new(),
            severity: Severity::Info,
            message: String::new(),
            help: String::new(),
            fix: None,
            diff: None,
        }
    }
}
