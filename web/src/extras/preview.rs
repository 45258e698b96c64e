//! Keeps a document's preview to a length that a page can hold; the download is always whole.

use foreshock_core::documents::blocks::Block;

const MOST_ROWS: usize = 30;
const MOST_BLOCKS: usize = 600;

/// The blocks that are shown, and how many blocks, rows and items are not.
pub(super) fn shortened(mut blocks: Vec<Block>) -> (Vec<Block>, usize) {
    let mut left_out = blocks.len().saturating_sub(MOST_BLOCKS);
    blocks.truncate(MOST_BLOCKS);
    for block in &mut blocks {
        left_out += match block {
            Block::List { items, .. } => cut(items),
            Block::Table { rows, .. } => cut(rows),
            _ => 0,
        };
    }
    (blocks, left_out)
}

fn cut<T>(list: &mut Vec<T>) -> usize {
    let left_out = list.len().saturating_sub(MOST_ROWS);
    list.truncate(MOST_ROWS);
    left_out
}
