//! The way back takes things back in an order that cannot work.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "rollback-order",
    summary: "The way back takes things back in an order that cannot work.",
    severity: Severity::Warning,
    help: "Take back last what was done first.",
    dialects: ALL,
    look: Look::Set(look),
};

fn look(set: &Set<'_>, found: &mut Found<'_>) {
    let undone = |way: &Way<'_>| match &way.rollback {
        Rollback::Undone { script, span, .. } => Some((*script, *span)),
        _ => None,
    };
    for (at, way) in set.ways.iter().enumerate() {
        let (Some((back, span)), Some(name)) = (undone(way), way.placed.op.relation()) else { continue };
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
