//! A column is put at a place, with FIRST or AFTER.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "column-reorder",
    summary: "A column is put at a place, with FIRST or AFTER.",
    severity: Severity::Info,
    help: "Leave the place out, or see to it that nobody reads by position: SELECT *, UNION, INSERT without names.",
    dialects: M | R | D,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if script.is_new(facts.key(), facts) {
        return;
    }
    for action in &facts.actions {
        if let Some(place) =
            action.find("AFTER _").or_else(|| action.find("FIRST")).filter(|_| action.starts("ADD|MODIFY|CHANGE|ALTER"))
        {
            found.at(
                script,
                facts,
                place,
                "Columns of {} move: readers by position get other values.",
                &[facts.name.shown()],
            );
            return;
        }
    }
}
