//! Every sentence of the page that is not the engine's own, in one place, ready for translation.

use foreshock_core::outcome::{NodeKind, Verdict};
use foreshock_core::review::InputKind;

use crate::bridge::{Cause, Death};
use crate::protocol::{Progress, ProgressStage, SortBy};

pub const PRODUCT: &str = "Foreshock";
pub const PROMISE: &str = "See what a schema migration breaks downstream, before it ships.";
pub const PRIVACY: &str = "Your files are read inside this browser. Nothing is sent anywhere: \
    the page is not allowed to talk to any address but its own, and works without a network.";
pub const DROP_HERE: &str = "Drop a dbt manifest and the migration files";
pub const DROP_HINT: &str = "anywhere on this page: files, or the whole project folder";
pub const DROP_NOW: &str = "Drop to add to the review";
pub const PICK_FILES: &str = "Choose files";
pub const PICK_FOLDER: &str = "Choose a folder";
pub const TRY_EXAMPLE: &str = "Open the worked example";
pub const EXAMPLE_SAYS: &str =
    "A rename that took down 8 models, 23 tests and 15 dashboards: reviewed as if it were 13:59, before it shipped.";
pub const EXAMPLE_FAILED: &str = "The example could not be loaded";
pub const RECENT: &str = "Recent reviews";
pub const NO_RECENT: &str = "A review that you finish is kept here, in this browser alone, to go on with.";
pub const KEEP_REVIEWS: &str = "Keep them";
pub const FORGET: &str = "Forget";
pub const FORGET_ALL: &str = "Forget all";
pub const NOT_KEPT_HERE: &str = "This browser has no room to keep the review. Save it as a file instead (Ctrl K).";
pub const WHAT_TO_GIVE: &str = "What it reads";
/// Whether it is needed, the file, and what it is good for.
pub const EXPECTED: [(&str, &str, &str); 5] = [
    ("needed", "manifest.json", "the dbt project, as dbt compile leaves it in target/"),
    ("needed", "V042__….sql", "the migration: plain SQL or Flyway files"),
    ("better with", "catalog.json", "the columns as they really are"),
    ("better with", "U042__….sql", "the way back"),
    ("afterwards", "run_results.json", "what really happened, for the postmortem"),
];

pub const CHANGES: &str = "Changes";
pub const NO_CHANGES: &str = "The migration holds no statement that changes a schema or its values.";
pub const REVIEW: &str = "Review";
pub const EVIDENCE: &str = "Evidence";
pub const SUMMARY: &str = "Summary";
pub const FILES: &str = "Files";
pub const GRAPH: &str = "Graph";
pub const TABLE: &str = "Table";
pub const MATRIX: &str = "Matrix";
pub const WINDOWS: &str = "Windows";
pub const CHECKS: &str = "Checks";
pub const FIXES: &str = "Fixes";
pub const SIGN_OFF: &str = "Sign-off";
pub const COMPARED: &str = "Compare";
pub const FOCUS: &str = "Show only what leads to it and what it leads to";
pub const MESSAGES: &str = "Messages so far";
pub const NO_MESSAGES: &str = "Nothing was said yet.";
pub const OTHER_TAB: &str = "Another tab changed decisions or documents of this review; they are shown here too.";
pub const DOCUMENTS: &str = "Documents";
pub const MEETING: &str = "Meeting";
pub const SAVE_REVIEW: &str = "Save the review";
pub const REVIEW_FILE: &str = "review.foreshock";
pub const IN_MEETING: &str = "Time in this meeting";
pub const DECISION: &str = "Decision";
pub const NOTE: &str = "Note";
pub const DUE: &str = "Due";
pub const TAKE_BACK: &str = "Take back";
pub const WRITING_FILE: &str = "Writing the file …";
pub const SETTINGS: &str = "Settings of this review";
pub const SETTINGS_SAY: &str =
    "They are a file, foreshock.toml, which the command line reads as well: keep it beside the migrations.";
pub const SETTINGS_HINT: &str =
    "dialect = \"postgres\"\n\n[map]\n\"public.*\" = \"raw.app.*\"\n\n[rows]\norders = 250000000";
