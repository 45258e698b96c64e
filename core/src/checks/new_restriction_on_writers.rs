//! A constraint that applications which run now may break.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "new-restriction-on-writers",
    summary: "A constraint that applications which run now may break.",
    severity: Severity::Warning,
    help: "Release the application that keeps to it first, then add the constraint.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if script.is_new(facts.key(), facts) {
        return;
    }
    for step in &facts.steps {
        let restricts = match step.does {
            // These engines do not enforce keys.
            Does::AddConstraint { .. } if script.is(S | B | H) => false,
            Does::AddConstraint { constraint } => {
                constraint.starts("CHECK|UNIQUE|EXCLUDE") && !constraint.has("USING INDEX")
            }
            Does::SetNotNull { .. } => true,
            _ => false,
        };
        let replaced = script.up_to(facts).iter().any(|earlier| {
            earlier.key() == facts.key()
                && earlier.steps.iter().any(|step| matches!(step.does, Does::DropConstraint { .. }))
        });
        if restricts && !replaced {
            found.at(
                script,
                facts,
                step.action,
                "Writes to {} that went through a moment ago are refused.",
                &[facts.name.shown()],
            );
        }
    }
}
