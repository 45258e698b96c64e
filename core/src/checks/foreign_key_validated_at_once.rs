//! A foreign key that is added and checked in one statement.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "foreign-key-validated-at-once",
    summary: "A foreign key that is added and checked in one statement.",
    severity: Severity::Error,
    help: "Add it NOT VALID, and VALIDATE CONSTRAINT in a later transaction.",
    dialects: P,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !script.is_live(facts) {
        return;
    }
    for step in &facts.steps {
        let constraint = match step.does {
            Does::AddConstraint { constraint } if constraint.starts("FOREIGN KEY") => constraint,
            // A column that is new and empty has nothing to check, but the lock on the other table is the same.
            _ => continue,
        };
        if step.action.has("NOT VALID") {
            continue;
        }
        let other = constraint.after("REFERENCES").map(|mut rest| rest.name().shown()).unwrap_or_default();
        let draft = found.at(
            script,
            facts,
            step.action,
            "All rows of {} are checked while neither it nor {} can be written.",
            &[facts.name.shown(), other],
        );
        validate_later(draft, script, facts, *step, constraint, "fkey");
    }
}

/// Adds a constraint NOT VALID, and validates it when no lock is held any more. One without a name gets that which PostgreSQL
/// would give it.
pub(super) fn validate_later(
    draft: &mut Draft,
    script: &Script<'_>,
    facts: &Facts<'_>,
    step: Step<'_>,
    constraint: Phrase<'_>,
    kind: &str,
) {
    let mut named = step.action;
    named.take("ADD");
    let name = if named.take("CONSTRAINT") {
        named.take("IF NOT EXISTS");
        named.name().shown().to_owned()
    } else {
        let name = default_name(facts, constraint, kind);
        draft.edit(facts, before(constraint), &format!("CONSTRAINT {name} "));
        name
    };
    draft.insert_after(facts, step.action, " NOT VALID");
    draft.then(script, facts, &format!("ALTER TABLE {} VALIDATE CONSTRAINT {name}", facts.name.shown()));
}

/// `orders_user_id_fkey`: the table, the words in the first parentheses, what it is.
pub(super) fn default_name(facts: &Facts<'_>, constraint: Phrase<'_>, kind: &str) -> String {
    let mut columns = constraint.after("KEY|UNIQUE|CHECK").unwrap_or(constraint);
    let columns = columns.group().map_or_else(Vec::new, |group| group.parts());
    let mut parts = vec![facts.key().to_owned()];
    parts.extend(columns.into_iter().map(|mut part| part.name().key()).filter(|_| kind != "pkey"));
    parts.push(kind.to_owned());
    let name: String = parts.join("_").chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    name
}

fn before(phrase: Phrase<'_>) -> Span {
    let start = phrase.span().start;
    Span { start, end: start }
}
