//! DROP SCHEMA or DROP DATABASE.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "drop-schema",
    summary: "DROP SCHEMA or DROP DATABASE.",
    severity: Severity::Error,
    help: "Move what is still needed out of it, look at what is in it on production, and drop it by hand.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(What::DropSchema.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let creates = |earlier: &Facts<'_>| earlier.all.starts("CREATE SCHEMA|DATABASE") && earlier.key() == facts.key();
    if !script.facts.iter().any(creates) {
        found.on(
            script,
            facts,
            "Everything in {} is gone, also what this migration does not know of.",
            &[facts.name.shown()],
        );
    }
}
