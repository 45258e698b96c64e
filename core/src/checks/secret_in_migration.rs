//! A password, key or token in the text of the migration.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "secret-in-migration",
    summary: "A password, key or token in the text of the migration.",
    severity: Severity::Error,
    help: "Take it out of the file and of the history of the repository, change it, and let the runner fill it in.",
    dialects: ALL,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    const WORDS: [&str; 12] = [
        "password",
        "identified by",
        "aws_secret_key",
        "aws_key_id",
        "secret_key",
        "access_key",
        "api_key",
        "client_secret",
        "credentials",
        "private_key",
        "auth_token",
        "sas_token",
    ];
    for facts in &script.facts {
        // In the rows of a table, such a word is the name of a column.
        if matches!(
            facts.what,
            What::Insert | What::Update | What::Query | What::CreateTable | What::CreateView | What::AlterTable
        ) && !facts.all.starts("COPY|UNLOAD")
        {
            continue;
        }
        if facts.all.words.iter().all(|word| word.kind != crate::sql::WordKind::Text) {
            continue;
        }
        let code = facts.all.code.to_ascii_lowercase();
        for word in WORDS {
            let Some(at) = code.find(word) else { continue };
            let after = facts.all.words.iter().position(|word| word.span.start as usize > at);
            let Some(after) = after else { continue };
            let tail = Phrase { words: &facts.all.words[after..facts.all.words.len().min(after + 4)], ..facts.all };
            let value = (0..tail.words.len()).find(|at| tail.kind(*at) == Some(crate::sql::WordKind::Text));
            let Some(value) = value else { continue };
            let text = tail.word(value).trim_matches(['\'', '"', '$']);
            let is_filled_in =
                text.is_empty() || text.contains(['{', '$', '<', ':']) && text.len() < 60 || text.starts_with('*');
            if !is_filled_in {
                let part = Phrase { words: &tail.words[value..=value], ..tail };
                found.at(
                    script,
                    facts,
                    part,
                    "Whoever can read the repository can read this secret, now and in its history.",
                    &[],
                );
                break;
            }
        }
    }
}
