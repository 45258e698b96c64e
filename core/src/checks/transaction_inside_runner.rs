//! BEGIN or COMMIT in a file that the runner wraps in a transaction.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "transaction-inside-runner",
    summary: "BEGIN or COMMIT in a file that the runner wraps in a transaction.",
    severity: Severity::Warning,
    help: "Leave BEGIN and COMMIT to the runner, or tell it to run the file without a transaction.",
    dialects: P,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    let own = |facts: &&Facts<'_>| {
        let ends = facts.what == What::Commit && !facts.all.has("SAVEPOINT|TO");
        (facts.what == What::Begin || ends) && facts.statement.block.is_none() && script.units[facts.unit].wrapped
    };
    if let Some(facts) = script.facts.iter().find(own) {
        let draft = found.at(
            script,
            facts,
            facts.all,
            "{} has a transaction open already: this COMMIT ends it, and what follows, with the \
            runner's own note, is no longer one piece.",
            &[script.runner.name()],
        );
        draft.help("Leave BEGIN and COMMIT out, or use {}.", &[script.runner.how_to_opt_out()]);
    }
}
