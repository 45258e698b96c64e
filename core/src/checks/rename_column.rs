//! A column is renamed.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "rename-column",
    summary: "A column is renamed.",
    severity: Severity::Error,
    help: "Add the new name beside the old one (a second column, or a view), move the readers, \
            and take the old name away in a later release.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if script.is_new(facts.key(), facts) {
        return;
    }
    for step in &facts.steps {
        if let Does::RenameColumn { from, to } = step.does {
            found.at(
                script,
                facts,
                from.phrase,
                "Whatever still says {}.{} fails from this moment on; the new name is {}.",
                &[facts.name.shown(), from.shown(), to.shown()],
            );
        }
    }
}
