//! A trigger that is created, dropped, enabled or disabled.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "trigger-change",
    summary: "A trigger that is created, dropped, enabled or disabled.",
    severity: Severity::Info,
    help: "Say in the review who relies on the trigger; where it is disabled for a load, \
            enable it again in the same transaction.",
    dialects: P | M,
    since: &[],
    look: Look::Statement(ALTER_TABLE | What::CreateOther.bit() | What::DropOther.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let changes = match facts.what {
        What::AlterTable => {
            facts.actions.iter().copied().find(|action| action.starts("ENABLE|DISABLE REPLICA|ALWAYS? TRIGGER"))
        }
        _ => {
            let is_trigger = facts
                .all
                .before("(")
                .find("CREATE OR? REPLACE? CONSTRAINT? TRIGGER")
                .is_some_and(|words| words.span().start == 0)
                || facts.all.starts("DROP TRIGGER")
                || facts.all.starts("CREATE DEFINER") && facts.all.before("ON").has("TRIGGER");
            let table = facts.all.after("ON").map(|mut rest| rest.name().key()).unwrap_or_default();
            is_trigger.then_some(facts.all.before("EXECUTE|BEGIN|FOR")).filter(|_| !script.is_new(&table, facts))
        }
    };
    if let Some(part) = changes {
        found.at(script, facts, part, "Every later write to the table does more, or less, than before.", &[]);
    }
}
