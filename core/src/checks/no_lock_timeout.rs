//! Said once a file, of the first statement that waits: one setting answers all of them.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "no-lock-timeout",
    summary: "A statement that needs a lock on a table in use, with no limit to how long it waits for it.",
    severity: Severity::Warning,
    help: "Set a limit before the first statement, and let the runner try again.",
    dialects: P | M,
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    let is_mysql = script.dialect() == Dialect::MySql;
    let setting = if is_mysql { "lock_wait_timeout" } else { "lock_timeout" };
    let first = script.facts.iter().find(|facts| waits(script, facts));
    let Some(facts) = first.filter(|first| !script.sets(setting, first.index)) else { return };
    let message = "It waits for every query on {}, without limit, and every later query waits behind it.";
    let draft = found.on(script, facts, message, &[facts.name.shown()]);
    if is_mysql {
        draft.help(
            "Set lock_wait_timeout for the session (SET SESSION lock_wait_timeout = 5), and let \
            the runner try again.",
            &[],
        );
    } else if facts.statement.block.is_none() {
        let local =
            if facts.in_transaction { "SET LOCAL lock_timeout = '5s';\n" } else { "SET lock_timeout = '5s';\n" };
        draft.edit(facts, Span::default(), local);
    }
}

/// Whether it needs a lock that conflicts with reading or writing, on a table that others use.
fn waits(script: &Script<'_>, facts: &Facts<'_>) -> bool {
    let locks = match facts.what {
        What::AlterTable => !facts.name.phrase.is_empty() && !facts.actions.is_empty(),
        What::DropTable | What::Truncate => !facts.is_temporary(),
        What::DropView => script.dialect() == Dialect::Postgres,
        What::CreateIndex => {
            let table = facts.table_of_index().map(|table| table.key()).unwrap_or_default();
            return !facts.concurrently
                && script.dialect() == Dialect::Postgres
                && !script.is_new(&table, facts)
                && !script.is_small(&table);
        }
        What::DropIndex => !facts.all.has("CONCURRENTLY"),
        What::CreateOther => facts.all.starts("CREATE OR? REPLACE? CONSTRAINT? TRIGGER"),
        _ => false,
    };
    locks && !script.is_new(facts.key(), facts) && !script.is_recreated(facts.key())
}
