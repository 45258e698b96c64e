//! Values are rewritten in bulk, and nothing looks at the result.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "no-validation-query",
    summary: "Values are rewritten in bulk, and nothing looks at the result.",
    severity: Severity::Warning,
    help: "End with a query that shows the outcome, or one that fails if it is wrong.",
    dialects: ALL,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    // Values of a column that was there are mapped to others: what the map forgets is not seen.
    let maps = |facts: &&Facts<'_>| {
        facts.what == What::Update
            && facts.rest.after("SET").is_some_and(|set| set.before("WHERE").has("CASE"))
            && !script.is_new(facts.key(), facts)
    };
    let Some(update) = script.facts.iter().find(maps) else { return };
    let looks = script.facts[update.index + 1..].iter().any(|later| {
        later.what == What::Query
            || later.all.starts("ASSERT|RAISE|IF|DO")
            || later.steps.iter().any(|step| matches!(step.does, Does::AddConstraint { .. } | Does::SetNotNull { .. }))
    });
    if !looks {
        found.on(
            script,
            update,
            "Values of {} are mapped to others, and nothing notices one that the map forgets.",
            &[update.name.shown()],
        );
    }
}
