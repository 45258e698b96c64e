//! Several ALTER TABLE statements on one table, right after one another.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "alters-not-combined",
    summary: "Several ALTER TABLE statements on one table, right after one another.",
    severity: Severity::Info,
    help: "Write one ALTER TABLE with several actions.",
    dialects: P | M | R,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let Some(before) = facts.index.checked_sub(1).map(|before| &script.facts[before]) else { return };
    let combines = |facts: &Facts<'_>| {
        !facts.steps.is_empty()
            && facts.statement.block.is_none()
            && facts.steps.iter().all(|step| {
                matches!(
                    step.does,
                    Does::AddColumn { .. }
                        | Does::DropColumn { .. }
                        | Does::Retype { .. }
                        | Does::SetNotNull { .. }
                        | Does::DropNotNull { .. }
                        | Does::SetDefault { .. }
                        | Does::DropDefault { .. }
                )
            })
    };
    let first = facts.index.checked_sub(2).is_none_or(|first| script.facts[first].name.key() != facts.key());
    if before.what == What::AlterTable
        && before.key() == facts.key()
        && first
        && combines(before)
        && combines(facts)
        && script.is_live(facts)
        && before.unit == facts.unit
    {
        found.on(
            script,
            facts,
            "Each statement waits for its own lock on {}, and may rewrite it once more.",
            &[facts.name.shown()],
        );
    }
}
