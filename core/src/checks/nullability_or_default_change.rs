//! NOT NULL or a default is taken away or changed.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "nullability-or-default-change",
    summary: "NOT NULL or a default is taken away or changed.",
    severity: Severity::Warning,
    help: "Say it to those who read the column: not_null tests, contracts, joins and sums count on it.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if script.is_new(facts.key(), facts) {
        return;
    }
    for step in &facts.steps {
        // A default for a column that is added near by, or takes away again, promises nothing yet.
        let own = |column: &Name<'_>| {
            script
                .near(facts)
                .iter()
                .flat_map(|facts| &facts.steps)
                .any(|step| matches!(step.does, Does::AddColumn { name, .. } if name.key() == column.key()))
        };
        let (name, message) = match step.does {
            Does::DropNotNull { name } => (name, "{} can be NULL from now on, which its readers do not expect."),
            Does::SetDefault { name } | Does::DropDefault { name } => {
                (name, "Rows that do not say {} hold another value from now on.")
            }
            _ => continue,
        };
        if !own(&name) {
            found.at(script, facts, step.action, message, &[name.shown()]);
        }
    }
}
