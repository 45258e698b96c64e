//! The review in the forms that leave the page, by the name of the file.

use std::io::{Cursor, Write};

use crate::protocol::ExportQuery;
use foreshock_core::archive::plain_path;
use foreshock_core::documents::{self, DOCUMENTS};
use foreshock_core::redact::redact;
use foreshock_core::review::Review;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The file's bytes; none for a name that means nothing, or a review that cannot be read back.
pub fn write(review: &str, query: &ExportQuery) -> Option<Vec<u8>> {
    let mut review: Review = serde_json::from_str(review).ok()?;
    redact(&mut review, query.redaction);
    let text = |text: String| Some(text.into_bytes());
    match query.file_name.as_str() {
        "drafts.zip" => zipped(documents::draft_files(Some(&review), &review.remedies)),
        "review.zip" => zipped(documents::published(&review)),
        "review.json" => text(documents::json(&review)),
        "review.sarif" => text(documents::sarif(&review)),
        file_name => {
            let name = file_name.strip_suffix(".html")?;
            let face = DOCUMENTS.iter().find(|face| face.file_name.strip_suffix(".md") == Some(name))?;
            let generated = || documents::markdown(face.document, &review);
            text(documents::html(face.title, &query.text.clone().unwrap_or_else(generated)))
        }
    }
}

fn zipped(files: Vec<(String, String)>) -> Option<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut written = std::collections::BTreeSet::new();
    for (path, text) in files {
        // Two drafts may edit one file; the first is the one that the patch holds first.
        // A path may come from a manifest.
        let path = plain_path(&path);
        if written.insert(path.clone()) {
            zip.start_file(path, SimpleFileOptions::default()).ok()?;
            zip.write_all(text.as_bytes()).ok()?;
        }
    }
    Some(zip.finish().ok()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_holds_each_path_once_and_none_outside_of_it() {
        let file = |path: &str| (path.to_owned(), "x".to_owned());
        let bytes = zipped(vec![file("a.md"), file("a.md"), file("../b/c.sql")]).expect("an archive");
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("one that can be read");
        let count = zip.len();
        let mut name = |at| Some(zip.by_index(at).ok()?.name().ok()?.into_owned());
        let names: Vec<String> = (0..count).filter_map(&mut name).collect();
        assert_eq!(names, ["a.md", "b/c.sql"]);
        assert_eq!(plain_path("a/../../x.sql"), "a/x.sql");
    }
}
