//! New and old are swapped in one release: what readers need is added and taken away together.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "contract-without-expand",
    summary: "New and old are swapped in one release: what readers need is added and taken away together.",
    severity: Severity::Warning,
    help: "Split it: add and fill now, move the readers, take the old away in a later release.",
    dialects: ALL,
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    for facts in
        script.facts.iter().filter(|facts| facts.what == What::AlterTable && !script.is_new(facts.key(), facts))
    {
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
            found.at(
                script,
                facts,
                step.action,
                "{} gets its new columns and loses the old one in one step: no reader can be right \
            both before and after.",
                &[facts.name.shown()],
            );
            return;
        }
    }
}
