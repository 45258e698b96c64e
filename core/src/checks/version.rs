//! Versions of engines, and what a check knows of them.

use crate::dialect::Dialect;

/// Major, minor and patch.
pub type Version = (u32, u32, u32);

/// `15`, `8.0.36`; what is left out is 0.
pub fn parse_version(text: &str) -> Option<Version> {
    let mut numbers = text.trim().trim_start_matches('v').split('.');
    let major = numbers.next()?.parse().ok()?;
    let mut next = || numbers.next().and_then(|number| number.parse().ok()).unwrap_or(0);
    Some((major, next(), next()))
}

/// From this version of an engine on, a check says something else. Where no version is told, it says what it says of most.
pub struct Since {
    pub dialect: Dialect,
    pub version: Version,
    /// What the engine does from then on: a sentence.
    pub does: &'static str,
}

impl Since {
    pub(super) const fn new(dialect: Dialect, version: Version, does: &'static str) -> Self {
        Self { dialect, version, does }
    }

    /// `PostgreSQL 12`, `StarRocks 3.3.2`
    pub fn engine(&self) -> String {
        let title = self.dialect.facts().title;
        match self.version {
            (major, 0, 0) => format!("{title} {major}"),
            (major, minor, 0) => format!("{title} {major}.{minor}"),
            (major, minor, patch) => format!("{title} {major}.{minor}.{patch}"),
        }
    }
}
