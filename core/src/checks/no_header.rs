//! A file without a comment that says what it is for, among others that have one.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "no-header",
    summary: "A file without a comment that says what it is for, among others that have one.",
    severity: Severity::Info,
    help: "Say in the first lines what changes, why, and who is asked.",
    dialects: ALL,
    since: &[],
    look: Look::Set(look),
};

fn look(set: &Set<'_>, found: &mut Found<'_>) {
    let has_header = |script: &Script<'_>| {
        let head = script.file.text.trim_start();
        ["--", "/*", "#", "<!--", "\"\"\"", "<"].iter().any(|mark| head.starts_with(mark))
            || !head.to_ascii_uppercase().starts_with(|c: char| c.is_ascii_alphabetic())
    };
    let sql: Vec<(&Script<'_>, usize)> = set
        .scripts
        .iter()
        .map(|(place, script)| (script, *place))
        .filter(|(script, _)| script.file.name.to_ascii_lowercase().rsplit('.').next() == Some("sql"))
        .collect();
    let with = sql.iter().filter(|(script, _)| has_header(script)).count();
    for (script, place) in &sql {
        let Some(first) = script.facts.first().filter(|_| !has_header(script) && with * 2 > sql.len()) else {
            continue;
        };
        found.file = *place;
        found.say(first.statement.span, "The other files say what they are for; this one does not.", &[]);
    }
}
