//! Dragging, pinching and scrolling the graph.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent, WheelEvent};

use super::board::Board;

/// A press that moves less than this is a click.
const DRAG_FROM: f64 = 4.0;
const LINE: f64 = 16.0;
const WHEEL_ZOOM: f64 = 0.0022;

/// Fingers and buttons that are down, and where they were last.
#[derive(Debug, Clone, Default)]
struct Held {
    pointers: Vec<(i32, f64, f64)>,
    travelled: f64,
}

#[derive(Clone, Copy)]
pub(super) struct Hands {
    board: Board,
    held: StoredValue<Held>,
    pub(super) dragging: RwSignal<bool>,
}

impl Hands {
    pub(super) fn new(board: Board) -> Self {
        Self { board, held: StoredValue::new(Held::default()), dragging: RwSignal::new(false) }
    }

    pub(super) fn down(self, event: &PointerEvent) {
        if event.button() != 0 {
            return;
        }
        self.held.update_value(|held| {
            if held.pointers.is_empty() {
                held.travelled = 0.0;
            }
            held.pointers.push((event.pointer_id(), f64::from(event.client_x()), f64::from(event.client_y())));
        });
    }

    pub(super) fn moved(self, event: &PointerEvent) {
        let (id, x, y) = (event.pointer_id(), f64::from(event.client_x()), f64::from(event.client_y()));
        let mut held = self.held.get_value();
        let Some(at) = held.pointers.iter().position(|(other, ..)| *other == id) else { return };
        let (_, old_x, old_y) = held.pointers[at];
        let other = held.pointers.iter().find(|(other, ..)| *other != id).copied();
        held.pointers[at] = (id, x, y);
        held.travelled += (x - old_x).hypot(y - old_y);
        let dragging = held.travelled > DRAG_FROM;
        self.held.set_value(held);
        if !dragging {
            return;
        }
        if !self.dragging.get_untracked() {
            self.dragging.set(true);
            // Captured only now: a captured pointer's click would not reach the button that it was meant for.
            if let Some(surface) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) {
                let _gone = surface.set_pointer_capture(id);
            }
        }
        self.board.look(|camera, _| match other {
            None => camera.moved(x - old_x, y - old_y),
            Some((_, other_x, other_y)) => {
                let factor = (x - other_x).hypot(y - other_y) / (old_x - other_x).hypot(old_y - other_y).max(1.0);
                let middle = local(event, f64::midpoint(x, other_x), f64::midpoint(y, other_y));
                camera.moved((x - old_x) / 2.0, (y - old_y) / 2.0).zoomed(factor, middle)
            }
        });
    }

    pub(super) fn up(self, event: &PointerEvent) {
        self.held.update_value(|held| held.pointers.retain(|(id, ..)| *id != event.pointer_id()));
        if self.held.with_value(|held| held.pointers.is_empty()) {
            self.dragging.set(false);
        }
    }

    pub(super) fn wheel(self, event: &WheelEvent) {
        event.prevent_default();
        let unit = if event.delta_mode() == WheelEvent::DOM_DELTA_LINE { LINE } else { 1.0 };
        let (dx, dy) = (event.delta_x() * unit, event.delta_y() * unit);
        self.board.look(|camera, _| {
            if event.ctrl_key() || event.meta_key() {
                let at = local(event, f64::from(event.client_x()), f64::from(event.client_y()));
                // Touchpads pinch in small steps, mouse wheels turn in large ones: both go through the same curve.
                camera.zoomed((-dy.clamp(-120.0, 120.0) * WHEEL_ZOOM * 2.0).exp(), at)
            } else if event.shift_key() && dx == 0.0 {
                camera.moved(-dy, 0.0)
            } else {
                camera.moved(-dx, -dy)
            }
        });
    }
}

/// A place of the window within the element that listens.
fn local(event: &web_sys::Event, x: f64, y: f64) -> (f64, f64) {
    let surface = event
        .current_target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .map(|surface| surface.get_bounding_client_rect());
    surface.map_or((x, y), |rect| (x - rect.left(), y - rect.top()))
}
