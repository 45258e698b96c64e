//! When it breaks: each way to deploy, step by step, and what every dashboard shows at each.

use std::collections::BTreeMap;

use super::super::markdown::{plain, table};
use super::super::parts::outcome;
use super::to_id;
use crate::outcome::Outcome;
use crate::review::{Plan, Review, Seen, Step};

const MOST_ROWS: usize = 120;

pub(super) fn write(review: &Review) -> String {
    if review.windows.is_empty() {
        return "No dashboard and no view sees anything of this migration, in whatever order it is deployed.\n"
            .to_owned();
    }
    let mut out = "## Ways to deploy\n\n".to_owned();
    let rows = review.windows.iter().map(|plan| {
        let worst = plan.steps.iter().flat_map(all_seen).map(|seen| seen.state).min();
        vec![
            format!("**{}**", plain(&plan.title)),
            plan.lines().iter().map(|line| plain(line)).collect::<Vec<_>>().join("; "),
            worst.map_or_else(|| "—".to_owned(), outcome),
        ]
    });
    out.push_str(&table(&["Way", "What is seen", "At worst"], rows));
    for plan in &review.windows {
        out.push_str(&format!("\n## {}\n\n{}", plain(&plan.title), steps(review, plan)));
    }
    out
}

/// Whatever is looked at, by a full refresh and in place.
fn all_seen(step: &Step) -> impl Iterator<Item = &Seen> {
    step.seen.iter().chain(&step.in_place)
}

/// Who looks, down; the windows, across.
fn steps(review: &Review, plan: &Plan) -> String {
    let mut lines: BTreeMap<&str, Vec<Option<Outcome>>> = BTreeMap::new();
    for (at, step) in plan.steps.iter().enumerate() {
        for seen in all_seen(step) {
            let line = lines.entry(&seen.unique_id).or_insert_with(|| vec![None; plan.steps.len()]);
            line[at] = Some(line[at].map_or(seen.state, |state| state.min(seen.state)));
        }
    }
    let refused: Vec<&Step> = plan.steps.iter().filter(|step| !step.refused_by.is_empty()).collect();
    let mut out = String::new();
    for step in refused {
        let views: Vec<String> = step.refused_by.iter().take(12).map(|id| to_id(review, id)).collect();
        out.push_str(&format!(
            "The engine refuses the migration as long as there is {}. Nothing changes then.\n\n",
            views.join(", ")
        ));
    }
    if lines.is_empty() {
        return out + "Everything is seen as before, in every window.\n";
    }
    let mut head = vec!["Seen"];
    head.extend(plan.steps.iter().map(|step| step.window.word()));
    let mut sorted: Vec<(&str, Vec<Option<Outcome>>)> = lines.into_iter().collect();
    sorted.sort_by_key(|(id, line)| (!id.starts_with("exposure."), line.iter().flatten().min().copied()));
    let left_out = sorted.len().saturating_sub(MOST_ROWS);
    let rows = sorted.into_iter().take(MOST_ROWS).map(|(id, line)| {
        let mut row = vec![to_id(review, id)];
        row.extend(line.into_iter().map(|state| outcome(state.unwrap_or(Outcome::Safe))));
        row
    });
    out.push_str(&table(&head, rows));
    if left_out > 0 {
        out.push_str(&format!("\n… and {left_out} more; the JSON of the review lists all.\n"));
    }
    out
}
