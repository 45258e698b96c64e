//! The way back makes the thing again, and not what was in it.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "rollback-cannot-restore",
    summary: "The way back makes the thing again, and not what was in it.",
    severity: Severity::Error,
    help: "Keep a copy before (CREATE TABLE … AS, CLONE) and fill it from there in the way back.",
    dialects: ALL,
    since: &[],
    look: Look::Set(look),
};

fn look(set: &Set<'_>, found: &mut Found<'_>) {
    for way in set.ways {
        let Rollback::Undone { script: back, loses: Some(loses), .. } = &way.rollback else { continue };
        let name = way
            .placed
            .op
            .column()
            .or_else(|| way.placed.op.relation().map(crate::schema::RelationName::name))
            .unwrap_or_default()
            .to_lowercase();
        let fills = |facts: &Facts<'_>| {
            (matches!(facts.what, What::Update | What::Insert | What::Merge)
                || facts.what == What::CreateTable && facts.rest.has("SELECT|CLONE"))
                && facts.all.code.to_lowercase().contains(&name)
        };
        let is_data = matches!(way.placed.op, Op::ChangeData(_));
        // A change of values is taken back by a change of values; whether by the right one is for people to see.
        let restored = !is_data && set.back(*back).is_some_and(|script| script.facts.iter().any(fills));
        // What the migration itself has made held nothing before.
        let is_ours = set.script(way.file).is_some_and(|script| !script.is_felt(way));
        let fills_new = is_data && set.ways_of(way.file).iter().any(|other| {
            other.file == way.file
                && matches!(&other.placed.op, Op::AddColumn { column, .. } if column.name.eq_ignore_ascii_case(&name))
        });
        if restored || is_ours || fills_new || name.is_empty() {
            continue;
        }
        found.file = way.file;
        let draft =
            found.say(way.placed.span, "The way back brings {} back, and not {}.", &[&way.placed.op.summary(), loses]);
        if is_data {
            draft.severity(Severity::Warning);
        }
    }
}
