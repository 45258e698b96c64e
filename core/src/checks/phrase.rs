//! A run of words, and the few questions that checks ask of it.

use std::ops::Range;

use crate::dialect::Dialect;
use crate::schema::RelationName;
use crate::sql::{Word, WordKind, mark};
use crate::text::Span;

/// A part of a statement. A pattern is words with blanks between them: `DROP TABLE|VIEW IF? _` has alternatives, a word that
/// may be missing, and one that may be any.
#[derive(Clone, Copy)]
pub(super) struct Phrase<'t> {
    pub(super) code: &'t str,
    pub(super) words: &'t [Word],
    pub(super) dialect: Dialect,
    /// The marks of the words of the whole statement: most words that a pattern asks for are in few statements.
    pub(super) marks: u128,
}

/// Those of the words that one of the pattern's may be.
fn marks(wanted: &[u8]) -> u128 {
    if wanted == b"_" || wanted.ends_with(b"?") {
        return u128::MAX;
    }
    parts(wanted, b'|').fold(0, |marks, wanted| marks | 1 << mark(wanted))
}

/// A pattern's words are bytes between blanks, and alternatives are bytes between bars.
fn parts(pattern: &[u8], sign: u8) -> impl Iterator<Item = &[u8]> {
    pattern.split(move |byte| *byte == sign)
}

impl<'t> Phrase<'t> {
    /// All words of a statement.
    pub(super) fn of(code: &'t str, words: &'t [Word], dialect: Dialect) -> Self {
        let own = words.iter().filter(|word| matches!(word.kind, WordKind::Bare | WordKind::Sign));
        let marks = own.fold(0, |marks, word| marks | 1 << word.mark);
        Self { code, words, dialect, marks }
    }

    /// Whether all that the pattern asks for may stand in the statement.
    fn may_have(&self, pattern: &str) -> bool {
        parts(pattern.as_bytes(), b' ').all(|wanted| marks(wanted) & self.marks != 0)
    }

