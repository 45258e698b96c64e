//! A changeset with several changes, on an engine that does not undo the first when the second fails.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "several-changes-in-changeset",
    summary: "A changeset with several changes, on an engine that does not undo the first when the second fails.",
    severity: Severity::Info,
    help: "Give each change a changeset of its own; keep runAlways and runOnChange for what can be replaced.",
    dialects: ALL,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    if script.runner != Runner::Liquibase {
        return;
    }
    for (index, unit) in script.units.iter().enumerate() {
        let own: Vec<&Facts<'_>> = script
            .facts
            .iter()
            .filter(|facts| facts.unit == index && (facts.what.is_ddl() || facts.what.is_data()))
            .collect();
        let undoes = script.undoes_ddl() && unit.wrapped;
        let mark = unit.span.of(&script.lower);
        let head = mark.lines().next().unwrap_or_default();
        let head = head.split('>').next().unwrap_or_default();
        let again = ["runalways:true", "runalways=\"true\"", "runonchange:true", "runonchange=\"true\""]
            .iter()
            .any(|flag| head.contains(flag));
        let Some(first) = own.first() else { continue };
        let replaces = own.iter().all(|facts| {
            facts.has_adjective("OR REPLACE") || facts.if_exists || facts.if_not_exists || facts.what == What::Merge
        });
        if again && !replaces {
            found.on(script, first, "The changeset runs again and again, and this statement is not one that can.", &[]);
        } else if own.len() > 1 && !undoes && !own.iter().all(|facts| facts.what.is_data()) {
            found.on(
                script,
                own[1],
                "If it fails, what the changeset did before stays, and Liquibase runs all of it \
            again.",
                &[],
            );
        }
    }
}
