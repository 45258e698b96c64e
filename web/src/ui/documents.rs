//! The documents: a preview, the text beside it to be completed, and a download of exactly that text.

use std::sync::Arc;
use std::time::Duration;

use foreshock_core::documents::with_event;
use foreshock_core::minutes::Edited;
use foreshock_core::redact::Redaction;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::blocks::Blocks;
use super::page::{answer_into, page};
use super::{acts, browser, minutes, words};
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
        let file_name = open.get()?;
        let edited = page
            .edits
            .with(|edits| edits.iter().find(|(name, _)| *name == file_name).map(|(_, edited)| edited.clone()));
        Some(DocumentQuery { file_name, decisions: page.minutes.get(), edited })
    });
    let editing = RwSignal::new(false);
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
                    text.get().and_then(|text| text.as_ref().clone()).map(|text| view! { <Actions text editing /> }.into_any())
                }}
            </div>
            {move || {
                let is_postmortem = open.get().is_some_and(|open| open.starts_with("postmortem"));
                (is_postmortem && !editing.get()).then(|| view! { <OwnEvent text /> }.into_any())
            }}
            <div class="document-halves" class:editing=move || editing.get()>
                {move || editing.get().then(|| view! { <Editor text open /> }.into_any())}
                <div class="document-scroll" tabindex="0" role="region" aria-label=words::DOCUMENTS>
                    {move || text.get().map(|text| preview(text.as_ref().as_ref()))}
                </div>
            </div>
        </div>
    }
}

fn preview(text: Option<&DocumentText>) -> AnyView {
    let Some(text) = text else { return view! { <p class="empty">{words::NO_DOCUMENT}</p> }.into_any() };
    view! {
        <article class="document" data-testid="document" data-file=text.file_name.clone()>
            {text.has_conflict.then(|| view! { <p class="conflict" role="status">{words::EDITS_CONFLICT}</p> })}
            <Blocks blocks=text.preview.clone() />
            {(text.left_out > 0).then(|| view! { <p class="quiet">{words::left_out_of_preview(text.left_out)}</p> })}
        </article>
    }
    .into_any()
}

/// Typing rests this long before the preview follows.
const REST: Duration = Duration::from_millis(350);

/// The Markdown beside its preview. What is typed is kept at once; what the engine learns later is merged into it.
#[component]
fn Editor(text: RwSignal<Option<Arc<Option<DocumentText>>>>, open: Memo<Option<String>>) -> impl IntoView {
    let page = page();
    let shown = move || text.get_untracked().as_ref().and_then(|text| text.as_ref().clone());
    // The text of the box is its own while somebody types; another document, or none of one's own left, is another text.
    let value = RwSignal::new(String::new());
    let is_own = Memo::new(move |_| {
        open.get().is_some_and(|open| page.edits.with(|edits| edits.iter().any(|(name, _)| *name == open)))
    });
    let held: StoredValue<(Option<String>, bool)> = StoredValue::new((None, false));
    Effect::new(move |_| {
        let arrived = text.get().and_then(|text| text.as_ref().clone());
        let (open, is_own) = (open.get(), is_own.get());
        let Some(arrived) = arrived.filter(|arrived| Some(&arrived.file_name) == open.as_ref()) else { return };
        let now = (open, is_own);
        let before = held.get_value();
        if before.0 != now.0 || (before.1 && !now.1) {
            value.set(arrived.markdown);
        }
        held.set_value(now);
    });
    let typed = StoredValue::new(0_u32);
    let take = move |event| {
        let written = event_target_value(&event);
        typed.update_value(|count| *count = count.wrapping_add(1));
        let this = typed.get_value();
        set_timeout(
            move || {
                if let (Some(last), Some(shown)) = (typed.try_get_value(), shown())
                    && last == this
                {
                    let base = shown.generated.unwrap_or(shown.markdown);
                    minutes::edit(page, &shown.file_name, Some(Edited { base, text: written }));
                }
            },
            REST,
        );
    };
    view! {
        <textarea
            class="editor document-editor"
            aria-label=words::EDIT
            data-testid="document-editor"
            prop:value=move || value.get()
            on:input=take
        />
    }
}

/// What people know of the timeline: when it was deployed, when somebody noticed. It is an edit of the text like any other.
#[component]
fn OwnEvent(text: RwSignal<Option<Arc<Option<DocumentText>>>>) -> impl IntoView {
    let page = page();
    let (at, what) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(shown) = text.get_untracked().and_then(|text| text.as_ref().clone()) else { return };
        match with_event(&shown.markdown, &at.get_untracked(), &what.get_untracked()) {
            Some(text) => {
                let base = shown.generated.unwrap_or(shown.markdown);
                minutes::edit(page, &shown.file_name, Some(Edited { base, text }));
                what.set(String::new());
                page.say(words::EVENT_ADDED.to_owned());
            }
            None => page.alert(words::NO_TIMELINE.to_owned()),
        }
    };
    view! {
        <form class="row own-event" data-testid="own-event" on:submit=add>
            <label class="field">
                {words::EVENT_AT}
                <input
                    type="datetime-local"
                    step="1"
                    required
                    data-testid="event-at"
                    prop:value=move || at.get()
                    on:input=move |event| at.set(event_target_value(&event))
                />
            </label>
            <label class="field grows">
                {words::EVENT_WHAT}
                <input
                    type="text"
                    required
                    placeholder=words::EVENT_EXAMPLE
                    data-testid="event-what"
                    prop:value=move || what.get()
                    on:input=move |event| what.set(event_target_value(&event))
                />
            </label>
            <button class="button small" data-testid="add-event">
                {words::ADD_EVENT}
            </button>
        </form>
    }
}

#[component]
fn Actions(text: DocumentText, editing: RwSignal<bool>) -> impl IntoView {
    let page = page();
    let is_edited = text.generated.is_some();
    let text = StoredValue::new(text);
    let save = move |_| {
        let saved = text.with_value(|text| browser::download(&text.file_name, &text.markdown));
        if saved.is_err() {
            page.alert(words::COPY_REFUSED.to_owned());
        }
    };
    let as_html = move |_| {
        let (name, markdown) = text.with_value(|text| (text.file_name.clone(), text.markdown.clone()));
        let name = name.trim_end_matches(".md").to_owned() + ".html";
        acts::export_text(page, name, Redaction::default(), is_edited.then_some(markdown));
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
            {is_edited
                .then(|| {
                    view! {
                        <button
                            class="button small quiet"
                            data-testid="discard-edits"
                            on:click=move |_| text.with_value(|text| minutes::edit(page, &text.file_name, None))
                        >
                            {words::DISCARD_EDITS}
                        </button>
                    }
                })}
            <button
                class="button small"
                data-testid="edit-document"
                aria-pressed=move || editing.get().to_string()
                on:click=move |_| editing.update(|editing| *editing = !*editing)
            >
                {words::EDIT}
            </button>
            <button class="button small" data-testid="print-document" on:click=move |_| browser::print()>
                {words::PRINT}
            </button>
            <button class="button small" data-testid="html-document" on:click=as_html>
                "HTML"
            </button>
            <button class="button small" data-testid="copy-document" on:click=copy>
                {words::COPY}
            </button>
            <button class="button small primary" data-testid="download-document" on:click=save>
                {words::DOWNLOAD}
            </button>
        </div>
    }
}