pub const DIALECT: &str = "Dialect of the migrations";
pub const AS_RECOGNISED: &str = "as recognised from the statements";
pub const WAIVE: &str = "Waive the finding";
pub const WAIVE_SAYS: &str = "A waiver goes into foreshock.toml. It says why, who answers for it, and until when; an expired or unused one is itself a finding.";
pub const REASON: &str = "Reason";
pub const APPROVED_BY: &str = "Approved by";
pub const UNTIL: &str = "Until";
pub const WAIVED: &str = "Waived in foreshock.toml. Ctrl Z takes it back.";
pub const UNDO: &str = "Undo the last change of the files";
pub const UNDONE: &str = "The last change of the files is taken back.";
pub const NOTHING_TO_UNDO: &str = "There is nothing to undo.";
pub const PUBLISH: &str = "Publish: the review as pages (.zip)";
pub const PUBLISH_REDACTED: &str = "Publish for outsiders: without SQL, names and owners (.zip)";
pub const EXPORT_JSON: &str = "Export the review as JSON";
pub const EXPORT_SARIF: &str = "Export the findings as SARIF";
pub const PALETTE: &str = "Commands and nodes";
pub const PALETTE_HINT: &str = "a command, a view, or the name of a node";
pub const THEME: &str = "Change the theme";
pub const HELP: &str = "Keys and signs";
pub const CLOSE: &str = "Close";
pub const DISMISS: &str = "Dismiss";
pub const NOT_UNDERSTOOD: &str = "Read with reservations";
pub const START_OVER: &str = "Start over";
pub const ADD_FILES: &str = "Add files";
pub const ADD_FOLDER: &str = "Add a folder";
pub const CANCEL: &str = "Cancel";
pub const UNPACKED: &str = "archive, unpacked";
pub const REMOVE: &str = "Remove";
pub const FILTER: &str = "Filter by name, owner, path or reason";
pub const FILTER_HINT: &str = "name, owner, path, reason, or dbt's tag:finance+";
pub const CLEAR_FILTER: &str = "Show all";
pub const FIT: &str = "Fit";
pub const TESTS: &str = "Tests";
pub const EVENT_AT: &str = "Time (UTC)";
pub const EVENT_WHAT: &str = "What happened";
pub const EVENT_EXAMPLE: &str = "deployed, first report, decision, end";
pub const ADD_EVENT: &str = "Add to the timeline";
pub const EVENT_ADDED: &str = "Added to the timeline.";
pub const NO_TIMELINE: &str =
    "The timeline could not be completed: the text has no section “Timeline (UTC)” any more, or the time is not whole.";
pub const COLUMNS: &str = "Columns";
pub const COLUMNS_SAYS: &str = "The columns of the selected node, what they are made of, and what is made of them (c)";
pub const HIDE: &str = "Hide";
pub const HIDE_SAYS: &str = "Leave the selected node out of the graph (h)";
pub const WHOLE: &str = "Whole project";
pub const WHOLE_SAYS: &str = "Also what no change reaches, tests left aside";
pub const SAVE_PNG: &str = "Save the graph as a picture";
pub const SAVE_SVG: &str = "Save the graph as a drawing";
pub const MINIMAP: &str = "Which part of the graph is on screen";
pub const ZOOM_IN: &str = "Zoom in";
pub const ZOOM_OUT: &str = "Zoom out";
pub const NEXT: &str = "Next finding";
pub const PREVIOUS: &str = "Previous finding";
pub const FIRST_FINDING: &str = "Go through the findings";
pub const MORE_REASONS: &str = "More reasons";
pub const SHOW_CHANGE: &str = "Show what this change reaches";
pub const PATH: &str = "Path";
pub const READ_BY: &str = "Read by";
pub const COVERS: &str = "covers";
pub const MODELS: &str = "models";
pub const STATEMENTS: &str = "statements";
pub const KIND: &str = "Kind";
pub const ID: &str = "Id";
pub const OWNER: &str = "Owner";
pub const OWNERS: &str = "Who to talk to";
pub const NO_OWNER: &str = "no owner named";
pub const DEFINED_IN: &str = "Defined in";
pub const OPEN_LINK: &str = "Open";
pub const COMPILED: &str = "compiled";
pub const WHAT_IT_RESTS_ON: &str = "What it rests on";
pub const REACHED: &str = "What is reached";
pub const NOTHING_REACHED: &str = "No model, test or dashboard of this project is reached by the migration.";
pub const NOTHING_MATCHES: &str = "Nothing matches this filter.";
pub const CHANGED_HERE: &str = "Changed by the migration";
pub const NOT_REACHED: &str = "No change of this review reaches this node.";
pub const NEW_VALUES: &str = "Values";
pub const DOWNLOAD: &str = "Download";
pub const COPY: &str = "Copy";
pub const COPIED: &str = "Copied.";
pub const COPY_REFUSED: &str = "The browser did not allow copying. Use Download instead.";
pub const EDIT: &str = "Edit";
pub const PRINT: &str = "Print";
pub const DISCARD_EDITS: &str = "Discard my edits";
pub const EDITS_CONFLICT: &str =
    "The review has changed lines that you edited. Yours are kept; discard your edits to see the new ones.";
