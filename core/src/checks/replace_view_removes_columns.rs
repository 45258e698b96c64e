//! A view is replaced by one that lacks columns of the one before, or has them in another order.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "replace-view-removes-columns",
    summary: "A view is replaced by one that lacks columns of the one before, or has them in another order.",
    severity: Severity::Error,
    help: "Add new columns at the end; for anything else drop the view and create it anew, \
            when nothing reads the old columns.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(What::CreateView.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !facts.has_adjective("OR REPLACE") {
        return;
    }
    let key = facts.key();
    let Some(before) =
        script.before(facts).iter().rev().find(|earlier| earlier.what == What::CreateView && earlier.key() == key)
    else {
        return;
    };
    let (Some(old), Some(new)) = (outputs(before), outputs(facts)) else { return };
    if new.len() < old.len() || old.iter().zip(&new).any(|(old, new)| old != new) {
        let message = if script.is(P | H) {
            "The engine refuses this: {} loses or moves a column."
        } else {
            "{} loses or moves a column, and its readers fail or go wrong."
        };
        found.on(script, facts, message, &[facts.name.shown()]);
    }
}

/// The names of the columns that a view has, where its query says them.
fn outputs(view: &Facts<'_>) -> Option<Vec<String>> {
    let list = view.rest.after("AS SELECT")?;
    let mut depth = 0_usize;
    let end = (0..list.words.len()).find(|at| {
        match list.word(*at) {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && list.is(*at, "FROM")
    })?;
    let list = Phrase { words: &list.words[..end], ..list };
    list.parts()
        .into_iter()
        .map(|part| {
            let last = part.words.len().checked_sub(1)?;
            (!part.is(last, "*|)")).then(|| part.word(last).trim_matches(['"', '`', '[', ']']).to_lowercase())
        })
        .collect()
}
