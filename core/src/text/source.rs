//! Spans, and the index that turns them into lines and columns.

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

/// A range of bytes in one text. Texts are limited to 4 GiB, so 32 bits do, on every host alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end) }
    }

    /// The text of the span; empty where it does not fit the text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The same span in a text of which this one's text is a part that starts at `offset`.
    #[must_use]
    pub fn shifted(self, offset: u32) -> Self {
        Self { start: self.start.saturating_add(offset), end: self.end.saturating_add(offset) }
    }
}

/// A place that a person can go to. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct Place {
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    /// The lines are those of the compiled SQL, not of the file that it was compiled from.
    #[serde(default)]
    pub compiled: bool,
}

/// For people and programs that read names, `compiled` stands only where it is true; a form without names has every field.
impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let says_compiled = self.compiled || !serializer.is_human_readable();
        let mut fields = serializer.serialize_struct("Place", 5 + usize::from(says_compiled))?;
        fields.serialize_field("file", &self.file)?;
        fields.serialize_field("line", &self.line)?;
        fields.serialize_field("column", &self.column)?;
        fields.serialize_field("end_line", &self.end_line)?;
        fields.serialize_field("end_column", &self.end_column)?;
        if says_compiled {
            fields.serialize_field("compiled", &self.compiled)?;
        }
        fields.end()
    }
}

/// Where each line of a text begins, and, where a line holds more than ASCII, where every so manieth character of it does:
/// a look-up walks a bounded stretch, however long the line.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
    checkpoints: Vec<Checkpoint>,
}

#[derive(Debug, Clone, Copy)]
struct Checkpoint {
    line: u32,
    chars: u32,
    byte: u32,
}

const CHECKPOINT_EVERY: u32 = 128;

impl LineIndex {
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.match_indices('\n').map(|(at, _)| count(at + 1)));
        let mut checkpoints = Vec::new();
        if !text.is_ascii() {
            let (mut line, mut chars) = (0, 0);
            for (at, c) in text.char_indices() {
                if chars % CHECKPOINT_EVERY == 0 {
                    checkpoints.push(Checkpoint { line, chars, byte: count(at) });
                }
                (line, chars) = if c == '\n' { (line + 1, 0) } else { (line, chars + 1) };
            }
        }
        Self { starts, checkpoints }
    }

    /// Line and column, from 1, of a byte offset.
    pub fn line_column(&self, text: &str, offset: u32) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts[line - 1];
        let (from, chars) = match self.checkpoints.partition_point(|point| point.byte <= offset) {
            0 => return (count(line), offset.min(count(text.len())).saturating_sub(start) + 1),
            after => {
                let point = self.checkpoints[after - 1];
                if point.byte >= start { (point.byte, point.chars) } else { (start, 0) }
            }
        };
        let before = text.get(from as usize..offset as usize).unwrap_or("");
        (count(line), chars + count(before.chars().count()) + 1)
    }

    /// The byte offset of a line and column, both from 1. Past the end of a line it is the line's end.
    pub fn offset(&self, text: &str, line: u64, column: u64) -> u32 {
        let line = usize::try_from(line).unwrap_or(usize::MAX).max(1) - 1;
        let Some(start) = self.starts.get(line).copied() else {
            return count(text.len());
        };
        let end = self.starts.get(line + 1).copied().unwrap_or(count(text.len()));
        let skip = u32::try_from(column).unwrap_or(u32::MAX).saturating_sub(1);
        let after = self.checkpoints.partition_point(|point| (point.line as usize, point.chars) <= (line, skip));
        let Some(point) =
            after.checked_sub(1).map(|at| self.checkpoints[at]).filter(|point| point.line as usize == line)
        else {
            return start.saturating_add(skip).min(end);
        };
        let rest = text.get(point.byte as usize..end as usize).unwrap_or("");
        let ahead = (skip - point.chars) as usize;
        rest.char_indices().nth(ahead).map_or(end, |(at, _)| point.byte + count(at))
    }

    pub fn place(&self, file: &str, text: &str, span: Span) -> Place {
        let (line, column) = self.line_column(text, span.start);
        let (end_line, end_column) = self.line_column(text, span.end);
        Place { file: file.to_owned(), line, column, end_line, end_column, compiled: false }
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn columns_count_characters_and_lines_survive_crlf() {
        let text = "a\r\nüñ x\n";
        let index = LineIndex::new(text);
        let at = u32::try_from(text.find('x').expect("x")).expect("small");
        assert_eq!(index.line_column(text, at), (2, 4));
        assert_eq!(index.offset(text, 2, 4), at);
    }

    #[test]
    fn a_place_past_the_end_is_the_end() {
        let index = LineIndex::new("ab");
        assert_eq!(index.offset("ab", 9, 9), 2);
        assert_eq!(index.line_column("ab", 99), (1, 3));
    }

    proptest! {
        #[test]
        fn every_character_boundary_goes_there_and_back(text in "[a-zé\\n\\r ]{0,40}") {
            let index = LineIndex::new(&text);
            for (at, _) in text.char_indices() {
                let at = u32::try_from(at).expect("small");
                let (line, column) = index.line_column(&text, at);
                prop_assert_eq!(index.offset(&text, line.into(), column.into()), at);
            }
        }
    }
}
