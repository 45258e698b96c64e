//! RENAME or DROP COLUMN on a Delta table without column mapping.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "column-mapping-required",
    summary: "RENAME or DROP COLUMN on a Delta table without column mapping.",
    severity: Severity::Error,
    help: "Set it before: ALTER TABLE … SET TBLPROPERTIES ('delta.columnMapping.mode' = \
            'name', 'delta.minReaderVersion' = '2', 'delta.minWriterVersion' = '5').",
    dialects: D,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let key = facts.key();
    let is_set =
        |other: &Facts<'_>| other.key() == key && other.all.code.to_ascii_lowercase().contains("columnmapping");
    if script.before(facts).iter().any(is_set) {
        return;
    }
    let needs =
        facts.steps.iter().find(|step| matches!(step.does, Does::RenameColumn { .. } | Does::DropColumn { .. }));
    if let Some(step) = needs {
        // Once a file: whether the tables are set so is one question.
        let is_needy = |earlier: &Facts<'_>| {
            let steps = &earlier.steps;
            steps.iter().any(|step| matches!(step.does, Does::RenameColumn { .. } | Does::DropColumn { .. }))
        };
        if script.before(facts).iter().any(is_needy) {
            return;
        }
        if script.is_new(key, facts) {
            found.at(
                script,
                facts,
                step.action,
                "Delta refuses this: {} is made without column mapping.",
                &[facts.name.shown()],
            );
        } else {
            found
                .at(
                    script,
                    facts,
                    step.action,
                    "Delta refuses this unless {} has column mapping, and nothing here sets it.",
                    &[facts.name.shown()],
                )
                .severity(Severity::Warning);
        }
    }
}
