//! Edits of a text by their places, and the difference as a patch.

use similar::TextDiff;

use crate::text::Span;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edit {
    pub(super) span: Span,
    pub(super) text: String,
}

impl Edit {
    pub(super) fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }
}

/// The text with the edits made; none where two of them overlap.
pub(super) fn applied(text: &str, edits: &[Edit]) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort();
    edits.dedup();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        out.push_str(text.get(at..start)?);
        out.push_str(&edit.text);
        at = end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// A unified diff as `git apply` and `patch -p1` take it.
pub(super) fn diff(path: &str, old: &str, new: &str) -> String {
    let header = (format!("a/{path}"), format!("b/{path}"));
    TextDiff::from_lines(old, new).unified_diff().context_radius(3).header(&header.0, &header.1).to_string()
}

/// The same for a file that is not there yet.
pub(super) fn diff_of_new(path: &str, text: &str) -> String {
    TextDiff::from_lines("", text).unified_diff().header("/dev/null", &format!("b/{path}")).to_string()
}
