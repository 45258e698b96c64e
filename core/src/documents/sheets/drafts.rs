//! The drafts of the fix: what each does, what is broken with it in place, and every file to be read before it is merged.

use super::super::markdown::{block, code, plain};
use super::super::remedies::section;
use super::button;
use crate::migration::FileName;
use crate::remedy::follows_migration;
use crate::review::{InputKind, RemedyFile, Review};

/// Longer files are shown in part; the download has them whole.
const MOST_LINES: usize = 160;

pub(super) fn write(review: &Review) -> String {
    if review.remedies.is_empty() {
        return "There is nothing to draft: either nothing breaks, or this review is too large to draft for in a page. \
                `foreshock fix --out` drafts it on the command line.\n"
            .to_owned();
    }
    let mut out = format!("{}\n", button("Download all drafts (.zip)", "drafts", &[]));
    for remedy in &review.remedies {
        out.push_str(&format!("\n## {}\n\n{}", plain(&remedy.title), section(remedy)));
        // The first is in the dialect of the migration.
        if let Some(file) = remedy.files.iter().find(|file| follows_migration(file)) {
            out.push_str(&format!("\n{}\n", add(review, file)));
        }
        for file in &remedy.files {
            out.push_str(&format!("\n{}\n\n{}", code(&file.path), shown(file)));
        }
    }
    out
}

/// Gives the file along with the migration, as the one that is applied next.
fn add(review: &Review, file: &RemedyFile) -> String {
    let migrations = review.inputs.iter().filter(|input| input.kind == InputKind::Migration);
    let last = migrations.map(|input| input.name.as_str()).max_by_key(|name| FileName::order(name)).unwrap_or_default();
    let name = FileName::next(last, "compatibility");
    let shown = name.rsplit('/').next().unwrap_or(&name);
    button(&format!("Add {} and review again", plain(shown)), "add", &[("path", &file.path), ("name", &name)])
}

fn shown(file: &RemedyFile) -> String {
    let (language, text) = match &file.diff {
        Some(diff) => ("diff", diff.as_str()),
        None => (file.path.rsplit('.').next().unwrap_or_default(), file.text.as_str()),
    };
    let lines = text.lines().count();
    let shown: String = text.split_inclusive('\n').take(MOST_LINES).collect();
    let more =
        if lines > MOST_LINES { format!("\n… and {} lines more.\n", lines - MOST_LINES) } else { String::new() };
    format!("{}{more}", block(language, &shown))
}
