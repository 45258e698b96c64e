//! A placeholder whose value is not known here.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "unresolved-placeholder",
    summary: "A placeholder whose value is not known here.",
    severity: Severity::Warning,
    help: "Give the migration as it is run, or check by hand what the placeholder stands for.",
    dialects: ALL,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    for facts in &script.facts {
        let Some(open) = facts.all.find("$ {").or_else(|| facts.all.find("{ {")) else { continue };
        // A name in a name is read as one; where it stands for SQL, nothing is known.
        // What a routine computes is no placeholder.
        let stands_alone = !facts.all.code.contains("${computed:") && open.span().start == 0
            || facts.name.phrase.span().start == open.span().start && !facts.name.shown().contains('.');
        if stands_alone {
            found.at(script, facts, open, "What it stands for is not in the file: the checks know nothing of it.", &[]);
            return;
        }
    }
}
