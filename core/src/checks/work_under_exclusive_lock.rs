//! One transaction locks several tables in use, or goes on working while one is locked.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "work-under-exclusive-lock",
    summary: "One transaction locks several tables in use, or goes on working while one is locked.",
    severity: Severity::Warning,
    help: "Give each table a migration of its own, and do slow work before the first lock.",
    dialects: P,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    let mut locked: Vec<(usize, String)> = Vec::new();
    let mut renamed: Vec<String> = Vec::new();
    for facts in script
        .facts
        .iter()
        .filter(|facts| facts.in_transaction && facts.what == What::AlterTable && !facts.steps.is_empty())
    {
        let key = facts.name.key();
        // The same table under its new name.
        if !script.is_live(facts) || renamed.contains(&key) || locked.contains(&(facts.unit, key.clone())) {
            continue;
        }
        // Three tables at once is where deadlocks with readers become likely.
        let in_unit = locked.iter().filter(|(unit, _)| *unit == facts.unit).count();
        if in_unit == 2 {
            let others: Vec<&str> =
                locked.iter().filter(|(unit, _)| *unit == facts.unit).map(|(_, name)| name.as_str()).collect();
            found.on(
                script,
                facts,
                "{} is the third table locked at once ({} are held): queries that join them wait for \
            each other.",
                &[facts.name.shown(), &others.join(", ")],
            );
        }
        locked.push((facts.unit, key));
        for step in facts.steps.iter().filter(|step| matches!(step.does, Does::RenameTable)) {
            let mut to = step.action;
            to.take("RENAME TO");
            renamed.push(to.name().key());
        }
    }
}
