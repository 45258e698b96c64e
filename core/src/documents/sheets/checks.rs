//! What the safety checks say of the migration, the gravest first, each with what to do about it.

use super::super::markdown::{block, code, plain, table};
use super::super::parts::{LOCKS_HEAD, lock_rows};
use super::button;
use crate::checks::{Finding, WAIVER};
use crate::review::Review;
use crate::text::Severity;

const MOST_ROWS: usize = 200;
const MOST_FIXES: usize = 40;

pub(super) fn write(review: &Review) -> String {
    let mut out = unknown_names(review);
    if review.findings.is_empty() {
        return out + "No check finds fault with the migration.\n\n" + &transitions(review);
    }
    for (severity, title) in [
        (Severity::Error, "Do not ship without an answer"),
        (Severity::Warning, "Look at these"),
        (Severity::Info, "Good to know"),
    ] {
        let found: Vec<&Finding> = review.findings.iter().filter(|finding| finding.severity == severity).collect();
        if found.is_empty() {
            continue;
        }
        out.push_str(&format!("## {title} ({})\n\n", found.len()));
        let rows = found.iter().take(MOST_ROWS).map(|finding| {
            vec![
                plain(&finding.message),
                plain(&finding.help),
                format!("{} {}", code(&format!("{}:{}", finding.file, finding.line)), code(&finding.check)),
                waive(finding),
            ]
        });
        out.push_str(&table(&["Finding", "What to do", "Where", "Action"], rows));
        if found.len() > MOST_ROWS {
            out.push_str(&format!("\n… and {} more; `foreshock check` lists all.\n", found.len() - MOST_ROWS));
        }
        out.push('\n');
    }
    out + &fixes(review) + &locks(review) + &transitions(review)
}

/// What each edit changes; `foreshock fix` makes them all.
fn fixes(review: &Review) -> String {
    let fixes: String = review
        .findings
        .iter()
        .filter_map(|finding| Some((finding, finding.diff.as_ref()?)))
        .take(MOST_FIXES)
        .map(|(finding, diff)| {
            let place = code(&format!("{}:{}", finding.file, finding.line));
            format!("{} at {place}\n\n{}\n", code(&finding.check), block("diff", diff))
        })
        .collect();
    if fixes.is_empty() {
        return fixes;
    }
    format!(
        "## What can be mended\n\nAll of it at once: `foreshock fix`, or `foreshock check --format diff`.\n\n{fixes}"
    )
}

fn locks(review: &Review) -> String {
    let rows: Vec<Vec<String>> = lock_rows(review).take(MOST_ROWS).collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("## Locks and cost\n\n{}\n", table(&LOCKS_HEAD, rows))
}

/// Names of the migration that dbt does not know, and what they may mean: a mapping says which.
fn unknown_names(review: &Review) -> String {
    let mut told = std::collections::BTreeSet::new();
    let rows: Vec<Vec<String>> = review
        .changes
        .iter()
        .flat_map(|change| change.candidates.iter().map(move |candidate| (change, candidate)))
        .filter(|(_, candidate)| told.insert(candidate.map.as_str()))
        .take(MOST_ROWS)
        .filter_map(|(change, candidate)| {
            let (from, to) = candidate.map.split_once('=')?;
            Some(vec![
                code(&change.relation),
                code(&candidate.unique_id),
                format!("{} ({})", plain(&candidate.why), candidate.certainty.word()),
                button("It is this", "map", &[("from", from), ("to", to)]),
            ])
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "## Names that dbt does not know\n\n{}\n",
        table(&["In the migration", "May be", "Because", "Action"], rows)
    )
}

/// What drops and adds together may be; nothing of the review rests on it.
fn transitions(review: &Review) -> String {
    let lines: String =
        review.transitions.iter().take(MOST_ROWS).map(|one| format!("- {}\n", plain(&one.sentence()))).collect();
    if lines.is_empty() { lines } else { format!("## What the drops and additions may mean\n\n{lines}\n") }
}

/// What is said of a waiver is mended where the waiver stands.
fn waive(finding: &Finding) -> String {
    if finding.check == WAIVER {
        return String::new();
    }
    let line = finding.line.to_string();
    button("Waive…", "waive", &[("check", &finding.check), ("file", &finding.file), ("line", &line)])
}
