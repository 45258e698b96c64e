//! What this browser keeps: how the page looks, and the minutes of meetings. Nothing of the files is kept.

use foreshock_core::minutes::Decision;
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
}

impl Default for Settings {
    fn default() -> Self {
        Self { theme: Theme::System, view: "graph".to_owned(), left: 300, right: 440 }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
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
