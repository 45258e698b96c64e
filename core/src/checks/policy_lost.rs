//! A relation is replaced, and the masks, row rules and tags on the old one go with it.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "policy-lost",
    summary: "A relation is replaced, and the masks, row rules and tags on the old one go with it.",
    severity: Severity::Warning,
    help: "Set the policies again in the same migration, or use ALTER TABLE.",
    dialects: S | D,
    since: &[],
    look: Look::Statement(What::CreateTable.bit() | What::CreateView.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let key = facts.key();
    let has_rules = |facts: &Facts<'_>| {
        facts.all.has("MASKING POLICY") || facts.all.has("ROW ACCESS|FILTER") || facts.all.has("MASK|TAG")
    };
    let before = script
        .before(facts)
        .iter()
        .any(|earlier| has_rules(earlier) && earlier.all.code.to_ascii_lowercase().contains(key));
    let again =
        script.after(facts).iter().any(|later| has_rules(later) && later.all.code.to_ascii_lowercase().contains(key));
    let holds_rows =
        facts.what == What::CreateTable && !facts.is_temporary() && !facts.has_adjective("DYNAMIC|ICEBERG|EXTERNAL");
    if !facts.has_adjective("OR REPLACE") || again {
        return;
    }
    if before {
        found.on(
            script,
            facts,
            "What hid rows or values of {} is gone with the old one: readers see all of it.",
            &[facts.name.shown()],
        );
    } else if holds_rows && !script.is_new(key, facts) {
        let draft = found.on(
            script,
            facts,
            "If rows or values of {} are hidden from anyone, that is gone with the old table.",
            &[facts.name.shown()],
        );
        draft.severity(Severity::Info);
    }
}
