//! The picture keeps its promises: from left to right, and no card on another.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that meets an error stops right there")]

use foreshock_core::outcome::NodeKind;
use foreshock_web::protocol::{Card, CardFace, Link, Picture};
use foreshock_web::ui::graph::camera::{Camera, SMALLEST_FIT};
use foreshock_web::ui::graph::walk::{Direction, neighbour};
use foreshock_web::worker::layout::{CARD_WIDTH, Spot, lay_out};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A small generator, so that a failing picture can be drawn again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(limit)).unwrap()
    }
}

fn random_lineage(seed: u64, nodes: u32) -> (Vec<f64>, Vec<(u32, u32)>) {
    let mut dice = Dice(seed);
    let heights = (0..nodes).map(|_| f64::from(30 + dice.below(90))).collect();
    let edges =
        (1..nodes).flat_map(|to| (0..dice.below(4)).map(|_| (dice.below(to), to)).collect::<Vec<_>>()).collect();
    (heights, edges)
}

fn assert_no_overlap(heights: &[f64], spots: &[Spot]) {
    let mut columns: Vec<(u32, f64, f64)> =
        spots.iter().zip(heights).map(|(spot, height)| (spot.layer, spot.y, spot.y + height)).collect();
    columns.sort_by(|a, b| a.partial_cmp(b).unwrap());
    for pair in columns.windows(2) {
        let ((layer, _, bottom), (next_layer, top, _)) = (pair[0], pair[1]);
        assert!(layer != next_layer || bottom <= top, "{pair:?}");
    }
}

#[wasm_bindgen_test]
fn cards_never_overlap_and_edges_go_to_the_right() {
    for seed in 0..40 {
        let (heights, edges) = random_lineage(seed, 2 + u32::try_from(seed).unwrap() * 4);
        let spots = lay_out(&heights, &edges);
        assert_no_overlap(&heights, &spots);
        for (from, to) in edges {
            let (from, to) = (spots[from as usize], spots[to as usize]);
            assert!(from.x + CARD_WIDTH < to.x, "seed {seed}");
        }
        assert!(spots.iter().all(|spot| spot.x >= 0.0 && spot.y >= 0.0));
    }
}

#[wasm_bindgen_test]
fn the_same_graph_is_drawn_the_same() {
    let (heights, edges) = random_lineage(3, 80);
    assert_eq!(lay_out(&heights, &edges), lay_out(&heights, &edges));
}

#[wasm_bindgen_test]
fn odd_graphs_are_drawn_too() {
    assert!(lay_out(&[], &[]).is_empty());
    assert_no_overlap(&[50.0; 3], &lay_out(&[50.0; 3], &[]));
    // Doubled, to itself, round in a circle, to nowhere: no sound manifest has these, and some have.
    let edges = [(0, 1), (0, 1), (1, 1), (1, 2), (2, 0), (2, 9)];
    assert_no_overlap(&[50.0; 4], &lay_out(&[50.0; 4], &edges));
}

#[wasm_bindgen_test]
fn ten_thousand_models_are_laid_out() {
    let (heights, edges) = random_lineage(11, 10_000);
    assert_no_overlap(&heights, &lay_out(&heights, &edges));
}

#[wasm_bindgen_test]
fn a_chain_of_any_length_needs_no_stack() {
    let heights = vec![50.0; 100_000];
    let edges: Vec<_> = (1..100_000).map(|to| (to - 1, to)).collect();
    let spots = lay_out(&heights, &edges);
    assert_eq!(spots[99_999].layer, 99_999);
    assert!(spots.iter().all(|spot| spot.y.abs() < 1e-6), "level with each other");
}

#[wasm_bindgen_test]
fn lines_that_need_not_cross_do_not() {
    // Three sources, each with a model of its own, given crosswise.
    let spots = lay_out(&[50.0; 6], &[(0, 5), (1, 4), (2, 3)]);
    for (from, to) in [(0, 5), (1, 4), (2, 3)] {
        assert!((spots[from].y - spots[to].y).abs() < 1e-6);
    }
    // One source of three models that all meet again in one.
    let spots = lay_out(&[50.0; 5], &[(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4)]);
    assert!((spots[0].y - spots[2].y).abs() < 1e-6 && (spots[4].y - spots[2].y).abs() < 1e-6, "{spots:?}");
}

