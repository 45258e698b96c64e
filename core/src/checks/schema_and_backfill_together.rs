//! A change of the schema and of many rows in one unit.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "schema-and-backfill-together",
    summary: "A change of the schema and of many rows in one unit.",
    severity: Severity::Warning,
    help: "Put the change of rows into a migration of its own, after the schema's.",
    dialects: ALL,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    for facts in script
        .facts
        .iter()
        .filter(|facts| matches!(facts.what, What::Update | What::Delete | What::Merge | What::Insert))
    {
        let reads = facts.what != What::Insert || facts.rest.has("SELECT");
        let key = facts.key();
        if !reads || script.is_new(key, facts) || script.is_small(key) || facts.is_temporary() {
            continue;
        }
        let schema = script.before(facts).iter().find(|earlier| {
            earlier.what == What::AlterTable
                && earlier.unit == facts.unit
                && earlier.key() == key
                && !earlier.steps.is_empty()
        });
        if let Some(schema) = schema {
            let message = if facts.in_transaction && script.is(P | H) {
                "The lock of the ALTER TABLE in line {} is held until all rows of {} are written."
            } else {
                "If it fails halfway, the change of line {} stays and the rows of {} are half old, half new."
            };
            let line = script.file.place(schema.statement.span).line.to_string();
            found.on(script, facts, message, &[&line, facts.name.shown()]);
            return;
        }
    }
}
