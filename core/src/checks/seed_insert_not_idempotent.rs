//! An INSERT of constant rows that adds them again in a second run.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "seed-insert-not-idempotent",
    summary: "An INSERT of constant rows that adds them again in a second run.",
    severity: Severity::Warning,
    help: "Use MERGE, ON CONFLICT DO NOTHING, INSERT IGNORE or WHERE NOT EXISTS.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(What::Insert.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let is_seed = facts.all.starts("INSERT") && facts.rest.has("VALUES");
    let asks = facts.all.has("CONFLICT|IGNORE|OVERWRITE|EXISTS")
        || facts.all.has("ON DUPLICATE KEY|ROW")
        || facts.all.has("OR IGNORE|REPLACE");
    let key = facts.key();
    let cleared = script
        .before(facts)
        .iter()
        .any(|earlier| matches!(earlier.what, What::Truncate | What::Delete) && earlier.key() == key);
    let is_first = !script.before(facts).iter().any(|earlier| earlier.what == What::Insert && earlier.key() == key);
    if is_seed
        && !asks
        && is_first
        && !cleared
        && !script.is_new(key, facts)
        && !script.is_atomic(facts)
        && !facts.is_guarded(script.file)
        && !facts.is_temporary()
    {
        found.on(script, facts, "A second run adds these rows to {} again, or stops at a key.", &[facts.name.shown()]);
    }
}
