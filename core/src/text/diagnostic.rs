//! What is said about an input: what happened, where, and what to do.

use serde::{Deserialize, Serialize};

use super::Place;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The file is not used at all.
    Error,
    /// A part of it is not used.
    Warning,
    /// Worth knowing; nothing is lost.
    Info,
}

impl Severity {
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "note",
        }
    }
}

/// One thing about one input. Readers return these beside their result; they never fail. The fields stand in the order by
/// which a list of them is sorted: what weighs most comes first, then file by file from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    pub severity: Severity,
    pub file: String,
    pub place: Option<Place>,
    /// A stable name, such as `unparsed-sql`.
    pub code: String,
    /// What happened, as one sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    pub fn new(severity: Severity, code: &str, file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            code: code.to_owned(),
            severity,
            message: message.into(),
            help: None,
            place: None,
        }
    }

    pub fn error(code: &str, file: &str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, file, message)
    }

    pub fn warning(code: &str, file: &str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, file, message)
    }

    pub fn info(code: &str, file: &str, message: impl Into<String>) -> Self {
        Self::new(Severity::Info, code, file, message)
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }
}
