//! SET NOT NULL, which reads the whole table under the strongest lock.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "set-not-null-scans",
    summary: "SET NOT NULL, which reads the whole table under the strongest lock.",
    severity: Severity::Warning,
    help: "Add CHECK (column IS NOT NULL) NOT VALID, VALIDATE it, then SET NOT NULL: \
            PostgreSQL 12 and later see the constraint and do not scan.",
    dialects: P,
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !script.is_live(facts) {
        return;
    }
    for step in &facts.steps {
        let Does::SetNotNull { name } = step.does else { continue };
        let (table, column) = (facts.key(), name.key());
        let is_proven = |earlier: &Facts<'_>| {
            earlier.key() == table
                && (earlier.actions.iter().any(|action| action.starts("VALIDATE"))
                    || earlier.all.has("IS NOT NULL")
                        && earlier.all.code.to_ascii_lowercase().contains(&column)
                        && !earlier.all.has("NOT VALID"))
                && earlier.what == What::AlterTable
        };
        if script.is_before(12, 0) || !script.before(facts).iter().any(is_proven) {
            found.at(
                script,
                facts,
                step.action,
                "All rows of {} are read while nobody can read or write it.",
                &[facts.name.shown()],
            );
        }
    }
}
