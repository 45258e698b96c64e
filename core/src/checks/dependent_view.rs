//! A table or column is dropped or retyped that a view of these migrations reads.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "dependent-view",
    summary: "A table or column is dropped or retyped that a view of these migrations reads.",
    severity: Severity::Error,
    help: "Drop or replace the view first, and make it anew afterwards.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(What::DropTable.bit() | ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let key = facts.key();
    for step_or_table in affected(facts) {
        let (part, column) = step_or_table;
        for view in script.before(facts).iter().filter(|view| view.what == What::CreateView) {
            let reads = view.rest.after("FROM|JOIN").is_some()
                && names(view.rest, key)
                && (column.is_empty() || names(view.rest, &column) || view.rest.has("SELECT *"));
            let gone = script.facts[view.index + 1..facts.index]
                .iter()
                .any(|later| later.what == What::DropView && dropped(later).any(|name| name == view.key()));
            if !reads || gone {
                continue;
            }
            let message = if script.is(P | H) {
                "The engine refuses this: the view {} reads it."
            } else {
                "The view {} reads it, and fails when it is read next."
            };
            found.at(script, facts, part, message, &[view.name.shown()]);
            break;
        }
    }
}

/// The parts of a statement that take something away, and the column where it is one.
fn affected<'t>(facts: &Facts<'t>) -> Vec<(Phrase<'t>, String)> {
    if facts.what == What::DropTable {
        return if facts.all.has("CASCADE") { Vec::new() } else { vec![(facts.all, String::new())] };
    }
    let parts = facts.steps.iter().filter_map(|step| match step.does {
        Does::DropColumn { name, .. } | Does::Retype { name, .. } if !step.action.has("CASCADE") => {
            Some((step.action, name.key()))
        }
        _ => None,
    });
    parts.collect()
}

fn names(phrase: Phrase<'_>, name: &str) -> bool {
    (0..phrase.words.len()).any(|at| phrase.word(at).trim_matches(['"', '`', '[', ']']).eq_ignore_ascii_case(name))
}
