//! A change of type that Redshift does not do: it only widens VARCHAR.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "type-change-unsupported",
    summary: "A change of type that Redshift does not do: it only widens VARCHAR.",
    severity: Severity::Error,
    help: "Add a column of the new type, fill it, drop the old one and rename.",
    dialects: H,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    for step in &facts.steps {
        if let Does::Retype { name, to } = step.does
            && !to.starts("VARCHAR|CHARACTER|NVARCHAR")
        {
            found.at(
                script,
                facts,
                step.action,
                "Redshift refuses this: only the size of a VARCHAR can be changed, and {} becomes {}.",
                &[name.shown(), to.text()],
            );
        }
    }
}
