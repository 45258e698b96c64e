//! A document or a sheet and its preview, from the review as JSON.

use foreshock_core::documents::{DOCUMENTS, Earlier, blocks, markdown, sheet};
use foreshock_core::minutes::Edited;
use foreshock_core::review::Review;

use super::preview;
use crate::protocol::DocumentText;

/// None for a name that means nothing, or a review that cannot be read back.
pub fn write(review: &str, name: &str, edited: Option<Edited>, earlier: Option<&Earlier>) -> Option<DocumentText> {
    let review: Review = serde_json::from_str(review).ok()?;
    let file_name = name.to_owned();
    if let Some(face) = DOCUMENTS.iter().find(|face| face.file_name == name) {
        let generated = markdown(face.document, &review);
        let (markdown, has_conflict) =
            edited.map_or_else(|| (generated.clone(), false), |edited| merged(edited, &generated));
        let (preview, left_out) = preview::shortened(blocks::read(&markdown));
        let generated = (generated != markdown).then_some(generated);
        return Some(DocumentText { file_name, markdown, generated, has_conflict, preview, left_out });
    }
    // A sheet keeps itself to a length that a page can hold.
    let markdown = sheet(name, &review, earlier)?;
    let preview = blocks::read(&markdown);
    Some(DocumentText { file_name, markdown, generated: None, has_conflict: false, preview, left_out: 0 })
}

/// What people wrote with what the engine writes now. Where both changed the same lines, people are right.
fn merged(edited: Edited, generated: &str) -> (String, bool) {
    if edited.base == generated {
        return (edited.text, false);
    }
    match diffy::merge(&edited.base, &edited.text, generated) {
        Ok(merged) => (merged, false),
        Err(_) => (edited.text, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited() -> Edited {
        Edited { base: "# A\n\nOwner: ____\n\n4 fail\n".to_owned(), text: "# A\n\nOwner: Ada\n\n4 fail\n".to_owned() }
    }

    #[test]
    fn what_people_wrote_survives_what_the_engine_learns() {
        let (text, has_conflict) = merged(edited(), "# A\n\nOwner: ____\n\n3 fail\n");
        assert_eq!((text.as_str(), has_conflict), ("# A\n\nOwner: Ada\n\n3 fail\n", false));
    }

    #[test]
    fn where_both_changed_a_line_it_is_said_and_people_are_right() {
        let (text, has_conflict) = merged(edited(), "# A\n\nOwner: Finance\n\n4 fail\n");
        assert_eq!((text, has_conflict), (edited().text, true));
    }
}
