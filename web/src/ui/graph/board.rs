//! The state of the graph. It outlives the view, so that coming back from the table finds it as it was left.

use std::sync::Arc;

use leptos::prelude::*;

use super::camera::Camera;
use crate::protocol::{Card, CardFace, LitQuery, Picture, PictureQuery};
use crate::ui::page::{Page, answer_into};

/// At this zoom columns are read.
const READABLE: f64 = 0.85;

#[derive(Clone, Copy)]
pub(in crate::ui) struct Board {
    pub(super) picture: RwSignal<Option<Arc<Picture>>>,
    /// The cards that the filter lets through; none where there is no filter.
    pub(super) lit: RwSignal<Option<Arc<Vec<u32>>>>,
    pub(super) fold: RwSignal<PictureQuery>,
    pub(super) camera: RwSignal<Camera>,
    pub(super) screen: RwSignal<(f64, f64)>,
    pub(super) hovered: RwSignal<Option<u32>>,
    /// The card that Tab reaches; arrows move it.
    pub(super) cursor: RwSignal<Option<u32>>,
    pub(super) selected: Memo<Option<u32>>,
    pub(super) path: Memo<Vec<u32>>,
    /// Set when the graph is first looked at: a picture that nobody sees is not drawn.
    pub(super) wanted: RwSignal<bool>,
    /// What has to stay where it is on screen when the next picture comes: a node, and its place.
    pub(super) pinned: StoredValue<Option<(String, (f64, f64))>>,
    fitted_revision: StoredValue<u32>,
}

impl Board {
    pub(in crate::ui) fn new(page: Page) -> Self {
        let picture: RwSignal<Option<Arc<Picture>>> = RwSignal::new(None);
        let find = move |unique_id: &str| {
            picture.with(|picture| picture.as_ref().and_then(|picture| card_of(picture, unique_id)))
        };
        let board = Self {
            picture,
            lit: RwSignal::new(None),
            fold: RwSignal::new(PictureQuery::default()),
            camera: RwSignal::new(Camera::default()),
            screen: RwSignal::new((0.0, 0.0)),
            hovered: RwSignal::new(None),
            cursor: RwSignal::new(None),
            selected: Memo::new(move |_| page.node.get().and_then(|node| find(&node))),
            path: Memo::new(move |_| {
                let found = page.evidence.get();
                let steps = found.as_ref().and_then(|found| found.as_ref().as_ref()).map(|found| {
                    found.evidence.node.because.first().map(|because| because.path.clone()).unwrap_or_default()
                });
                steps.unwrap_or_default().iter().filter_map(|step| find(step)).collect()
            }),
            wanted: RwSignal::new(false),
            pinned: StoredValue::new(None),
            fitted_revision: StoredValue::new(0),
        };
        answer_into(page, board.picture, move || board.wanted.get().then(|| board.fold.get()));
        answer_into(page, board.lit, move || {
            let filter = page.filter.get();
            (board.wanted.get() && !filter.is_empty()).then(|| LitQuery { picture: board.fold.get(), filter })
        });
        Effect::new(move |_| board.settle(page));
        // The columns are those of the node in hand.
        Effect::new(move |_| {
            let node = page.node.get();
            let shown = board.fold.with_untracked(|fold| fold.columns.clone());
            if shown.is_some() && node.is_some() && shown != node {
                board.refold(page, |fold| fold.columns = node);
            }
        });
        Effect::new(move |_| {
            if let Some(card) = board.selected.get() {
                board.reveal(card);
                board.cursor.set(Some(card));
            }
        });
        board
    }

    /// A new picture: fitted if it is that of a new review, else held where the eye is.
    fn settle(self, page: Page) {
        let (Some(picture), (width, height)) = (self.picture.get(), self.screen.get()) else { return };
        if width <= 0.0 || height <= 0.0 || picture.cards.is_empty() {
            return;
        }
        let revision = page.revision.get_untracked();
        if self.fitted_revision.get_value() != revision {
            self.fitted_revision.set_value(revision);
            self.cursor.set(None);
            self.fit();
        } else if let Some((unique_id, (x, y))) = self.pinned.get_value()
            && let Some(card) = card_of(&picture, &unique_id).and_then(|card| picture.cards.get(card as usize))
        {
            self.pinned.set_value(None);
            let (now_x, now_y) = self.camera.get_untracked().to_screen(card.x, card.y);
            self.pan(x - now_x, y - now_y);
        }
    }

