//! REFRESH MATERIALIZED VIEW without CONCURRENTLY.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "matview-refresh-blocks",
    summary: "REFRESH MATERIALIZED VIEW without CONCURRENTLY.",
    severity: Severity::Warning,
    help: "Write REFRESH MATERIALIZED VIEW CONCURRENTLY; it needs a unique index on the view.",
    dialects: P,
    since: &[],
    look: Look::Statement(What::Maintain.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let Some(mut view) = facts.all.after("REFRESH MATERIALIZED VIEW") else { return };
    let name = view.name();
    if facts.concurrently
        || facts.all.has("CONCURRENTLY")
        || facts.all.has("WITH NO DATA")
        || script.is_new(&name.key(), facts)
    {
        return;
    }
    let draft = found.at(script, facts, facts.all, "Nobody can read {} until it is filled again.", &[name.shown()]);
    if let Some(words) = facts.all.find("REFRESH MATERIALIZED VIEW") {
        draft.insert_after(facts, words, " CONCURRENTLY");
    }
}
