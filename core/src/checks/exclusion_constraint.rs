//! An exclusion constraint on a table that is in use.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "exclusion-constraint",
    summary: "An exclusion constraint on a table that is in use.",
    severity: Severity::Error,
    help: "There is no way to build it concurrently: do it in a quiet hour with a \
            lock_timeout, or fill a new table that has it and swap the two.",
    dialects: P,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    for step in &facts.steps {
        if let Does::AddConstraint { constraint } = step.does
            && constraint.is(0, "EXCLUDE")
            && script.is_live(facts)
        {
            found.at(
                script,
                facts,
                step.action,
                "The index is built and every row compared while nobody can read or write {}.",
                &[facts.name.shown()],
            );
        }
    }
}
