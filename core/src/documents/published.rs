//! A finished review as a folder of pages for any file host: nothing runs in them, and nothing is fetched by them.

use super::html::page;
use super::markdown::table;
use super::parts::inputs;
use super::{DOCUMENTS, json, markdown, sheets};
use crate::review::Review;

/// The files by their paths; `index.html` is where to begin.
pub fn published(review: &Review) -> Vec<(String, String)> {
    let documents = DOCUMENTS.iter().map(|face| (face.name, face.title, markdown(face.document, review)));
    let sheets = sheets::SHEETS
        .iter()
        .filter(|face| face.name != "fixes" || !review.remedies.is_empty())
        .map(|face| (face.name, face.title, format!("# {}\n\n{}", face.title, (face.write)(review))));
    let pages: Vec<(&str, &str, String)> = documents.chain(sheets).collect();
    let ways: Vec<(String, &str)> = std::iter::once(("index.html".to_owned(), "Summary"))
        .chain(
            pages
                .iter()
                .filter(|(name, ..)| *name != "summary")
                .map(|(name, title, _)| (format!("{name}.html"), *title)),
        )
        .collect();
    let mut files = vec![("review.json".to_owned(), json(review))];
    for (name, title, text) in pages {
        let is_first = name == "summary";
        let whole =
            if is_first { format!("{text}\n## Inputs\n\n{}\n{}", inputs(review), beside()) } else { text.clone() };
        let path = if is_first { "index.html".to_owned() } else { format!("{name}.html") };
        files.push((path, page(title, &ways, &whole)));
        files.push((format!("{name}.md"), text));
    }
    files.sort();
    files
}

fn beside() -> String {
    table(
        &["File", "What it is"],
        [
            vec!["`review.json`".to_owned(), "the review as data".to_owned()],
            vec!["`*.md`".to_owned(), "each page as Markdown, to be pasted elsewhere".to_owned()],
        ],
    )
}
