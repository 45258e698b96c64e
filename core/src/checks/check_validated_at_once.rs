//! A CHECK constraint that is added and checked in one statement.

use super::foreign_key_validated_at_once::validate_later;
use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "check-validated-at-once",
    summary: "A CHECK constraint that is added and checked in one statement.",
    severity: Severity::Error,
    help: "Add it NOT VALID, and VALIDATE CONSTRAINT in a later transaction.",
    dialects: P,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !script.is_live(facts) {
        return;
    }
    for step in &facts.steps {
        if let Does::AddConstraint { constraint } = step.does
            && constraint.is(0, "CHECK")
            && !step.action.has("NOT VALID")
        {
            let draft = found.at(
                script,
                facts,
                step.action,
                "All rows of {} are checked while nobody can read or write it.",
                &[facts.name.shown()],
            );
            validate_later(draft, script, facts, *step, constraint, "check");
        }
    }
}