pub const EDITS_NOT_KEPT: &str = "This browser has no room to keep your edits. Download the document before you leave.";
pub const NO_DOCUMENT: &str = "This document cannot be written from the files given.";
pub const WORKING: &str = "Reviewing";
pub const STILL_NEEDED: &str = "Still needed";
pub const FILES_KEPT: &str = "The files below are kept. Drop or add the rest.";
pub const CANCELLED_TITLE: &str = "Cancelled";
pub const CANCELLED: &str = "The review was stopped before it was done. The files are kept.";
pub const STOPPED_TITLE: &str = "The review was interrupted";
pub const NEVER_STARTED: &str = "The part of this page that reads files could not be started. Reload the page; \
    if that does not help, use a current Chrome, Edge, Firefox or Safari.";
pub const VERSIONS_DIFFER: &str = "The worker and the page are of different versions. Reload the page.";
pub const LAST_WORDS: &str = "For a fault report";
pub const REVIEW_AGAIN: &str = "Review again";
pub const RESTARTED: &str =
    "The worker had stopped and was started again; the review is read anew from the same files.";
pub const SKIP_TO_CONTENT: &str = "Skip to the review";
pub const LEGEND: &str = "Signs";
pub const THEME_SYSTEM: &str = "Theme: as the system";
pub const THEME_LIGHT: &str = "Theme: light";
pub const THEME_DARK: &str = "Theme: dark";
pub const THEME_CONTRAST: &str = "Theme: high contrast";
pub const RESIZE_LEFT: &str = "Width of the changes";
pub const RESIZE_RIGHT: &str = "Width of the evidence";

/// Keys and what they do, for the help.
pub const KEYS: [(&str, &str); 20] = [
    (". ,", "next and previous finding"),
    ("1 2 3", "graph, table, matrix"),
    ("4 5 6", "windows of the deployment, checks, drafted fixes"),
    ("7 8 9", "sign-off by owner, documents, what differs from the review before"),
    ("m", "meeting: one finding a screen, with its decision"),
    ("/", "filter"),
    ("Ctrl K", "every command and every node by name"),
    ("Ctrl Z", "undo the last change of the files"),
    ("s", "settings of this review"),
    ("f", "fit the graph to the window"),
    ("c", "columns of the selected node in the graph"),
    ("h", "hide the selected node in the graph"),
    ("+ −", "zoom (or Ctrl and the wheel, or two fingers)"),
    ("← → ↑ ↓", "on a node: along its edges and its column; on the graph: pan"),
    ("Enter", "select the node in focus"),
    ("o", "files of this review"),
    ("t", "theme: system, light, dark, high contrast"),
    ("?", "this help"),
    ("Esc", "close, clear the selection, clear the filter"),
    ("Tab", "everything else, in reading order"),
];

pub fn already_given(name: &str) -> String {
    format!("{name} is among the files already.")
}

pub fn verdict(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Block => ("✕", "Block"),
        Verdict::Review => ("!", "Review"),
        Verdict::Safe => ("✓", "Safe"),
    }
}

pub fn kind_of_input(kind: InputKind) -> &'static str {
    match kind {
        InputKind::Manifest => "dbt manifest",
        InputKind::Catalog => "dbt catalog",
        InputKind::RunResults => "dbt run results",
        InputKind::Freshness => "dbt source freshness",
        InputKind::Migration => "migration",
        InputKind::Rollback => "rollback",
        InputKind::Config => "Foreshock settings",
        InputKind::Properties => "dbt YAML",
        InputKind::NotUsed => "not used",
        InputKind::Unusable => "not usable",
    }
}

/// Where the work stands, as one sentence: it is also what a screen reader announces, so no count runs in it.
pub fn progress(progress: &Progress) -> String {
    let file = progress.file.as_deref().unwrap_or("");
    match progress.stage {
        ProgressStage::Unpacking => format!("Unpacking {file}"),
        ProgressStage::Reading => format!("Reading {file}"),
        ProgressStage::Matching => "Matching the migration's tables to the dbt project".to_owned(),
        ProgressStage::Rendering => "Rendering the templates of models without compiled SQL".to_owned(),
        ProgressStage::Tracing if progress.of > 0 => format!("Tracing columns through {} models", grouped(progress.of)),
        ProgressStage::Tracing => "Tracing columns through the models".to_owned(),
        ProgressStage::Writing => "Writing the review".to_owned(),
    }
}

/// How far that is, where there is something to count.
pub fn progress_count(progress: &Progress) -> Option<String> {
    match (progress.stage, progress.percent) {
        (ProgressStage::Unpacking, _) => Some(bytes((progress.done as u64) << 10)),
        (ProgressStage::Reading, percent) => percent.map(|percent| format!("{percent} %")),
        _ if progress.of > 1 => Some(format!("{} / {}", grouped(progress.done), grouped(progress.of))),
        _ => None,
    }
}

