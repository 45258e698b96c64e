//! DROP … CASCADE.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "drop-cascade",
    summary: "DROP … CASCADE.",
    severity: Severity::Error,
    help: "Name what has to go, one by one, and leave CASCADE out: then the engine says what \
            you have not thought of.",
    dialects: P | H | S | K,
    since: &[],
    look: Look::Statement(DROPS | ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let parts = if facts.what == What::AlterTable {
        facts.actions.iter().copied().filter(|action| action.starts("DROP")).collect()
    } else {
        vec![facts.all]
    };
    for part in parts {
        if let Some(cascade) =
            part.find("CASCADE").filter(|_| !part.has("CASCADE CONSTRAINTS") && !script.is_new(facts.key(), facts))
        {
            found.at(
                script,
                facts,
                cascade,
                "Whatever depends on {} goes with it: views, foreign keys, and what nobody here \
            knows of.",
                &[facts.name.shown()],
            );
        }
    }
}
