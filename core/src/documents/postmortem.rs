//! `postmortem.md`: blameless, from what the runs reported and what the review would have said before.

use std::collections::BTreeMap;

use super::markdown::{blank, block, code, plain, table};
use super::parts::{
    at, by_owner, changes, counts, edits, inputs, limits, long_table, nodes, of_kind, outcome, remap_list, remaps,
    selection, title,
};
use super::{Section, Written, attached, lineage};
use crate::checks::{Finding, check_named};
use crate::outcome::{NodeKind, Outcome};
use crate::report::listed;
use crate::review::{NodeImpact, Review, Run, RunResult};
use crate::text::Severity;

pub(super) const TIMELINE: &str = "Timeline (UTC)";
pub(super) const TIMELINE_HEAD: [&str; 2] = ["Time", "What"];

/// The sections, in order.
const SECTIONS: [Section; 16] = [
    ("Summary", summary),
    ("Impact", impact),
    ("Trigger", trigger),
    ("Detection", detection),
    (TIMELINE, timeline),
    ("Root cause and contributing factors", root_cause),
    ("Predicted against actual", predicted),
    ("What would have caught it", caught),
    ("Resolution", resolution),
    ("What went well, what went poorly, where we were lucky", lessons_first),
    ("Value remaps that need a decision", remap_section),
    ("Contract questions", contract),
    ("Action items", actions),
    ("Lessons", lessons),
    ("What was not analysed", limits),
    ("Evidence", evidence),
];

pub(super) fn write(review: &Review) -> String {
    let (title, sections) = parts(review);
    let mut out = format!("# {title}\n\n{}", head(review));
    for (heading, text) in sections {
        out.push_str(&format!("\n## {heading}\n\n{text}"));
    }
    out
}

/// The title, and each section as it is written.
pub(super) fn parts(review: &Review) -> (String, Vec<Written>) {
    let title = format!("Postmortem: {} on {}", plain(&title(review)), code(&review.project.name));
    (title, SECTIONS.iter().map(|(heading, section)| (*heading, section(review))).collect())
}

fn head(review: &Review) -> String {
    let mut out = format!("- {}\n- {}\n- {}\n", blank("status"), blank("severity"), blank("authors and reviewers"));
    if review.selection.is_some() {
        out.push_str(&format!("- {}\n", selection(review)));
    }
    out
}

/// What each node last reported, over all runs in time order.
fn actual(review: &Review) -> BTreeMap<&str, &RunResult> {
    review.runs.iter().flat_map(|run| &run.results).map(|result| (result.unique_id.as_str(), result)).collect()
}

fn is_failure(result: &RunResult) -> bool {
    matches!(result.status.as_str(), "error" | "fail" | "runtime error")
}

fn summary(review: &Review) -> String {
    let harmful = review.changes.iter().filter(|change| change.reaches > 0).count();
    let reported = reported(review);
    let reported = if reported.is_empty() { String::new() } else { format!("dbt reported {}. ", listed(&reported)) };
    format!(
        "{reported}The migration makes {}, {harmful} of which reach dbt. From the files alone: {}\n\n{}\n",
        changes(review.changes.len()),
        plain(&review.reasons.join(" ")),
        blank("what happened, in two sentences for people who were not there")
    )
}

/// "4 models in error", "23 tests failed": what the runs say last of the nodes that did not go well.
fn reported(review: &Review) -> Vec<String> {
    let mut counts: BTreeMap<(NodeKind, &str), usize> = BTreeMap::new();
    for result in actual(review).values().filter(|result| !is_good(&result.status)) {
        *counts.entry((kind_of(result), &result.status)).or_default() += 1;
    }
    let said = |((kind, status), count): ((NodeKind, &str), usize)| {
        let status = if status == "error" { "in error" } else { status };
        format!("{} {}", kind.count(count), plain(status))
    };
    counts.into_iter().map(said).collect()
}

