//! The documents: a preview, and a download that is byte for byte what the engine wrote.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::blocks::Blocks;
use super::page::{answer_into, page};
use super::{browser, words};
use crate::protocol::{DocumentCard, DocumentQuery, DocumentText};

#[component]
pub(super) fn Documents() -> impl IntoView {
    let page = page();
    let cards = move || page.of_summary(|summary| summary.documents.clone()).unwrap_or_default();
    let open = Memo::new(move |_| {
        let wanted = page.route.with(|route| route.document.clone());
        let cards = cards();
        cards
            .iter()
            .find(|card| Some(&card.file_name) == wanted.as_ref())
            .or(cards.first())
            .map(|card| card.file_name.clone())
    });
    let text: RwSignal<Option<Arc<Option<DocumentText>>>> = RwSignal::new(None);
    answer_into(page, text, move || {
        open.get().map(|file_name| DocumentQuery { file_name, decisions: page.minutes.get() })
    });
    let tab = move |card: DocumentCard| {
        let name = card.file_name.clone();
        let pressed = Memo::new(move |_| open.get().as_deref() == Some(name.as_str()));
        let name = card.file_name.clone();
        view! {
            <button
                data-testid=format!("document-{}", card.file_name)
                title=card.title
                aria-pressed=move || pressed.get().to_string()
                on:click=move |_| page.go(|route| route.document = Some(name.clone()))
            >
                {card.file_name.clone()}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="documents" data-testid="documents">
            <div class="bar">
                <nav class="segmented" aria-label=words::DOCUMENTS>
                    {move || cards().into_iter().map(tab).collect_view()}
                </nav>
                {move || {
                    text.get().and_then(|text| text.as_ref().clone()).map(|text| view! { <Actions text /> }.into_any())
                }}
            </div>
            <div class="document-scroll" tabindex="0" role="region" aria-label=words::DOCUMENTS>
                {move || {
                    text.get()
                        .map(|text| match text.as_ref() {
                            Some(text) => {
                                view! {
                                    <article class="document" data-testid="document" data-file=text.file_name.clone()>
                                        <Blocks blocks=text.preview.clone() />
                                        {(text.left_out > 0)
                                            .then(|| {
                                                view! {
                                                    <p class="quiet">{words::left_out_of_preview(text.left_out)}</p>
                                                }
                                            })}
                                    </article>
                                }
                                    .into_any()
                            }
                            None => view! { <p class="empty">{words::NO_DOCUMENT}</p> }.into_any(),
                        })
                }}
            </div>
        </div>
    }
}

#[component]
fn Actions(text: DocumentText) -> impl IntoView {
    let page = page();
    let text = StoredValue::new(text);
    let save = move |_| {
        let saved = text.with_value(|text| browser::download(&text.file_name, &text.markdown));
        if saved.is_err() {
            page.alert(words::COPY_REFUSED.to_owned());
        }
    };
    let copy = move |_| {
        let markdown = text.with_value(|text| text.markdown.clone());
        spawn_local(async move {
            match browser::copy(&markdown).await {
                Ok(()) => page.say(words::COPIED.to_owned()),
                Err(_) => page.alert(words::COPY_REFUSED.to_owned()),
            }
        });
    };
    view! {
        <div class="row end">
            <button class="button small" data-testid="copy-document" on:click=copy>
                {words::COPY}
            </button>
            <button class="button small primary" data-testid="download-document" on:click=save>
                {words::DOWNLOAD}
            </button>
        </div>
    }
}
