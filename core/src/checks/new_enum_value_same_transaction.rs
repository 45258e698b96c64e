//! A value that was just added to an enum is used in the same transaction.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "new-enum-value-same-transaction",
    summary: "A value that was just added to an enum is used in the same transaction.",
    severity: Severity::Error,
    help: "Add the value in a migration of its own.",
    dialects: P,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    for adds in script.facts.iter().filter(|facts| facts.in_transaction && facts.all.starts("ALTER TYPE")) {
        let Some(mut value) = adds.all.after("ADD VALUE") else { continue };
        value.take("IF NOT EXISTS");
        let value = value.word(0);
        let makes = |made: &&Facts<'_>| made.all.starts("CREATE TYPE") && made.key() == adds.key();
        if value.len() <= 2 || script.before(adds).iter().any(|made| makes(&made)) {
            continue;
        }
        let uses = |later: &&Facts<'_>| {
            (later.what.is_data() || later.what.is_ddl())
                && !later.all.starts("ALTER TYPE")
                && later.unit == adds.unit
                && later.in_transaction
                && later.all.code.contains(value)
        };
        for later in script.after(adds).iter().filter(uses) {
            found.on(
                script,
                later,
                "PostgreSQL refuses this: the new value {} cannot be used before its transaction is committed.",
                &[value],
            );
        }
    }
}
