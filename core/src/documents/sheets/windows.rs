//! When it breaks: each way to deploy, step by step, and what every dashboard shows at each.

use std::collections::BTreeMap;

use super::super::markdown::{plain, table};
use super::super::parts::outcome;
use super::{button, to_id};
use crate::outcome::Outcome;
use crate::review::{Plan, Review, Seen, Step, Window};

const MOST_ROWS: usize = 120;

const NOTHING: &str = "No dashboard and no view sees anything of this migration, in whatever order it is deployed.\n";

pub(super) fn write(review: &Review) -> String {
    if review.windows.is_empty() {
        return NOTHING.to_owned();
    }
    let mut out = ways(review, |plan| format!("**{}**", plain(&plan.title)));
    for plan in &review.windows {
        out.push_str(&format!("\n## {}\n\n{}", plain(&plan.title), steps(review, plan)));
    }
    out
}

/// One way, whose steps can be moved, and the others to choose from.
pub(super) fn arranged(review: &Review, way: &str) -> String {
    let Some(plan) = review.windows.iter().find(|plan| plan.strategy == way).or(review.windows.first()) else {
        return NOTHING.to_owned();
    };
    // After `before`, in which nothing has happened yet.
    let steps: Vec<&Step> = plan.steps.iter().skip(1).collect();
    let dbt_is_first = steps.first().is_some_and(|step| step.window == Window::Deployed);
    let other = if dbt_is_first { "as_is" } else { "dbt_first" };
    let rows = steps.iter().enumerate().map(|(at, step)| {
        let moves = match at {
            0 => button("↓ later", "way", &[("way", other)]),
            1 => button("↑ earlier", "way", &[("way", other)]),
            _ => String::new(),
        };
        vec![(at + 1).to_string(), done(step.window).to_owned(), plain(&step.said()), moves]
    });
    let mut out = "## The order of deployment\n\n".to_owned();
    out.push_str(&table(&["Order", "Step", "What is seen then", "Move"], rows));
    out.push_str(&format!("\n{}", self::steps(review, plan)));
    out.push('\n');
    out.push_str(&ways(review, |other| {
        if other.strategy == plan.strategy {
            format!("**{}** (shown)", plain(&other.title))
        } else {
            button(&plain(&other.title), "way", &[("way", &other.strategy)])
        }
    }));
    out
}

/// What has been done when a window begins.
fn done(window: Window) -> &'static str {
    match window {
        Window::Before => "nothing",
        Window::Migrated => "The migration is applied",
        Window::Deployed => "dbt's new code is deployed",
        Window::Rebuilt => "dbt builds everything",
    }
}

/// All ways, one below the other.
fn ways(review: &Review, title: impl Fn(&Plan) -> String) -> String {
    let rows = review.windows.iter().map(|plan| {
        let worst = plan.steps.iter().flat_map(all_seen).map(|seen| seen.state).min();
        vec![
            title(plan),
            plan.lines().iter().map(|line| plain(line)).collect::<Vec<_>>().join("; "),
            worst.map_or_else(|| "—".to_owned(), outcome),
        ]
    });
    format!("## Ways to deploy\n\n{}", table(&["Way", "What is seen", "At worst"], rows))
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
