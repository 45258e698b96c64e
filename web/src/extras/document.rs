//! A document or a sheet and its preview, from the review as JSON.

use foreshock_core::documents::{DOCUMENTS, blocks, markdown, sheet};
use foreshock_core::review::Review;

use super::preview;
use crate::protocol::DocumentText;

/// None for a name that means nothing, or a review that cannot be read back.
pub fn write(review: &str, name: &str) -> Option<DocumentText> {
    let review: Review = serde_json::from_str(review).ok()?;
    let file_name = name.to_owned();
    if let Some(face) = DOCUMENTS.iter().find(|face| face.file_name == name) {
        let markdown = markdown(face.document, &review);
        let (preview, left_out) = preview::shortened(blocks::read(&markdown));
        return Some(DocumentText { file_name, markdown, preview, left_out });
    }
    // A sheet keeps itself to a length that a page can hold.
    let markdown = sheet(name, &review)?;
    Some(DocumentText { file_name, preview: blocks::read(&markdown), markdown, left_out: 0 })
}
