//! The palette (Ctrl or ⌘ and K): every command by name, and every node of the review.

use std::sync::Arc;

use foreshock_core::redact::Redaction;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::faces::OutcomeChip;
use super::help::Modal;
use super::page::{Dialog, Page, answer_into, page};
use super::route::VIEWS;
use super::{acts, browser, minutes, theme, words};
use crate::protocol::{Filter, Row, RowPage, RowQuery, SortBy};

const NODES_SHOWN: usize = 12;

/// A command: what it is called, the key that does the same, and what it does.
type Command = (&'static str, &'static str, fn(Page));

/// Those that are no view.
const COMMANDS: [Command; 15] = [
    (words::NEXT, ".", |page| page.step(true)),
    (words::PREVIOUS, ",", |page| page.step(false)),
    (words::CLEAR_FILTER, "Esc", |page| page.go(|route| route.filter = Filter::default())),
    (words::SETTINGS, "s", |page| page.dialog.set(Some(Dialog::Settings))),
    (words::FILES, "o", |page| page.dialog.set(Some(Dialog::Files))),
    (words::UNDO, "Ctrl Z", Page::undo),
    (words::SAVE_REVIEW, "", minutes::save),
    (words::PUBLISH, "", |page| acts::export(page, "review.zip", Redaction::default())),
    (words::PUBLISH_REDACTED, "", |page| {
        acts::export(page, "review.zip", Redaction { sql: true, names: true, owners: true });
    }),
    (words::EXPORT_JSON, "", |page| acts::export(page, "review.json", Redaction::default())),
    (words::EXPORT_SARIF, "", |page| acts::export(page, "review.sarif", Redaction::default())),
    (words::MESSAGES, "", |page| page.dialog.set(Some(Dialog::Messages))),
    (words::THEME, "t", theme::turn),
    (words::HELP, "?", |page| page.dialog.set(Some(Dialog::Help))),
    (words::START_OVER, "", Page::start_over),
];

#[component]
pub(super) fn Palette() -> impl IntoView {
    view! {
        <Modal which=Dialog::Palette title=words::PALETTE>
            <Chooser />
        </Modal>
    }
}

#[derive(Clone)]
enum Choice {
    View(&'static super::route::ViewFace),
    Command(Command),
    Node(Row),
}

impl Choice {
    fn take(self, page: Page) {
        page.dialog.set(None);
        match self {
            Self::View(face) => page.open_view(face.view),
            Self::Command((_, _, act)) => act(page),
            Self::Node(row) => page.select(&row.unique_id),
        }
    }
}

/// The letters in their order, with others between: `mtx` finds the matrix.
fn fits(name: &str, typed: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    typed.chars().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).all(|c| letters.any(|other| other == c))
}

#[component]
fn Chooser() -> impl IntoView {
    let page = page();
    let typed = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let rows: RwSignal<Option<Arc<RowPage>>> = RwSignal::new(None);
    answer_into(page, rows, move || {
        let text = typed.get();
        let filter = Filter { text, ..Filter::default() };
        Some(RowQuery { filter, sort: SortBy::Outcome, descending: false, offset: 0, limit: NODES_SHOWN })
    });
    let choices = move || {
        let typed = typed.get();
        let views = VIEWS.iter().filter(|face| fits(face.title, &typed)).map(Choice::View);
        let commands = COMMANDS.into_iter().filter(|(name, ..)| fits(name, &typed)).map(Choice::Command);
        let nodes = rows.get().filter(|_| !typed.trim().is_empty());
        let nodes = nodes.map(|page| page.rows.clone()).unwrap_or_default().into_iter().map(Choice::Node);
        views.chain(commands).chain(nodes).collect::<Vec<_>>()
    };
    let take = move |index: usize| {
        if let Some(choice) = untrack(choices).into_iter().nth(index) {
            choice.take(page);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let count = untrack(choices).len().max(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => at.update(|at| *at = (*at + count - 1) % count),
            "Enter" => take(at.get_untracked().min(count - 1)),
            _ => return,
        }
        event.prevent_default();
        browser::reveal(&option_id(at.get_untracked()));
    };
    let line = move |(index, choice): (usize, Choice)| {
        let inner = match choice {
            Choice::View(face) => named(face.title, face.key),
            Choice::Command((name, key, _)) => named(name, key),
            Choice::Node(row) => view! {
                <OutcomeChip outcome=row.outcome />
                <span>{row.label}</span>
                <small>{row.kind.face().one}</small>
            }
            .into_any(),
        };
        view! {
            <li
                id=option_id(index)
                role="option"
                aria-selected=move || (at.get() == index).to_string()
                data-testid="palette-option"
                on:click=move |_| take(index)
            >
                {inner}
            </li>
        }
        .into_any()
    };
    view! {
        <input
            type="search"
            class="palette-input"
            role="combobox"
            aria-expanded="true"
            aria-controls="palette-options"
            aria-activedescendant=move || option_id(at.get())
            aria-label=words::PALETTE
            placeholder=words::PALETTE_HINT
            autocomplete="off"
            autofocus
            data-testid="palette-input"
            on:input=move |event| {
                at.set(0);
                typed.set(event_target_value(&event));
            }
            on:keydown=on_key
        />
        <ul id="palette-options" class="palette" role="listbox" aria-label=words::PALETTE>
            {move || choices().into_iter().enumerate().map(line).collect_view()}
        </ul>
    }
}

fn named(name: &'static str, key: &'static str) -> AnyView {
    view! {
        <span>{name}</span>
        {(!key.is_empty()).then(|| view! { <kbd>{key}</kbd> })}
    }
    .into_any()
}

fn option_id(index: usize) -> String {
    format!("palette-{index}")
}