fn kind_of(result: &RunResult) -> NodeKind {
    NodeKind::from_word(result.unique_id.split('.').next().unwrap_or(""))
}

fn is_good(status: &str) -> bool {
    matches!(status, "success" | "pass" | "no-op")
}

/// `2026-11-20T16:21:03.162391Z` as people read it. Artifacts tell time in UTC.
fn utc(time: &str) -> String {
    plain(&time.get(..19).unwrap_or(time).replace('T', " "))
}

fn impact(review: &Review) -> String {
    let mut out = format!("As predicted from the files:\n\n{}\n{}", counts(review), lineage::graph(review));
    let actual = actual(review);
    if !actual.is_empty() {
        let mut statuses: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for result in actual.values() {
            let kind = result.unique_id.split('.').next().unwrap_or("");
            *statuses.entry((kind, &result.status)).or_default() += 1;
        }
        let rows =
            statuses.into_iter().map(|((kind, status), count)| vec![plain(kind), plain(status), count.to_string()]);
        out.push_str(&format!("\nAs dbt reported:\n\n{}", table(&["Kind", "Status", "Nodes"], rows)));
    }
    let (owners, nobodys) = by_owner(review);
    let nobodys = if nobodys.is_empty() {
        String::new()
    } else {
        format!("; {} with no owner in the manifest", nodes(nobodys.len()))
    };
    out.push_str(&format!(
        "\nOwners concerned: {}{nobodys}\n\n{}\n",
        owners.len(),
        blank("duration, and what it cost")
    ));
    out
}

fn trigger(review: &Review) -> String {
    let mut parts = Vec::new();
    let mut last = "";
    for change in review.changes.iter().filter(|change| change.reaches > 0) {
        let op = change.op.replace('_', " ");
        let line = format!(
            "**{}** {} at {}: {} harmed.\n",
            plain(&op),
            code(&change.summary),
            at(change),
            nodes(change.reaches)
        );
        let sql = if change.sql == last { String::new() } else { format!("\n{}", block("sql", &change.sql)) };
        last = &change.sql;
        parts.push(format!("{line}{sql}"));
    }
    if parts.is_empty() { "No change in the files reaches a dbt node.\n".to_owned() } else { parts.join("\n") }
}

fn detection(review: &Review) -> String {
    let first = review
        .runs
        .iter()
        .flat_map(|run| &run.results)
        .filter(|result| is_failure(result))
        .filter(|result| !result.completed_at.is_empty())
        .min_by(|a, b| (&a.completed_at, &a.unique_id).cmp(&(&b.completed_at, &b.unique_id)));
    let first = first.map_or_else(
        || blank("first failing node, and when"),
        |result| format!("First failing node: {} at {} UTC", code(&result.unique_id), utc(&result.completed_at)),
    );
    format!(
        "- {}\n{}- {first}\n- {}\n- {}\n",
        blank("when the migration was deployed"),
        window(review),
        blank("when a person noticed, and how"),
        blank("how the time between could be halved")
    )
}

/// Between which runs it must have happened, and how long nobody could know it from dbt.
fn window(review: &Review) -> String {
    let fails = |run: &Run| run.results.iter().any(is_failure);
    let Some(first) = review.runs.iter().position(fails) else { return String::new() };
    let broken = &review.runs[first];
    let Some(good) = review.runs[..first].iter().rev().find(|run| !run.results.is_empty()) else {
        return String::new();
    };
    let lasted = minutes(&good.generated_at)
        .zip(minutes(&broken.generated_at))
        .and_then(|(from, to)| to.checked_sub(from))
        .map_or_else(String::new, |minutes| format!(" ({minutes} minutes between them)"));
    format!(
        "- Last run without a failure ended at {} UTC ({}), the first one with failures at {} UTC ({}){lasted}: the change fell between the two, and a review of the files would have said so before.\n",
        utc(&good.generated_at),
        code(&good.file),
        utc(&broken.generated_at),
        code(&broken.file)
    )
}

