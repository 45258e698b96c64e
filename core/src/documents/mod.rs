//! The papers: Markdown for people, JSON and SARIF for programs, HTML to read without a tool.
//!
//! A document says what the review knows, with its evidence, and leaves visible blanks for what people must write. It never
//! ticks a box and never invents.

mod attached;
pub mod blocks;
mod checklist;
mod html;
mod json;
mod lineage;
mod markdown;
mod parts;
mod postmortem;
mod published;
mod remedies;
mod risk;
mod sarif;
mod sheets;
mod summary;
mod template;
mod text;
mod timeline;

pub use html::html;
pub use json::json;
pub use published::published;
pub use remedies::{draft_files, remedy_lines};
pub use sarif::{sarif, sarif_of_findings};
pub use sheets::{Earlier, sheet};
pub use template::from_template;
pub use text::{diagnostic_line, input_lines, text};
pub use timeline::with_event;

use crate::review::Review;

/// A document that people get as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    Checklist,
    Postmortem,
    /// The review itself, short enough for a comment on a pull request.
    Summary,
}

pub struct DocumentFace {
    pub document: Document,
    pub name: &'static str,
    pub title: &'static str,
    pub file_name: &'static str,
}

pub const DOCUMENTS: [DocumentFace; 3] = [
    DocumentFace {
        document: Document::Checklist,
        name: "checklist",
        title: "Deployment checklist",
        file_name: "checklist.md",
    },
    DocumentFace {
        document: Document::Postmortem,
        name: "postmortem",
        title: "Postmortem",
        file_name: "postmortem.md",
    },
    DocumentFace { document: Document::Summary, name: "summary", title: "Summary", file_name: "review.md" },
];

impl Document {
    pub const ALL: [Self; 3] = [Self::Checklist, Self::Postmortem, Self::Summary];

    pub fn face(self) -> &'static DocumentFace {
        &DOCUMENTS[self as usize]
    }

    pub fn from_name(name: &str) -> Option<Self> {
        DOCUMENTS.iter().find(|face| face.name == name).map(|face| face.document)
    }
}

/// A name from an input in code type, for a file of Markdown that is written elsewhere.
pub(crate) fn inline_code(text: &str) -> String {
    markdown::code(text)
}

/// A section of a document: its heading, and what it says.
type Section = (&'static str, fn(&Review) -> String);
/// A section as it is written.
type Written = (&'static str, String);

/// The document as Markdown.
pub fn markdown(document: Document, review: &Review) -> String {
    match document {
        Document::Checklist => checklist::write(review),
        Document::Postmortem => postmortem::write(review),
        Document::Summary => summary::write(review),
    }
}
