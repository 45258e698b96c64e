//! Light, dark, or as the system has it. The stylesheet does the rest: it looks at `data-theme` and the media query.

use leptos::prelude::*;

use super::page::Page;
use super::{browser, words};
use crate::storage::Theme;

pub(super) fn follow(page: Page) {
    Effect::new(move |_| {
        let theme = page.settings.with(|settings| settings.theme);
        let Some(root) = browser::document().document_element() else { return };
        // Setting or removing an attribute of a name like this one cannot fail.
        let _never = match theme {
            Theme::System => root.remove_attribute("data-theme"),
            Theme::Light => root.set_attribute("data-theme", "light"),
            Theme::Dark => root.set_attribute("data-theme", "dark"),
            Theme::Contrast => root.set_attribute("data-theme", "contrast"),
        };
    });
}

pub(super) fn turn(page: Page) {
    page.settings.update(|settings| settings.theme = settings.theme.next());
}

pub(super) fn word(theme: Theme) -> &'static str {
    match theme {
        Theme::System => words::THEME_SYSTEM,
        Theme::Light => words::THEME_LIGHT,
        Theme::Dark => words::THEME_DARK,
        Theme::Contrast => words::THEME_CONTRAST,
    }
}

pub(super) fn glyph(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "◐",
        Theme::Light => "○",
        Theme::Dark => "●",
        Theme::Contrast => "◐",
    }
}
