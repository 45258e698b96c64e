//! A UNIQUE or PRIMARY KEY constraint that builds its index under the lock.

use super::foreign_key_validated_at_once::default_name;
use super::index_not_concurrent::schema_of;
use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "unique-without-index",
    summary: "A UNIQUE or PRIMARY KEY constraint that builds its index under the lock.",
    severity: Severity::Error,
    help: "Build the index first (CREATE UNIQUE INDEX CONCURRENTLY), then ADD CONSTRAINT … UNIQUE USING INDEX.",
    dialects: P,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !script.is_live(facts) {
        return;
    }
    for step in &facts.steps {
        let builds = match step.does {
            Does::AddConstraint { constraint } => constraint.starts("UNIQUE|PRIMARY") && !constraint.has("USING INDEX"),
            Does::AddColumn { definition, .. } => definition.outer().has("UNIQUE|PRIMARY"),
            _ => false,
        };
        if builds {
            let draft = found.at(
                script,
                facts,
                step.action,
                "The index is built while nobody can read or write {}.",
                &[facts.name.shown()],
            );
            if let Does::AddConstraint { constraint } = step.does {
                index_first(draft, script, facts, *step, constraint);
            }
        }
    }
}

/// Builds the index while the table is used, and makes the constraint of it.
fn index_first(draft: &mut Draft, script: &Script<'_>, facts: &Facts<'_>, step: Step<'_>, constraint: Phrase<'_>) {
    let mut columns = constraint;
    let is_key = columns.take("PRIMARY KEY");
    let is_plain = is_key || columns.take("UNIQUE");
    let start = columns;
    let is_one = facts.actions.len() == 1 && columns.group().is_some() && columns.is_empty();
    if !is_plain || !is_one || !is_editable(facts) {
        return;
    }
    let mut named = step.action;
    named.take("ADD");
    let name = if named.take("CONSTRAINT") {
        named.name().shown().to_owned()
    } else {
        default_name(facts, constraint, if is_key { "pkey" } else { "key" })
    };
    let (table, kind) = (facts.name.shown(), if is_key { "PRIMARY KEY" } else { "UNIQUE" });
    let schema = schema_of(facts.name);
    let index = format!(
        "DROP INDEX CONCURRENTLY IF EXISTS {schema}{name};\nCREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} {}",
        start.text()
    );
    let add = format!("ALTER TABLE {table} ADD CONSTRAINT {name} {kind} USING INDEX {name}");
    if script.units[facts.unit].wrapped {
        draft.move_to(script, facts, Later::Afterwards, &format!("{index};\nSET lock_timeout = '5s';\n{add}"));
    } else if !facts.in_transaction {
        let end = facts.all.span().end;
        draft.edit(facts, Span { start: 0, end }, &format!("{index};\n{add}"));
    }
}
