//! A value that was just added to an enum is used in the same transaction.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "new-enum-value-same-transaction",
    summary: "A value that was just added to an enum is used in the same transaction.",
    severity: Severity::Error,
    help: "Add the value in a migration of its own.",
    dialects: P,
    look: Look::Statement(ANY, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !facts.in_transaction || !(facts.what.is_data() || facts.what.is_ddl()) || facts.all.starts("ALTER TYPE") {
        return;
    }
    for earlier in script.before(facts).iter().filter(|earlier| earlier.unit == facts.unit && earlier.in_transaction) {
        let Some(mut value) = earlier.all.after("ADD VALUE").filter(|_| earlier.all.starts("ALTER TYPE")) else {
            continue;
        };
        value.take("IF NOT EXISTS");
        let value = value.word(0);
        let made_here = script.facts[..earlier.index]
            .iter()
            .any(|made| made.all.starts("CREATE TYPE") && made.name.key() == earlier.name.key());
        if value.len() > 2 && facts.all.code.contains(value) && !made_here {
            found.on(
                script,
                facts,
                "PostgreSQL refuses this: the new value {} cannot be used before its transaction is \
            committed.",
                &[value],
            );
            return;
        }
    }
}
