//! A relation is replaced, and the masks, row rules and tags on the old one go with it.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "policy-lost",
    summary: "A relation is replaced, and the masks, row rules and tags on the old one go with it.",
    severity: Severity::Warning,
    help: "Set the policies again in the same migration, or use ALTER TABLE.",
    dialects: S | D,
    look: Look::Statement(What::CreateTable.bit() | What::CreateView.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let key = facts.name.key();
    let has_rules = |facts: &Facts<'_>| facts.all.has("MASKING POLICY") || facts.all.has("ROW ACCESS|FILTER") || facts.all.has("MASK|TAG");
    let before = script.facts[..facts.index].iter().any(|earlier| has_rules(earlier) && earlier.all.code.to_ascii_lowercase().contains(&key));
    let again = script.facts[facts.index..].iter().any(|later| has_rules(later) && later.all.code.to_ascii_lowercase().contains(&key));
    let holds_rows = facts.what == What::CreateTable && !facts.is_temporary();
    if facts.has_adjective("OR REPLACE") && !again && (before || holds_rows) {
        found.on(script, facts, "What hid rows or values of {} is gone with the old one, if there was any: readers then see all of it.", &[facts.name.shown()]);
    }
}
