//! DROP COLUMN.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "drop-column",
    summary: "DROP COLUMN.",
    severity: Severity::Error,
    help: "Stop reading and writing it first, and drop it in a later release; keep a copy of its values.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if script.is_new(facts.key(), facts) {
        return;
    }
    for step in &facts.steps {
        if let Does::DropColumn { name, .. } = step.does {
            let part = Phrase { words: name.phrase.words, ..step.action };
            let part = if part.is_empty() { step.action } else { part };
            found.at(
                script,
                facts,
                part,
                "The values of {}.{} are gone, and whoever still names the column fails.",
                &[facts.name.shown(), name.shown()],
            );
        }
    }
}
