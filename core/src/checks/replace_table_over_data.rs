//! CREATE OR REPLACE TABLE over a table that may hold rows.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "replace-table-over-data",
    summary: "CREATE OR REPLACE TABLE over a table that may hold rows.",
    severity: Severity::Error,
    help: "Use CREATE TABLE IF NOT EXISTS, or ALTER TABLE; where the rows are made anew on \
            purpose, keep a clone first.",
    dialects: S | D | B | K,
    since: &[],
    look: Look::Statement(What::CreateTable.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let keeps = facts.rest.has("CLONE|SELECT|SHALLOW|DEEP|COPY");
    if facts.has_adjective("OR REPLACE") && !keeps && !facts.is_temporary() && !script.is_new(facts.key(), facts) {
        found.on(script, facts, "If {} is there, its rows are gone, without a word.", &[facts.name.shown()]);
    }
}
