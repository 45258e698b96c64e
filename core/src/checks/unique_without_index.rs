//! A UNIQUE or PRIMARY KEY constraint that builds its index under the lock.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "unique-without-index",
    summary: "A UNIQUE or PRIMARY KEY constraint that builds its index under the lock.",
    severity: Severity::Error,
    help: "Build the index first (CREATE UNIQUE INDEX CONCURRENTLY), then ADD CONSTRAINT … UNIQUE USING INDEX.",
    dialects: P,
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !script.is_live(facts) {
        return;
    }
    for step in &facts.steps {
        let builds = match step.does {
            Does::AddConstraint { constraint } => constraint.starts("UNIQUE|PRIMARY") && !constraint.has("USING INDEX"),
            Does::AddColumn { definition, .. } => definition.outer().has("UNIQUE|PRIMARY"),
            _ => false,
        };
        if builds {
            found.at(
                script,
                facts,
                step.action,
                "The index is built while nobody can read or write {}.",
                &[facts.name.shown()],
            );
        }
    }
}
