//! SET NOT NULL, which reads the whole table under the strongest lock.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "set-not-null-scans",
    summary: "SET NOT NULL, which reads the whole table under the strongest lock.",
    severity: Severity::Warning,
    help: "Add CHECK (column IS NOT NULL) NOT VALID, VALIDATE it, then SET NOT NULL: \
            PostgreSQL 12 and later see the constraint and do not scan.",
    dialects: P,
    since: &[PROVEN],
    look: Look::Statement(ALTER_TABLE, look),
};

const PROVEN: Since =
    Since::new(Dialect::Postgres, (12, 0, 0), "a validated CHECK (column IS NOT NULL) takes the place of the scan.");

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !script.is_live(facts) {
        return;
    }
    for step in &facts.steps {
        let Does::SetNotNull { name } = step.does else { continue };
        let (table, column) = (facts.key(), name.key());
        let is_proven = |earlier: &Facts<'_>| {
            earlier.key() == table
                && (earlier.actions.iter().any(|action| action.starts("VALIDATE"))
                    || earlier.all.has("IS NOT NULL")
                        && earlier.all.code.to_ascii_lowercase().contains(&column)
                        && !earlier.all.has("NOT VALID"))
                && earlier.what == What::AlterTable
        };
        if script.is_before(&PROVEN) || !script.before(facts).iter().any(is_proven) {
            let draft = found.at(
                script,
                facts,
                step.action,
                "All rows of {} are read while nobody can read or write it.",
                &[facts.name.shown()],
            );
            if !script.is_before(&PROVEN) {
                prove_first(draft, script, facts, name);
            }
        }
    }
}

/// A constraint that is validated while the table is used takes the scan's place, and goes again.
fn prove_first(draft: &mut Draft, script: &Script<'_>, facts: &Facts<'_>, name: Name<'_>) {
    if facts.actions.len() != 1 || !is_editable(facts) {
        return;
    }
    let table = format!("ALTER TABLE {}", facts.name.shown());
    let constraint: String = format!("{}_{}_not_null", facts.key(), name.key());
    let constraint: String = constraint.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    let add = format!("{table} ADD CONSTRAINT {constraint} CHECK ({} IS NOT NULL) NOT VALID", name.shown());
    let validate = format!("{table} VALIDATE CONSTRAINT {constraint}");
    let drop = format!("{table} DROP CONSTRAINT IF EXISTS {constraint}");
    if script.units[facts.unit].wrapped {
        let all = Span { start: 0, end: facts.all.span().end };
        draft.edit(facts, all, &add);
        draft.then(script, facts, &format!("{validate};\nSET lock_timeout = '5s';\n{};\n{drop}", facts.all.code));
    } else if !facts.in_transaction {
        draft.before(facts, &format!("{add};\n{validate}")).then(script, facts, &drop);
    }
}
