//! Text of a file as a reader decodes it, and where each part of it stands in the file.

use crate::text::Span;

/// Decoded text with the pairs of offsets from which on it and the file run alike. Where a part cannot be followed, the
/// pairs are given up: a place that is too wide is honest, one that is wrong is not.
#[derive(Debug, Clone, Default)]
pub(in crate::migration) struct Mapped {
    pub(in crate::migration) text: String,
    pub(in crate::migration) alike: Vec<(u32, u32)>,
    lost: bool,
}

impl Mapped {
    /// Text without a place of its own.
    pub(in crate::migration) fn placeless(text: &str) -> Self {
        Self { text: text.to_owned(), alike: Vec::new(), lost: true }
    }

    /// Adds text that stands in the file as it is.
    pub(in crate::migration) fn keep(&mut self, text: &str, at: usize) {
        if !text.is_empty() {
            self.pair(self.text.len(), at);
            self.text.push_str(text);
        }
    }

    /// Adds text that stands for a part of the file, as `<` does for `&lt;`.
    pub(in crate::migration) fn stand_in(&mut self, text: &str, span: Span) {
        let (start, last) = (span.start as usize, (span.end as usize).saturating_sub(1));
        let from = self.text.len();
        if let Some((at, _)) = text.char_indices().next_back() {
            self.mark(from, start);
            for (inner, _) in text.char_indices().skip(1) {
                self.pair(from + inner, if inner == at { last } else { start });
            }
        }
        self.text.push_str(text);
        if !text.is_empty() {
            // Where it ends in the file, which its length does not tell.
            self.pair(self.text.len(), span.end as usize);
        }
    }

    /// Adds text that is nowhere in the file.
    pub(in crate::migration) fn lead(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a part of other text.
    pub(in crate::migration) fn append(&mut self, other: &Self, from: usize, to: usize) {
        let Some(text) = other.text.get(from..to).filter(|text| !text.is_empty()) else { return };
        self.lost |= other.lost;
        let base = self.text.len();
        let after = other.alike.partition_point(|(at, _)| *at as usize <= from);
        if let Some((at, place)) = after.checked_sub(1).and_then(|last| other.alike.get(last)) {
            self.pair(base, *place as usize + (from - *at as usize));
        }
        for (at, place) in &other.alike[after..] {
            if *at as usize >= to {
                break;
            }
            self.mark(base + (*at as usize - from), *place as usize);
        }
        self.text.push_str(text);
    }

    /// The place of a part; none where it is not known.
    pub(in crate::migration) fn span(&self, from: usize, to: usize) -> Option<Span> {
        let place = |offset: usize| {
            let after = self.alike.partition_point(|(at, _)| *at as usize <= offset);
            let (at, place) = self.alike.get(after.checked_sub(1)?)?;
            Some(*place as usize + (offset - *at as usize))
        };
        if self.lost {
            return None;
        }
        Some(Span::new(place(from)?, place(to.checked_sub(1)?)? + 1))
    }

    /// The text and its pairs, for a step.
    pub(in crate::migration) fn into_parts(self) -> (String, Vec<(u32, u32)>) {
        (self.text, if self.lost { Vec::new() } else { self.alike })
    }

    fn pair(&mut self, at: usize, place: usize) {
        let Span { start: at, end: place } = Span::new(at, place);
        let follows = |(before, from): &(u32, u32)| at >= *before && place >= *from && at - before == place - from;
        if !self.alike.last().is_some_and(follows) {
            self.alike.push((at, place));
        }
    }

    /// A pair of its own, also where it goes on like the one before: it is the beginning of an escape.
    fn mark(&mut self, at: usize, place: usize) {
        let Span { start: at, end: place } = Span::new(at, place);
        self.alike.push((at, place));
    }
}

/// Decoded text beside the part of the file that it was decoded from, character by character; whitespace may differ, as it
/// does in the blocks and folded lines of YAML, and what is escaped with a backslash stands for itself.
pub(in crate::migration) fn align(decoded: &str, text: &str, span: Span) -> Mapped {
    follow(decoded, text, span).unwrap_or_else(|| Mapped::placeless(decoded))
}

fn follow(decoded: &str, text: &str, span: Span) -> Option<Mapped> {
    let end = span.end as usize;
    let mut at = span.start as usize;
    let mut mapped = Mapped::default();
    let mut rest = decoded;
    while let Some(next) = rest.chars().next() {
        let raw = text.get(at..end)?;
        let found = raw.chars().next();
        let taken = if next.is_whitespace() && found.is_some_and(char::is_whitespace) {
            let space = rest.len() - rest.trim_start().len();
            let raw_space = raw.len() - raw.trim_start().len();
            // A run may begin or end with an escape, which the next turn takes.
            mapped.stand_in(&rest[..space], Span::new(at, at + raw_space));
            at += raw_space;
            space
        } else if found == Some(next) && next != '\\' && !(next == '\'' && raw.starts_with("''")) {
            mapped.keep(&rest[..next.len_utf8()], at);
            at += next.len_utf8();
            next.len_utf8()
        } else {
            let length = escape(raw, next)?;
            mapped.stand_in(&rest[..next.len_utf8()], Span::new(at, at + length));
            at += length;
            next.len_utf8()
        };
        rest = &rest[taken..];
    }
    Some(mapped)
}

/// How long the escape is that stands for a character.
fn escape(raw: &str, character: char) -> Option<usize> {
    if raw.starts_with("''") && character == '\'' {
        return Some(2);
    }
    let Some(rest) = raw.strip_prefix('\\') else {
        return raw.starts_with(character).then(|| character.len_utf8());
    };
    let stands_for = match rest.chars().next()? {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'u' => {
            let code = u32::from_str_radix(rest.get(1..5)?, 16).ok().and_then(char::from_u32)?;
            return (code == character).then_some(6);
        }
        other if other == character => return Some(1 + other.len_utf8()),
        _ => return raw.starts_with(character).then(|| character.len_utf8()),
    };
    if stands_for == character { Some(2) } else { raw.starts_with(character).then(|| character.len_utf8()) }
}
