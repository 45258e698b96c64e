//! The first screen: what it does, what it takes, one click to see it at work.

use leptos::prelude::*;

use super::given::Pickers;
use super::page::page;
use super::recents::Recents;
use super::words;

#[component]
pub(super) fn Start() -> impl IntoView {
    let page = page();
    view! {
        <div class="start" data-testid="start">
            <section class="start-drop" aria-labelledby="start-title">
                <p class="start-promise">{words::PROMISE}</p>
                <h1 id="start-title">{words::DROP_HERE}</h1>
                <p class="start-hint">{words::DROP_HINT}</p>
                <div class="row">
                    <Pickers />
                </div>
            </section>
            <section class="start-example">
                <button class="button" data-testid="open-example" on:click=move |_| page.open_example()>
                    {words::TRY_EXAMPLE}
                </button>
                <p>{words::EXAMPLE_SAYS}</p>
            </section>
            <Recents />
            <Expected />
            <p class="start-privacy" data-testid="privacy">
                {words::PRIVACY}
            </p>
        </div>
    }
}

/// The files that a review is made of.
#[component]
pub(super) fn Expected() -> impl IntoView {
    view! {
        <section class="start-expected" aria-labelledby="expected-title">
            <h2 id="expected-title">{words::WHAT_TO_GIVE}</h2>
            <dl>
                {words::EXPECTED
                    .into_iter()
                    .map(|(need, file, what)| {
                        view! {
                            <div>
                                <dt>
                                    <code>{file}</code>
                                    <small>{need}</small>
                                </dt>
                                <dd>{what}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
        </section>
    }
}
