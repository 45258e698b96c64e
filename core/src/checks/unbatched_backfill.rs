//! Whole tables only where rows are locked one by one; warehouses write files anew, whatever the number of rows.

use super::contract_without_expand::contract;
use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "unbatched-backfill",
    summary: "An UPDATE or DELETE of very many rows in one go.",
    severity: Severity::Warning,
    help: "Do it in batches by key, each in its own transaction, outside of the schema migration.",
    dialects: ALL,
    since: &[COMMITS],
    look: Look::Statement(What::Update.bit() | What::Delete.bit(), look),
};

const COMMITS: Since =
    Since::new(Dialect::Postgres, (11, 0, 0), "a DO block may commit, and the batches are written as one.");

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    // An equality with a constant may be a row or two; a filter on NULL or none is most of the table.
    let filter = facts.all.after("WHERE");
    let is_broad = filter.is_none_or(|filter| {
        filter.has("IS NOT? NULL") && !filter.has("AND|IN|EXISTS|BETWEEN") && !filter.has("LIMIT")
    });
    let is_bounded = facts.all.has("LIMIT|TOP") || facts.statement.block.is_some() && script.lower.contains("loop");
    if is_broad && !is_bounded && script.is_live(facts) && !facts.all.starts("WITH") {
        let message = if script.is(S | D | B | R | H | K) {
            "Most of {} is written anew in one go, and what it was before is kept beside it."
        } else {
            "Most rows of {} are written in one transaction: locks, log and replicas feel all of it at once."
        };
        let draft = found.on(script, facts, message, &[facts.name.shown()]);
        match script.dialect() {
            Dialect::Postgres => in_batches(draft, script, facts),
            Dialect::MySql => {
                let help = "Repeat it with LIMIT 10000 until no row is left, each time in a transaction of its own; its \
                            filter must leave out what is done.";
                draft.help(help, &[]);
            }
            _ => {}
        }
    }
}

/// Writes it as a loop, where each round leaves the rest to do and the end is certain: rows are deleted, or columns filled that
/// hold nothing yet.
fn in_batches(draft: &mut Draft, script: &Script<'_>, facts: &Facts<'_>) {
    let is_wrapped = script.units[facts.unit].wrapped;
    let Some((write, left)) = round(script, facts).filter(|_| is_editable(facts) && !script.is_before(&COMMITS)) else {
        return;
    };
    let table = facts.name.shown();
    let some = format!("SELECT ctid FROM {table} WHERE {left} LIMIT 10000");
    let batches = format!(
        "DO $batches$\nBEGIN\n    LOOP\n        {write}\n        WHERE ctid = ANY (ARRAY({some}));\n        \
         EXIT WHEN NOT FOUND;\n        COMMIT;\n    END LOOP;\nEND $batches$"
    );
    // What comes after it may rest on it; what is taken away with a later release does not.
    let is_last = || {
        let moved = contract(script).map(|(moved, _)| moved.index);
        script.after(facts).iter().skip(1).all(|later| later.key() != facts.key() || Some(later.index) == moved)
    };
    if is_wrapped && is_last() {
        draft.move_to(script, facts, Later::Afterwards, &batches);
    } else if !facts.in_transaction {
        draft.edit(facts, Span { start: 0, end: facts.all.span().end }, &batches);
    }
}

/// The statement without its filter, and what is true of the rows that are still to be done.
fn round(script: &Script<'_>, facts: &Facts<'_>) -> Option<(String, String)> {
    let filter = facts.all.after("WHERE").map(|filter| filter.text());
    if facts.all.has("RETURNING|USING|FROM|JOIN") && facts.what == What::Update || facts.all.has("RETURNING|USING") {
        return None;
    }
    if facts.what == What::Delete {
        return facts
            .rest
            .is(0, "WHERE")
            .then(|| (format!("DELETE FROM {}", facts.name.shown()), filter.unwrap_or("").into()));
    }
    let mut sets = facts.rest.before("WHERE");
    if !sets.take("SET") {
        return None;
    }
    let assigned: Vec<(Name<'_>, Phrase<'_>)> = sets
        .parts()
        .into_iter()
        .map(|mut part| {
            let name = part.name();
            part.take("=");
            (name, part)
        })
        .collect();
    let is_target = |word: &str| assigned.iter().any(|(name, _)| name.shown().eq_ignore_ascii_case(word));
    let mut open = Vec::new();
    for (name, value) in &assigned {
        let is_empty = filter.is_some_and(|filter| {
            let mut words = filter.split_whitespace();
            words.next().is_some_and(|first| first.eq_ignore_ascii_case(name.shown()))
                && words.collect::<Vec<_>>().join(" ").eq_ignore_ascii_case("IS NULL")
        });
        let reads_itself = (0..value.words.len()).any(|at| is_target(value.word(at)));
        if value.is_empty() || reads_itself || !is_empty && !is_added(script, facts, *name) {
            return None;
        }
        open.push(format!("{} IS NULL AND ({}) IS NOT NULL", name.shown(), value.text()));
    }
    let open = if open.len() == 1 { open.concat() } else { format!("({})", open.join(" OR ")) };
    let is_said =
        filter.is_some_and(|filter| open.get(..filter.len()).is_some_and(|start| start.eq_ignore_ascii_case(filter)));
    let left = filter.filter(|_| !is_said).map_or_else(|| open.clone(), |filter| format!("({filter}) AND {open}"));
    Some((format!("UPDATE {} SET {}", facts.name.shown(), sets.text()), left))
}

/// Whether an earlier statement adds the column, with nothing in it.
fn is_added(script: &Script<'_>, facts: &Facts<'_>, column: Name<'_>) -> bool {
    script.before(facts).iter().filter(|earlier| earlier.key() == facts.key()).any(|earlier| {
        earlier.steps.iter().any(|step| match step.does {
            Does::AddColumn { name, definition, .. } => {
                name.key() == column.key() && !definition.has("DEFAULT|GENERATED|SERIAL|BIGSERIAL|IDENTITY")
            }
            _ => false,
        })
    })
}
