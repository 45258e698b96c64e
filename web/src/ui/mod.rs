//! The page: what is on screen, asked of the worker piece by piece.
//!
//! `page` is the state and what can be done with it; every other module draws one part of the screen from it.

mod acts;
mod blocks;
mod browser;
mod changes;
mod documents;
mod evidence;
mod faces;
mod gather;
mod given;
pub mod graph;
mod header;
mod help;
mod icon_button;
mod keys;
mod listing;
mod meeting;
mod minutes;
mod notices;
mod origin;
mod page;
mod palette;
mod progress;
mod recents;
mod review;
pub mod route;
mod settings;
mod sheet;
mod splitter;
mod start;
mod summary;
mod table;
mod theme;
pub mod words;

use gloo::events::EventListener;
use leptos::prelude::*;

use page::{Page, Stage};

/// Puts the page into the document's body.
pub fn start() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let page = Page::new();
    provide_context(page);
    provide_context(graph::Board::new(page));
    theme::follow(page);
    keys::listen(page);
    follow_address(page);
    minutes::follow_other_tabs(page);
    let stage = Memo::new(move |_| match page.stage.get() {
        Stage::Standing if page.of_summary(|_| ()).is_some() => Screen::Review,
        Stage::Standing | Stage::Cancelled => Screen::Gather,
        Stage::Working(_) => Screen::Working,
        Stage::Stopped(_) => Screen::Stopped,
        Stage::Empty => Screen::Start,
    });
    // What had the focus is gone with its screen: a screen reader is told of the new one.
    Effect::new(move |before: Option<Screen>| {
        let now = stage.get();
        if before.is_some_and(|before| before != now) {
            request_animation_frame(browser::focus_main_if_lost);
        }
        now
    });
    view! {
        <a
            class="skip"
            href="#main"
            on:click=move |event| {
                event.prevent_default();
                browser::focus("main");
            }
        >
            {words::SKIP_TO_CONTENT}
        </a>
        <header::Header />
        <main id="main" tabindex="-1" data-testid="main" data-screen=move || stage.get().word()>
            {move || match stage.get() {
                Screen::Start => view! { <start::Start /> }.into_any(),
                Screen::Working => view! { <progress::Working /> }.into_any(),
                Screen::Stopped => view! { <progress::Stopped /> }.into_any(),
                Screen::Gather => view! { <gather::Gather /> }.into_any(),
                Screen::Review => view! { <review::Review /> }.into_any(),
            }}
        </main>
        <given::DropTarget />
        <given::FilesDialog />
        <help::Help />
        <palette::Palette />
        <settings::SettingsDialog />
        <settings::WaiveDialog />
        <notices::Messages />
        <notices::Notices />
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Screen {
    Start,
    Working,
    Stopped,
    Gather,
    Review,
}

impl Screen {
    fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Working => "working",
            Self::Stopped => "stopped",
            Self::Gather => "gather",
            Self::Review => "review",
        }
    }
}

/// Back, Forward, and addresses typed by hand.
fn follow_address(page: Page) {
    let follow = move |_: &web_sys::Event| {
        if let Some(route) = route::Route::parse(&browser::hash()) {
            page.route.set(route);
        }
    };
    EventListener::new(&browser::window(), "popstate", follow).forget();
    EventListener::new(&browser::window(), "hashchange", follow).forget();
}
