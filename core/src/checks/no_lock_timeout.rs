//! Said once a file, of the first statement that waits: one setting answers all of them.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "no-lock-timeout",
    summary: "A statement that needs a lock on a table in use, with no limit to how long it waits for it.",
    severity: Severity::Warning,
    help: "Set a limit before the first statement, and let the runner try again.",
    dialects: P | M,
    since: &[],
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
    }
    if let Some(set) = lock_timeout(script.dialect(), facts.in_transaction).filter(|_| facts.statement.block.is_none())
    {
        draft.edit(facts, Span::default(), &format!("{set};\n"));
    }
}

/// Whether it needs a lock that conflicts with reading or writing, on a table that others use. Of an index that is built under
/// one, another check speaks.
fn waits(script: &Script<'_>, facts: &Facts<'_>) -> bool {
    let locks = match facts.what {
        What::AlterTable => {
            !facts.name.phrase.is_empty() && facts.actions.iter().any(|action| !action.starts("VALIDATE"))
        }
        What::DropTable | What::Truncate => !facts.is_temporary(),
        What::DropView => script.dialect() == Dialect::Postgres,
        What::DropIndex => !facts.all.has("CONCURRENTLY"),
        What::CreateOther => facts.all.starts("CREATE OR? REPLACE? CONSTRAINT? TRIGGER"),
        _ => false,
    };
    locks && !script.is_new(facts.key(), facts) && !script.is_recreated(facts.key())
}
