//! The keys that work everywhere. Those of the graph and the table are with them.

use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::page::{Dialog, Page};
use super::route::{VIEWS, View};
use super::{browser, theme};

/// The id of the filter box, which `/` goes to.
pub(super) const FILTER_ID: &str = "filter";

pub(super) fn listen(page: Page) {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&browser::window(), "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        if event.alt_key() || event.default_prevented() {
            return;
        }
        let key = event.key();
        if event.ctrl_key() || event.meta_key() {
            if act_with_control(page, event) {
                event.prevent_default();
            }
            return;
        }
        let typing = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .is_some_and(|target| is_text_box(&target));
        if typing && key != "Escape" {
            return;
        }
        if act(page, &key) {
            event.prevent_default();
        }
    })
    .forget();
}

fn is_text_box(element: &Element) -> bool {
    matches!(element.tag_name().as_str(), "TEXTAREA" | "SELECT")
        || (element.tag_name() == "INPUT" && element.get_attribute("type").as_deref() != Some("checkbox"))
}

/// The same for keys that are held with Ctrl or ⌘. Text boxes keep their own undo.
fn act_with_control(page: Page, event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    match event.key().as_str() {
        "k" => page.dialog.set(Some(Dialog::Palette)),
        "z" if !event.shift_key() && !target.is_some_and(|target| is_text_box(&target)) => page.undo(),
        _ => return false,
    }
    true
}

/// Whether the key meant something.
fn act(page: Page, key: &str) -> bool {
    let reviewed = untrack(|| page.of_summary(|_| ()).is_some());
    let dialog = page.dialog.get_untracked();
    match key {
        "Escape" => page.step_back(),
        "?" => page.dialog.set(if dialog == Some(Dialog::Help) { None } else { Some(Dialog::Help) }),
        "t" => theme::turn(page),
        // A dialog keeps the other keys to itself.
        _ if dialog.is_some() => return false,
        "o" if !page.files.with_untracked(Vec::is_empty) => page.dialog.set(Some(Dialog::Files)),
        "s" if !page.files.with_untracked(Vec::is_empty) => page.dialog.set(Some(Dialog::Settings)),
        _ if !reviewed => return false,
        "." => page.step(true),
        "," => page.step(false),
        "/" => {
            page.pane.set(super::page::Pane::Picture);
            if page.view.get_untracked().is_filtered() {
                browser::focus(FILTER_ID);
            } else {
                page.open_view(View::Table);
                // The box only now comes into being.
                request_animation_frame(|| browser::focus(FILTER_ID));
            }
        }
        key => match VIEWS.iter().find(|face| face.key == key) {
            Some(face) => page.open_view(face.view),
            None => return false,
        },
    }
    true
}
