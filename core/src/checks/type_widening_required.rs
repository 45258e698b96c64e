//! A column's type is changed on a Delta table without type widening.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "type-widening-required",
    summary: "A column's type is changed on a Delta table without type widening.",
    severity: Severity::Error,
    help: "Set 'delta.enableTypeWidening' = 'true' before (Databricks 15.4 and later), or write a new column.",
    dialects: D,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let key = facts.key();
    let is_set = |other: &Facts<'_>| other.key() == key && other.all.code.to_ascii_lowercase().contains("typewidening");
    let retyped = facts.steps.iter().find(|step| matches!(step.does, Does::Retype { .. }));
    if let Some(step) = retyped.filter(|_| !script.before(facts).iter().any(is_set)) {
        found.at(
            script,
            facts,
            step.action,
            "Delta refuses to change the type of a column of {} unless type widening is on.",
            &[facts.name.shown()],
        );
    }
}
