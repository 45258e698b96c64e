//! A way back that does nothing.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "empty-rollback",
    summary: "A way back that does nothing.",
    severity: Severity::Error,
    help: "Write what takes the migration back, or say in the file that nothing can, and what is done instead.",
    dialects: ALL,
    look: Look::Set(look),
};

fn look(set: &Set<'_>, found: &mut Found<'_>) {
    for (place, script) in set.scripts {
        let changes = set.ways_of(*place).iter().any(|way| script.is_felt(way));
        if let Some(at) = slot(script).filter(|_| changes) {
            found.file = *place;
            found.say(at, "The place for the way back is there, and empty.", &[]);
        }
    }
    let paired: BTreeSet<usize> = set
        .ways
        .iter()
        .filter_map(|way| match way.rollback {
            Rollback::Missing { script } => Some(script),
            _ => None,
        })
        .collect();
    for (place, script) in set.backs.iter().filter(|(place, _)| set.files[*place].role == Role::Rollback) {
        let does = script.facts.iter().any(|facts| {
            facts.what.is_ddl()
                || facts.what.is_data()
                || matches!(facts.what, What::Access | What::Maintain)
                || facts.all.starts("CALL|EXEC|EXECUTE|COMMENT")
                || facts.what == What::Query && facts.all.has("(")
        });
        let is_pair = paired.contains(place);
        if !does && is_pair {
            found.file = *place;
            let first = script.facts.first().map_or(Span::default(), |facts| facts.statement.span);
            found.say(first, "This way back does nothing.", &[]);
        }
    }
}

/// Where a file has a place for its way back, and nothing in it.
pub(super) fn slot(script: &Script<'_>) -> Option<Span> {
    const MARKS: [&str; 4] = ["-- +goose down", "-- migrate:down", "--//@undo", "def downgrade"];
    if !script.file.back.is_empty() {
        return None;
    }
    MARKS.iter().find_map(|mark| script.lower.find(mark).map(|at| Span::new(at, at + mark.len())))
}
