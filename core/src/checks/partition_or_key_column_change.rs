//! A change that StarRocks does not do: of a partition or key column, from NULL to NOT NULL, or a rename before 3.3.2.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "partition-or-key-column-change",
    summary: "A change that StarRocks does not do: of a partition or key column, from NULL to NOT \
            NULL, or a rename before 3.3.2.",
    severity: Severity::Error,
    help: "Make a new table with the columns as they shall be, copy the rows, and swap the two.",
    dialects: R,
    since: &[RENAMES],
    look: Look::Statement(ALTER_TABLE, look),
};

const RENAMES: Since = Since::new(Dialect::StarRocks, (3, 3, 2), "RENAME COLUMN is there.");

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let key = facts.key();
    let definition = script.before(facts).iter().find(|other| other.what == What::CreateTable && other.key() == key);
    let keys = definition
        .map(|table| {
            ["KEY (", "PARTITION BY", "DISTRIBUTED BY HASH ("]
                .iter()
                .filter_map(|mark| table.rest.after(mark))
                .map(|rest| rest.before(")").text().to_lowercase())
                .collect::<Vec<_>>()
                .join(" ")
        })
        .unwrap_or_default();
    let is_key =
        |name: &Name<'_>| keys.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name.key());
    for step in &facts.steps {
        let message = match step.does {
            Does::DropColumn { name, .. } | Does::Retype { name, .. } if is_key(&name) => {
                "{} is a key or partition column: StarRocks refuses to drop or change it."
            }
            Does::Retype { to, .. } if to.has("NOT NULL") => {
                "StarRocks refuses to make a column of {} NOT NULL that may hold NULL."
            }
            Does::SetNotNull { .. } => "StarRocks refuses to make a column of {} NOT NULL that may hold NULL.",
            Does::RenameColumn { .. } if script.is_before(&RENAMES) => {
                "StarRocks renames columns from 3.3.2 on; before, it refuses ({})."
            }
            _ => continue,
        };
        let subject = match step.does {
            Does::DropColumn { name, .. } | Does::Retype { name, .. } if is_key(&name) => name.shown(),
            _ => facts.name.shown(),
        };
        found.at(script, facts, step.action, message, &[subject]);
    }
}
