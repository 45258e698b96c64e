//! The reviews that this browser keeps, on the first screen.

use foreshock_core::minutes::MOST_KEPT;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::given::size;
use super::page::{Page, page};
use super::{browser, words};
use crate::files::Given;
use crate::recent::{self, Recent};

/// Keeps what was just reviewed, unless that is switched off or too large, as for a review file. `key` is the same for the same inputs.
pub(super) fn keep(page: Page, key: String, title: String) {
    let files = page.files.get_untracked();
    let bytes: u64 = files.iter().map(|given| size(&given.file)).sum();
    if bytes > MOST_KEPT || !page.settings.with_untracked(|settings| settings.keeps_reviews) {
        return;
    }
    spawn_local(async move {
        // A full or forbidden storage takes nothing from this review; it only is not there the next time.
        if recent::keep(&key, &title, &files).await.is_err() {
            page.say(words::NOT_KEPT_HERE.to_owned());
        }
    });
}

#[component]
pub(super) fn Recents() -> impl IntoView {
    let page = page();
    let kept: RwSignal<Vec<Recent>, LocalStorage> = RwSignal::new_local(Vec::new());
    let look = move || {
        spawn_local(async move {
            // Private windows have no such database, and then nothing is kept.
            let _gone = kept.try_set(recent::list().await.unwrap_or_default());
        });
    };
    look();
    let keeps = move || page.settings.with(|settings| settings.keeps_reviews);
    let line = move |recent: Recent| {
        let (when, key, title) = (recent.when(), recent.key.clone(), recent.title.clone());
        let forget_label = format!("{} {title}", words::FORGET);
        view! {
            <li class="recent" data-testid="recent">
                <button
                    class="link"
                    on:click=move |_| page.give(Given { files: recent.files.clone(), left_out: 0 })
                >
                    {title}
                </button>
                <small>{when}</small>
                <button
                    class="icon"
                    title=words::FORGET
                    aria-label=forget_label
                    data-testid="forget"
                    on:click=move |_| {
                        let key = key.clone();
                        spawn_local(async move {
                            let _gone_already = recent::forget(&key).await;
                            look();
                            browser::focus("main");
                        });
                    }
                >
                    "×"
                </button>
            </li>
        }
        .into_any()
    };
    let forget_all = move |_| {
        spawn_local(async move {
            let _gone_already = recent::forget_all().await;
            look();
        });
    };
    view! {
        <section class="start-recent" aria-labelledby="recent-title" data-testid="recents">
            <div class="row spread">
                <h2 id="recent-title">{words::RECENT}</h2>
                <label class="check">
                    <input
                        type="checkbox"
                        data-testid="keeps-reviews"
                        prop:checked=keeps
                        on:change=move |event| page.settings.write().keeps_reviews = event_target_checked(&event)
                    />
                    {words::KEEP_REVIEWS}
                </label>
            </div>
            {move || {
                let kept = kept.get();
                if kept.is_empty() {
                    return view! { <p class="quiet">{words::NO_RECENT}</p> }.into_any();
                }
                view! {
                    <ul>{kept.into_iter().map(line).collect_view()}</ul>
                    <button class="button small quiet" data-testid="forget-all" on:click=forget_all>
                        {words::FORGET_ALL}
                    </button>
                }
                    .into_any()
            }}
        </section>
    }
}
