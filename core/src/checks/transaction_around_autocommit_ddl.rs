//! MySQL 8 makes one DDL statement atomic, and commits before and after it; Snowflake commits as well, BigQuery takes temporary DDL only.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "transaction-around-autocommit-ddl",
    summary: "DDL in a transaction of an engine that commits DDL at once.",
    severity: Severity::Error,
    help: "Leave the transaction out and make each statement one that can be run again; keep \
            BEGIN and COMMIT for changes of rows.",
    dialects: M | S | D | R | B,
    since: &[],
    look: Look::Statement(ANY, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let own = script.before(facts).iter().rev().find(|earlier| matches!(earlier.what, What::Begin | What::Commit));
    let Some(begin) = own.filter(|own| own.what == What::Begin && own.statement.block.is_none()) else { return };
    // Once for a transaction.
    let first = script.facts[begin.index..facts.index].iter().all(|earlier| !is_committing(earlier));
    if is_committing(facts) && first && facts.statement.block.is_none() {
        found.on(
            script,
            facts,
            "It commits at once: the transaction does not hold it together with what stands \
            before and after.",
            &[],
        );
    }
}

fn is_committing(facts: &Facts<'_>) -> bool {
    facts.what.is_ddl() && !facts.is_temporary() && !facts.all.starts("DROP TEMPORARY")
}
