//! The way back takes things back in an order that cannot work.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "rollback-order",
    summary: "The way back takes things back in an order that cannot work.",
    severity: Severity::Warning,
    help: "Take back last what was done first.",
    dialects: ALL,
    since: &[],
    look: Look::Set(look),
};

fn look(set: &Set<'_>, found: &mut Found<'_>) {
    let undone = |way: &Way<'_>| match &way.rollback {
        Rollback::Undone { script, span, .. } => Some((*script, *span)),
        _ => None,
    };
    for (at, way) in set.ways.iter().enumerate() {
        let (Some((back, span)), Some(name)) = (undone(way), way.placed.op.relation()) else { continue };
        if let Op::RenameRelation { relation, to } = &way.placed.op
            && let Some(early) = names_too_early(set, way, back, span, relation.name())
        {
            found.file = back;
            found.say(
                early,
                "It comes too early: {} is called {} until the rename below.",
                &[relation.name(), to.name()],
            );
        }
        let later = set.ways[at + 1..].iter().take_while(|later| later.file == way.file);
        for later in later {
            let Some((_, later_span)) =
                undone(later).filter(|(script, later_span)| *script == back && later_span.start > span.start)
            else {
                continue;
            };
            let is_wrong = match &way.placed.op {
                // What is made of it has to go first.
                Op::CreateRelation { .. } => {
                    let code = set.files[later.file].code(later.statement).to_lowercase();
                    matches!(later.placed.op, Op::CreateRelation { .. })
                        && later.placed.op.relation() != Some(name)
                        && code
                            .split(|c: char| !c.is_alphanumeric() && c != '_')
                            .any(|word| word == name.name().to_lowercase())
                        && !span.of(&set.files[back].text).to_lowercase().contains("cascade")
                }
                // Once it has its old name again, the new one means nothing.
                Op::RenameRelation { to, .. } => is_named(set, back, later_span, to.name()),
                _ => false,
            };
            if is_wrong {
                found.file = back;
                found.say(
                    span,
                    "It comes too early: what stands below needs {} as the migration has left it.",
                    &[name.name()],
                );
                break;
            }
        }
    }
}

/// A statement before the one that gives a relation its old name again, and that names it so already.
fn names_too_early(set: &Set<'_>, way: &Way<'_>, back: usize, renamed: Span, name: &str) -> Option<Span> {
    // Another one may have taken the name: a swap.
    let is_taken = set.ways_of(way.file).iter().any(|other| {
        other.file == way.file
            && match &other.placed.op {
                Op::RenameRelation { to, .. } => to.name() == name,
                Op::CreateRelation { relation, .. } => relation.name() == name,
                _ => false,
            }
    });
    let script = set.back(back)?;
    let earlier = script.facts.iter().filter(|facts| facts.statement.span.end <= renamed.start && !is_taken);
    let named = |facts: &&Facts<'_>| {
        (0..facts.all.words.len()).any(|at| facts.all.word(at).trim_matches(['"', '`']).eq_ignore_ascii_case(name))
    };
    earlier.filter(|facts| facts.what != What::Other).find(named).map(|facts| facts.statement.span)
}

/// Whether the operation at this place of a way back works on a relation of this name.
fn is_named(set: &Set<'_>, back: usize, span: Span, name: &str) -> bool {
    let file = &set.files[back];
    let statements = file.statements.iter().chain(&file.back);
    let ops = statements.filter_map(|statement| match &statement.effect {
        crate::migration::Effect::Ops(ops) => Some(ops),
        _ => None,
    });
    ops.flatten().any(|placed| {
        placed.span == span && placed.op.relation().is_some_and(|relation| relation.name().eq_ignore_ascii_case(name))
    })
}
