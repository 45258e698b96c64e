//! Rows are moved and their source is dropped in one migration, with no copy and no comparison between.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "destructive-without-backup",
    summary: "Rows are moved and their source is dropped in one migration, with no copy and no comparison between.",
    severity: Severity::Error,
    help: "Keep a copy (CREATE TABLE … AS, CLONE), compare the two (SELECT count(*) …), and \
            drop the source in a later release.",
    dialects: ALL,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    for facts in &script.facts {
        let sources: Vec<String> = match facts.what {
            What::DropTable => dropped(facts).collect(),
            What::AlterTable => facts
                .steps
                .iter()
                .filter_map(|step| match step.does {
                    Does::DropColumn { name, .. } => Some(name.key()),
                    _ => None,
                })
                .collect(),
            _ => continue,
        };
        for source in sources {
            if script.is_new(&source, facts) {
                continue;
            }
            let earlier = &script.before(facts);
            let reads = |facts: &Facts<'_>| facts.all.code.to_ascii_lowercase().contains(&source);
            let moved = earlier.iter().position(|facts| {
                matches!(facts.what, What::Insert | What::Update | What::Merge)
                    && facts.all.has("SELECT|SET")
                    && reads(facts)
            });
            let Some(moved) = moved else { continue };
            let is_safe = earlier.iter().any(|facts| {
                facts.what == What::CreateTable && reads(facts)
                    || facts.index > moved && (facts.what == What::Query || facts.all.starts("ASSERT|RAISE|IF"))
            });
            if !is_safe && !source.is_empty() {
                found.on(
                    script,
                    facts,
                    "The values of {} are moved and their source dropped in one go: what the move got \
            wrong cannot be seen, nor undone.",
                    &[&source],
                );
                break;
            }
        }
    }
}
