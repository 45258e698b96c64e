//! Short messages in a corner: read out as they come, gone by themselves unless they are alerts.

use leptos::prelude::*;

use super::help::Modal;
use super::page::{Dialog, Notice, page};
use super::words;

#[component]
pub(super) fn Notices() -> impl IntoView {
    let page = page();
    let line = move |notice: Notice| {
        view! {
            <div class="notice" class:alert=notice.is_alert data-testid="notice">
                <p>{notice.text}</p>
                <button class="icon" aria-label=words::DISMISS on:click=move |_| page.dismiss(notice.number)>
                    "×"
                </button>
            </div>
        }
        .into_any()
    };
    let of = move |alerts: bool| {
        move || page.notices.get().into_iter().filter(|notice| notice.is_alert == alerts).map(line).collect_view()
    };
    let region = move |alerts: bool| {
        view! {
            <div class="notice-region" role=if alerts { "alert" } else { "status" }>
                {of(alerts)}
            </div>
        }
    };
    view! { <div class="notices">{region(true)}{region(false)}</div> }
}

/// What was said since the page was opened, the latest first.
#[component]
pub(super) fn Messages() -> impl IntoView {
    let page = page();
    let line = |notice: Notice| view! { <li class:alert=notice.is_alert>{notice.text}</li> }.into_any();
    let list = move || {
        let said = page.said.get();
        if said.is_empty() {
            return view! { <p class="quiet">{words::NO_MESSAGES}</p> }.into_any();
        }
        view! { <ol class="messages">{said.into_iter().rev().map(line).collect_view()}</ol> }.into_any()
    };
    view! { <Modal which=Dialog::Messages title=words::MESSAGES>{list}</Modal> }
}
