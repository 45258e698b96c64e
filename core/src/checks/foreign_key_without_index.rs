//! MySQL makes the index itself, so what is left to say there is that it does.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "foreign-key-without-index",
    summary: "A foreign key whose own column has no index.",
    severity: Severity::Warning,
    help: "Create an index on the column, too; in PostgreSQL none is made by itself.",
    dialects: P | M,
    since: &[],
    look: Look::Statement(ALTER_TABLE | What::CreateTable.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let elements = facts.elements();
    let keys = elements.iter().copied().chain(facts.steps.iter().filter_map(|step| match step.does {
        Does::AddConstraint { constraint } => Some(constraint),
        _ => None,
    }));
    // Small columns of a table that is made here are for its author to judge.
    if facts.what == What::CreateTable {
        return;
    }
    for key in keys {
        let Some(mut rest) = key.after("FOREIGN KEY") else { continue };
        if !rest.is(0, "(") {
            rest.name();
        }
        let Some(first) = rest.group().and_then(|columns| columns.parts().first().copied()) else { continue };
        let column = {
            let mut first = first;
            first.name()
        };
        let is_indexed = |other: &Facts<'_>| {
            match other.what {
            What::CreateIndex => other.all.code.to_ascii_lowercase().contains(&column.key()) && other.table_of_index().is_some_and(|table| table.key() == facts.key()),
            What::AlterTable | What::CreateTable if other.key() == facts.key() => {
                other.steps.iter().any(|step| matches!(step.does, Does::AddIndex) || matches!(step.does, Does::AddConstraint { constraint } if constraint.starts("PRIMARY|UNIQUE") && constraint.text().to_ascii_lowercase().contains(&column.key())))
            }
            _ => false,
        }
        };
        let is_new = script
            .facts
            .iter()
            .flat_map(|facts| &facts.steps)
            .any(|step| matches!(step.does, Does::AddColumn { name, .. } if name.key() == column.key()));
        if script.near(facts).iter().any(is_indexed) || script.dialect() == Dialect::Postgres && !is_new {
            continue;
        }
        if script.dialect() == Dialect::MySql {
            let draft = found.at(
                script,
                facts,
                key,
                "MySQL builds an index on {} by itself, in the same statement, and copies the table \
            with foreign_key_checks on.",
                &[column.shown()],
            );
            draft.help("Create the index in a statement of its own before (ALGORITHM=INPLACE, LOCK=NONE).", &[]);
        } else {
            found.at(
                script,
                facts,
                key,
                "Every DELETE or change of a key in the other table reads all of {} for rows with \
            that {}.",
                &[facts.name.shown(), column.shown()],
            );
        }
    }
}
