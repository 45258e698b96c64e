//! INSERT without a list of columns.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "insert-without-columns",
    summary: "INSERT without a list of columns.",
    severity: Severity::Info,
    help: "Name the columns.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(What::Insert.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let plain = facts.all.starts("INSERT") && facts.rest.starts("VALUES|SELECT|WITH");
    let copies = facts.rest.starts("SELECT *");
    // The definition stands in the same file.
    if plain && !copies && facts.statement.made.is_none() && !script.is_new(facts.key(), facts) && !facts.is_temporary()
    {
        found.on(
            script,
            facts,
            "The values go by position: once {} has another column, they go wrong or fail.",
            &[facts.name.shown()],
        );
    }
}