    pub(super) fn word(&self, at: usize) -> &'t str {
        self.words.get(at).map_or("", |word| word.span.of(self.code))
    }

    pub(super) fn kind(&self, at: usize) -> Option<WordKind> {
        self.words.get(at).map(|word| word.kind)
    }

    pub(super) fn is(&self, at: usize, wanted: &str) -> bool {
        self.is_one_of(at, wanted.as_bytes())
    }

    fn is_one_of(&self, at: usize, wanted: &[u8]) -> bool {
        let Some(word) = self.words.get(at) else { return false };
        if !matches!(word.kind, WordKind::Bare | WordKind::Sign) {
            return false;
        }
        let word = word.span.of(self.code).as_bytes();
        let mut rest = wanted;
        loop {
            let ends = matches!(rest.get(word.len()), None | Some(b'|'));
            if ends && rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)) || rest == b"_" {
                return true;
            }
            let Some(bar) = rest.iter().position(|byte| *byte == b'|') else { return false };
            rest = &rest[bar + 1..];
        }
    }

    /// How many words the pattern takes from this place on.
    fn fits(&self, at: usize, pattern: &str) -> Option<usize> {
        let mut next = at;
        for wanted in parts(pattern.as_bytes(), b' ') {
            match wanted.strip_suffix(b"?") {
                Some(wanted) => next += usize::from(self.is_one_of(next, wanted)),
                None if wanted == b"_" && next < self.words.len() || self.is_one_of(next, wanted) => next += 1,
                None => return None,
            }
        }
        Some(next - at)
    }

    pub(super) fn starts(&self, pattern: &str) -> bool {
        self.fits(0, pattern).is_some()
    }

    /// Steps over the pattern, if it comes next.
    pub(super) fn take(&mut self, pattern: &str) -> bool {
        let count = self.fits(0, pattern);
        self.words = &self.words[count.unwrap_or(0)..];
        count.is_some()
    }

    /// Where the pattern stands first.
    pub(super) fn find(&self, pattern: &str) -> Option<Self> {
        let (at, count) = self.first(pattern)?;
        Some(Self { words: &self.words[at..at + count], ..*self })
    }

    /// Where it stands first, and how many words it takes there.
    fn first(&self, pattern: &str) -> Option<(usize, usize)> {
        if !self.may_have(pattern) {
            return None;
        }
        let first = parts(pattern.as_bytes(), b' ').next().map_or(u128::MAX, marks);
        let may_be = |(_, word): &(usize, &Word)| first & 1 << word.mark != 0;
        let places = self.words.iter().enumerate().filter(may_be);
        places.map(|(at, _)| at).find_map(|at| Some((at, self.fits(at, pattern)?)))
    }

    pub(super) fn has(&self, pattern: &str) -> bool {
        self.first(pattern).is_some()
    }

    /// What stands after the pattern.
    pub(super) fn after(&self, pattern: &str) -> Option<Self> {
        let (at, count) = self.first(pattern)?;
        Some(Self { words: &self.words[at + count..], ..*self })
    }

    /// What stands before the pattern, or all.
    pub(super) fn before(&self, pattern: &str) -> Self {
        let at = self.first(pattern).map_or(self.words.len(), |(at, _)| at);
        Self { words: &self.words[..at], ..*self }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub(super) fn span(&self) -> Span {
        let (first, last) = (self.words.first(), self.words.last());
        Span { start: first.map_or(0, |word| word.span.start), end: last.map_or(0, |word| word.span.end) }
    }

    pub(super) fn text(&self) -> &'t str {
        self.span().of(self.code)
    }

    /// The words in the parentheses that come next.
    pub(super) fn group(&mut self) -> Option<Self> {
        if !self.is(0, "(") {
            return None;
        }
        let mut depth = 0_usize;
        let close = (0..self.words.len()).find(|at| {
            depth = self.deeper(depth, *at);
            depth == 0
        })?;
        let inner = Self { words: &self.words[1..close], ..*self };
        self.words = &self.words[close + 1..];
        Some(inner)
    }

    /// The parts between commas, outside of parentheses.
    pub(super) fn parts(&self) -> Vec<Self> {
        self.part_ranges().into_iter().map(|range| Self { words: &self.words[range], ..*self }).collect()
    }

    pub(super) fn part_ranges(&self) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let (mut depth, mut from) = (0_usize, 0);
        for at in 0..=self.words.len() {
            depth = self.deeper(depth, at);
            if at == self.words.len() || depth == 0 && self.is(at, ",") {
                if from < at {
                    parts.push(from..at);
                }
                from = at + 1;
            }
        }
        parts
    }

    /// The same words without those in parentheses and without what stands from there on.
    pub(super) fn outer(&self) -> Self {
        self.before("(")
    }

    fn deeper(&self, depth: usize, at: usize) -> usize {
        match self.words.get(at) {
            Some(Word { kind: WordKind::Sign, span, .. }) => match span.of(self.code) {
                "(" | "[" | "{" => depth + 1,
                ")" | "]" | "}" => depth.saturating_sub(1),
                _ => depth,
            },
            _ => depth,
        }
    }

    /// The name that comes next, with its placeholders.
    pub(super) fn name(&mut self) -> Name<'t> {
        let start = *self;
        let mut count = 0;
        loop {
            match self.word(count) {
                "$" | "{" | "@" | ":" => {
                    while count < self.words.len() && !matches!(self.word(count), "}") && !self.ends_name(count) {
                        count += 1;
                    }
                    while self.is(count, "}") {
                        count += 1;
                    }
                }
                _ if matches!(self.kind(count), Some(WordKind::Bare | WordKind::Quoted | WordKind::Text)) => count += 1,
                _ => break,
            }
            // A placeholder may be a part of a word, and BigQuery's projects have hyphens.
            let joined = self.touches(count);
            if self.is(count, ".") {
                count += 1;
            } else if !joined || self.ends_name(count) && !(self.is(count, "-") && self.dialect == Dialect::BigQuery) {
                break;
            } else if self.is(count, "-") {
                count += 1;
            }
        }
        let taken = Self { words: &start.words[..count.min(start.words.len())], ..start };
        self.words = &self.words[taken.words.len()..];
        Name { phrase: taken }
    }

    fn ends_name(&self, at: usize) -> bool {
        self.kind(at) == Some(WordKind::Sign) && !self.is(at, "$|{|}|.|@|:")
    }

    /// Whether no blank stands before this word.
    fn touches(&self, at: usize) -> bool {
        at > 0 && self.words.get(at).is_some_and(|word| word.span.start == self.words[at - 1].span.end)
    }
}

/// A name where it stands.
#[derive(Clone, Copy)]
pub(super) struct Name<'t> {
    pub(super) phrase: Phrase<'t>,
}

impl<'t> Name<'t> {
    /// As it is written.
    pub(super) fn shown(&self) -> &'t str {
        self.phrase.text()
    }

    /// By which two spellings of one name are equal: the last part, folded.
    pub(super) fn key(&self) -> String {
        let shown = self.shown();
        if shown.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')) {
            return shown[shown.rfind('.').map_or(0, |at| at + 1)..].to_ascii_lowercase();
        }
        RelationName::parse(self.shown(), self.phrase.dialect).name().trim_matches('\'').to_lowercase()
    }
}
