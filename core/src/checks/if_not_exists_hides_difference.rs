//! CREATE TABLE IF NOT EXISTS of a table that other statements of the migration take for changed.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "if-not-exists-hides-difference",
    summary: "CREATE TABLE IF NOT EXISTS of a table that other statements of the migration take for changed.",
    severity: Severity::Info,
    help: "Compare the table that is there with this definition, or write the change as ALTER TABLE.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(What::CreateTable.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !facts.if_not_exists {
        return;
    }
    // The same table is created twice with different columns: one of the two is never made.
    let key = facts.key();
    let differs = |earlier: &Facts<'_>| {
        earlier.what == What::CreateTable && earlier.key() == key && earlier.rest.text() != facts.rest.text()
    };
    if script.before(facts).iter().any(differs) {
        found.on(
            script,
            facts,
            "{} may be there already with other columns; then this definition is passed over \
            without a word.",
            &[facts.name.shown()],
        );
    }
}
