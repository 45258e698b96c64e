//! What this browser keeps in little: how the page looks, the minutes of meetings, what people made of documents. The files
//! of reviews are kept elsewhere (`recent`).

use foreshock_core::minutes::{Decision, Edited};
use gloo::storage::{LocalStorage, Storage};
use serde::{Deserialize, Serialize};

const KEY: &str = "foreshock.settings";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: Theme,
    pub view: String,
    /// Widths of the side panels, in CSS pixels.
    pub left: u32,
    pub right: u32,
    /// Whether finished reviews are kept in this browser.
    pub keeps_reviews: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { theme: Theme::System, view: "graph".to_owned(), left: 300, right: 440, keeps_reviews: true }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
    /// More contrast, light or dark as the system has it.
    Contrast,
}

impl Theme {
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::Contrast,
            Self::Contrast => Self::System,
        }
    }
}

/// What was kept; the defaults where there is nothing, where it cannot be read, or where the browser keeps nothing at
/// all.
pub fn load() -> Settings {
    LocalStorage::get(KEY).unwrap_or_default()
}

/// Keeps the settings. A browser that refuses (private mode, full storage) only forgets them on reload.
pub fn save(settings: &Settings) {
    let _refused = LocalStorage::set(KEY, settings);
}

const EDITS: &str = "foreshock.edits.";

/// What people made of the documents about the inputs of this key, by file name.
pub fn load_edits(key: &str) -> Vec<(String, Edited)> {
    LocalStorage::get(format!("{EDITS}{key}")).unwrap_or_default()
}

/// Keeps them; none leave no trace. False where the browser has no room for them.
pub fn save_edits(key: &str, edits: &[(String, Edited)]) -> bool {
    let key = format!("{EDITS}{key}");
    if edits.is_empty() {
        LocalStorage::delete(key);
        return true;
    }
    LocalStorage::set(key, edits).is_ok()
}

const MINUTES: &str = "foreshock.minutes.";

/// What was decided about the inputs of this key.
pub fn load_minutes(key: &str) -> Vec<Decision> {
    LocalStorage::get(format!("{MINUTES}{key}")).unwrap_or_default()
}

/// Keeps them; no decisions leave no trace.
pub fn save_minutes(key: &str, minutes: &[Decision]) {
    let key = format!("{MINUTES}{key}");
    if minutes.is_empty() {
        LocalStorage::delete(key);
    } else {
        let _refused = LocalStorage::set(key, minutes);
    }
}
