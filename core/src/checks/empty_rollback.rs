//! A way back that does nothing.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "empty-rollback",
    summary: "A way back that does nothing.",
    severity: Severity::Error,
    help: "Write what takes the migration back, or say in the file that nothing can, and what is done instead.",
    dialects: ALL,
    since: &[],
    look: Look::Set(look),
};

fn look(set: &Set<'_>, found: &mut Found<'_>) {
    for (place, script) in set.scripts {
        let changes = set.ways_of(*place).iter().any(|way| script.is_felt(way));
        if let Some(at) = slot(script).filter(|_| changes) {
            found.file = *place;
            let draft = found.say(at, "The place for the way back is there, and empty.", &[]);
            if is_explained(script, at) {
                draft
                    .severity(Severity::Info)
                    .help("The file says why; see that the plan says what is done instead.", &[]);
            }
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

/// Whether a comment right below says something.
fn is_explained(script: &Script<'_>, at: Span) -> bool {
    let below = script.lower.get(at.end as usize..).unwrap_or_default().lines().skip(1).map(str::trim);
    let comments = below.skip_while(|line| line.is_empty()).take_while(|line| line.starts_with(['#', '-']));
    comments.flat_map(str::split_whitespace).count() > 4
}

/// Where a file has a place for its way back, and nothing in it.
pub(super) fn slot(script: &Script<'_>) -> Option<Span> {
    let mark = match script.runner {
        Runner::Goose => "-- +goose down",
        Runner::Dbmate => "-- migrate:down",
        Runner::Alembic => "def downgrade",
        // MyBatis has no other sign of its own.
        _ if script.lower.contains('@') => "--//@undo",
        _ => return None,
    };
    let at = script.lower.find(mark).filter(|_| script.file.back.is_empty())?;
    Some(Span::new(at, at + mark.len()))
}
