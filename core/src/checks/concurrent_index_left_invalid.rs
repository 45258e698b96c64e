//! CREATE INDEX CONCURRENTLY IF NOT EXISTS, which keeps an index that a failed run has left invalid.

use super::index_not_concurrent::schema_of;
use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "concurrent-index-left-invalid",
    summary: "CREATE INDEX CONCURRENTLY IF NOT EXISTS, which keeps an index that a failed run has left invalid.",
    severity: Severity::Warning,
    help: "Drop the index first: DROP INDEX CONCURRENTLY IF EXISTS, in a file of its own or before this statement.",
    dialects: P,
    since: &[],
    look: Look::Statement(What::CreateIndex.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let key = facts.key();
    let drops = |earlier: &Facts<'_>| earlier.what == What::DropIndex && dropped(earlier).any(|name| name == key);
    if facts.concurrently && facts.if_not_exists && !script.before(facts).iter().any(drops) {
        let draft = found.on(
            script,
            facts,
            "If an earlier run failed, {} is there and INVALID; IF NOT EXISTS keeps it, and no \
            query uses it.",
            &[facts.name.shown()],
        );
        let schema = facts.table_of_index().map_or("", |table| schema_of(table));
        draft.before(facts, &format!("DROP INDEX CONCURRENTLY IF EXISTS {schema}{}", facts.name.shown()));
    }
}
