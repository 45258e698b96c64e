//! Text and places in it: sources, byte-exact spans, the line index, and what is said about a place.
//!
//! Every reader speaks in byte spans; a [`Place`] with lines and columns is made at the end, where a person reads it.

mod diagnostic;
mod source;

pub use diagnostic::{Diagnostic, Severity};
pub use source::{LineIndex, Place, Span};
