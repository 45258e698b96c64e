//! What is wrong with an expression, and where.

use std::fmt;

/// An expression that means nothing: what was not understood, its place, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub message: String,
    pub help: Option<String>,
    /// The argument as it was given.
    pub expression: String,
    /// Where in it, in characters, from 1.
    pub column: usize,
    pub length: usize,
}

/// Bytes of one of the arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub(super) argument: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What is wrong, without the place.
#[derive(Debug)]
pub(super) struct Complaint {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Complaint {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Places it in an expression; the range is in bytes.
    pub(super) fn at(self, expression: &str, start: usize, end: usize) -> Problem {
        let count = |text: Option<&str>| text.map_or(0, |text| text.chars().count());
        Problem {
            message: self.message,
            help: self.help,
            expression: expression.to_owned(),
            column: count(expression.get(..start)) + 1,
            length: count(expression.get(start..end)).max(1),
        }
    }
}

impl fmt::Display for Problem {
    /// Three lines and a fourth for help: the sentence, the expression, the place under it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let caret = format!("{}{}", " ".repeat(self.column - 1), "^".repeat(self.length));
        write!(f, "{}\n  {}\n  {caret}", self.message, self.expression)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "\nhelp: {help}"))
    }
}

impl std::error::Error for Problem {}

/// The word that was probably meant.
pub(super) fn nearest<'a>(wanted: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = wanted.to_lowercase();
    words
        .map(|word| (strsim::levenshtein(&wanted, word), word))
        .filter(|(distance, word)| *distance <= 2.max(word.len() / 3))
        .min()
        .map(|(_, word)| word)
}
