//! The lineage of what is reached, from left to right: painted on a canvas, with real buttons over the cards on screen.

mod board;
pub mod camera;
mod doors;
mod export;
mod hands;
mod minimap;
mod paint;
mod palette;
mod pen;
pub mod walk;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use foreshock_core::outcome::Outcome;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlElement, ResizeObserver};

pub(super) use board::Board;
use doors::Doors;
use hands::Hands;
use paint::Frame;
use palette::Palette;
use pen::FittedTexts;
use walk::Direction;

use super::faces::OutcomeChip;
use super::page::{Page, page};
use super::{browser, words};
use crate::protocol::Summary;

const PAN_STEP: f64 = 60.0;
const ZOOM_STEP: f64 = 1.25;

#[component]
pub(super) fn Graph() -> impl IntoView {
    let page = page();
    let board: Board = expect_context();
    board.wanted.set(true);
    let hands = Hands::new(board);
    let surface = NodeRef::<leptos::html::Div>::new();
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    let probe = NodeRef::<leptos::html::I>::new();
    follow_size(board, surface);
    paint_when_needed(page, board, canvas, probe);
    keys(page, board);
    let pan = move |event: ev::KeyboardEvent| {
        let Some(direction) = Direction::of_key(&event.key()) else { return };
        event.prevent_default();
        let (dx, dy) = match direction {
            Direction::Left => (PAN_STEP, 0.0),
            Direction::Right => (-PAN_STEP, 0.0),
            Direction::Up => (0.0, PAN_STEP),
            Direction::Down => (0.0, -PAN_STEP),
        };
        board.pan(dx, dy);
    };
    let count = move || board.picture.with(|picture| picture.as_ref().map_or(0, |picture| picture.cards.len()));
    let is_empty =
        move || board.picture.with(|picture| picture.as_ref().is_some_and(|picture| picture.cards.is_empty()));
    view! {
        <div
            class="graph"
            class:dragging=move || hands.dragging.get()
            node_ref=surface
            data-testid="graph"
            role="group"
            tabindex="0"
            aria-label=move || format!("{}: {}", words::GRAPH, words::counted(count(), "card", "cards"))
            data-zoom=move || browser::number(board.camera.get().zoom)
            on:pointerdown=move |event| hands.down(&event)
            on:pointermove=move |event| hands.moved(&event)
            on:pointerup=move |event| hands.up(&event)
            on:pointercancel=move |event| hands.up(&event)
            on:pointerleave=move |event| {
                if !hands.dragging.get_untracked() {
                    hands.up(&event);
                }
            }
            on:wheel=move |event| hands.wheel(&event)
            on:keydown=pan
        >
            <canvas node_ref=canvas aria-hidden="true" />
            <i class="probe" node_ref=probe aria-hidden="true" />
            <Doors board />
            {move || is_empty().then(|| view! { <p class="empty">{words::NOTHING_REACHED}</p> }.into_any())}
        </div>
        <minimap::Minimap page board />
        <Tools page board />
        <Legend page />
    }
}

#[component]
fn Tools(page: Page, board: Board) -> impl IntoView {
    let tests = move || board.fold.with(|fold| fold.tests);
    let has_columns = move || board.fold.with(|fold| fold.columns.is_some());
    let is_nothing_selected = move || board.selected.get().is_none();
    view! {
        <div class="graph-tools segmented" role="group" aria-label=words::GRAPH>
            <button
                data-testid="graph-tests"
                aria-pressed=move || tests().to_string()
                on:click=move |_| board.fold.update(|fold| fold.tests = !fold.tests)
            >
                {words::TESTS}
            </button>
            <button
                data-testid="graph-whole"
                title=words::WHOLE_SAYS
                aria-pressed=move || board.fold.with(|fold| fold.whole).to_string()
                on:click=move |_| board.show_whole()
            >
                {words::WHOLE}
            </button>
            <button
                data-testid="graph-columns"
                title=words::COLUMNS_SAYS
                aria-keyshortcuts="c"
                aria-pressed=move || has_columns().to_string()
                disabled=move || !has_columns() && is_nothing_selected()
                on:click=move |_| board.toggle_columns(page)
            >
                {words::COLUMNS}
            </button>
            <button
                data-testid="graph-hide"
                title=words::HIDE_SAYS
                aria-keyshortcuts="h"
                disabled=is_nothing_selected
                on:click=move |_| board.hide(page)
            >
                {words::HIDE}
            </button>
            {move || {
                let hidden = board.fold.with(|fold| fold.hidden.len());
                let show = move |_| board.show_hidden(page);
                let text = words::show_hidden(hidden);
                (hidden > 0)
                    .then(|| view! { <button data-testid="graph-show-hidden" on:click=show>{text}</button> }.into_any())
            }}
            <button data-testid="graph-png" title=words::SAVE_PNG on:click=move |_| export::png(page, board)>
                "PNG"
            </button>
            <button data-testid="graph-svg" title=words::SAVE_SVG on:click=move |_| export::svg(page, board)>
                "SVG"
            </button>
            <button
                data-testid="zoom-out"
                aria-label=words::ZOOM_OUT
                title=words::ZOOM_OUT
                on:click=move |_| board.zoom(1.0 / ZOOM_STEP)
            >
                "−"
            </button>
            <button
                data-testid="zoom-in"
                aria-label=words::ZOOM_IN
                title=words::ZOOM_IN
                on:click=move |_| board.zoom(ZOOM_STEP)
            >
                "+"
            </button>
            <button data-testid="fit" aria-keyshortcuts="f" on:click=move |_| board.fit()>
                {words::FIT}
            </button>
        </div>
    }
}

