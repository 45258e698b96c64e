//! One column is dropped and one of a like name is added.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "drop-and-add-looks-like-rename",
    summary: "One column is dropped and one of a like name is added.",
    severity: Severity::Warning,
    help: "If it is the same thing under a new name, rename it (or copy the values before the old one goes).",
    dialects: ALL,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let drops = facts.steps.iter().any(|step| matches!(step.does, Does::DropColumn { .. }));
    if !drops || script.is_new(facts.key(), facts) {
        return;
    }
    let of_table: Vec<&Step<'_>> = script
        .near(facts)
        .iter()
        .filter(|other| other.key() == facts.key() && other.unit == facts.unit)
        .flat_map(|other| &other.steps)
        .collect();
    for step in &facts.steps {
        let Does::DropColumn { name: old, .. } = step.does else { continue };
        let (old_key, mut like) = (
            old.key(),
            of_table.iter().filter_map(|step| match step.does {
                Does::AddColumn { name, .. } => Some(name),
                _ => None,
            }),
        );
        let is_moved = script.near(facts).iter().any(|other| {
            matches!(other.what, What::Update | What::Insert) && other.all.code.to_ascii_lowercase().contains(&old_key)
        });
        let like = like.find(|new| is_like(&old_key, &new.key()));
        if let Some(new) = like.filter(|_| !is_moved) {
            found.at(
                script,
                facts,
                step.action,
                "{} looks like {} under a new name, and the values of {} are not carried over.",
                &[new.shown(), old.shown(), old.shown()],
            );
        }
    }
}

/// Most of both names is the same.
fn is_like(old: &str, new: &str) -> bool {
    let (old, new): (String, String) = (old.replace('_', ""), new.replace('_', ""));
    let shared = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    let ends = old.bytes().rev().zip(new.bytes().rev()).take_while(|(a, b)| a == b).count();
    old != new && shared.max(ends) * 2 > old.len().max(new.len())
}
