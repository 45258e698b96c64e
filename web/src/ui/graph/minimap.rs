//! The whole picture in a corner, and which part of it is on screen.

use leptos::ev::PointerEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlElement};

use super::board::Board;
use super::camera::Camera;
use super::paint::Frame;
use super::palette::Palette;
use super::pen::FittedTexts;
use crate::ui::browser::number;
use crate::ui::page::Page;
use crate::ui::words;

/// In CSS pixels; `graph.css` has the same.
const WIDTH: f64 = 168.0;
const HEIGHT: f64 = 104.0;

/// Only where not all is on screen.
#[component]
pub(super) fn Minimap(page: Page, board: Board) -> impl IntoView {
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    let scale = Memo::new(move |_| {
        let size = board.picture.with(|picture| picture.as_ref().map(|picture| (picture.width, picture.height)));
        size.map(|(width, height)| (WIDTH / width.max(1.0)).min(HEIGHT / height.max(1.0)))
    });
    let is_needed = Memo::new(move |_| {
        let (camera, screen) = (board.camera.get(), board.screen.get());
        board.picture.with(|picture| {
            picture.as_ref().is_some_and(|picture| {
                picture.width * camera.zoom > screen.0 || picture.height * camera.zoom > screen.1
            })
        })
    });
    Effect::new(move |_| {
        page.settings.with(|settings| settings.theme);
        let (Some(canvas), Some(picture), Some(scale)) = (canvas.get(), board.picture.get(), scale.get()) else {
            return;
        };
        let probe: &HtmlElement = canvas.unchecked_ref();
        let context = canvas.get_context("2d").ok().flatten();
        let Some(context) = context.and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok()) else {
            return;
        };
        let frame = Frame {
            picture: &picture,
            camera: Camera { x: 0.0, y: 0.0, zoom: scale },
            screen: (WIDTH, HEIGHT),
            density: 2.0,
            palette: &Palette::read(probe),
            texts: &FittedTexts::default(),
            lit: &[],
            selected: None,
            hovered: None,
            path: &[],
        };
        frame.paint(&context);
    });
    // The part on screen, in the units of the map.
    let seen = move || {
        let (camera, screen, scale) = (board.camera.get(), board.screen.get(), scale.get().unwrap_or_default());
        let along =
            |at: f64, length: f64| format!("{}px", number((at / camera.zoom * scale).round().max(0.0).min(length)));
        (along(-camera.x, WIDTH), along(-camera.y, HEIGHT), along(screen.0, WIDTH), along(screen.1, HEIGHT))
    };
    let go = move |event: PointerEvent| {
        if event.buttons() == 0 {
            return;
        }
        event.stop_propagation();
        let (screen, scale) = (board.screen.get_untracked(), scale.get_untracked().unwrap_or(1.0));
        let (x, y) = (f64::from(event.offset_x()) / scale, f64::from(event.offset_y()) / scale);
        board.look(|camera, _| Camera {
            x: screen.0 / 2.0 - x * camera.zoom,
            y: screen.1 / 2.0 - y * camera.zoom,
            ..camera
        });
    };
    view! {
        <div
            class="minimap"
            class:gone=move || !is_needed.get()
            aria-hidden="true"
            title=words::MINIMAP
            data-testid="minimap"
            on:pointerdown=go
            on:pointermove=go
        >
            <canvas node_ref=canvas width="336" height="208" />
            <i
                style:left=move || seen().0
                style:top=move || seen().1
                style:width=move || seen().2
                style:height=move || seen().3
            />
        </div>
    }
}
