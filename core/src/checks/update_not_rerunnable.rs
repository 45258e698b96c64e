//! An UPDATE that makes a value of the same value, and does so again in a second run.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "update-not-rerunnable",
    summary: "An UPDATE that makes a value of the same value, and does so again in a second run.",
    severity: Severity::Warning,
    help: "Add a condition that is no longer true once the row is changed, or write into a new column.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(What::Update.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if script.is_atomic(facts) {
        return;
    }
    let Some(set) = facts.rest.after("SET") else { return };
    for part in set.before("WHERE").parts() {
        let mut value = part;
        let column = value.name();
        let key = column.key();
        if !value.take("=") || key.is_empty() {
            continue;
        }
        let grows = (0..value.words.len()).any(|at| {
            // A key taken out of a document, or put in, is so in a second run as well.
            let is_document = value.word(at + 2).starts_with('\'') || value.word(at + 3).starts_with("'{");
            value.is(at, "_")
                && value.word(at).eq_ignore_ascii_case(&key)
                && !is_document
                && [at.wrapping_sub(1), at + 1]
                    .iter()
                    .any(|next| matches!(value.word(*next), "+" | "-" | "*" | "/" | "|"))
        });
        if grows {
            found.at(
                script,
                facts,
                part,
                "A second run changes {} again: its new value is made of the old one.",
                &[column.shown()],
            );
        }
    }
}
