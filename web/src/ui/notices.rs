//! Short messages in a corner: read out as they come, gone by themselves unless they are alerts.

use leptos::prelude::*;

use super::page::{Notice, page};
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
