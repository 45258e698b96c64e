//! GRANT ALL, to PUBLIC, or WITH GRANT OPTION.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "broad-grant",
    summary: "GRANT ALL, to PUBLIC, or WITH GRANT OPTION.",
    severity: Severity::Warning,
    help: "Grant what is needed, to the role that needs it.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(What::Access.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !facts.all.starts("GRANT") {
        return;
    }
    let part = facts
        .all
        .find("GRANT ALL")
        .or_else(|| facts.all.find("TO PUBLIC"))
        .or_else(|| facts.all.find("WITH GRANT OPTION"));
    let ownership = facts.all.has("OWNERSHIP|USAGE");
    if let Some(part) = part.filter(|_| !ownership) {
        found.at(script, facts, part, "More may be done, or by more people, than the migration can have meant.", &[]);
    }
}
