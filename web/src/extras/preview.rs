//! Keeps a document's preview to a length that a page can hold; the download is always whole.

use foreshock_core::documents::blocks::Block;

/// Rows and items of all tables and lists together: a browser lays out this many in the time of a blink.
const MOST_ROWS: usize = 320;
const MOST_BLOCKS: usize = 600;

/// The blocks that are shown, and how many blocks, rows and items are not.
pub(super) fn shortened(mut blocks: Vec<Block>) -> (Vec<Block>, usize) {
    let mut left_out = blocks.len().saturating_sub(MOST_BLOCKS);
    blocks.truncate(MOST_BLOCKS);
    let mut room = MOST_ROWS;
    for block in &mut blocks {
        left_out += match block {
            Block::List { items, .. } => cut(items, &mut room),
            Block::Table { rows, .. } => cut(rows, &mut room),
            _ => 0,
        };
    }
    (blocks, left_out)
}

fn cut<T>(list: &mut Vec<T>, room: &mut usize) -> usize {
    let left_out = list.len().saturating_sub(*room);
    list.truncate(*room);
    *room -= list.len();
    left_out
}
