//! ADD CONSTRAINT or CREATE TYPE, which have no IF NOT EXISTS, without a guard of another sort.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "constraint-without-guard",
    summary: "ADD CONSTRAINT or CREATE TYPE, which have no IF NOT EXISTS, without a guard of another sort.",
    severity: Severity::Warning,
    help: "Run the migration in one transaction, drop the constraint IF EXISTS first, or put \
            it in a DO block that asks or catches duplicate_object.",
    dialects: P | H,
    since: &[],
    look: Look::Statement(ALTER_TABLE | What::CreateOther.bit(), look),
};

const ALREADY_THERE: &str = "A second run stops here: {} is there already, and the statement cannot ask.";

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if script.is_atomic(facts) || facts.is_guarded(script.file) || script.is_new(facts.key(), facts) {
        return;
    }
    if facts.what == What::CreateOther {
        if facts.all.starts("CREATE TYPE|DOMAIN") {
            found.on(script, facts, ALREADY_THERE, &[facts.name.shown()]);
        }
        return;
    }
    for step in &facts.steps {
        if let Does::AddConstraint { .. } = step.does {
            let mut name = step.action.after("CONSTRAINT").unwrap_or(step.action.before("_"));
            let name = name.name();
            let is_named = !name.phrase.is_empty();
            let replaced = script.up_to(facts).iter().flat_map(|facts| &facts.steps).any(|other| {
                matches!(other.does, Does::DropConstraint { name: dropped, if_exists: true } if is_named && dropped.text().starts_with(name.shown()))
            });
            if is_named && !replaced {
                found.at(script, facts, step.action, ALREADY_THERE, &[name.shown()]);
            }
        }
    }
}
