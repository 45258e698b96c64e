//! CREATE INDEX without CONCURRENTLY on a table that is in use.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "index-not-concurrent",
    summary: "CREATE INDEX without CONCURRENTLY on a table that is in use.",
    severity: Severity::Error,
    help: "Write CREATE INDEX CONCURRENTLY, in a migration of its own that runs outside of a transaction.",
    dialects: P,
    look: Look::Statement(What::CreateIndex.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let Some(table) = facts.table_of_index() else { return };
    let key = table.key();
    if facts.concurrently || script.is_new(&key, facts) || script.is_small(&key) || facts.all.has("ON ONLY") {
        return;
    }
    let draft = found.on(script, facts, "Writes to {} wait until the index is built.", &[table.shown()]);
    if facts.in_transaction {
        draft.help(
            "Write CREATE INDEX CONCURRENTLY in a migration of its own, with {}.",
            &[script.runner.how_to_opt_out()],
        );
    } else if let Some(index) = facts.all.find("INDEX") {
        draft.insert_after(facts, index, " CONCURRENTLY");
    }
}
