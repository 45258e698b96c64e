//! REFERENCES right after a column, which MySQL reads and forgets.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "inline-references-ignored",
    summary: "REFERENCES right after a column, which MySQL reads and forgets.",
    severity: Severity::Warning,
    help: "Write FOREIGN KEY (column) REFERENCES … as a constraint of its own.",
    dialects: M,
    look: Look::Statement(What::CreateTable.bit() | ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let added = facts.steps.iter().filter_map(|step| match step.does {
        Does::AddColumn { name, definition, .. } => Some((name, definition)),
        _ => None,
    });
    let created = facts
        .elements()
        .into_iter()
        .filter(|element| !element.starts("CONSTRAINT|PRIMARY|UNIQUE|FOREIGN|CHECK|KEY|INDEX"))
        .map(|mut element| (element.name(), element));
    for (name, definition) in added.chain(created) {
        if let Some(part) = definition.find("REFERENCES") {
            found.at(script, facts, part, "MySQL makes no foreign key of this: {} can hold anything.", &[name.shown()]);
        }
    }
}
