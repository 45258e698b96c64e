//! An error where the other files have a way back; less where nothing shows that the house keeps any.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "no-rollback",
    summary: "Nothing that was given leads back from a migration.",
    severity: Severity::Error,
    help: "Write the way back and try it: U…__ for Flyway, .down.sql, a rollback block, downgrade().",
    dialects: ALL,
    since: &[],
    look: Look::Set(look),
};

fn look(set: &Set<'_>, found: &mut Found<'_>) {
    let folder = |place: usize| set.files[place].name.rsplit_once('/').map_or("", |(folder, _)| folder);
    let practised: BTreeSet<&str> = set.backs.iter().map(|(back, _)| folder(*back)).collect();
    for (place, script) in set.scripts {
        let is_practised = practised.contains(folder(*place));
        let own: Vec<&Way<'_>> = set.ways_of(*place).iter().collect();
        let lacks = own.iter().find(|way| way.rollback == Rollback::NoScript && script.is_felt(way));
        let Some(way) =
            lacks.filter(|_| !matches!(script.file.role, Role::Repeatable | Role::Always) && !has_slot(script))
        else {
            continue;
        };
        let takes_away = own.iter().any(|way| {
            matches!(
                way.placed.op,
                Op::DropRelation { .. }
                    | Op::DropColumn { .. }
                    | Op::RenameColumn { .. }
                    | Op::RenameRelation { .. }
                    | Op::RetypeColumn { .. }
                    | Op::DropSchema { .. }
            ) && script.is_felt(way)
        });
        let severity = match (is_practised, script.runner.has_rollbacks(), takes_away) {
            (true, ..) => Severity::Error,
            (_, true, _) => Severity::Warning,
            (_, _, true) => Severity::Info,
            _ => continue,
        };
        found.file = *place;
        found.say(way.placed.span, "Nothing that was given leads back from this file.", &[]).severity(severity);
    }
}

/// An empty place for a way back is another check's.
fn has_slot(script: &Script<'_>) -> bool {
    super::empty_rollback::slot(script).is_some()
}