    pub(super) fn fit(self) {
        let screen = self.screen.get_untracked();
        let matters = self.picture.with_untracked(|picture| {
            let cards = &picture.as_ref()?.cards;
            let selected = self.selected.get_untracked().and_then(|card| cards.get(card as usize));
            selected.or_else(|| heaviest(cards)).cloned()
        });
        self.look(|_, picture| {
            let fitting = Camera::fitting(picture, screen);
            matters.map_or(fitting, |card| fitting.looking_at(&card, picture, screen))
        });
    }

    pub(super) fn zoom(self, factor: f64) {
        let (width, height) = self.screen.get_untracked();
        self.look(|camera, _| camera.zoomed(factor, (width / 2.0, height / 2.0)));
    }

    pub(super) fn pan(self, dx: f64, dy: f64) {
        self.look(|camera, _| camera.moved(dx, dy));
    }

    /// Moves the camera; the size of the picture goes in with where it looks now.
    pub(super) fn look(self, change: impl FnOnce(Camera, (f64, f64)) -> Camera) {
        let size =
            self.picture.with_untracked(|picture| picture.as_ref().map(|picture| (picture.width, picture.height)));
        let Some(size) = size else { return };
        let camera = self.camera.get_untracked();
        let moved = change(camera, size).kept_on(size, self.screen.get_untracked());
        if moved != camera {
            self.camera.set(moved);
        }
    }

    pub(super) fn reveal(self, card: u32) {
        let screen = self.screen.get_untracked();
        let card = self.picture.with_untracked(|picture| picture.as_ref()?.cards.get(card as usize).cloned());
        if let Some(card) = card.filter(|_| screen.0 > 0.0) {
            self.look(|camera, _| camera.revealing(&card, screen));
        }
    }

    /// The whole project, or again the part that is reached; the next picture is fitted anew.
    pub(super) fn show_whole(self) {
        self.fitted_revision.set_value(0);
        self.fold.update(|fold| fold.whole = !fold.whole);
    }

    /// Shows the columns of the selected node, or none again.
    pub(super) fn toggle_columns(self, page: Page) {
        let asked = page.node.get_untracked().filter(|_| self.fold.with_untracked(|fold| fold.columns.is_none()));
        let card = asked.as_ref().and(self.selected.get_untracked());
        let card = card
            .and_then(|at| self.picture.with_untracked(|picture| picture.as_ref()?.cards.get(at as usize).cloned()));
        if let Some(card) = card {
            // Their names are to be read.
            self.look(|camera, _| camera.zoomed((READABLE / camera.zoom).max(1.0), camera.to_screen(card.x, card.y)));
        }
        self.refold(page, |fold| fold.columns = asked);
    }

    /// Leaves the selected node out.
    pub(super) fn hide(self, page: Page) {
        if let Some(node) = page.node.get_untracked() {
            self.cursor.set(None);
            self.fold.update(|fold| fold.hidden.push(node));
        }
    }

    pub(super) fn show_hidden(self, page: Page) {
        self.refold(page, |fold| fold.hidden.clear());
    }

    /// Draws it otherwise, and keeps the selected node where it is.
    fn refold(self, page: Page, change: impl FnOnce(&mut PictureQuery)) {
        if let Some(node) = page.node.get_untracked() {
            self.hold(&node);
        }
        self.fold.update(change);
    }

    /// The node stays where it is on screen when the next picture comes.
    fn hold(self, node: &str) {
        let place = self.picture.with_untracked(|picture| {
            let picture = picture.as_ref()?;
            let card = picture.cards.get(card_of(picture, node)? as usize)?;
            Some(self.camera.get_untracked().to_screen(card.x, card.y))
        });
        self.pinned.set_value(place.map(|place| (node.to_owned(), place)));
    }

    /// Unfolds the leaves of a node, or folds them again, and keeps the node where it is.
    pub(super) fn toggle_fold(self, parent: &str) {
        self.hold(parent);
        self.cursor.set(None);
        self.fold.update(|fold| {
            if fold.unfolded.iter().any(|unfolded| unfolded == parent) {
                fold.unfolded.retain(|unfolded| unfolded != parent);
            } else {
                fold.unfolded.push(parent.to_owned());
            }
        });
    }
}

fn card_of(picture: &Picture, unique_id: &str) -> Option<u32> {
    (0..).zip(&picture.cards).find(|(_, card)| card.face.unique_id() == Some(unique_id)).map(|(at, _)| at)
}

/// The card of the heaviest outcome; of equals the one furthest upstream, where the harm begins.
fn heaviest(cards: &[Card]) -> Option<&Card> {
    let weight = |card: &&Card| match &card.face {
        CardFace::Node { outcome, .. } => Some((*outcome, card.layer)),
        CardFace::Origin { .. } | CardFace::Stub { .. } => None,
    };
    cards.iter().filter(|card| weight(card).is_some()).min_by_key(weight)
}
