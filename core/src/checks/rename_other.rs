//! A schema, type, view, function or other thing is renamed or moved.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "rename-other",
    summary: "A schema, type, view, function or other thing is renamed or moved.",
    severity: Severity::Warning,
    help: "Keep the old name beside the new one until its readers are moved.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(ALTERS, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let moves =
        facts.all.find("SET SCHEMA").or_else(|| facts.all.find("RENAME TO").filter(|_| facts.what == What::AlterOther));
    // Nobody names an index or a constraint in a query.
    let is_named_by_none = facts.all.starts("ALTER INDEX|USER|ROLE|TRIGGER|POLICY|EXTENSION|TABLESPACE|WAREHOUSE")
        || facts.all.has("RENAME CONSTRAINT|ATTRIBUTE");
    if let Some(part) = moves.filter(|_| !is_named_by_none && !script.is_new(facts.key(), facts)) {
        found.at(script, facts, part, "Whatever still says {} fails from this moment on.", &[facts.name.shown()]);
    }
}