/// Minutes since the year 0, of a time as artifacts write it; only differences mean something.
fn minutes(time: &str) -> Option<u64> {
    let number = |from: usize, to: usize| time.get(from..to)?.parse::<u64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute) = (number(11, 13)?, number(14, 16)?);
    // March is the first month, so that the day that comes and goes is the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    Some((days * 24 + hour) * 60 + minute)
}

fn timeline(review: &Review) -> String {
    let mut events: Vec<(String, String)> = Vec::new();
    for run in &review.runs {
        let failures: Vec<&RunResult> = run.results.iter().filter(|result| is_failure(result)).collect();
        let skipped = run.results.iter().filter(|result| result.status == "skipped").count();
        let command = code(&format!("dbt {}", run.command));
        let counts = format!("{}, {} failed, {skipped} skipped", nodes(run.results.len()), failures.len());
        events.push((run.generated_at.clone(), format!("{command} ends: {counts} ({})", code(&run.file))));
        events.extend(failure_events(&failures));
    }
    events.sort();
    events.dedup();
    let rows: Vec<Vec<String>> = events.into_iter().map(|(time, what)| vec![utc(&time), what]).collect();
    let mut out =
        if rows.is_empty() { "No run results were given.\n".to_owned() } else { long_table(&TIMELINE_HEAD, rows) };
    out.push_str(&format!("\n{}\n", blank("deployment, first report, decisions, end")));
    out
}

/// Few failures one by one; of many the first, and until when how many more.
fn failure_events(failures: &[&RunResult]) -> Vec<(String, String)> {
    const MOST_EVENTS: usize = 6;
    let mut timed: Vec<&RunResult> =
        failures.iter().copied().filter(|result| !result.completed_at.is_empty()).collect();
    timed.sort_by(|a, b| (&a.completed_at, &a.unique_id).cmp(&(&b.completed_at, &b.unique_id)));
    let event = |result: &RunResult| {
        let message = result.message.lines().nth(1).or_else(|| result.message.lines().next()).unwrap_or("").trim();
        (
            result.completed_at.clone(),
            format!("{} {}: {}", code(&result.unique_id), plain(&result.status), plain(message)),
        )
    };
    match timed.as_slice() {
        [first, rest @ .., last] if rest.len() + 2 > MOST_EVENTS => {
            let more = format!("{} more fail, the last of them {}", rest.len() + 1, code(&last.unique_id));
            vec![event(first), (last.completed_at.clone(), more)]
        }
        few => few.iter().map(|result| event(result)).collect(),
    }
}

/// The first why is in the files; the others are for those who were there. So are the factors that the checks see.
fn root_cause(review: &Review) -> String {
    const MOST_PLACES: usize = 3;
    let worst = review.changes.iter().rev().filter(|change| change.reaches > 0).max_by_key(|change| change.reaches);
    let first = worst.map_or_else(
        || blank("why?"),
        |change| {
            let what = plain(&change.op.replace('_', " "));
            let told = format!("{} ({what}) at {}", code(&change.summary), at(change));
            format!("Why did it break? Because {} needed what {told} took away or changed.", nodes(change.reaches))
        },
    );
    let mut out = format!("1. {first}\n");
    out.extend((2..=5).map(|number| format!("{number}. {}\n", blank("why?"))));
    let mut factors: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in review.findings.iter().filter(|finding| finding.severity != Severity::Info) {
        if let Some(check) = check_named(&finding.check).filter(|check| check.name != "consumed-downstream") {
            factors.entry(check.name).or_default().push(finding);
        }
    }
    if !factors.is_empty() {
        out.push_str("\nContributing factors that the safety checks see in the files:\n\n");
    }
    for (name, findings) in factors {
        let summary = check_named(name).map_or("", |check| check.summary);
        let place = |finding: &&Finding| code(&format!("{}:{}", finding.file, finding.line));
        let mut places: Vec<String> = findings.iter().take(MOST_PLACES).map(place).collect();
        places.extend(findings.len().checked_sub(MOST_PLACES + 1).map(|more| format!("{} more", more + 1)));
        out.push_str(&format!("- {} ({}): {}\n", plain(summary), plain(name), listed(&places)));
    }
    out
}

