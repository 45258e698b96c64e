//! A DROP in a way back without IF EXISTS, where a failure undoes nothing.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "rollback-drops-unguarded",
    summary: "A DROP in a way back without IF EXISTS, where a failure undoes nothing.",
    severity: Severity::Warning,
    help: "Write IF EXISTS: a way back is used when the way forward stopped halfway.",
    dialects: ALL,
    since: &[],
    look: Look::Set(look),
};

fn look(set: &Set<'_>, found: &mut Found<'_>) {
    for (place, script) in set.backs {
        for facts in &script.facts {
            let is_drop = matches!(facts.what, What::DropTable | What::DropView | What::DropSchema)
                || facts.what == What::DropIndex && !script.is(M);
            let is_first_alone = script.facts.len() == 1
                && set
                    .ways
                    .iter()
                    .filter(|way| matches!(way.rollback, Rollback::Undone { script, .. } if script == *place))
                    .count()
                    < 2;
            if is_drop
                && !facts.if_exists
                && !is_first_alone
                && !script.is_atomic(facts)
                && !facts.is_guarded(script.file)
            {
                found.file = *place;
                let draft = found.on(
                    script,
                    facts,
                    "If the migration did not come as far as {}, the way back stops here.",
                    &[facts.name.shown()],
                );
                if let Some(object) = facts.all.find("TABLE|VIEW|INDEX|SCHEMA|DATABASE") {
                    draft.insert_after(facts, object, " IF EXISTS");
                }
            }
        }
    }
}
