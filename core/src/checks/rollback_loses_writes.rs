//! The way back throws away what was written since the migration.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "rollback-loses-writes",
    summary: "The way back throws away what was written since the migration.",
    severity: Severity::Warning,
    help: "Copy the values back into the old place before the new one goes.",
    dialects: ALL,
    since: &[],
    look: Look::Set(look),
};

fn look(set: &Set<'_>, found: &mut Found<'_>) {
    for way in set.ways {
        let (Op::AddColumn { relation, column, .. }, Rollback::Undone { script: back, span, .. }) =
            (&way.placed.op, &way.rollback)
        else {
            continue;
        };
        // Values were moved into it, and the application writes there from then on.
        let is_moved = set.ways_of(way.file).iter().any(|other| {
            other.file == way.file && matches!(&other.placed.op, Op::ChangeData(DataChange::Update { relation: table, column: filled, .. }) if table.name() == relation.name() && *filled == column.name)
        });
        let replaces = set.ways_of(way.file).iter().any(|other| {
            other.file == way.file
                && matches!(&other.placed.op, Op::DropColumn { relation: table, .. } if table.name() == relation.name())
        });
        let name = column.name.to_lowercase();
        let copies = set.back(*back).into_iter().flat_map(|script| &script.facts).any(|facts| {
            matches!(facts.what, What::Update | What::Insert | What::Merge)
                && facts.all.code.to_lowercase().contains(&name)
        });
        if is_moved && replaces && !copies {
            found.file = *back;
            found.say(
                *span,
                "{} has taken the place of another column: what was written into it since is gone.",
                &[&column.name],
            );
        }
    }
}
