//! Where the arrow keys lead: right and left along the edges, up and down within the column.

use crate::protocol::{Card, Picture};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Left,
    Right,
    Up,
    Down,
}

impl Direction {
    pub fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            "ArrowLeft" => Self::Left,
            "ArrowRight" => Self::Right,
            "ArrowUp" => Self::Up,
            "ArrowDown" => Self::Down,
            _ => return None,
        })
    }
}

/// The card one step from this one; none at the border.
pub fn neighbour(picture: &Picture, from: u32, direction: Direction) -> Option<u32> {
    let card = picture.cards.get(from as usize)?;
    let place = |at: u32| picture.cards.get(at as usize);
    let distance = |at: &u32| place(*at).map_or(f64::INFINITY, |other| (middle(other) - middle(card)).abs());
    let nearest = |found: &mut dyn Iterator<Item = u32>| found.min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let column = || (0..).zip(&picture.cards).filter(|(at, other)| *at != from && other.layer == card.layer);
    match direction {
        Direction::Right => nearest(&mut picture.links.iter().filter(|link| link.from == from).map(|link| link.to)),
        Direction::Left => nearest(&mut picture.links.iter().filter(|link| link.to == from).map(|link| link.from)),
        Direction::Up => nearest(&mut column().filter(|(_, other)| other.y < card.y).map(|(at, _)| at)),
        Direction::Down => nearest(&mut column().filter(|(_, other)| other.y > card.y).map(|(at, _)| at)),
    }
}

fn middle(card: &Card) -> f64 {
    card.y + card.height / 2.0
}