fn predicted(review: &Review) -> String {
    let actual = actual(review);
    if actual.is_empty() {
        return "No run results were given, so there is nothing to compare with.\n".to_owned();
    }
    let known: BTreeMap<&str, &NodeImpact> = review.nodes.iter().map(|node| (node.unique_id.as_str(), node)).collect();
    let mut rows: Vec<(Agreement, Vec<String>)> = Vec::new();
    let (mut agree, mut compared, mut unreached) = (0_usize, 0_usize, 0_usize);
    for (id, result) in &actual {
        let node = known.get(id).copied();
        let (agreement, why) = compare(node, result, &actual);
        match node {
            None => unreached += 1,
            Some(_) if agreement == Agreement::NothingPredicted => {}
            Some(_) => {
                compared += 1;
                agree += usize::from(agreement == Agreement::Yes);
            }
        }
        let said = node.map_or_else(|| "not reached".to_owned(), |node| outcome(node.outcome));
        rows.push((agreement, vec![code(id), said, plain(&result.status), agreement.word().to_owned(), plain(why)]));
    }
    rows.sort();
    let not_run = review.nodes.iter().filter(|node| !actual.contains_key(node.unique_id.as_str())).count();
    let sentence = format!(
        "{agree} of {} in these runs did what was predicted; {unreached} more are reached by no change. Of what was predicted, {} are in no run: dbt runs no dashboards, and runs leave nodes out.",
        nodes(compared),
        nodes(not_run)
    );
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    format!("{sentence}\n\n{}", long_table(&["Node", "Predicted", "dbt says", "Agrees", "Remark"], rows))
}

/// Whether a prediction and dbt's word go together; what needs a look comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Agreement {
    No,
    NothingPredicted,
    Yes,
}

impl Agreement {
    fn word(self) -> &'static str {
        match self {
            Self::No => "**no**",
            Self::NothingPredicted => "—",
            Self::Yes => "yes",
        }
    }
}

fn compare(
    node: Option<&NodeImpact>,
    result: &RunResult,
    actual: &BTreeMap<&str, &RunResult>,
) -> (Agreement, &'static str) {
    use Agreement::{No, NothingPredicted, Yes};
    let status = result.status.as_str();
    let is_test = matches!(kind_of(result), NodeKind::Test | NodeKind::UnitTest);
    let Some(node) = node else {
        return if is_good(status) {
            (Yes, "")
        } else {
            (No, "no change in these files reaches it: look for another cause")
        };
    };
    // What stands before it on its path, as far as the runs tell.
    let mut upstream = node.because.iter().flat_map(|because| &because.path).filter(|id| **id != node.unique_id);
    let mut upstream = upstream.by_ref().filter_map(|id| actual.get(id.as_str())).peekable();
    let is_upstream_built = upstream.peek().is_some() && upstream.all(|result| is_good(&result.status));
    match (node.outcome, status) {
        (Outcome::Unknown, _) => (NothingPredicted, "was not analysed"),
        (Outcome::Fails, "error")
        | (Outcome::Blocked | Outcome::Dark | Outcome::Stale, "skipped")
        | (Outcome::Catches, "fail") => (Yes, ""),
        (Outcome::Blocked, status) if is_good(status) && is_upstream_built => {
            (No, "what it reads was built in these runs")
        }
        (Outcome::Blocked, "error") => (Yes, "run by itself instead of being skipped: what it reads was not built"),
        (Outcome::Blocked, "pass") if is_test => {
            (Yes, "passed on the last good table, which is stale: this pass says nothing")
        }
        (Outcome::Blocked, "success") => (Yes, "built from the last good tables, which are stale"),
        (Outcome::Fails, "skipped") => (Yes, "skipped before it could fail by itself"),
        (Outcome::Dark | Outcome::Wrong | Outcome::Stale, "no-op") => (Yes, "dbt runs no dashboard"),
        (Outcome::Wrong, "success" | "pass") => (Yes, "runs without an error, as silent changes do"),
        (Outcome::Wrong | Outcome::Changes | Outcome::Safe, "skipped")
            if actual.values().any(|other| is_failure(other)) =>
        {
            (Yes, "skipped, because something upstream failed in this run")
        }
        (Outcome::Changes | Outcome::Safe, status) if is_good(status) => (Yes, ""),
        (Outcome::Fails, status) if is_good(status) => {
            (No, "ran before the migration, or against another state of the project")
        }
        _ => (No, "needs a look"),
    }
}

