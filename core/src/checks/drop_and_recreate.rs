//! A relation is dropped and made anew in one file.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "drop-and-recreate",
    summary: "A relation is dropped and made anew in one file.",
    severity: Severity::Info,
    help: "Use CREATE OR REPLACE where the engine has it, and give the grants again.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(What::DropTable.bit() | What::DropView.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let key = facts.key();
    let again = script
        .after(facts)
        .iter()
        .find(|later| matches!(later.what, What::CreateTable | What::CreateView) && later.key() == key);
    let grants = script
        .after(facts)
        .iter()
        .any(|later| later.what == What::Access && later.all.code.to_ascii_lowercase().contains(key));
    let old_was_ours = script.is_new(key, facts);
    if again.is_some() && !grants && !old_was_ours && !facts.is_temporary() {
        found.on(
            script,
            facts,
            "{} is made anew: its grants and what depended on it do not come back by themselves.",
            &[facts.name.shown()],
        );
    }
}
