//! Layers from left to right.
//!
//! A card stands one column to the right of the furthest card that it comes from. Then the columns are swept, there and back:
//! each card wants to be level with its neighbours, the column is sorted by these wishes, and each card gets the place
//! nearest to its wish that leaves the others theirs. The crates for this walk by recursion, which a chain of models may be too
//! long for, and take seconds for ten thousand cards; this takes milliseconds.

pub const CARD_WIDTH: f64 = 204.0;
pub const COLUMN_GAP: f64 = 60.0;
pub const ROW_GAP: f64 = 16.0;
const COMPONENT_GAP: f64 = 36.0;
/// More change little.
const SWEEPS: usize = 16;
/// So many of them, at the end, keep the order and look to both sides.
const SETTLING: usize = 6;
/// How much a card that has nobody to be level with insists on where it is.
const INDIFFERENT: f64 = 0.05;

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
    let graph = Graph::new(heights.len(), edges);
    let (layers, order) = graph.layers();
    let mut middles = vec![0.0; heights.len()];
    let mut spots = vec![Spot::default(); heights.len()];
    let mut top = 0.0;
    for component in graph.components(&order) {
        let mut columns = Vec::new();
        for card in component.iter().copied() {
            let layer = layers[card] as usize;
            columns.resize_with(columns.len().max(layer + 1), Vec::new);
            columns[layer].push(card);
        }
        graph.level(&mut columns, heights, &mut middles);
        let upper = |card: usize| middles[card] - heights[card] / 2.0;
        let least = component.iter().map(|card| upper(*card)).fold(f64::INFINITY, f64::min);
        let mut bottom = top;
        for card in component {
            let (layer, y) = (layers[card], top + upper(card) - least);
            spots[card] = Spot { layer, x: f64::from(layer) * (CARD_WIDTH + COLUMN_GAP), y };
            bottom = f64::max(bottom, y + heights[card]);
        }
        top = bottom + COMPONENT_GAP;
    }
    spots
}

/// Who stands next to whom, by card.
struct Graph {
    left: Vec<Vec<usize>>,
    right: Vec<Vec<usize>>,
}

impl Graph {
    fn new(count: usize, edges: &[(u32, u32)]) -> Self {
        let mut edges: Vec<_> = edges.iter().map(|(from, to)| (*from as usize, *to as usize)).collect();
        edges.retain(|(from, to)| from != to && *from < count && *to < count);
        edges.sort_unstable();
        edges.dedup();
        let mut graph = Self { left: vec![Vec::new(); count], right: vec![Vec::new(); count] };
        for (from, to) in edges {
            graph.right[from].push(to);
            graph.left[to].push(from);
        }
        graph
    }

    /// The column of each card, and the cards in an order in which none comes before what it comes from; in a circle, one does.
    fn layers(&self) -> (Vec<u32>, Vec<usize>) {
        let order = self.order();
        let mut place = vec![0; order.len()];
        for (at, card) in order.iter().enumerate() {
            place[*card] = at;
        }
        let mut layers = vec![0; order.len()];
        for card in &order {
            let before = self.left[*card].iter().filter(|from| place[**from] < place[*card]);
            layers[*card] = before.map(|from| layers[*from] + 1).max().unwrap_or(0);
        }
        (layers, order)
    }

    /// Depth first, so that what belongs together stays together.
    fn order(&self) -> Vec<usize> {
        let mut seen = vec![false; self.right.len()];
        let mut done = Vec::with_capacity(self.right.len());
        // From the last to the first, and turned round at the end: so the first card comes first.
        for start in (0..self.right.len()).rev() {
            let mut path = Vec::new();
            if !std::mem::replace(&mut seen[start], true) {
                path.push((start, self.right[start].len()));
            }
            while let Some((card, left)) = path.last_mut() {
                if *left == 0 {
                    done.push(*card);
                    path.pop();
                    continue;
                }
                *left -= 1;
                let next = self.right[*card][*left];
                if !std::mem::replace(&mut seen[next], true) {
                    path.push((next, self.right[next].len()));
                }
            }
        }
        done.reverse();
        done
    }

