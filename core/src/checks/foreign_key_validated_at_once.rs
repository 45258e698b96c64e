//! A foreign key that is added and checked in one statement.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "foreign-key-validated-at-once",
    summary: "A foreign key that is added and checked in one statement.",
    severity: Severity::Error,
    help: "Add it NOT VALID, and VALIDATE CONSTRAINT in a later transaction.",
    dialects: P,
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !script.is_live(facts) {
        return;
    }
    for step in &facts.steps {
        let constraint = match step.does {
            Does::AddConstraint { constraint } if constraint.starts("FOREIGN KEY") => constraint,
            // A column that is new and empty has nothing to check, but the lock on the other table is the same.
            _ => continue,
        };
        if step.action.has("NOT VALID") {
            continue;
        }
        let other = constraint.after("REFERENCES").map(|mut rest| rest.name().shown()).unwrap_or_default();
        let draft = found.at(
            script,
            facts,
            step.action,
            "All rows of {} are checked while neither it nor {} can be written.",
            &[facts.name.shown(), other],
        );
        draft.insert_after(facts, step.action, " NOT VALID");
    }
}
