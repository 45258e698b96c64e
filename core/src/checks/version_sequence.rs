//! Two files with one version.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "version-sequence",
    summary: "Two files with one version.",
    severity: Severity::Error,
    help: "Give one of them the next free version.",
    dialects: ALL,
    look: Look::Set(look),
};

fn look(set: &Set<'_>, found: &mut Found<'_>) {
    let mut seen: BTreeMap<(String, Vec<String>), &str> = BTreeMap::new();
    for (place, script) in set.scripts {
        let name = crate::migration::FileName::parse(&script.file.name);
        let base = script.file.name.rsplit('/').next().unwrap_or_default();
        let folder = script.file.name.strip_suffix(base).unwrap_or_default();
        if name.version.is_empty() || !script.runner.counts_versions() {
            continue;
        }
        // Files for several engines stand side by side.
        let key = (format!("{folder}{}", script.dialect().name()), name.version);
        if let Some(other) = seen.get(&key).filter(|other| **other != script.file.name) {
            found.file = *place;
            let first = script.facts.first().map_or(Span::default(), |facts| facts.statement.span);
            found.say(
                first,
                "{} has the same version as {}: the runner refuses both, or runs one of them.",
                &[base, other.rsplit('/').next().unwrap_or_default()],
            );
        }
        seen.entry(key).or_insert(&script.file.name);
    }
}
