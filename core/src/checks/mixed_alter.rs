//! Partitions, columns and rollups are changed in one ALTER TABLE.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "mixed-alter",
    summary: "Partitions, columns and rollups are changed in one ALTER TABLE.",
    severity: Severity::Error,
    help: "Write a statement for each kind.",
    dialects: R,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let kind = |step: &Step<'_>| match step.does {
        Does::Partition => 1,
        _ if step.action.starts("ADD|DROP|RENAME ROLLUP") => 2,
        Does::AddColumn { .. } | Does::DropColumn { .. } | Does::Retype { .. } => 3,
        _ => 0,
    };
    let mut kinds: Vec<i32> = facts.steps.iter().map(kind).filter(|kind| *kind > 0).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.len() > 1 {
        found.on(
            script,
            facts,
            "StarRocks refuses to change partitions, columns or rollups of {} in one statement.",
            &[facts.name.shown()],
        );
    }
}
