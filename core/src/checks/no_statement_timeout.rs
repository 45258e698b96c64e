//! A statement that reads or rewrites a whole table, with no limit to how long it runs.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "no-statement-timeout",
    summary: "A statement that reads or rewrites a whole table, with no limit to how long it runs.",
    severity: Severity::Info,
    help: "Set statement_timeout (PostgreSQL) or max_statement_time (MariaDB), and \
            idle_in_transaction_session_timeout where there is a transaction.",
    dialects: P | M,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    let is_heavy = |facts: &&Facts<'_>| {
        let rewrites =
            facts.steps.iter().any(|step| matches!(step.does, Does::Retype { .. } | Does::SetNotNull { .. }));
        let is_write = matches!(facts.what, What::Update | What::Delete) && !facts.all.has("LIMIT");
        (rewrites || is_write) && script.is_live(facts)
    };
    let Some(first) = script.facts.iter().find(is_heavy) else { return };
    let settings = ["statement_timeout", "max_statement_time", "max_execution_time"];
    if !settings.iter().any(|setting| script.sets(setting, first.index)) {
        found.on(
            script,
            first,
            "It works through {} for as long as it takes, and holds its locks meanwhile.",
            &[first.name.shown()],
        );
    }
}
