//! A new NOT NULL column without a default.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "add-not-null-without-default",
    summary: "A new NOT NULL column without a default.",
    severity: Severity::Error,
    help: "Give it a default, or add it nullable, fill it, and set NOT NULL afterwards.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if script.is_new(facts.key(), facts) {
        return;
    }
    for step in &facts.steps {
        let Does::AddColumn { name, definition, .. } = step.does else { continue };
        let makes_values =
            definition.has("DEFAULT|GENERATED|IDENTITY|AUTO_INCREMENT|AUTOINCREMENT|AS|SERIAL|BIGSERIAL|SMALLSERIAL");
        if definition.has("NOT NULL") && !makes_values {
            let message = if script.dialect() == Dialect::MySql {
                "Rows of {} that are there get an empty value or zero in {}, which nobody has chosen."
            } else {
                "It fails if {} holds a row: there is no value for {}."
            };
            found.at(script, facts, step.action, message, &[facts.name.shown(), name.shown()]);
        }
    }
}
