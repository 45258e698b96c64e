//! REFERENCES right after a column, which MySQL reads and forgets.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "inline-references-ignored",
    summary: "REFERENCES right after a column, which MySQL reads and forgets.",
    severity: Severity::Warning,
    help: "Write FOREIGN KEY (column) REFERENCES … as a constraint of its own.",
    dialects: M,
    since: &[MAKES_KEYS],
    look: Look::Statement(What::CreateTable.bit() | ALTER_TABLE, look),
};

const MAKES_KEYS: Since =
    Since::new(Dialect::MySql, (9, 0, 0), "a foreign key is made of it, as MariaDB does from 10.5 on.");

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if script.is_since(&MAKES_KEYS) {
        return;
    }
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
