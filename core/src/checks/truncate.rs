//! TRUNCATE.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "truncate",
    summary: "TRUNCATE.",
    severity: Severity::Error,
    help: "Keep a copy of the rows first, or delete those that have to go, in batches.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(What::Truncate.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if script.is_new(facts.key(), facts) || facts.is_temporary() {
        return;
    }
    let cascades = facts.all.has("CASCADE");
    let message = if cascades {
        "All rows of {}, and of every table that refers to it, are gone."
    } else {
        "All rows of {} are gone."
    };
    found.on(script, facts, message, &[facts.name.shown()]);
}
