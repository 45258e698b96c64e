//! A second schema change of a table while the first one may still run.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "concurrent-async-alter",
    summary: "A second schema change of a table while the first one may still run.",
    severity: Severity::Error,
    help: "Write one ALTER TABLE with all changes, or wait for the first (SHOW ALTER TABLE \
            COLUMN) and put the second into the next migration.",
    dialects: R,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let key = facts.key();
    let is_job = |facts: &Facts<'_>| {
        facts.steps.iter().any(|step| {
            matches!(step.does, Does::AddColumn { .. } | Does::DropColumn { .. } | Does::Retype { .. })
                || step.action.starts("ADD|DROP ROLLUP|INDEX")
                || step.action.starts("ORDER BY")
        })
    };
    let first = script
        .before(facts)
        .iter()
        .find(|earlier| earlier.what == What::AlterTable && earlier.key() == key && is_job(earlier));
    if let Some(first) = first.filter(|_| is_job(facts)) {
        let line = script.file.place(first.statement.span).line.to_string();
        found.on(
            script,
            facts,
            "StarRocks runs the change of line {} in the background, and refuses a second one of \
            {} meanwhile.",
            &[&line, facts.name.shown()],
        );
    }
}
