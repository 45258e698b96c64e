//! The review: changes, picture, evidence, from left to right; one or two of them at a time where the window is narrow.

use std::sync::Arc;

use leptos::prelude::*;

use super::changes::Changes;
use super::documents::Documents;
use super::evidence::EvidencePanel;
use super::graph::Graph;
use super::keys::FILTER_ID;
use super::meeting::Meeting;
use super::page::{Pane, answer_into, page};
use super::route::{VIEWS, View};
use super::sheet::Sheet;
use super::splitter::{Side, Splitter};
use super::table::Table;
use super::words;
use crate::protocol::{CompletionQuery, Filter};

#[component]
pub(super) fn Review() -> impl IntoView {
    let page = page();
    let width = move |side: Side| move || format!("{}px", page.settings.with(|settings| side.width(settings)));
    // One finding a screen: no panels beside it.
    let in_meeting = Memo::new(move |_| page.view.get() == View::Meeting);
    let in_front = move || match page.pane.get() {
        Pane::Changes => "changes",
        Pane::Picture => "picture",
        Pane::Evidence => "evidence",
    };
    view! {
        <div
            class="review"
            data-testid="review"
            data-pane=in_front
            data-view=move || page.view.get().word()
            style:--left=width(Side::Left)
            style:--right=width(Side::Right)
        >
            {move || {
                (!in_meeting.get())
                    .then(|| {
                        view! {
                            <PaneTabs />
                            <section class="side changes" aria-label=words::CHANGES>
                                <Changes />
                            </section>
                            <Splitter side=Side::Left label=words::RESIZE_LEFT />
                        }
                            .into_any()
                    })
            }}
            <section class="centre" aria-label=words::REVIEW>
                <Bar />
                {move || match page.view.get() {
                    View::Graph => view! { <Graph /> }.into_any(),
                    View::Table => view! { <Table /> }.into_any(),
                    View::Documents => view! { <Documents /> }.into_any(),
                    View::Meeting => view! { <Meeting /> }.into_any(),
                    _ => view! { <Sheet /> }.into_any(),
                }}
            </section>
            {move || {
                (!in_meeting.get())
                    .then(|| {
                        view! {
                            <Splitter side=Side::Right label=words::RESIZE_RIGHT />
                            <section class="side evidence" aria-label=words::EVIDENCE>
                                <EvidencePanel />
                            </section>
                        }
                            .into_any()
                    })
            }}
        </div>
    }
}

#[component]
fn PaneTabs() -> impl IntoView {
    let page = page();
    let tab = move |pane: Pane, word: &'static str, id: &'static str| {
        view! {
            <button
                data-testid=id
                aria-pressed=move || (page.pane.get() == pane).to_string()
                on:click=move |_| page.pane.set(pane)
            >
                {word}
            </button>
        }
    };
    view! {
        <nav class="panes segmented" aria-label=words::REVIEW>
            {tab(Pane::Changes, words::CHANGES, "pane-changes")}
            {tab(Pane::Picture, words::REVIEW, "pane-picture")}
            {tab(Pane::Evidence, words::EVIDENCE, "pane-evidence")}
        </nav>
    }
}

/// The switch between the views, and the filter that they share.
#[component]
fn Bar() -> impl IntoView {
    let page = page();
    let views = VIEWS.iter().map(|face| {
        view! {
            <button
                data-testid=format!("view-{}", face.word)
                aria-keyshortcuts=face.key
                title=face.key
                aria-pressed=move || (page.view.get() == face.view).to_string()
                on:click=move |_| page.open_view(face.view)
            >
                {face.title}
            </button>
        }
    });
    let filterable = Memo::new(move |_| page.view.get().is_filtered());
    view! {
        <div class="bar">
            <nav class="segmented" aria-label=words::REVIEW>
                {views.collect_view()}
            </nav>
            {move || filterable.get().then(|| view! { <FilterBox /> }.into_any())}
        </div>
    }
}

#[component]
fn FilterBox() -> impl IntoView {
    let page = page();
    let change = Memo::new(move |_| {
        let id = page.filter.with(|filter| filter.change.clone())?;
        page.of_summary(|summary| {
            summary.changes.iter().find(|change| change.id == id).map(|change| change.summary.clone())
        })
        .flatten()
    });
    let is_empty = Memo::new(move |_| page.filter.with(Filter::is_empty));
    let offered: RwSignal<Option<Arc<Vec<String>>>> = RwSignal::new(None);
    answer_into(page, offered, move || {
        let typed = page.filter.with(|filter| filter.text.clone());
        (!typed.is_empty()).then_some(CompletionQuery { typed })
    });
    view! {
        <div class="filter" role="search">
            <span class="filter-glyph" aria-hidden="true">
                "⌕"
            </span>
            {move || {
                change
                    .get()
                    .map(|summary| {
                        view! {
                            <button
                                class="token"
                                title=summary.clone()
                                aria-label=format!("{}: {summary}", words::REMOVE)
                                data-testid="filter-change"
                                on:click=move |_| page.go(|route| route.filter.change = None)
                            >
                                <span>{summary.clone()}</span>
                                " ×"
                            </button>
                        }
                            .into_any()
                    })
            }}
            <input
                id=FILTER_ID
                type="search"
                placeholder=words::FILTER_HINT
                aria-label=words::FILTER
                autocomplete="off"
                spellcheck="false"
                list="filter-completions"
                data-testid="filter"
                prop:value=move || page.filter.with(|filter| filter.text.clone())
                on:input=move |event| {
                    let text = event_target_value(&event);
                    page.refine(|route| route.filter.text = text);
                }
            />
            <datalist id="filter-completions" data-testid="filter-completions">
                {move || {
                    let offered = offered.get().map(|offered| offered.as_ref().clone()).unwrap_or_default();
                    offered.into_iter().map(|text| view! { <option value=text></option> }).collect_view()
                }}
            </datalist>
            {move || {
                if is_empty.get() {
                    view! { <kbd aria-hidden="true">"/"</kbd> }.into_any()
                } else {
                    view! {
                        <button
                            class="button small quiet"
                            data-testid="clear-filter"
                            on:click=move |_| page.go(|route| route.filter = Filter::default())
                        >
                            {words::CLEAR_FILTER}
                        </button>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}
