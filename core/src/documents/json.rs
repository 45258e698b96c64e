//! The review as JSON, by the contract of `docs/review.schema.json`.

use crate::review::Review;

pub fn json(review: &Review) -> String {
    // Every key of these types is text, so there is nothing that could fail.
    let mut text = serde_json::to_string_pretty(review).unwrap_or_default();
    text.push('\n');
    text
}
