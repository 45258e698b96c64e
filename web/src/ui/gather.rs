//! Files are there, a review is not yet: what is missing, and what was made of the rest.

use leptos::prelude::*;

use super::given::{FileList, Pickers};
use super::page::{Stage, page};
use super::start::Expected;
use super::words;
use crate::protocol::Standing;

#[component]
pub(super) fn Gather() -> impl IntoView {
    let page = page();
    let missing = move || {
        page.overview.with(|overview| match overview.as_ref().map(|overview| &overview.standing) {
            Some(Standing::Missing(note)) => Some(note.clone()),
            _ => None,
        })
    };
    let cancelled = move || page.stage.get() == Stage::Cancelled;
    view! {
        <div class="sheet" data-testid="gather">
            {move || {
                missing()
                    .map(|note| {
                        view! {
                            <section class="needed" role="status" data-testid="missing">
                                <h1>{words::STILL_NEEDED}</h1>
                                <p class="lead">{note.message}</p>
                                <p class="quiet">{words::FILES_KEPT}</p>
                            </section>
                        }
                            .into_any()
                    })
            }}
            {move || {
                cancelled()
                    .then(|| {
                        view! {
                            <section class="needed" role="status">
                                <h1>{words::CANCELLED_TITLE}</h1>
                                <p>{words::CANCELLED}</p>
                            </section>
                        }
                            .into_any()
                    })
            }}
            <div class="row spread">
                <div class="row">
                    {move || {
                        cancelled()
                            .then(|| {
                                view! {
                                    <button
                                        class="button primary"
                                        data-testid="review-again"
                                        on:click=move |_| page.review()
                                    >
                                        {words::REVIEW_AGAIN}
                                    </button>
                                }
                                    .into_any()
                            })
                    }} <Pickers />
                </div>
                <button class="button quiet" data-testid="start-over" on:click=move |_| page.start_over()>
                    {words::START_OVER}
                </button>
            </div>
            <h2>{words::FILES}</h2>
            <FileList />
            {move || missing().map(|_| view! { <Expected /> }.into_any())}
        </div>
    }
}
