//! Several changes of the schema, and nothing that undoes the first when the second fails.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "ddl-outside-transaction",
    summary: "Several changes of the schema, and nothing that undoes the first when the second fails.",
    severity: Severity::Warning,
    help: "Put BEGIN and COMMIT round them, or let the runner do it.",
    dialects: P | H | K,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    // What cannot run in a transaction is another matter, and what only creates can be run again.
    let changes: Vec<&Facts<'_>> = script
        .facts
        .iter()
        .filter(|facts| {
            facts.what.is_ddl()
                && !facts.in_transaction
                && !facts.all.has("CONCURRENTLY")
                && !facts.if_exists
                && !facts.if_not_exists
                && !facts.is_temporary()
                && !script.is_new(facts.key(), facts)
                && !facts.has_adjective("OR REPLACE")
                && facts.what != What::DropSchema
        })
        .collect();
    let changes_something =
        changes.iter().any(|facts| matches!(facts.what, What::AlterTable | What::DropTable | What::DropView));
    if let [first, second, ..] = changes.as_slice()
        && changes_something
    {
        found.on(
            script,
            first,
            "If a later statement fails ({} …), this one stays, and the schema is neither old \
            nor new.",
            &[second.all.before("(").text().lines().next().unwrap_or_default()],
        );
    }
}
