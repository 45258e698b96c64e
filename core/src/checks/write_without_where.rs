//! UPDATE or DELETE without WHERE.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "write-without-where",
    summary: "UPDATE or DELETE without WHERE.",
    severity: Severity::Error,
    help: "Say which rows are meant; where all are meant, write WHERE true and say why in a comment.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(What::Update.bit() | What::Delete.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let has_filter = facts.all.has("WHERE|LIMIT|JOIN|FROM|USING") && facts.what == What::Update
        || facts.what == What::Delete && facts.all.has("WHERE|LIMIT|JOIN|USING");
    if has_filter || facts.all.starts("WITH") || script.is_new(facts.key(), facts) || facts.is_temporary() {
        return;
    }
    if facts.what == What::Update && fills_new_column(script, facts) {
        return;
    }
    let message = if facts.what == What::Delete {
        "Every row of {} is deleted."
    } else {
        "Every row of {} is changed, and the old values are gone."
    };
    found.on(script, facts, message, &[facts.name.shown()]);
}

/// A column that is new has no values to lose; one that maps its own values keeps the others.
fn fills_new_column(script: &Script<'_>, facts: &Facts<'_>) -> bool {
    let Some(set) = facts.rest.after("SET") else { return false };
    set.parts().into_iter().all(|mut part| {
        let column = part.name().key();
        let column = column.as_str();
        let value = part.text().to_ascii_lowercase().replace(['`', '"'], "");
        let keeps_others = value.contains(&format!("else {column}")) || value.ends_with(&format!(", {column})"));
        let maps_itself = part.has("CASE|DECODE") && keeps_others;
        maps_itself
            || script
                .before(facts)
                .iter()
                .filter(|earlier| earlier.key() == facts.key())
                .flat_map(|earlier| &earlier.steps)
                .any(|step| matches!(step.does, Does::AddColumn { name, .. } if name.key() == column))
    })
}
