//! DROP TABLE.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "drop-table",
    summary: "DROP TABLE.",
    severity: Severity::Error,
    help: "Rename it first and drop it in a later release, when nobody has asked for it; keep a copy.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(What::DropTable.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if facts.all.starts("DROP TEMPORARY") {
        return;
    }
    for name in dropped(facts) {
        if script.is_new(&name, facts) || name.starts_with('#') {
            continue;
        }
        if script.is_recreated(&name) {
            found
                .on(script, facts, "All rows of {} are gone; it is made anew without them.", &[&name])
                .severity(Severity::Warning);
        } else {
            found.on(script, facts, "All rows of {} are gone, and whoever still reads it fails.", &[&name]);
        }
    }
}
