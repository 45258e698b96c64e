//! A statement that the engine refuses in a transaction, in one.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "statement-illegal-in-transaction",
    summary: "A statement that the engine refuses in a transaction, in one.",
    severity: Severity::Error,
    help: "Put it into a migration of its own that runs outside of a transaction.",
    dialects: P | H | B | D,
    since: &[ENUM_IN_TRANSACTION],
    look: Look::Statement(ANY, look),
};

const ENUM_IN_TRANSACTION: Since =
    Since::new(Dialect::Postgres, (12, 0, 0), "ALTER TYPE … ADD VALUE may stand in a transaction.");

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    const REDSHIFT: [&str; 6] = [
        "VACUUM",
        "CREATE DATABASE",
        "DROP DATABASE",
        "CREATE EXTERNAL TABLE",
        "DROP EXTERNAL TABLE",
        "ALTER TABLE _ APPEND",
    ];
    if !facts.in_transaction || facts.statement.block.is_some() && !script.is(P) {
        return;
    }
    let is_refused = match script.dialect() {
        Dialect::Postgres => {
            is_refused_by_postgres(facts)
                || script.is_before(&ENUM_IN_TRANSACTION) && facts.all.starts("ALTER TYPE _ ADD VALUE")
        }
        Dialect::Redshift => REDSHIFT.iter().any(|pattern| facts.all.starts(pattern)),
        // Their transactions take changes of rows.
        _ => facts.what.is_ddl() && !facts.is_temporary() && opened_here(script, facts),
    };
    if is_refused {
        let own = opened_here(script, facts);
        let draft = found.on(script, facts, "The engine refuses this in a transaction, and the migration stops.", &[]);
        if !own {
            draft.help("Put it into a migration of its own, with {}.", &[script.runner.how_to_opt_out()]);
        }
    }
}

pub(super) fn is_refused_by_postgres(facts: &Facts<'_>) -> bool {
    let all = facts.all;
    match facts.what {
        What::CreateIndex | What::DropIndex => facts.concurrently,
        What::CreateOther => all.starts("CREATE DATABASE|TABLESPACE"),
        What::DropSchema | What::DropOther => all.starts("DROP DATABASE|TABLESPACE"),
        What::AlterOther => all.starts("ALTER SYSTEM"),
        What::AlterTable => {
            facts.actions.iter().any(|action| action.starts("DETACH PARTITION") && action.has("CONCURRENTLY"))
        }
        What::Maintain => {
            all.starts("VACUUM")
                || all.starts("REINDEX DATABASE|SYSTEM")
                || all.starts("REINDEX") && all.has("CONCURRENTLY")
        }
        _ => false,
    }
}

/// Whether the script itself has opened the transaction.
fn opened_here(script: &Script<'_>, facts: &Facts<'_>) -> bool {
    let last = script.before(facts).iter().rev().find(|earlier| matches!(earlier.what, What::Begin | What::Commit));
    last.is_some_and(|last| last.what == What::Begin)
}
