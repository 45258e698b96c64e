//! A table is renamed.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "rename-table",
    summary: "A table is renamed.",
    severity: Severity::Error,
    help: "Leave a view under the old name until all readers are moved.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(ALTER_TABLE | What::Rename.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    const FAILS: &str = "Whatever still says {} fails from this moment on.";
    let renames = facts.steps.iter().find(|step| matches!(step.does, Does::RenameTable));
    if facts.what != What::Rename && renames.is_none() {
        return;
    }
    let key = facts.key();
    // A view under the old name keeps the readers alive.
    let has_view = script
        .after(facts)
        .iter()
        .any(|later| matches!(later.what, What::CreateView | What::CreateTable) && later.key() == key);
    if has_view || script.is_new(key, facts) {
        return;
    }
    if facts.what == What::Rename {
        if facts.all.starts("RENAME TABLE") {
            found.on(script, facts, FAILS, &[facts.name.shown()]);
        }
        return;
    }
    // Another table takes the name: a swap.
    let swapped = script.near(facts).iter().flat_map(|other| &other.actions).any(|action| {
        let mut rest = *action;
        rest.take("RENAME TO") && rest.name().key() == key
    });
    if let Some(step) = renames.filter(|_| !swapped) {
        found.at(script, facts, step.action, FAILS, &[facts.name.shown()]);
    }
}
