//! The stylesheet's colours and fonts for the canvas, so that there is one place for them: the tokens.

use foreshock_core::outcome::OUTCOMES;
use web_sys::HtmlElement;

use crate::ui::browser;

/// A colour and its tint for a background.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tone {
    pub(super) ink: String,
    pub(super) tint: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Palette {
    pub(super) panel: String,
    pub(super) ground: String,
    pub(super) line: String,
    pub(super) line_strong: String,
    pub(super) ink: String,
    pub(super) ink_2: String,
    pub(super) ink_3: String,
    pub(super) focus: String,
    pub(super) outcomes: Vec<Tone>,
    pub(super) changed: Tone,
    /// What no change reaches.
    pub(super) idle: Tone,
    pub(super) sans: String,
    pub(super) mono: String,
}

impl Palette {
    /// Reads the tokens as the browser resolves them in this element: a canvas understands neither `var()` nor
    /// `light-dark()`.
    pub(super) fn read(probe: &HtmlElement) -> Self {
        let style = browser::window().get_computed_style(probe).ok().flatten();
        let computed = |property: &str| {
            style.as_ref().and_then(|style| style.get_property_value(property).ok()).unwrap_or_default()
        };
        let colour = |token: &str| {
            // The probe exists for this; a colour that cannot be set is read as the one before.
            let _refused = probe.style().set_property("color", &format!("var(--{token})"));
            computed("color")
        };
        let tone = |token: &str| Tone { ink: colour(token), tint: colour(&format!("{token}-bg")) };
        Self {
            panel: colour("panel"),
            ground: colour("bg"),
            line: colour("line"),
            line_strong: colour("line-strong"),
            ink: colour("ink"),
            ink_2: colour("ink-2"),
            ink_3: colour("ink-3"),
            focus: colour("focus"),
            outcomes: OUTCOMES.iter().map(|face| tone(face.word)).collect(),
            changed: tone("changes"),
            idle: Tone { ink: colour("line-strong"), tint: colour("bg") },
            sans: computed("--font").trim().to_owned(),
            mono: computed("--mono").trim().to_owned(),
        }
    }

    pub(super) fn outcome(&self, outcome: foreshock_core::outcome::Outcome) -> &Tone {
        self.outcomes.get(outcome as usize).unwrap_or(&self.changed)
    }
}
