//! A relation is replaced, and its grants go with the old one.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "grants-lost",
    summary: "A relation is replaced, and its grants go with the old one.",
    severity: Severity::Error,
    help: "Add COPY GRANTS (Snowflake), or grant again in the same migration.",
    dialects: P | S,
    since: &[],
    look: Look::Statement(What::CreateTable.bit() | What::CreateView.bit() | What::DropTable.bit() | ALTER_TABLE, look),
};

const LOST: &str = "Whoever was granted a right on {} has none on the new one.";

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let key = facts.key();
    let granted = script.after(facts).iter().any(|later| {
        later.what == What::Access && later.all.starts("GRANT") && later.all.code.to_ascii_lowercase().contains(key)
    });
    if granted || script.is_new(key, facts) || facts.is_temporary() {
        return;
    }
    if script.dialect() == Dialect::Snowflake {
        let replaces =
            facts.has_adjective("OR REPLACE") && !facts.all.has("COPY GRANTS") && !script.settings.replace_keeps_grants;
        let swap = facts.actions.iter().copied().find(|action| action.starts("SWAP WITH"));
        if replaces {
            let draft = found.on(script, facts, LOST, &[facts.name.shown()]);
            if facts.what == What::CreateView {
                draft.insert_after(facts, facts.name.phrase, " COPY GRANTS");
            }
        } else if let Some(swap) = swap {
            found.at(script, facts, swap, LOST, &[facts.name.shown()]);
        }
        return;
    }
    if facts.what == What::DropTable && script.is_recreated(key) {
        found.on(script, facts, LOST, &[facts.name.shown()]).severity(Severity::Warning);
    }
}
