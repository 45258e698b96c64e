//! Real buttons over the painted cards on screen: focus, names, clicks. A canvas alone has none of these.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::board::Board;
use super::walk::{Direction, neighbour};
use crate::protocol::{Card, CardFace};
use crate::ui::browser;
use crate::ui::page::{Page, page};
use crate::ui::words;

/// Above this many cards on screen they are too small to be told apart: zooming in brings their buttons.
const MOST_DOORS: usize = 200;
const SMALLEST_ZOOM: f64 = 0.3;

#[component]
pub(super) fn Doors(board: Board) -> impl IntoView {
    let page = page();
    let doors = Memo::new(move |_| {
        let (camera, screen, cursor) = (board.camera.get(), board.screen.get(), board.cursor.get());
        board.picture.with(|picture| {
            let Some(picture) = picture else { return Vec::new() };
            if camera.zoom < SMALLEST_ZOOM {
                return Vec::new();
            }
            let seen: Vec<u32> = (0..)
                .zip(&picture.cards)
                .filter(|(at, card)| camera.sees(card, screen) || cursor == Some(*at))
                .map(|(at, _)| at)
                .take(MOST_DOORS + 1)
                .collect();
            if seen.len() > MOST_DOORS { Vec::new() } else { seen }
        })
    });
    // A button is made anew when its card is another one, even at the same place in the picture.
    let cards = move || {
        board.picture.with(|picture| {
            let picture = picture.as_ref();
            doors
                .get()
                .into_iter()
                .filter_map(|at| Some((at, picture?.cards.get(at as usize)?.clone())))
                .collect::<Vec<_>>()
        })
    };
    let transform = move || {
        let camera = board.camera.get();
        format!("translate({},{}) scale({})", px(camera.x), px(camera.y), browser::number(camera.zoom))
    };
    // One of them is a Tab stop; the arrows lead to the others.
    let tab_stop = Memo::new(move |_| {
        let doors = doors.get();
        board.cursor.get().filter(|cursor| doors.contains(cursor)).or(doors.first().copied())
    });
    view! {
        <div class="doors" style:transform=transform>
            <For each=cards key=|(at, card)| (*at, door_key(card)) let((at, card))>
                <Door page board at card tab_stop />
            </For>
        </div>
    }
}

fn px(value: f64) -> String {
    browser::number(value) + "px"
}

fn door_key(card: &Card) -> String {
    [name(&card.face), px(card.x), px(card.y)].join(" ")
}

fn door_id(at: u32) -> String {
    format!("card-{at}")
}

#[component]
fn Door(page: Page, board: Board, at: u32, card: Card, tab_stop: Memo<Option<u32>>) -> impl IntoView {
    let (testid, node, expanded) = match &card.face {
        CardFace::Origin { unique_id, .. } => ("graph-origin", Some(unique_id.clone()), None),
        CardFace::Node { unique_id, .. } => ("graph-node", Some(unique_id.clone()), None),
        CardFace::Stub { folded, .. } => ("graph-stub", None, Some((!folded).to_string())),
    };
    let outcome = card.face.outcome().map(foreshock_core::outcome::Outcome::word);
    let label = name(&card.face);
    let title = title(&card);
    let face = card.face.clone();
    let act = move |_| match &face {
        CardFace::Origin { unique_id, .. } | CardFace::Node { unique_id, .. } => page.select(unique_id),
        CardFace::Stub { parent, .. } => board.toggle_fold(parent),
    };
    let keys = move |event: KeyboardEvent| {
        let Some(direction) = Direction::of_key(&event.key()) else { return };
        event.prevent_default();
        event.stop_propagation();
        let next = board
            .picture
            .with_untracked(|picture| picture.as_ref().and_then(|picture| neighbour(picture, at, direction)));
        if let Some(next) = next {
            board.cursor.set(Some(next));
            board.reveal(next);
            // Its button may only come into being with the next frame.
            request_animation_frame(move || browser::focus(&door_id(next)));
        }
    };
    view! {
        <button
            class="door"
            id=door_id(at)
            data-testid=testid
            data-node=node
            data-outcome=outcome
            title=title
            aria-label=label
            aria-expanded=expanded
            aria-current=move || (board.selected.get() == Some(at)).then_some("true")
            tabindex=move || if tab_stop.get() == Some(at) { "0" } else { "-1" }
            style:left=px(card.x)
            style:top=px(card.y)
            style:width=px(card.width)
            style:height=px(card.height)
            on:click=act
            on:keydown=keys
            on:pointerenter=move |_| board.hovered.set(Some(at))
            on:pointerleave=move |_| board.hovered.set(None)
        />
    }
}

/// "stg_customers, model, fails"
fn name(face: &CardFace) -> String {
    match face {
        CardFace::Origin { name, kind, .. } => {
            format!("{name}, {}, {}", kind.face().one, words::CHANGED_HERE.to_ascii_lowercase())
        }
        CardFace::Node { label, kind, outcome, .. } => format!("{label}, {}, {}", kind.face().one, outcome.word()),
        CardFace::Stub { parent_label, kind, folded, count, .. } => {
            format!("{}, {parent_label}", words::stub(*kind, *count, *folded))
        }
    }
}

fn title(card: &Card) -> String {
    let title = match &card.face {
        CardFace::Origin { name, changes, .. } => format!("{name}\n{}", changes.join("\n")),
        CardFace::Node { label, reason, .. } => format!("{label}\n{reason}"),
        CardFace::Stub { .. } => name(&card.face),
    };
    if card.columns.is_empty() { title } else { format!("{title}\n{}: {}", words::COLUMNS, card.columns.join(", ")) }
}
