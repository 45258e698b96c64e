//! A new serial, identity or stored generated column.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "generated-column-rewrites",
    summary: "A new serial, identity or stored generated column.",
    severity: Severity::Error,
    help: "Add a plain column, fill it in batches, and add the sequence or the default \
            afterwards; in MySQL a VIRTUAL column costs nothing.",
    dialects: P | M,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !script.is_live(facts) {
        return;
    }
    for step in &facts.steps {
        let Does::AddColumn { name, definition, .. } = step.does else { continue };
        let is_stored = definition.has("STORED|PERSISTENT") && definition.has("AS (");
        let numbers = if script.dialect() == Dialect::MySql {
            definition.has("AUTO_INCREMENT")
        } else {
            definition.starts("SERIAL|BIGSERIAL|SMALLSERIAL|SERIAL4|SERIAL8") || definition.has("AS IDENTITY")
        };
        if is_stored || numbers {
            found.at(
                script,
                facts,
                step.action,
                "{} is written anew while others wait: {} needs a value in every row.",
                &[facts.name.shown(), name.shown()],
            );
        }
    }
}