/// Only the signs that occur.
#[component]
fn Legend(page: Page) -> impl IntoView {
    let signs = move |summary: &Summary| {
        let sign = |outcome: Outcome| {
            view! {
                <li title=outcome.face().means>
                    <OutcomeChip outcome />
                </li>
            }
            .into_any()
        };
        summary.tallies.iter().map(|tally| sign(tally.outcome)).collect_view()
    };
    view! {
        <ul class="legend" aria-label=words::LEGEND data-testid="legend">
            {move || page.of_summary(signs)}
        </ul>
    }
}

fn keys(page: Page, board: Board) {
    let handle = window_event_listener(ev::keydown, move |event| {
        let typing = event.target().is_some_and(|target| target.has_type::<web_sys::HtmlInputElement>());
        if typing || page.dialog.get_untracked().is_some() || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            "f" => board.fit(),
            "c" => board.toggle_columns(page),
            "h" => board.hide(page),
            "+" | "=" => board.zoom(ZOOM_STEP),
            "-" => board.zoom(1.0 / ZOOM_STEP),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || handle.remove());
}

fn follow_size(board: Board, surface: NodeRef<leptos::html::Div>) {
    let observer = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn FnMut()>)>);
    Effect::new(move |_| {
        let Some(surface) = surface.get() else { return };
        let measured = surface.clone();
        let measure = Closure::<dyn FnMut()>::new(move || {
            board.screen.set((f64::from(measured.client_width()), f64::from(measured.client_height())));
        });
        if let Ok(observing) = ResizeObserver::new(measure.as_ref().unchecked_ref()) {
            observing.observe(&surface);
            observer.set_value(Some((observing, measure)));
        }
    });
    on_cleanup(move || {
        observer.try_update_value(|observer| {
            if let Some((observing, _)) = observer.take() {
                observing.disconnect();
            }
        });
    });
}

/// Paints once per frame at most, and only after something changed.
fn paint_when_needed(page: Page, board: Board, canvas: NodeRef<leptos::html::Canvas>, probe: NodeRef<leptos::html::I>) {
    let texts = Rc::new(FittedTexts::default());
    let palette = Rc::new(RefCell::new(None::<Palette>));
    let scheduled = Rc::new(Cell::new(false));
    let system_theme = system_theme();
    Effect::new({
        let (texts, palette) = (Rc::clone(&texts), Rc::clone(&palette));
        move |_| {
            page.settings.with(|settings| settings.theme);
            system_theme.track();
            *palette.borrow_mut() = None;
            board.picture.track();
            texts.forget();
        }
    });
    Effect::new(move |_| {
        board.picture.track();
        board.lit.track();
        board.camera.track();
        board.screen.track();
        board.hovered.track();
        board.selected.track();
        board.path.track();
        page.filter.track();
        page.settings.track();
        system_theme.track();
        if canvas.get().is_none() || scheduled.replace(true) {
            return;
        }
        let (texts, palette, scheduled) = (Rc::clone(&texts), Rc::clone(&palette), Rc::clone(&scheduled));
        request_animation_frame(move || {
            scheduled.set(false);
            let (Some(canvas), Some(probe)) =
                (canvas.try_get_untracked().flatten(), probe.try_get_untracked().flatten())
            else {
                return;
            };
            let mut palette = palette.borrow_mut();
            let probe: HtmlElement = probe.unchecked_into();
            let palette = palette.get_or_insert_with(|| Palette::read(&probe));
            paint(page, board, &canvas, palette, &texts);
        });
    });
}

fn paint(page: Page, board: Board, canvas: &web_sys::HtmlCanvasElement, palette: &Palette, texts: &FittedTexts) {
    let screen = board.screen.get_untracked();
    let density = browser::window().device_pixel_ratio().max(1.0);
    let (width, height) = (pixels(screen.0 * density), pixels(screen.1 * density));
    // Setting a size clears the canvas, so it is only set when it is another.
    if canvas.width() != width {
        canvas.set_width(width);
    }
    if canvas.height() != height {
        canvas.set_height(height);
    }
    let context =
        canvas.get_context("2d").ok().flatten().and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok());
    let (Some(context), Some(picture)) = (context, board.picture.get_untracked()) else { return };
    let filtered = !page.filter.with_untracked(crate::protocol::Filter::is_empty);
    let lit = board.lit.get_untracked().filter(|_| filtered).map(|lit| {
        let mut cards = vec![false; picture.cards.len()];
        for card in lit.iter() {
            if let Some(card) = cards.get_mut(*card as usize) {
                *card = true;
            }
        }
        cards
    });
    let frame = Frame {
        picture: &picture,
        camera: board.camera.get_untracked(),
        screen,
        density,
        palette,
        texts,
        lit: lit.as_deref().unwrap_or_default(),
        selected: board.selected.get_untracked(),
        hovered: board.hovered.get_untracked(),
        path: &board.path.get_untracked(),
    };
    frame.paint(&context);
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a screen has few thousand pixels, and none below zero"
)]
fn pixels(length: f64) -> u32 {
    length.round().clamp(0.0, 32_767.0) as u32
}

/// Changes when the system turns from light to dark or back.
fn system_theme() -> RwSignal<bool> {
    let dark = RwSignal::new(false);
    if let Ok(Some(query)) = browser::window().match_media("(prefers-color-scheme: dark)") {
        dark.set(query.matches());
        let listener = gloo::events::EventListener::new(&query.clone(), "change", move |_| {
            dark.try_set(query.matches());
        });
        let listener = StoredValue::new_local(Some(listener));
        on_cleanup(move || {
            listener.try_update_value(Option::take);
        });
    }
    dark
}
