//! How risky a change is: a sum of named parts, each with its count, so that nobody has to believe a number.

use super::markdown::{plain, table};
use super::parts::{of_kind, remaps};
use crate::outcome::{NodeKind, Outcome};
use crate::review::{Change, InputKind, Review};
use crate::text::Severity;

/// One reason for concern: how often it is met, what each time adds, and how much it can add at most.
struct Part {
    name: &'static str,
    each: usize,
    most: usize,
    count: fn(&Review) -> usize,
}

const PARTS: [Part; 9] = [
    Part { name: "dashboards that go dark or wrong", each: 3, most: 25, count: dashboards },
    Part { name: "models that fail or are skipped", each: 2, most: 15, count: models },
    Part {
        name: "nodes that return other values without an error, now or once the names alone are mended",
        each: 5,
        most: 20,
        count: silent,
    },
    Part { name: "changes that no statement brings back", each: 4, most: 12, count: irreversible },
    Part { name: "value remaps that need a decision", each: 3, most: 6, count: |review| remaps(review).len() },
    Part { name: "safety checks that report an error", each: 3, most: 9, count: errors },
    Part { name: "gaps in what was analysed", each: 2, most: 8, count: |review| review.coverage.reasons.len() },
    Part { name: "no way back given", each: 3, most: 3, count: without_rollback },
    Part { name: "dashboards without an owner to ask", each: 1, most: 2, count: unowned },
];

fn dashboards(review: &Review) -> usize {
    let is_hit = |node: &&crate::review::NodeImpact| matches!(node.outcome, Outcome::Dark | Outcome::Wrong);
    of_kind(review, NodeKind::Exposure).into_iter().filter(is_hit).count()
}

fn models(review: &Review) -> usize {
    of_kind(review, NodeKind::Model)
        .into_iter()
        .filter(|node| matches!(node.outcome, Outcome::Fails | Outcome::Blocked))
        .count()
}

fn silent(review: &Review) -> usize {
    let models = of_kind(review, NodeKind::Model).into_iter();
    models.filter(|node| node.because.iter().any(|because| because.outcome == Outcome::Wrong)).count()
}

fn irreversible(review: &Review) -> usize {
    let is_lossy = |change: &&Change| {
        matches!(
            change.op.as_str(),
            "drop_table"
                | "drop_column"
                | "drop_schema"
                | "truncate"
                | "delete_rows"
                | "retype_column"
                | "rewrite_rows"
        )
    };
    review.changes.iter().filter(is_lossy).count()
}

fn errors(review: &Review) -> usize {
    review.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
}

fn without_rollback(review: &Review) -> usize {
    usize::from(review.inputs.iter().all(|input| input.kind != InputKind::Rollback))
}

fn unowned(review: &Review) -> usize {
    of_kind(review, NodeKind::Exposure)
        .into_iter()
        .filter(|node| node.owner.is_none() && !matches!(node.outcome, Outcome::Safe | Outcome::Changes))
        .count()
}

/// The score, out of a hundred.
pub(super) fn score(review: &Review) -> usize {
    PARTS.iter().map(|part| ((part.count)(review) * part.each).min(part.most)).sum()
}

pub(super) fn level(score: usize) -> &'static str {
    match score {
        0 => "none",
        1..=19 => "low",
        20..=49 => "medium",
        _ => "high",
    }
}

/// The score with its parts; those that add nothing are left out.
pub(super) fn breakdown(review: &Review) -> String {
    let score = score(review);
    let rows = PARTS.iter().filter_map(|part| {
        let count = (part.count)(review);
        let adds = (count * part.each).min(part.most);
        (adds > 0).then(|| {
            vec![plain(part.name), count.to_string(), part.each.to_string(), part.most.to_string(), adds.to_string()]
        })
    });
    let sum = format!("Risk score **{score}** of 100 ({}).", level(score));
    if score == 0 {
        return format!("{sum}\n");
    }
    format!("{sum}\n\n{}", table(&["Because of", "How many", "Each", "At most", "Adds"], rows))
}

/// Which kind of change a board would call it, and why.
pub(super) fn change_type(review: &Review) -> String {
    let failed = review.runs.iter().flat_map(|run| &run.results).any(|result| result.status == "error");
    let score = score(review);
    if failed {
        return "emergency is suggested where production is already broken: the runs given here report errors"
            .to_owned();
    }
    if score == 0 && review.coverage.is_complete() {
        return "standard is suggested: nothing downstream is harmed and all of it was analysed".to_owned();
    }
    format!("normal is suggested: risk score {score} of 100, with readers to be told")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_add_up_to_a_hundred_at_most() {
        assert_eq!(PARTS.iter().map(|part| part.most).sum::<usize>(), 100);
        assert!(PARTS.iter().all(|part| part.each <= part.most));
    }
}
