//! The settings of a review, which are a file among its files: `foreshock.toml`, to be kept beside the migrations.

use foreshock_core::dialect::DIALECTS;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::help::Modal;
use super::page::{Dialog, Page, page};
use super::{browser, words};
use crate::files::{self, Given, GivenFile, SETTINGS, Waiving};

fn is_settings(file: &GivenFile) -> bool {
    file.name.rsplit('/').next() == Some(SETTINGS)
}

/// What stands in it now; empty where there is none.
async fn text(page: Page) -> String {
    let file = page.files.with_untracked(|files| files.iter().find(|file| is_settings(file)).cloned());
    match file {
        Some(file) => files::text(&file.file).await.unwrap_or_default(),
        None => String::new(),
    }
}

/// Changes the text, and reviews again with it.
pub(super) fn edit(page: Page, change: impl FnOnce(&str) -> String + 'static) {
    spawn_local(async move {
        let changed = change(&text(page).await);
        put(page, &changed);
    });
}

fn put(page: Page, text: &str) {
    let name = page
        .files
        .with_untracked(|files| files.iter().find(|file| is_settings(file)).map(|file| file.name.clone()))
        .unwrap_or_else(|| SETTINGS.to_owned());
    let file = files::of_text(&name, text);
    page.give(Given { files: file.into_iter().collect(), left_out: 0 });
}

#[component]
pub(super) fn SettingsDialog() -> impl IntoView {
    view! {
        <Modal which=Dialog::Settings title=words::SETTINGS>
            <Editor />
        </Modal>
    }
}

#[component]
fn Editor() -> impl IntoView {
    let page = page();
    let written = RwSignal::new(String::new());
    spawn_local(async move {
        // The dialog may be closed by now.
        let _gone = written.try_set(text(page).await);
    });
    let dialects = std::iter::once("").chain(DIALECTS.iter().map(|facts| facts.name));
    let choose = move |event| {
        let dialect = event_target_value(&event);
        if !dialect.is_empty() {
            written.update(|text| *text = files::with_dialect(text, &dialect));
        }
    };
    let apply = move |_| {
        page.dialog.set(None);
        put(page, &written.get_untracked());
    };
    let save = move |_| {
        if browser::download(SETTINGS, &written.get_untracked()).is_err() {
            page.alert(words::COPY_REFUSED.to_owned());
        }
    };
    view! {
        <p class="quiet">{words::SETTINGS_SAY}</p>
        <div class="field">
            <span aria-hidden="true">{words::DIALECT}</span>
            <select aria-label=words::DIALECT data-testid="settings-dialect" on:change=choose>
                {dialects
                    .map(|name| {
                        view! { <option value=name>{if name.is_empty() { words::AS_RECOGNISED } else { name }}</option> }
                    })
                    .collect_view()}
            </select>
        </div>
        <textarea
            class="editor"
            rows="14"
            spellcheck="false"
            aria-label=SETTINGS
            placeholder=words::SETTINGS_HINT
            data-testid="settings-text"
            prop:value=move || written.get()
            on:input=move |event| written.set(event_target_value(&event))
        />
        <div class="row end">
            <button class="button" data-testid="settings-save" on:click=save>
                {words::DOWNLOAD}
            </button>
            <button class="button primary" data-testid="settings-apply" on:click=apply>
                {words::REVIEW_AGAIN}
            </button>
        </div>
    }
}

#[component]
pub(super) fn WaiveDialog() -> impl IntoView {
    view! {
        <Modal which=Dialog::Waive title=words::WAIVE>
            <Waiver />
        </Modal>
    }
}

/// A waiver says why, who answers for it, and until when; without these it is none.
#[component]
fn Waiver() -> impl IntoView {
    let page = page();
    let draft = page.waiving;
    let is_complete = Memo::new(move |_| {
        draft.with(|draft| [&draft.reason, &draft.by, &draft.until].iter().all(|text| !text.trim().is_empty()))
    });
    let field =
        move |name: &'static str, kind: &'static str, label: &'static str, value: fn(&mut Waiving) -> &mut String| {
            view! {
                <div class="field">
                    <span aria-hidden="true">{label}</span>
                    <input
                        type=kind
                        aria-label=label
                        data-testid=name
                        on:input=move |event| draft.update(|draft| *value(draft) = event_target_value(&event))
                    />
                </div>
            }
            .into_any()
        };
    let waive = move |_| {
        page.dialog.set(None);
        let waiving = draft.get_untracked();
        edit(page, move |text| files::with_waiver(text, &waiving));
        page.say(words::WAIVED.to_owned());
    };
    view! {
        <p>
            <code>{move || draft.with(|draft| format!("{} · {}:{}", draft.check, draft.file, draft.line))}</code>
        </p>
        <p class="quiet">{words::WAIVE_SAYS}</p>
        {field("waive-reason", "text", words::REASON, |draft| &mut draft.reason)}
        {field("waive-by", "text", words::APPROVED_BY, |draft| &mut draft.by)}
        {field("waive-until", "date", words::UNTIL, |draft| &mut draft.until)}
        <div class="row end">
            <button
                class="button primary"
                data-testid="waive"
                prop:disabled=move || !is_complete.get()
                on:click=waive
            >
                {words::WAIVE}
            </button>
        </div>
    }
}