fn caught(review: &Review) -> String {
    let catching = of_kind(review, NodeKind::Test)
        .into_iter()
        .filter(|node| node.because.iter().any(|because| because.outcome == Outcome::Catches));
    let mut out = String::new();
    for node in catching {
        let because = node
            .because
            .iter()
            .find(|because| because.outcome == Outcome::Catches)
            .map_or("", |because| because.message.as_str());
        let when = if node.outcome == Outcome::Catches { "" } else { " (once what it tests is built again)" };
        out.push_str(&format!("- The test {}{when}: it {}\n", code(&node.name), plain(because)));
    }
    out.push_str("- A review of the migration against the manifest before it shipped, which would have said what this paper predicts.\n");
    out.push_str(&attached::draft(review, "guards"));
    out.push_str(&format!("- {}\n", blank("check, contract or test that is missing")));
    out
}

fn resolution(review: &Review) -> String {
    let edits = edits(review);
    if edits.is_empty() {
        return format!("{}\n", blank("what was done"));
    }
    let drafts =
        ["staging_shim", "sources", "compatibility", "rollback"].map(|kind| attached::draft(review, kind)).concat();
    let drafts = if drafts.is_empty() { drafts } else { format!("\nDrafts:\n\n{drafts}") };
    format!("What has to follow the change:\n\n{edits}{drafts}\n{}\n", blank("what was done, and what remains"))
}

fn lessons_first(_: &Review) -> String {
    format!("- {}\n- {}\n- {}\n", blank("what went well"), blank("what went poorly"), blank("where we were lucky"))
}

fn remap_section(review: &Review) -> String {
    if remaps(review).is_empty() {
        return "None.\n".to_owned();
    }
    format!("{}\n{}\n", remap_list(review), blank("whether each new value means what the old one meant"))
}

fn contract(_: &Review) -> String {
    format!(
        "- {}\n- {}\n",
        blank("who owns the changed tables, and who owns their readers"),
        blank("how readers are told before a change")
    )
}

fn actions(review: &Review) -> String {
    let mut rows =
        vec![vec!["prevent".to_owned(), "Review migrations against the dbt manifest in the pull request".to_owned()]];
    for change in remaps(review) {
        let values: Vec<String> = change.values.iter().map(|pair| code(&pair.to)).collect();
        rows.push(vec![
            "detect".to_owned(),
            format!(
                "Test the accepted values of {} at the source: {}",
                code(change.column.as_deref().unwrap_or("")),
                values.join(", ")
            ),
        ]);
    }
    let rows = rows.into_iter().map(|mut row| {
        row.extend(["____", "____", "____", "____"].map(str::to_owned));
        row
    });
    table(&["Type", "What", "Owner", "Priority", "Due", "Ticket"], rows)
}

fn lessons(_: &Review) -> String {
    format!("{}\n", blank("what others should know"))
}

fn evidence(review: &Review) -> String {
    format!(
        "Written by Foreshock {}. The same files give the same bytes.\n\n{}",
        env!("CARGO_PKG_VERSION"),
        inputs(review)
    )
}
