//! What differs from the review before: what a fix mends, and what it breaks anew.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::markdown::{plain, table};
use super::super::parts::{migrations, outcome};
use super::to_id;
use crate::outcome::{OUTCOMES, Outcome, Verdict};
use crate::review::Review;

pub(super) const NAME: &str = "compared";

/// As many nodes of each kind as a person reads.
const MOST_ROWS: usize = 60;

/// What is kept of a review, to see later what has become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    project: String,
    verdict: Verdict,
    migrations: Vec<String>,
    outcomes: BTreeMap<String, Outcome>,
}

impl Earlier {
    pub fn of(review: &Review) -> Self {
        Self {
            project: review.project.name.clone(),
            verdict: review.verdict,
            migrations: migrations(review).into_iter().map(str::to_owned).collect(),
            outcomes: review.nodes.iter().map(|node| (node.unique_id.clone(), node.outcome)).collect(),
        }
    }
}

pub(super) fn write(review: &Review, earlier: Option<&Earlier>) -> String {
    let Some(earlier) = earlier.filter(|earlier| earlier.project == review.project.name) else {
        return "There is no review of this project before this one. Add a file, take one away or change a setting: what that \
                changes is then listed here.\n"
            .to_owned();
    };
    let now = Earlier::of(review);
    let mut out = format!("{}\n", overview(earlier, &now));
    // What is not reached is safe.
    let of = |side: &Earlier, id: &str| side.outcomes.get(id).copied().unwrap_or(Outcome::Safe);
    let ids: BTreeSet<&str> = earlier.outcomes.keys().chain(now.outcomes.keys()).map(String::as_str).collect();
    let differing: Vec<(&str, Outcome, Outcome)> =
        ids.into_iter().map(|id| (id, of(earlier, id), of(&now, id))).filter(|(_, was, is)| was != is).collect();
    if differing.is_empty() {
        out.push_str("\nEvery node has the outcome that it had.\n");
        return out;
    }
    // Outcomes stand in the order of their harm.
    for (title, belongs) in [
        ("Better than before", (|was, is| is > was) as fn(Outcome, Outcome) -> bool),
        ("Worse than before", |was, is| is < was),
    ] {
        let rows: Vec<_> = differing.iter().filter(|(_, was, is)| belongs(*was, *is)).collect();
        if rows.is_empty() {
            continue;
        }
        let shown = rows.iter().take(MOST_ROWS);
        let shown = shown.map(|(id, was, is)| vec![to_id(review, id), outcome(*was), outcome(*is)]);
        out.push_str(&format!("\n## {title} ({})\n\n{}", rows.len(), table(&["Node", "Was", "Is"], shown)));
        if rows.len() > MOST_ROWS {
            out.push_str(&format!("\n… and {} more.\n", rows.len() - MOST_ROWS));
        }
    }
    out
}

/// Verdict, files and counts, one beside the other.
fn overview(earlier: &Earlier, now: &Earlier) -> String {
    let sides = [earlier, now];
    let row = |name: &str, say: &dyn Fn(&Earlier) -> String| {
        std::iter::once(name.to_owned()).chain(sides.iter().map(|side| say(side))).collect::<Vec<_>>()
    };
    let mut rows = vec![
        row("Verdict", &|side| format!("**{}**", side.verdict.word())),
        row("Migration", &|side| side.migrations.iter().map(|name| plain(name)).collect::<Vec<_>>().join(", ")),
    ];
    for face in &OUTCOMES {
        let count = |side: &Earlier| side.outcomes.values().filter(|outcome| **outcome == face.outcome).count();
        if sides.iter().any(|side| count(side) > 0) {
            rows.push(row(&outcome(face.outcome), &|side| count(side).to_string()));
        }
    }
    table(&["", "Before", "Now"], rows)
}
