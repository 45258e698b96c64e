//! A value of an enum is added, renamed or taken away.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "enum-value-change",
    summary: "A value of an enum is added, renamed or taken away.",
    severity: Severity::Warning,
    help: "Teach every reader the new value first: CASE expressions, accepted_values tests, applications.",
    dialects: P | M | K,
    since: &[],
    look: Look::Statement(ALTERS, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let part = if facts.what == What::AlterTable {
        facts
            .steps
            .iter()
            .find(|step| matches!(step.does, Does::Retype { to, .. } if to.starts("ENUM (")))
            .map(|step| step.action)
    } else {
        facts
            .all
            .find("ADD VALUE")
            .or_else(|| facts.all.find("RENAME VALUE"))
            .or_else(|| facts.all.find("DROP VALUE"))
            .filter(|_| facts.all.starts("ALTER TYPE"))
    };
    if let Some(part) = part.filter(|_| !script.is_new(facts.key(), facts)) {
        found.at(
            script,
            facts,
            part,
            "Readers that know the old values only pass over the new one, or fail on it.",
            &[],
        );
    }
}
