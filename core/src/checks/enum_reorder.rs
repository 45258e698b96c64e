//! A new list of values for an ENUM or SET, or a new character set.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "enum-reorder",
    summary: "A new list of values for an ENUM or SET, or a new character set.",
    severity: Severity::Warning,
    help: "Add new values at the end of the list only; change a character set with gh-ost or \
            pt-online-schema-change.",
    dialects: M,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !script.is_live(facts) {
        return;
    }
    for step in &facts.steps {
        match step.does {
            Does::Retype { name, to } if to.starts("ENUM|SET (") => {
                found.at(
                    script,
                    facts,
                    step.action,
                    "Unless new values stand at the end of the list, {} is copied, and values that are \
            missing are lost from {}.",
                    &[facts.name.shown(), name.shown()],
                );
            }
            Does::Other if step.action.starts("CONVERT TO CHARACTER|CHARSET") => {
                found.at(
                    script,
                    facts,
                    step.action,
                    "{} is copied, no one can write meanwhile, and keys may become too long.",
                    &[facts.name.shown()],
                );
            }
            _ => {}
        }
    }
}
