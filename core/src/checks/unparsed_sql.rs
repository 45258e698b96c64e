//! SQL that was not understood: what the checks say of it is from its words alone.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "unparsed-sql",
    summary: "SQL that was not understood: what the checks say of it is from its words alone.",
    severity: Severity::Info,
    help: "Check these statements by hand.",
    dialects: ALL,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    use crate::migration::Effect;
    let is_unknown = |facts: &&Facts<'_>| matches!(facts.statement.effect, Effect::Unknown(_));
    let Some(first) = script.facts.iter().find(is_unknown) else { return };
    let count = script.facts.iter().filter(is_unknown).count().to_string();
    let Effect::Unknown(reason) = &first.statement.effect else { return };
    found.at(
        script,
        first,
        first.all,
        "{} of {} statements were not understood; of this one: {}.",
        &[&count, &script.facts.len().to_string(), reason],
    );
}