/// What happened to the worker and what to do, naming the file it had in hand.
pub fn death(death: &Death) -> String {
    let doing = death.during.as_ref().map(progress).map(|doing| format!(" at “{doing}”")).unwrap_or_default();
    let what = match &death.cause {
        Cause::NeverStarted => return NEVER_STARTED.to_owned(),
        Cause::Crashed(words) if words.is_empty() => {
            format!("The worker crashed{doing}, most likely because the memory of this tab was used up.")
        }
        Cause::Crashed(_) => format!("The worker crashed{doing}: a fault in Foreshock, not in your files."),
        Cause::Gone => format!("The worker was ended{doing}."),
        Cause::Silent => format!("The worker stopped answering{doing}."),
    };
    format!("{what} A new one is ready, and your files are still here.")
}

/// What a crashed worker said last, for a report of the fault.
pub fn last_words(death: &Death) -> Option<&str> {
    match &death.cause {
        Cause::Crashed(words) if !words.is_empty() => Some(words),
        _ => None,
    }
}

pub fn leave_out(file: &str) -> String {
    format!("Leave out {file} and review")
}

pub fn left_out_of_folder(count: usize) -> String {
    format!("{} of the folder left out: no review reads files of that kind.", counted(count, "file", "files"))
}

pub fn replaced(names: &[String]) -> String {
    format!("Replaced by the version just given: {}.", names.join(", "))
}

pub fn operations(count: usize) -> String {
    counted(count, "operation", "operations")
}

pub fn files(count: usize) -> String {
    counted(count, "file", "files")
}

pub fn reaches(count: usize) -> String {
    if count == 0 { "reaches nothing".to_owned() } else { format!("reaches {}", counted(count, "node", "nodes")) }
}

pub fn finding_position(position: usize, of: usize) -> String {
    format!("Finding {} of {}", grouped(position), grouped(of))
}

pub fn shown_of(shown: usize, all: usize) -> String {
    if shown == all {
        counted(all, "node", "nodes")
    } else {
        format!("{} of {}", grouped(shown), counted(all, "node", "nodes"))
    }
}

/// How far the meeting is.
pub fn decided(decided: usize, of: usize) -> String {
    match of {
        0 => "Nothing here needs a decision".to_owned(),
        _ => format!("{} decided · {} to decide about", grouped(decided), counted(of, "finding", "findings")),
    }
}

pub fn still_open(lacks: &[&str]) -> String {
    format!("Still to be said: {}", lacks.join(", ").to_lowercase())
}

pub fn not_kept(names: &[&str]) -> String {
    let shown = names.iter().take(3).copied().collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(3);
    let more = if more > 0 { format!(" and {} more", grouped(more)) } else { String::new() };
    format!(
        "Too large for the review file, or from an archive: {shown}{more}. Their fingerprints are in it; give the files along."
    )
}

/// Minutes and seconds.
pub fn clock(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

pub fn left_out_of_preview(count: usize) -> String {
    format!(
        "{} left out of this preview. The download has all of it.",
        counted(count, "further entry", "further entries")
    )
}

pub fn more(count: usize) -> String {
    format!("{} more", grouped(count))
}

pub fn show_all(count: usize) -> String {
    format!("Show all {}", grouped(count))
}

/// "Show 2 hidden"
pub fn show_hidden(count: usize) -> String {
    format!("Show {count} hidden")
}

/// What a stub of the graph says, to eyes and to a screen reader.
pub fn stub(kind: NodeKind, count: usize, folded: bool) -> String {
    if folded { format!("+{} more {}", grouped(count), kind.face().many) } else { format!("fold {}", kind.face().many) }
}

/// The beginning of a text, where it is longer than this many letters.
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most).collect();
    short.push('…');
    short
}

/// "table", "model · view": what stands below a node's name.
pub fn op(op: &str) -> String {
    op.replace('_', " ")
}

/// What stands below a change: some name no relation.
pub fn change_place(op: &str, line: u32, relation: &str) -> String {
    let relation = if relation.is_empty() { String::new() } else { format!(" · {relation}") };
    format!("{} · line {line}{relation}", self::op(op))
}

pub fn on_line(line: u32) -> String {
    format!(" (line {line})")
}

pub fn column(sort: SortBy) -> &'static str {
    match sort {
        SortBy::Outcome => "Outcome",
        SortBy::Name => "Name",
        SortBy::Kind => "Kind",
        SortBy::Owner => "Owner",
        SortBy::Reason => "Reason",
        SortBy::Path => "File",
    }
}

pub fn bytes(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit)
}

pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// Digits in groups of three, by a thin space: it needs no locale and cannot be mistaken for a decimal point.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_from_the_right() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
    }

    #[test]
    fn sizes_are_said_in_the_largest_unit_that_fits() {
        assert_eq!(
            [999, 1_000, 732_190, 1_999_999, 905_000_000_000].map(bytes),
            ["999 B", "1.0 kB", "732.1 kB", "1.9 MB", "905.0 GB"]
        );
    }
}
