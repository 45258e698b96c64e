//! A constraint is dropped and none is put in its place.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "drop-constraint",
    summary: "A constraint is dropped and none is put in its place.",
    severity: Severity::Warning,
    help: "Say in the review who relies on it, and how bad rows will be noticed from now on.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let key = facts.key();
    if script.is_new(key, facts) {
        return;
    }
    for step in &facts.steps {
        let Does::DropConstraint { name, .. } = step.does else { continue };
        if step.action.starts("DROP INDEX|KEY") {
            continue;
        }
        let replaced = script.after(facts).iter().any(|later| {
            later.key() == key && later.steps.iter().any(|step| matches!(step.does, Does::AddConstraint { .. }))
        });
        let goes = script
            .after(facts)
            .iter()
            .any(|later| later.what == What::DropTable && dropped(later).any(|name| name == key));
        if !replaced && !goes {
            found.at(
                script,
                facts,
                step.action,
                "Rows that {} has kept out of {} so far can be written from now on.",
                &[name.text(), facts.name.shown()],
            );
        }
    }
}
