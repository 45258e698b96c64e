//! SELECT * in a view, or in an INSERT, whose columns change with the table.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "select-star-drift",
    summary: "SELECT * in a view, or in an INSERT, whose columns change with the table.",
    severity: Severity::Info,
    help: "Name the columns.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(What::CreateView.bit() | What::Insert.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let Some(star) = facts.rest.find("SELECT *").or_else(|| facts.rest.find("SELECT DISTINCT *")) else { return };
    // A view that only keeps an old name alive shall have all columns.
    let Some(mut from) = facts.rest.after("FROM") else { return };
    let source = from.name();
    let renamed = script.near(facts).iter().any(|other| {
        other.steps.iter().any(|step| matches!(step.does, Does::RenameTable)) || other.what == What::Rename
    });
    if renamed || source.phrase.is_empty() || facts.rest.is(0, "(") && facts.what == What::Insert {
        return;
    }
    found.at(
        script,
        facts,
        star,
        "{} has the columns that {} happens to have: what it gives depends on when it was \
            made.",
        &[facts.name.shown(), source.shown()],
    );
}
