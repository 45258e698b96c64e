//! The row for the migration log says another version than the name of the file.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "migration-log-mismatch",
    summary: "The row for the migration log says another version than the name of the file.",
    severity: Severity::Warning,
    help: "Write the version of the file.",
    dialects: ALL,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    let version = crate::migration::FileName::parse(&script.file.name).version;
    if version.is_empty() {
        return;
    }
    for facts in script.facts.iter().filter(|facts| facts.what == What::Insert) {
        let table = facts.key();
        if !["migration", "schema_version", "schema_history", "changelog", "deployment_log"]
            .iter()
            .any(|word| table.contains(word))
        {
            continue;
        }
        let numbers: Vec<&str> = version.iter().map(String::as_str).collect();
        let wanted = numbers.join(".");
        // A text that looks like a version, and is not this one.
        let said = (0..facts.rest.words.len()).map(|at| facts.rest.word(at)).find_map(|word| {
            let text = word.strip_prefix('\'')?.strip_suffix('\'')?;
            let bare = text.trim_start_matches(['V', 'v']);
            let is_version = bare.starts_with(|c: char| c.is_ascii_digit())
                && bare.len() < 20
                && bare.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'_')
                && (bare.len() < text.len() || bare.len() < 8);
            is_version
                .then(|| bare.split(['.', '_']).map(|part| part.trim_start_matches('0')).collect::<Vec<_>>().join("."))
        });
        if let Some(said) = said.filter(|said| *said != wanted) {
            found.on(script, facts, "It logs version {}, and the file is version {}.", &[&said, &wanted]);
        }
    }
}
