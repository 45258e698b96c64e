//! The drafts of a review, where a document speaks of them. Empty where the host did not ask for drafts.

use super::markdown::{block, code, plain};
use super::remedies::sentence;
use crate::review::{Remedy, RemedyFile, Review};

fn remedy<'r>(review: &'r Review, kind: &str) -> Option<&'r Remedy> {
    review.remedies.iter().find(|remedy| remedy.kind == kind)
}

/// Longer drafts are named and not printed.
const MOST_LINES: usize = 120;

/// What a draft comes to, in a few lines: its sentence, its files, its decisions.
pub(super) fn draft(review: &Review, kind: &str) -> String {
    let Some(remedy) = remedy(review, kind) else { return String::new() };
    let residual =
        remedy.residual.as_ref().map_or_else(String::new, |residual| format!(" **{}**", plain(&sentence(residual))));
    let files: Vec<String> = remedy.files.iter().map(|file| code(&file.path)).collect();
    let mut out =
        format!("- {} (draft: {}): {}{residual}\n", plain(&remedy.title), files.join(", "), plain(&remedy.summary));
    out.extend(remedy.decisions.iter().map(|decision| format!("    - [ ] To decide: {}\n", plain(decision))));
    out
}

/// What a draft cannot bring back, and what it rests on.
pub(super) fn notes(review: &Review, kind: &str) -> String {
    remedy(review, kind)
        .into_iter()
        .flat_map(|remedy| &remedy.notes)
        .map(|note| format!("- {}\n", plain(note)))
        .collect()
}

fn file_of<'r>(review: &'r Review, kind: &str, ending: &str) -> Option<&'r RemedyFile> {
    remedy(review, kind)?.files.iter().find(|file| file.path.ends_with(ending))
}

/// The path of a draft's file that ends so.
pub(super) fn path<'r>(review: &'r Review, kind: &str, ending: &str) -> Option<&'r str> {
    file_of(review, kind, ending).map(|file| file.path.as_str())
}

/// The text of a draft's file that ends so, as a block.
pub(super) fn file(review: &Review, kind: &str, ending: &str, language: &str) -> String {
    let Some(file) = file_of(review, kind, ending) else { return String::new() };
    if file.text.lines().count() > MOST_LINES {
        return format!("{}: {} lines, beside this paper.\n", code(&file.path), file.text.lines().count());
    }
    format!("{}\n\n{}", code(&file.path), block(language, &file.text))
}

/// All that changes in the dbt project, as one patch.
pub(super) fn patch(review: &Review) -> String {
    let patch = crate::remedy::patch(&review.remedies);
    match patch.lines().count() {
        0 => String::new(),
        lines if lines > MOST_LINES * 3 => {
            format!("The patch has {lines} lines; `foreshock fix` writes it as `fix.patch`.\n")
        }
        _ => format!("The drafted edits, as a patch for the dbt project:\n\n{}", block("diff", &patch)),
    }
}