#[wasm_bindgen_test]
fn fitting_shows_everything_or_starts_at_the_upper_left() {
    let screen = (1000.0, 800.0);
    let small = Camera::fitting((300.0, 200.0), screen);
    assert!((small.zoom - 1.0).abs() < 1e-9);
    assert_eq!(small.to_screen(150.0, 100.0), (500.0, 400.0));
    let huge = Camera::fitting((90_000.0, 40_000.0), screen);
    assert!((huge.zoom - SMALLEST_FIT).abs() < 1e-9);
    let (x, y) = huge.to_screen(0.0, 0.0);
    assert!(x > 0.0 && y > 0.0 && x < 100.0 && y < 100.0);
}

#[wasm_bindgen_test]
fn a_picture_too_large_to_fit_is_looked_at_where_a_card_is() {
    let (screen, picture) = ((1000.0, 800.0), (900.0, 40_000.0));
    let card = Card {
        face: CardFace::Origin {
            unique_id: String::new(),
            name: String::new(),
            kind: NodeKind::Source,
            changes: Vec::new(),
            more: 0,
        },
        layer: 0,
        x: 0.0,
        y: 20_000.0,
        width: 100.0,
        height: 50.0,
        columns: Vec::new(),
    };
    let camera = Camera::fitting(picture, screen).looking_at(&card, picture, screen);
    assert!(camera.sees(&card, screen));
    assert!((camera.x - Camera::fitting(picture, screen).x).abs() < 1e-9, "along the width it fits, and stays");
}

#[wasm_bindgen_test]
fn zooming_keeps_the_place_under_the_pointer() {
    let camera = Camera { x: 13.0, y: -40.0, zoom: 0.8 };
    let at = (321.0, 123.0);
    let zoomed = camera.zoomed(1.7, at);
    let point = |camera: Camera| ((at.0 - camera.x) / camera.zoom, (at.1 - camera.y) / camera.zoom);
    let (before, after) = (point(camera), point(zoomed));
    assert!((before.0 - after.0).abs() < 1e-9 && (before.1 - after.1).abs() < 1e-9);
}

#[wasm_bindgen_test]
fn nobody_gets_lost_beside_the_picture() {
    let (picture, screen) = ((2000.0, 1000.0), (800.0, 600.0));
    for (dx, dy) in [(1e6, 1e6), (-1e6, -1e6), (1e6, -1e6)] {
        let camera = Camera { x: 0.0, y: 0.0, zoom: 0.5 }.moved(dx, dy).kept_on(picture, screen);
        let (left, top) = camera.to_screen(0.0, 0.0);
        let (right, bottom) = camera.to_screen(picture.0, picture.1);
        assert!(left < screen.0 && top < screen.1 && right > 0.0 && bottom > 0.0, "{camera:?}");
    }
    let inside = Camera { x: -100.0, y: 20.0, zoom: 0.5 };
    assert_eq!(inside.kept_on(picture, screen), inside);
}

#[wasm_bindgen_test]
fn arrows_walk_along_edges_and_columns() {
    let card = |layer: u32, y: f64| Card {
        face: CardFace::Origin {
            unique_id: String::new(),
            name: String::new(),
            kind: foreshock_core::outcome::NodeKind::Source,
            changes: Vec::new(),
            more: 0,
        },
        layer,
        x: f64::from(layer) * 300.0,
        y,
        width: CARD_WIDTH,
        height: 50.0,
        columns: Vec::new(),
    };
    let cards = vec![card(0, 100.0), card(1, 0.0), card(1, 90.0), card(1, 300.0)];
    let links = vec![Link { from: 0, to: 1 }, Link { from: 0, to: 2 }];
    let picture = Picture { cards, links, width: 0.0, height: 0.0, ..Picture::default() };
    assert_eq!(neighbour(&picture, 0, Direction::Right), Some(2));
    assert_eq!(neighbour(&picture, 2, Direction::Left), Some(0));
    assert_eq!(neighbour(&picture, 2, Direction::Up), Some(1));
    assert_eq!(neighbour(&picture, 2, Direction::Down), Some(3));
    assert_eq!(neighbour(&picture, 3, Direction::Down), None);
    assert_eq!(neighbour(&picture, 99, Direction::Left), None);
}
