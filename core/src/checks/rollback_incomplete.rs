//! The way back does not take back all that the migration does.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "rollback-incomplete",
    summary: "The way back does not take back all that the migration does.",
    severity: Severity::Error,
    help: "Add what takes this back, in the reverse order.",
    dialects: ALL,
    since: &[],
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
        // Where nothing was, what was filled in may stay: the column is as it was to those who do not ask.
        let fills = matches!(&way.placed.op, Op::ChangeData(DataChange::Update { values, others: false, .. })
            if !values.is_empty() && values.iter().all(|(from, _)| from.eq_ignore_ascii_case("null")));
        found.file = way.file;
        let file = set.files[back].name.rsplit('/').next().unwrap_or_default();
        let draft = found.say(
            way.placed.span,
            "Nothing in the way back ({}) takes this back: {} {}.",
            &[file, &way.placed.op.name().replace('_', " "), &way.placed.op.summary()],
        );
        if fills {
            draft.severity(Severity::Info);
        }
    }
}
