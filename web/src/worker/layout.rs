//! Layers from left to right.
//!
//! `rust-sugiyama` orders and aligns; it draws from top to bottom, so its x is our y. Its settings are the only ones
//! that stay fast on thousands of nodes. Columns are put on a fixed grid, and one pass over each column guarantees what
//! the picture promises: cards never overlap.

use rust_sugiyama::configure::{Config, CrossingMinimization, RankingType};
use rust_sugiyama::from_vertices_and_edges;

pub const CARD_WIDTH: f64 = 204.0;
pub const COLUMN_GAP: f64 = 60.0;
pub const ROW_GAP: f64 = 16.0;
const COMPONENT_GAP: f64 = 36.0;

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spot {
    pub layer: u32,
    /// The upper left corner.
    pub x: f64,
    pub y: f64,
}

/// Places for cards of these heights. Edges go from a card to one further right; those of a cycle are allowed to go
/// back.
pub fn lay_out(heights: &[f64], edges: &[(u32, u32)]) -> Vec<Spot> {
    let count = u32::try_from(heights.len()).unwrap_or(u32::MAX);
    let vertices: Vec<_> = (0..count).zip(heights).map(|(vertex, height)| (vertex, (*height, 1.0))).collect();
    let mut edges: Vec<_> =
        edges.iter().copied().filter(|(from, to)| from != to && *from < count && *to < count).collect();
    edges.sort_unstable();
    edges.dedup();
    let config = Config {
        minimum_length: 1,
        vertex_spacing: ROW_GAP,
        dummy_vertices: true,
        dummy_size: 1.0,
        ranking_type: RankingType::Up,
        c_minimization: CrossingMinimization::Barycenter,
        transpose: false,
    };
    let layer_step = 1.0 + ROW_GAP;
    let mut components: Vec<Vec<(usize, Spot)>> = from_vertices_and_edges(&vertices, &edges, &config)
        .into_iter()
        .map(|(places, _, _)| {
            let mut component: Vec<_> = places
                .into_iter()
                .filter(|(vertex, _)| *vertex < heights.len())
                .map(|(vertex, (across, down))| {
                    let layer = to_layer(down / layer_step);
                    (
                        vertex,
                        Spot {
                            layer,
                            x: f64::from(layer) * (CARD_WIDTH + COLUMN_GAP),
                            y: across - heights[vertex] / 2.0,
                        },
                    )
                })
                .collect();
            component.sort_by_key(|(vertex, _)| *vertex);
            component
        })
        .collect();
    // The part with the most in it first; equals in the order of their first card.
    components
        .sort_by_key(|component| (std::cmp::Reverse(component.len()), component.first().map(|(vertex, _)| *vertex)));

    let mut spots = vec![Spot::default(); heights.len()];
    let mut top = 0.0;
    for mut component in components {
        spread(&mut component, heights);
        let least = component.iter().map(|(_, spot)| spot.y).fold(f64::INFINITY, f64::min);
        let mut bottom = top;
        for (vertex, spot) in component {
            let y = spot.y - least + top;
            spots[vertex] = Spot { y, ..spot };
            bottom = f64::max(bottom, y + heights[vertex]);
        }
        top = bottom + COMPONENT_GAP;
    }
    spots
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the range first; a layer is a small whole number"
)]
fn to_layer(layer: f64) -> u32 {
    layer.round().clamp(0.0, f64::from(u32::MAX)) as u32
}

/// Moves the cards of a column apart, each as little as its upper neighbour asks for.
fn spread(component: &mut [(usize, Spot)], heights: &[f64]) {
    component.sort_by(|(a, left), (b, right)| {
        (left.layer, left.y).partial_cmp(&(right.layer, right.y)).unwrap_or(std::cmp::Ordering::Equal).then(a.cmp(b))
    });
    let mut floor = (u32::MAX, f64::NEG_INFINITY);
    for (vertex, spot) in component {
        if spot.layer == floor.0 {
            spot.y = spot.y.max(floor.1);
        }
        floor = (spot.layer, spot.y + heights[*vertex] + ROW_GAP);
    }
}
