//! An ALTER TABLE that DuckDB refuses: a foreign key or CHECK, or a table that an index or a key depends on.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "dependant-blocks-alter",
    summary: "An ALTER TABLE that DuckDB refuses: a foreign key or CHECK, or a table that an \
            index or a key depends on.",
    severity: Severity::Error,
    help: "Make a new table with the constraint, copy the rows, drop the old one and rename; \
            or drop the index first.",
    dialects: K,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let key = facts.key();
    let index = script.before(facts).iter().find(|earlier| {
        earlier.what == What::CreateIndex
            && earlier.table_of_index().is_some_and(|table| table.key() == key)
            && !script.facts[earlier.index..facts.index]
                .iter()
                .any(|later| later.what == What::DropIndex && dropped(later).any(|name| name == earlier.key()))
    });
    for step in &facts.steps {
        match step.does {
            Does::AddConstraint { constraint } if constraint.starts("FOREIGN|CHECK|UNIQUE") => {
                found.at(
                    script,
                    facts,
                    step.action,
                    "DuckDB cannot add this constraint to a table that is there.",
                    &[],
                );
            }
            Does::DropColumn { .. }
            | Does::Retype { .. }
            | Does::RenameColumn { .. }
            | Does::RenameTable
            | Does::SetNotNull { .. } => {
                if let Some(index) = index {
                    found.at(
                        script,
                        facts,
                        step.action,
                        "DuckDB refuses this while the index {} depends on {}.",
                        &[index.name.shown(), facts.name.shown()],
                    );
                }
            }
            _ => {}
        }
    }
}
