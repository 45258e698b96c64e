//! New and old are swapped in one release: what readers need is added and taken away together.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "contract-without-expand",
    summary: "New and old are swapped in one release: what readers need is added and taken away together.",
    severity: Severity::Warning,
    help: "Split it: add and fill now, move the readers, take the old away in a later release.",
    dialects: ALL,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    let Some((facts, step)) = contract(script) else { return };
    let draft = found.at(
        script,
        facts,
        step.action,
        "{} gets its new columns and loses the old one in one step: no reader can be right both before and after.",
        &[facts.name.shown()],
    );
    if facts.actions.len() == 1 {
        let timeout = lock_timeout(script.dialect(), script.units[facts.unit].wrapped);
        let timeout = timeout.map_or_else(String::new, |set| format!("{set};\n"));
        draft.move_to(script, facts, Later::Contract, &format!("{timeout}{}", facts.all.code));
    }
}

/// The statement that takes away what the script has filled new columns from, and the step that does.
pub(super) fn contract<'s, 't>(script: &'s Script<'t>) -> Option<(&'s Facts<'t>, Step<'t>)> {
    let alters =
        script.facts.iter().filter(|facts| facts.what == What::AlterTable && !script.is_new(facts.key(), facts));
    for facts in alters {
        let removes = facts.steps.iter().find(|step| matches!(step.does, Does::DropColumn { .. }));
        let Some(step) = removes else { continue };
        let adds = script.up_to(facts).iter().any(|earlier| {
            earlier.key() == facts.key()
                && earlier.unit == facts.unit
                && earlier.steps.iter().any(|step| matches!(step.does, Does::AddColumn { .. }))
        });
        let fills =
            script.before(facts).iter().any(|earlier| earlier.what == What::Update && earlier.key() == facts.key());
        if adds && fills {
            return Some((facts, *step));
        }
    }
    None
}
