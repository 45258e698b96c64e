//! The movable borders between the panels: by mouse, by finger, by arrow keys. The widths are remembered.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent};

use super::page::page;
use crate::storage::Settings;

const NARROWEST: u32 = 220;
const WIDEST: u32 = 760;
const STEP: i32 = 24;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

impl Side {
    pub(super) fn width(self, settings: &Settings) -> u32 {
        match self {
            Self::Left => settings.left,
            Self::Right => settings.right,
        }
        .clamp(NARROWEST, WIDEST)
    }

    /// A move to the right widens the left panel and narrows the right one.
    fn widened(self, width: u32, by: i32) -> u32 {
        let by = match self {
            Self::Left => by,
            Self::Right => -by,
        };
        width.saturating_add_signed(by).clamp(NARROWEST, WIDEST)
    }
}

#[component]
pub(super) fn Splitter(side: Side, label: &'static str) -> impl IntoView {
    let page = page();
    let width = Memo::new(move |_| page.settings.with(|settings| side.width(settings)));
    let set = move |width: u32| {
        page.settings.update(|settings| match side {
            Side::Left => settings.left = width,
            Side::Right => settings.right = width,
        });
    };
    // Where a drag began, and how wide the panel was then.
    let drag = RwSignal::new(None::<(i32, u32)>);
    let down = move |event: PointerEvent| {
        event.prevent_default();
        if let Some(handle) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) {
            // A pointer that is already gone cannot be captured, and needs no capture.
            let _gone = handle.set_pointer_capture(event.pointer_id());
        }
        drag.set(Some((event.client_x(), width.get_untracked())));
    };
    let moved = move |event: PointerEvent| {
        if let Some((from, width)) = drag.get_untracked() {
            set(side.widened(width, event.client_x() - from));
        }
    };
    let key = move |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowLeft" => -STEP,
            "ArrowRight" => STEP,
            _ => return,
        };
        event.prevent_default();
        set(side.widened(width.get_untracked(), step));
    };
    view! {
        <div
            class="splitter"
            class:dragging=move || drag.get().is_some()
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=label
            aria-valuemin=NARROWEST.to_string()
            aria-valuemax=WIDEST.to_string()
            aria-valuenow=move || width.get().to_string()
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=move |_| drag.set(None)
            on:pointercancel=move |_| drag.set(None)
            on:keydown=key
        />
    }
}
