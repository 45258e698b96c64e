//! A DROP that fails when the migration is run a second time.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "drop-without-if-exists",
    summary: "A DROP that fails when the migration is run a second time.",
    severity: Severity::Warning,
    help: "Write IF EXISTS.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(DROPS | ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    const GONE: &str = "A second run stops here: {} is gone already, and what was done before the failure stays.";
    if script.is_atomic(facts) || facts.is_guarded(script.file) || facts.if_exists {
        return;
    }
    // MySQL and Oracle have no IF EXISTS for these.
    let lacks = matches!(script.dialect(), Dialect::MySql | Dialect::Oracle | Dialect::StarRocks);
    if facts.what != What::AlterTable {
        let object = facts.all.find("TABLE|VIEW|INDEX|SCHEMA|DATABASE|SEQUENCE|TYPE|FUNCTION|PROCEDURE|TRIGGER");
        let is_meant = !script.is_new(facts.key(), facts) && (!lacks || facts.what != What::DropIndex);
        let Some(object) = object.filter(|_| is_meant) else { return };
        let after = if facts.concurrently { facts.all.find("CONCURRENTLY").unwrap_or(object) } else { object };
        let draft = found.on(script, facts, GONE, &[facts.name.shown()]);
        if script.dialect() != Dialect::Oracle {
            draft.insert_after(facts, after, " IF EXISTS");
        }
        return;
    }
    for step in &facts.steps {
        let name = match step.does {
            Does::DropColumn { name, if_exists: false } => name.phrase,
            Does::DropConstraint { name, if_exists: false } => name,
            _ => continue,
        };
        let draft = found.at(script, facts, step.action, GONE, &[name.text()]);
        let object =
            step.action.find("DROP COLUMN|CONSTRAINT").filter(|_| !lacks && script.dialect() != Dialect::Redshift);
        match object {
            Some(object) => draft.insert_after(facts, object, " IF EXISTS"),
            None => draft.help(
                "Ask the catalogue first (information_schema), or keep each change in a file of its \
            own.",
                &[],
            ),
        };
    }
}
