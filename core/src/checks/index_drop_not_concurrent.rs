//! DROP INDEX or REINDEX without CONCURRENTLY.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "index-drop-not-concurrent",
    summary: "DROP INDEX or REINDEX without CONCURRENTLY.",
    severity: Severity::Warning,
    help: "Write CONCURRENTLY, outside of a transaction.",
    dialects: P,
    since: &[REINDEXES],
    look: Look::Statement(What::DropIndex.bit() | What::Maintain.bit(), look),
};

const REINDEXES: Since =
    Since::new(Dialect::Postgres, (12, 0, 0), "REINDEX CONCURRENTLY is there; before, nothing is said of REINDEX.");

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let is_reindex = facts.all.starts("REINDEX");
    let is_spoken_of = if is_reindex { !script.is_before(&REINDEXES) } else { facts.what != What::Maintain };
    if !is_spoken_of || facts.all.has("CONCURRENTLY") || script.is_new(facts.key(), facts) {
        return;
    }
    let own =
        script.before(facts).iter().any(|earlier| earlier.what == What::CreateIndex && earlier.key() == facts.key());
    // It may be gone with its table, or be that of a table that goes.
    if own || facts.all.has("CASCADE") {
        return;
    }
    let what = if is_reindex {
        "Reads and writes that need the index wait until it is built anew."
    } else {
        "The table is locked against reads and writes, and the statement waits for every \
            query on it."
    };
    let draft = found.on(script, facts, what, &[]);
    // Several at once it refuses.
    let is_one = facts.what != What::DropIndex || !facts.rest.is(0, ",");
    if !facts.in_transaction
        && is_one
        && let Some(index) = facts.all.find("INDEX")
    {
        draft.insert_after(facts, index, " CONCURRENTLY");
    }
}
