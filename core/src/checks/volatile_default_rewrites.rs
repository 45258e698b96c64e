//! A new column whose default is another one for each row.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "volatile-default-rewrites",
    summary: "A new column whose default is another one for each row.",
    severity: Severity::Error,
    help: "Add the column without a default, set the default in a second step for new rows, \
            and fill the old ones in batches.",
    dialects: P,
    since: &[STORED_ONCE],
    look: Look::Statement(ALTER_TABLE, look),
};

const STORED_ONCE: Since =
    Since::new(Dialect::Postgres, (11, 0, 0), "a constant default is stored once, and no row is written.");

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    // Those that give one value for a whole transaction, which is stored once.
    const STABLE: [&str; 12] = [
        "now",
        "current_timestamp",
        "statement_timestamp",
        "transaction_timestamp",
        "current_date",
        "current_user",
        "to_timestamp",
        "timezone",
        "lower",
        "upper",
        "array",
        "cast",
    ];
    if !script.is_live(facts) {
        return;
    }
    for step in &facts.steps {
        let Does::AddColumn { name, definition, .. } = step.does else { continue };
        let Some(default) = definition.after("DEFAULT") else { continue };
        let call = (0..default.words.len().min(12)).find(|at| {
            default.is(at + 1, "(")
                && default.kind(*at) == Some(crate::sql::WordKind::Bare)
                && !default.is(*at, "CHECK|REFERENCES|VARCHAR|NUMERIC|DECIMAL|KEY")
        });
        let volatile = call
            .map(|at| default.word(at))
            .filter(|call| !STABLE.iter().any(|stable| call.eq_ignore_ascii_case(stable)));
        if let Some(call) = volatile.filter(|call| is_volatile(call)) {
            found.at(
                script,
                facts,
                step.action,
                "{} is written anew, row by row, while nobody can read or write it: {}() gives {} \
            another value in each row.",
                &[facts.name.shown(), call, name.shown()],
            );
        } else if script.is_before(&STORED_ONCE) {
            found.at(
                script,
                facts,
                step.action,
                "Before PostgreSQL 11, a default writes {} anew while nobody can read or write it.",
                &[facts.name.shown()],
            );
        }
    }
}

fn is_volatile(call: &str) -> bool {
    const VOLATILE: [&str; 9] = [
        "random",
        "gen_random_uuid",
        "uuid_generate_v4",
        "uuid_generate_v1",
        "clock_timestamp",
        "timeofday",
        "nextval",
        "uuidv7",
        "uuidv4",
    ];
    VOLATILE.iter().any(|volatile| call.eq_ignore_ascii_case(volatile))
}
