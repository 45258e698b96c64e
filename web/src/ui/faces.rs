//! How an outcome, a verdict and a certainty look, everywhere alike: glyph, word, colour.

use foreshock_core::outcome::{Certainty, Outcome, Verdict};
use leptos::prelude::*;

use super::words;

/// The class that sets `--o` and `--o-bg` to the outcome's colours.
pub(super) fn class(outcome: Outcome) -> String {
    format!("o-{}", outcome.word())
}

#[component]
pub(super) fn OutcomeChip(outcome: Outcome) -> impl IntoView {
    view! {
        <span class=format!("chip {}", class(outcome)) data-outcome=outcome.word()>
            <i aria-hidden="true">{outcome.glyph()}</i>
            {outcome.word()}
        </span>
    }
}

#[component]
pub(super) fn VerdictBadge(verdict: Verdict) -> impl IntoView {
    let (glyph, word) = words::verdict(verdict);
    view! {
        <strong class=format!("verdict v-{}", verdict.word()) data-testid="verdict" data-verdict=verdict.word()>
            <i aria-hidden="true">{glyph}</i>
            {word}
        </strong>
    }
}

/// Certainty is only worth a word where it is less than full.
#[component]
pub(super) fn CertaintyNote(certainty: Certainty) -> impl IntoView {
    (certainty != Certainty::Certain).then(|| view! { <span class="certainty">{certainty.word()}</span> })
}

#[component]
pub(super) fn Mark() -> impl IntoView {
    view! {
        <svg
            class="mark"
            width="22"
            height="22"
            viewBox="0 0 22 22"
            fill="none"
            stroke="currentColor"
            stroke-width="1.8"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d="M1 12h4l2-5 3 11 3-15 3 12 1.6-3H21" />
        </svg>
    }
}
