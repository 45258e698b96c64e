//! The way back does not take back all that the migration does.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "rollback-incomplete",
    summary: "The way back does not take back all that the migration does.",
    severity: Severity::Error,
    help: "Add what takes this back, in the reverse order.",
    dialects: ALL,
    look: Look::Set(look),
};

fn look(set: &Set<'_>, found: &mut Found<'_>) {
    for way in set.ways {
        let Rollback::Missing { script: back } = way.rollback else { continue };
        let Some(script) = set.script(way.file) else { continue };
        let does = |facts: &Facts<'_>| facts.what.is_ddl() || facts.what.is_data();
        let is_empty = !set.back(back).is_some_and(|script| script.facts.iter().any(does));
        let is_of_other_engine = set.files[back].dialect != script.dialect();
        if is_empty || is_of_other_engine || !script.is_felt(way) {
            continue;
        }
        found.file = way.file;
        let file = set.files[back].name.rsplit('/').next().unwrap_or_default();
        found.say(
            way.placed.span,
            "Nothing in the way back ({}) takes this back: {} {}.",
            &[file, &way.placed.op.name().replace('_', " "), &way.placed.op.summary()],
        );
    }
}
