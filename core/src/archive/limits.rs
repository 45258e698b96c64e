//! How much may come out of archives: a small file can hold the promise of a very large one.

use super::Packed;

/// In all archives of one review.
const MOST_ENTRIES: usize = 10_000;
const MOST_BYTES: u64 = 2 << 30;
/// Deflate itself ends a little above this: SQL and JSON are far below it.
const MOST_RATIO: u64 = 1_000;
/// A short run of blanks may be packed as tightly as a bomb, and harms nobody.
const RATIO_COUNTS_FROM: u64 = 16 << 20;

pub(super) const TOO_MANY: &str = "it holds more than 10,000 files, more than are unpacked";
const TOO_LARGE: &str = "more than 2 GiB would come out of the archives, more than is unpacked";
const BOMB: &str = "it unpacks to more than 1,000 times its size, as only a zip bomb does";
/// For whatever a decompressor complains of.
pub const DAMAGED: &str = "the archive is damaged, or was not copied to its end";

/// What may still come out of the archives of a review.
#[derive(Debug)]
pub struct Allowance {
    entries: usize,
    bytes: u64,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { entries: MOST_ENTRIES, bytes: MOST_BYTES }
    }
}

impl Allowance {
    pub(super) fn take_entries(&mut self, count: usize) -> Result<(), String> {
        self.entries = self.entries.checked_sub(count).ok_or(TOO_MANY)?;
        Ok(())
    }

    /// Has to agree to `more` bytes out of a file, of which `unpacked` came out with them.
    pub fn take(&mut self, of: &Packed, more: u64, unpacked: u64) -> Result<(), String> {
        if unpacked > RATIO_COUNTS_FROM && unpacked / MOST_RATIO > of.length {
            return Err(BOMB.to_owned());
        }
        self.bytes = self.bytes.checked_sub(more).ok_or(TOO_LARGE)?;
        Ok(())
    }
}

pub(super) fn is_too_many(entries: usize) -> bool {
    entries > MOST_ENTRIES
}

#[cfg(test)]
mod tests {
    use super::super::Method;
    use super::*;

    fn packed(length: u64) -> Packed {
        Packed { name: "a.zip/b".to_owned(), start: 0, length, method: Method::Deflate, size: None }
    }

    #[test]
    fn a_bomb_is_noticed_while_it_goes_off_and_a_short_run_of_blanks_is_none() {
        let mut allowance = Allowance::default();
        assert_eq!(allowance.take(&packed(10), 16 << 20, 16 << 20), Ok(()));
        assert_eq!(allowance.take(&packed(20 << 10), 1, 17 << 20), Ok(()));
        assert_eq!(allowance.take(&packed(10 << 10), 1, 17 << 20), Err(BOMB.to_owned()));
    }

    #[test]
    fn the_limits_are_for_all_archives_together() {
        let mut allowance = Allowance::default();
        assert_eq!(allowance.take(&packed(1 << 30), 1 << 30, 1 << 30), Ok(()));
        assert_eq!(allowance.take(&packed(1 << 30), 1 << 30, 1 << 30), Ok(()));
        assert_eq!(allowance.take(&packed(1 << 30), 1, 1), Err(TOO_LARGE.to_owned()));
        assert_eq!(allowance.take_entries(9_999), Ok(()));
        assert_eq!(allowance.take_entries(2), Err(TOO_MANY.to_owned()));
    }
}