    /// The parts that hang together, the one with the most in it first; equals by their first card.
    fn components(&self, order: &[usize]) -> Vec<Vec<usize>> {
        const NONE: usize = usize::MAX;
        let mut component_of = vec![NONE; order.len()];
        let mut components = 0;
        for start in 0..order.len() {
            let mut waiting = vec![start];
            if component_of[start] != NONE {
                continue;
            }
            while let Some(card) = waiting.pop() {
                if component_of[card] == NONE {
                    component_of[card] = components;
                    waiting.extend(self.left[card].iter().chain(&self.right[card]));
                }
            }
            components += 1;
        }
        let mut parts = vec![Vec::new(); components];
        for card in order {
            parts[component_of[*card]].push(*card);
        }
        // The sort keeps the order of equals: by their first card, as they were counted.
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        parts
    }

    /// Orders the cards of each column and sets the middle of each.
    fn level(&self, columns: &mut [Vec<usize>], heights: &[f64], middles: &mut [f64]) {
        for column in columns.iter() {
            let mut top = 0.0;
            for card in column {
                middles[*card] = top + heights[*card] / 2.0;
                top += heights[*card] + ROW_GAP;
            }
        }
        for sweep in 0..SWEEPS {
            let (to_the_right, settles) = (sweep % 2 == 0, sweep + SETTLING >= SWEEPS);
            for at in 0..columns.len() {
                let column = if to_the_right { at } else { columns.len() - 1 - at };
                let mut wishes: Vec<Wish> = Vec::with_capacity(columns[column].len());
                for card in columns[column].iter().copied() {
                    let (left, right): (&[usize], &[usize]) = (&self.left[card], &self.right[card]);
                    let (left, right) = match (settles, to_the_right) {
                        (true, _) => (left, right),
                        (false, true) => (left, &right[..0]),
                        (false, false) => (&left[..0], right),
                    };
                    let (sum, count) = left
                        .iter()
                        .chain(right)
                        .fold((0.0, 0.0), |(sum, count), other| (sum + middles[*other], count + 1.0));
                    wishes.push(if count > 0.0 {
                        Wish { card, middle: sum / count, weight: 1.0 }
                    } else {
                        Wish { card, middle: middles[card], weight: INDIFFERENT }
                    });
                }
                if !settles {
                    wishes.sort_by(|a, b| a.middle.total_cmp(&b.middle));
                    columns[column].clear();
                    columns[column].extend(wishes.iter().map(|wish| wish.card));
                }
                grant(&wishes, heights, middles);
            }
        }
    }
}

/// Where a card would like its middle to be.
struct Wish {
    card: usize,
    middle: f64,
    weight: f64,
}

/// The places nearest to the wishes of a column, in its order, at which no card lies on another.
///
/// Taken off what the cards above need, the places must not fall. Where wishes do, those cards form a block, whose
/// place is the mean of what they wish for.
fn grant(wishes: &[Wish], heights: &[f64], middles: &mut [f64]) {
    struct Block {
        cards: usize,
        weight: f64,
        mean: f64,
    }
    let mut above = Vec::with_capacity(wishes.len());
    let mut blocks: Vec<Block> = Vec::new();
    let mut needed = 0.0;
    for (at, wish) in wishes.iter().enumerate() {
        if at > 0 {
            needed += f64::midpoint(heights[wishes[at - 1].card], heights[wish.card]) + ROW_GAP;
        }
        above.push(needed);
        let mut block = Block { cards: 1, weight: wish.weight, mean: wish.middle - needed };
        while let Some(last) = blocks.pop_if(|last| last.mean > block.mean) {
            let weight = last.weight + block.weight;
            let mean = (last.mean * last.weight + block.mean * block.weight) / weight;
            block = Block { cards: last.cards + block.cards, weight, mean };
        }
        blocks.push(block);
    }
    let means = blocks.iter().flat_map(|block| std::iter::repeat_n(block.mean, block.cards));
    for ((wish, needed), mean) in wishes.iter().zip(above).zip(means) {
        middles[wish.card] = mean + needed;
    }
}
