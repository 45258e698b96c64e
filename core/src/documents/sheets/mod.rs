//! The sheets of the page: one question each, answered as Markdown of which every name leads on.
//!
//! A link `#/…` goes to a place in the page, as in its address bar. A link `#do/…` is something that can be done; the page
//! draws it as a button, and asks before it changes anything.

mod checks;
mod compared;
mod drafts;
mod matrix;
mod owners;
mod windows;

pub use compared::Earlier;

use super::markdown::{code, plain};
use crate::review::{NodeImpact, Review};

pub(super) struct SheetFace {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) write: fn(&Review) -> String,
}

pub(super) const SHEETS: [SheetFace; 5] = [
    SheetFace { name: "matrix", title: "Changes and dashboards", write: matrix::write },
    SheetFace { name: "windows", title: "When it breaks", write: windows::write },
    SheetFace { name: "checks", title: "Safety checks", write: checks::write },
    SheetFace { name: "fixes", title: "Drafted fixes", write: drafts::write },
    SheetFace { name: "owners", title: "Sign-off by owner", write: owners::write },
];

/// The sheet of this name as Markdown; none where there is no such sheet. One of them holds the review beside an earlier one, and
/// one shows what a person chose, behind a slash: `windows/dbt_first`.
pub fn sheet(name: &str, review: &Review, earlier: Option<&Earlier>) -> Option<String> {
    if let Some(way) = name.strip_prefix("windows/") {
        return Some(windows::arranged(review, way));
    }
    if name == compared::NAME {
        return Some(compared::write(review, earlier));
    }
    SHEETS.iter().find(|face| face.name == name).map(|face| (face.write)(review))
}

/// Leads to the evidence of a node, under the name that people know.
fn to_node(node: &NodeImpact) -> String {
    button(&plain(&node.label), "show", &[("node", &node.unique_id)])
}

/// The same where only its id is at hand.
fn to_id(review: &Review, unique_id: &str) -> String {
    match review.nodes.iter().find(|node| node.unique_id == unique_id) {
        Some(node) => to_node(node),
        None => code(unique_id),
    }
}

/// A button: what it says, what it does, and what with.
fn button(says: &str, does: &str, with: &[(&str, &str)]) -> String {
    format!("[{says}]({})", address(&format!("#do/{does}"), with))
}

/// An address with its parameters, in which nothing can end the link.
fn address(path: &str, with: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    for (at, (name, value)) in with.iter().enumerate() {
        out.push(if at == 0 { '?' } else { '&' });
        out.push_str(name);
        out.push('=');
        encode(value, &mut out);
    }
    out
}

/// As a browser encodes the value of a parameter.
fn encode(value: &str, out: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::blocks::{self, Block, Inline};
    use super::*;

    #[test]
    fn nothing_in_a_name_can_end_its_link() {
        let link = button("Waive", "waive", &[("file", "a) [x](https://evil.example/?a&b \"c\")|.sql"), ("line", "3")]);
        let read = blocks::read(&link);
        let [Block::Paragraph { text }] = read.as_slice() else { panic!("one paragraph: {read:?}") };
        let [Inline::Link { to, .. }] = text.as_slice() else { panic!("one link: {text:?}") };
        assert!(to.starts_with("#do/waive?file=a%29%20%5Bx") && to.ends_with("&line=3"), "{to}");
    }
}
