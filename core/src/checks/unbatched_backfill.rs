//! Whole tables only where rows are locked one by one; warehouses write files anew, whatever the number of rows.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "unbatched-backfill",
    summary: "An UPDATE or DELETE of very many rows in one go.",
    severity: Severity::Warning,
    help: "Do it in batches by key, each in its own transaction, outside of the schema migration.",
    dialects: ALL,
    look: Look::Statement(What::Update.bit() | What::Delete.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    // An equality with a constant may be a row or two; a filter on NULL or none is most of the table.
    let filter = facts.all.after("WHERE");
    let is_broad = filter.is_none_or(|filter| {
        filter.has("IS NOT? NULL") && !filter.has("AND|IN|EXISTS|BETWEEN") && !filter.has("LIMIT")
    });
    let is_bounded = facts.all.has("LIMIT|TOP") || facts.statement.block.is_some() && script.lower.contains("loop");
    if is_broad && !is_bounded && script.is_live(facts) && !facts.all.starts("WITH") {
        let message = if script.is(S | D | B | R | H | K) {
            "Most of {} is written anew in one go, and what it was before is kept beside it."
        } else {
            "Most rows of {} are written in one transaction: locks, log and replicas feel all of it at once."
        };
        found.on(script, facts, message, &[facts.name.shown()]);
    }
}
