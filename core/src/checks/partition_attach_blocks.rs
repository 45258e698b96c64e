//! ATTACH PARTITION that scans, or DETACH PARTITION that blocks.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "partition-attach-blocks",
    summary: "ATTACH PARTITION that scans, or DETACH PARTITION that blocks.",
    severity: Severity::Warning,
    help: "Before ATTACH, add a CHECK constraint that matches the bounds (NOT VALID, then \
            VALIDATE); write DETACH PARTITION … CONCURRENTLY.",
    dialects: P,
    since: &[CONCURRENTLY],
    look: Look::Statement(ALTER_TABLE, look),
};

const CONCURRENTLY: Since = Since::new(
    Dialect::Postgres,
    (14, 0, 0),
    "DETACH PARTITION … CONCURRENTLY is there; before, nothing is said of DETACH.",
);

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    for action in &facts.actions {
        let mut rest = *action;
        if rest.take("DETACH PARTITION") && !action.has("CONCURRENTLY|FINALIZE") && !script.is_before(&CONCURRENTLY) {
            let draft = found.at(
                script,
                facts,
                *action,
                "DETACH PARTITION locks {} against every read and write.",
                &[facts.name.shown()],
            );
            if !facts.in_transaction {
                draft.insert_after(facts, *action, " CONCURRENTLY");
            }
        }
        let mut rest = *action;
        if rest.take("ATTACH PARTITION") {
            let key = rest.name().key();
            let is_proven = script.before(facts).iter().any(|earlier| {
                earlier.key() == key
                    && earlier.steps.iter().any(
                        |step| matches!(step.does, Does::AddConstraint { constraint } if constraint.is(0, "CHECK")),
                    )
            });
            if !is_proven && !script.is_new(&key, facts) {
                found.at(
                    script,
                    facts,
                    *action,
                    "ATTACH PARTITION reads all of the partition under an ACCESS EXCLUSIVE lock on it.",
                    &[],
                );
            }
        }
    }
}
