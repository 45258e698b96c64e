//! A transaction is begun and never ended.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "transaction-never-committed",
    summary: "A transaction is begun and never ended.",
    severity: Severity::Error,
    help: "End it with COMMIT.",
    dialects: ALL,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    let mut open: Option<&Facts<'_>> = None;
    for facts in script.facts.iter().filter(|facts| facts.statement.block.is_none() && !facts.statement.conditional) {
        match facts.what {
            What::Begin => open = Some(facts),
            What::Commit if !facts.all.has("SAVEPOINT|TO") => open = None,
            _ => {}
        }
    }
    if let Some(facts) = open {
        found.at(
            script,
            facts,
            facts.all,
            "The transaction is never committed: when the connection closes, all of it is undone.",
            &[],
        );
    }
}
