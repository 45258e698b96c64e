//! CREATE INDEX without CONCURRENTLY on a table that is in use.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "index-not-concurrent",
    summary: "CREATE INDEX without CONCURRENTLY on a table that is in use.",
    severity: Severity::Error,
    help: "Write CREATE INDEX CONCURRENTLY, in a migration of its own that runs outside of a transaction.",
    dialects: P,
    since: &[],
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
    }
    let Some(index) = facts.all.find("INDEX").filter(|_| is_editable(facts)) else { return };
    // A failed run leaves the index behind, invalid.
    let left = (!facts.name.phrase.is_empty())
        .then(|| format!("DROP INDEX CONCURRENTLY IF EXISTS {}{}", schema_of(table), facts.name.shown()));
    if !facts.in_transaction {
        draft.insert_after(facts, index, " CONCURRENTLY");
        // golang-migrate wants it to be the only statement of its file.
        if let Some(left) = left.filter(|_| script.runner != Runner::UpDown) {
            draft.before(facts, &left);
        }
    } else if script.units[facts.unit].wrapped && !is_needed(script, facts) {
        let (before, after) = facts.all.code.split_at(index.span().end as usize);
        let left = left.map_or_else(String::new, |left| format!("{left};\n"));
        draft.move_to(script, facts, Later::Afterwards, &format!("{left}{before} CONCURRENTLY{after}"));
    }
}

/// The schema that stands before a table's name, in which its indexes are too.
pub(super) fn schema_of(table: Name<'_>) -> &str {
    let shown = table.shown();
    &shown[..shown.rfind('.').map_or(0, |at| at + 1)]
}

/// Whether a later statement names the index.
fn is_needed(script: &Script<'_>, facts: &Facts<'_>) -> bool {
    let name = facts.name.shown();
    !name.is_empty() && script.after(facts).iter().skip(1).any(|later| later.all.has(name))
}
