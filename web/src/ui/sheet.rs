//! A sheet: one question, answered by the engine as text in which every name leads on (`documents/sheets` in core).

use std::sync::Arc;

use leptos::prelude::*;

use super::blocks::Blocks;
use super::page::{answer_into, page};
use super::route::View;
use super::words;
use crate::protocol::{DocumentQuery, DocumentText};

#[component]
pub(super) fn Sheet() -> impl IntoView {
    let page = page();
    let text: RwSignal<Option<Arc<Option<DocumentText>>>> = RwSignal::new(None);
    let way = Memo::new(move |_| page.route.with(|route| route.way.clone()));
    // The sheet, and what was chosen on it.
    let asked = move || match page.view.get() {
        View::Windows => format!("windows/{}", way.get().unwrap_or_default()),
        view => view.word().to_owned(),
    };
    answer_into(page, text, move || {
        let file_name = page.view.get().is_sheet().then(asked)?;
        Some(DocumentQuery { file_name, decisions: page.minutes.get(), edited: None })
    });
    let shown = move || {
        let (name, asked) = (page.view.get().word(), asked());
        // The answer to the last question stays until this one's is there; it is none to this one.
        let text = text.get().filter(|text| text.as_ref().as_ref().is_none_or(|text| text.file_name == asked));
        match text.as_deref() {
            None => view! { <p class="empty" role="status">{words::WORKING}" …"</p> }.into_any(),
            Some(None) => view! { <p class="empty">{words::NO_DOCUMENT}</p> }.into_any(),
            Some(Some(text)) => view! {
                <article class="document wide" data-testid="sheet" data-sheet=name>
                    <Blocks blocks=text.preview.clone() />
                </article>
            }
            .into_any(),
        }
    };
    view! {
        <div class="document-scroll" tabindex="0" role="region" aria-label=move || page.view.get().face().title>
            {shown}
        </div>
    }
}
