//! What the drafts are, for the one who applies them.

use super::markdown::{code, plain, table};
use super::parts::title;
use crate::remedy::{patch, patch_of_migrations};
use crate::review::{Remedy, Residual, Review};

/// The drafts as files by their paths in the folder that is handed over, begun by its `README.md`.
pub fn draft_files(review: Option<&Review>, remedies: &[Remedy]) -> Vec<(String, String)> {
    let patch = patch(remedies);
    let mut files = vec![("README.md".to_owned(), about(review, remedies))];
    files.extend((!patch.is_empty()).then(|| ("fix.patch".to_owned(), patch)));
    let patch = patch_of_migrations(remedies);
    files.extend((!patch.is_empty()).then(|| ("migrations.patch".to_owned(), patch)));
    for remedy in remedies {
        files.extend(remedy.files.iter().map(|file| {
            // What belongs into a project keeps its path there.
            let path = match (remedy.is_of_migrations(), file.diff.is_some()) {
                (true, _) => format!("migrations/{}", below(&file.path)),
                (false, true) => format!("project/{}", file.path),
                (false, false) => file.path.clone(),
            };
            (path, file.text.clone())
        }));
    }
    files
}

/// A path as it was given, without what leads out of a folder.
fn below(path: &str) -> String {
    path.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect::<Vec<_>>().join("/")
}

fn about(review: Option<&Review>, remedies: &[Remedy]) -> String {
    let mut out = match review {
        Some(review) => format!(
            "# Drafts for {}\n\nVerdict without them: **{}**. `fix.patch` holds all that changes in the dbt project; apply it there \
             with `git apply` or `patch -p1`. Read each draft before you merge it.\n",
            plain(&title(review)),
            review.verdict.word()
        ),
        None => "# Drafts\n\nNo dbt project was given: these are for the migrations alone.\n".to_owned(),
    };
    if remedies.iter().any(Remedy::is_of_migrations) {
        out.push_str("\n`migrations.patch` holds all that changes in the migrations, from the folder in which they were given.\n");
    }
    for remedy in remedies {
        out.push_str(&format!("\n## {}\n\n{}\n", remedy.title, section(remedy)));
    }
    out
}

/// What a draft does, its files, what it leaves, and what a person decides.
pub(super) fn section(remedy: &Remedy) -> String {
    let mut out = format!("{}\n", plain(&remedy.summary));
    if let Some(residual) = &remedy.residual {
        out.push_str(&format!("\n**{}**\n", plain(&sentence(residual))));
        let rows = residual
            .left
            .iter()
            .take(MOST_LEFT)
            .map(|left| vec![code(&left.unique_id), left.outcome.word().to_owned(), plain(&left.message)]);
        if !residual.left.is_empty() {
            out.push_str(&format!("\n{}", table(&["Still broken", "Outcome", "Why"], rows)));
        }
    }
    if !remedy.files.is_empty() {
        out.push('\n');
        out.extend(remedy.files.iter().map(|file| format!("- {}\n", code(&file.path))));
    }
    if !remedy.decisions.is_empty() {
        out.push_str("\nFor a person to decide:\n\n");
        out.extend(remedy.decisions.iter().map(|decision| format!("- [ ] {}\n", plain(decision))));
    }
    if !remedy.notes.is_empty() {
        out.push('\n');
        out.extend(remedy.notes.iter().map(|note| format!("- {}\n", plain(note))));
    }
    out
}

const MOST_LEFT: usize = 50;

/// "27 nodes are broken without it and none with it, as the engine judges."
pub(super) fn sentence(residual: &Residual) -> String {
    let after = if residual.after == 0 { "none".to_owned() } else { residual.after.to_string() };
    let unknown =
        if residual.unknown == 0 { String::new() } else { format!("; {} could not be judged", residual.unknown) };
    format!(
        "{} broken without it, {after} with it, by a second run of the engine{unknown}.",
        super::parts::nodes(residual.before)
    )
}

/// One line for each draft, for a terminal.
pub fn remedy_lines(remedies: &[Remedy]) -> String {
    let line = |remedy: &Remedy| {
        let residual =
            remedy.residual.as_ref().map_or_else(String::new, |residual| format!(": {}", sentence(residual)));
        let decisions = match remedy.decisions.len() {
            0 => String::new(),
            1 => " 1 decision for a person.".to_owned(),
            more => format!(" {more} decisions for a person."),
        };
        format!("{}{residual}{decisions}\n", remedy.title)
    };
    remedies.iter().map(line).collect()
}
