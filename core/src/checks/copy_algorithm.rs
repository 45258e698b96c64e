//! An ALTER TABLE that copies the table, or that does not say that it must not.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "copy-algorithm",
    summary: "An ALTER TABLE that copies the table, or that does not say that it must not.",
    severity: Severity::Warning,
    help: "Add ALGORITHM=INPLACE, LOCK=NONE (or ALGORITHM=INSTANT), so that MySQL refuses what \
            would copy; for the rest use gh-ost or pt-online-schema-change.",
    dialects: M,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !script.is_live(facts) {
        return;
    }
    if let Some(copies) = facts.all.find("ALGORITHM =? COPY").or_else(|| facts.all.find("LOCK =? EXCLUSIVE|SHARED")) {
        found.at(
            script,
            facts,
            copies,
            "{} is copied, or locked, while nobody can write to it.",
            &[facts.name.shown()],
        );
        return;
    }
    let copies = facts.steps.iter().find(|step| match step.does {
        Does::Retype { .. } => !step.action.has("VARCHAR|VARBINARY|ENUM"),
        Does::DropConstraint { name, .. } => name.starts("PRIMARY") || step.action.starts("DROP PRIMARY"),
        Does::AddConstraint { constraint } => constraint.starts("FOREIGN KEY"),
        Does::Other => step.action.starts("CONVERT|ENGINE|CHARACTER"),
        _ => false,
    });
    if let Some(step) = copies.filter(|_| !facts.all.has("ALGORITHM|LOCK")) {
        let last = facts.all;
        let draft = found.at(
            script,
            facts,
            step.action,
            "MySQL can do this only by copying {}, and takes no writes meanwhile.",
            &[facts.name.shown()],
        );
        draft.insert_after(facts, last, ", ALGORITHM=INPLACE, LOCK=NONE");
    }
}
