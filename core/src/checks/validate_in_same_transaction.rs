//! VALIDATE CONSTRAINT in the transaction that added the constraint NOT VALID.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "validate-in-same-transaction",
    summary: "VALIDATE CONSTRAINT in the transaction that added the constraint NOT VALID.",
    severity: Severity::Warning,
    help: "Validate in a migration of its own.",
    dialects: P,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    for action in &facts.actions {
        let mut rest = *action;
        if !rest.take("VALIDATE CONSTRAINT") || !facts.in_transaction {
            continue;
        }
        let name = rest.name().key();
        let adds = |earlier: &Facts<'_>| {
            earlier.in_transaction
                && earlier.unit == facts.unit
                && earlier.actions.iter().any(|action| {
                    action.has("NOT VALID")
                        && action.after("CONSTRAINT").is_some_and(|mut rest| rest.name().key() == name)
                })
        };
        if script.before(facts).iter().any(adds) {
            found.at(
                script,
                facts,
                *action,
                "The lock of ADD CONSTRAINT is held until the transaction ends, and so while all \
            rows are read.",
                &[],
            );
        }
    }
}
