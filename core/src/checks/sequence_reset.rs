//! A sequence or an identity is set to another number.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "sequence-reset",
    summary: "A sequence or an identity is set to another number.",
    severity: Severity::Warning,
    help: "Set it from the data: setval(…, (SELECT max(id) FROM …)), while nobody writes.",
    dialects: P | H | S,
    since: &[],
    look: Look::Statement(ANY, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let resets = match facts.what {
        What::AlterOther if facts.all.starts("ALTER SEQUENCE") && facts.statement.made.is_none() => {
            facts.all.find("RESTART").or_else(|| facts.all.find("SET? START"))
        }
        What::AlterTable => facts.all.find("RESTART WITH?").or_else(|| facts.all.find("RESTART")),
        What::Truncate => facts.all.find("RESTART IDENTITY"),
        What::Query => facts.all.find("SETVAL (").filter(|_| !facts.all.has("MAX")),
        What::CreateOther => facts.all.find("OR REPLACE SEQUENCE"),
        _ => None,
    };
    if let Some(part) = resets.filter(|_| !script.is_new(facts.key(), facts)) {
        found.at(
            script,
            facts,
            part,
            "Numbers that are in use may be given out again: keys collide, or rows are taken for \
            each other.",
            &[],
        );
    }
}
