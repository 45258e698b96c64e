//! A document and its preview, from the review as JSON.

use foreshock_core::documents::{DOCUMENTS, blocks, markdown};
use foreshock_core::review::Review;

use super::preview;
use crate::protocol::DocumentText;

/// None for a document that there is not, or a review that cannot be read back.
pub fn write(review: &str, file_name: &str) -> Option<DocumentText> {
    let face = DOCUMENTS.iter().find(|face| face.file_name == file_name)?;
    let review: Review = serde_json::from_str(review).ok()?;
    let markdown = markdown(face.document, &review);
    let (preview, left_out) = preview::shortened(blocks::read(&markdown));
    Some(DocumentText { file_name: file_name.to_owned(), markdown, preview, left_out })
}
