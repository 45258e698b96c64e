//! Walking a large JSON file entry by entry.
//!
//! dbt's artifacts are an object of a few sections with many entries each. Only one entry at a time is held, in a window
//! that moves over the file; serde reads it there. So a file may be larger than memory, and each entry's place in the file
//! is known, to read it again when a review reaches it. A file that is in memory already is one window.

use std::rc::Rc;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::bytes::{Bytes, CHUNK, Extent, Stream};

/// An entry larger than this is refused: the window has to hold one.
pub const LARGEST_ENTRY: usize = 256 << 20;

/// What some programs put before a text.
pub const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a file could not be read to its end.
#[derive(Debug)]
pub enum Broken {
    /// The JSON is none, here.
    Json {
        at: u64,
        ended: bool,
        message: String,
    },
    TooLarge {
        at: u64,
    },
    Unreadable(String),
}

pub struct Walk<'s, 'a> {
    stream: &'s mut Stream<'a>,
    /// The file, if it is in memory: then it is the window.
    whole: Option<Rc<dyn Bytes>>,
    /// Else bytes of the file, and room for more.
    buffer: Vec<u8>,
    /// How much of the window is filled.
    filled: usize,
    /// Where the walk stands within the window.
    at: usize,
    /// Where the window stands within the file.
    base: u64,
    ended: bool,
}

impl<'s, 'a> Walk<'s, 'a> {
    pub fn new(stream: &'s mut Stream<'a>) -> Result<Self, Broken> {
        let whole = Some(Rc::clone(stream.bytes())).filter(|bytes| stream.at() == 0 && bytes.in_memory().is_some());
        let mut walk = Self { stream, whole, buffer: Vec::new(), filled: 0, at: 0, base: 0, ended: false };
        match walk.whole.as_ref().and_then(|bytes| bytes.in_memory()) {
            Some(bytes) => (walk.filled, walk.ended) = (bytes.len(), true),
            None => walk.fill()?,
        }
        if walk.rest().starts_with(UTF8_MARK) {
            walk.at = UTF8_MARK.len();
        }
        Ok(walk)
    }

    /// The file's one object: `visit` is called at each of its values and has to take it.
    pub fn file(&mut self, visit: impl FnMut(&mut Self, String) -> Result<(), Broken>) -> Result<(), Broken> {
        match self.peek()? {
            Some(_) => self.object(visit)?,
            None => return Err(self.broken("the file holds nothing")),
        }
        match self.peek()? {
            None => Ok(()),
            Some(_) => Err(self.broken("there is more after the end of the JSON")),
        }
    }

    /// An object's values, one after the other; any other value is skipped.
    pub fn object(&mut self, mut visit: impl FnMut(&mut Self, String) -> Result<(), Broken>) -> Result<(), Broken> {
        if self.peek()? != Some(b'{') {
            return self.skip();
        }
        self.at += 1;
        if self.take_if(b'}')? {
            return Ok(());
        }
        loop {
            if self.peek()? != Some(b'"') {
                return Err(self.broken("a key was expected"));
            }
            let (key, _) = self.value::<String>()?;
            if !self.take_if(b':')? {
                return Err(self.broken("a colon was expected"));
            }
            visit(self, key)?;
            if !self.goes_on(b'}')? {
                return Ok(());
            }
        }
    }

    /// A section's entries; a value that is no object has none.
    pub fn entries<T: for<'de> Deserialize<'de>>(
        &mut self,
        mut take: impl FnMut(String, T, Extent),
    ) -> Result<(), Broken> {
        self.object(|walk, key| {
            let (value, extent) = walk.value()?;
            take(key, value, extent);
            Ok(())
        })
    }

    /// A list's items; a value that is no list has none.
    pub fn items<T: for<'de> Deserialize<'de>>(&mut self, mut take: impl FnMut(T)) -> Result<(), Broken> {
        if self.peek()? != Some(b'[') {
            return self.skip();
        }
        self.at += 1;
        if self.take_if(b']')? {
            return Ok(());
        }
        loop {
            take(self.value()?.0);
            if !self.goes_on(b']')? {
                return Ok(());
            }
        }
    }

    pub fn is_list(&mut self) -> Result<bool, Broken> {
        Ok(self.peek()? == Some(b'['))
    }

    /// Passes over a section of any kind, entry by entry: it may be larger than the window.
    pub fn skip_section(&mut self) -> Result<(), Broken> {
        match self.peek()? {
            Some(b'{') => self.entries(|_, _: IgnoredAny, _| ()),
            Some(b'[') => self.items(|_: IgnoredAny| ()),
            _ => self.skip(),
        }
    }

    fn skip(&mut self) -> Result<(), Broken> {
        self.value::<IgnoredAny>().map(drop)
    }

    /// The value that comes next, and where it lies.
    pub fn value<T: for<'de> Deserialize<'de>>(&mut self) -> Result<(T, Extent), Broken> {
        self.peek()?;
        self.tell();
        loop {
            let rest = self.rest();
            let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<T>();
            match values.next() {
                // What touches the end of the window may go on behind it: a number's next digit.
                Some(Ok(value)) if self.ended || values.byte_offset() < rest.len() => {
                    let length = values.byte_offset();
                    let extent = self.extent(length);
                    self.at += length;
                    return Ok((value, extent));
                }
                Some(Err(error)) if self.ended || !is_near(&error, rest) => {
                    if let Some((value, length)) = despite_bad_bytes(rest) {
                        let extent = self.extent(length);
                        self.at += length;
                        return Ok((value, extent));
                    }
                    return Err(Broken::Json {
                        at: self.base + (self.at + offset_of(&error, rest)) as u64,
                        ended: error.is_eof(),
                        message: error.to_string(),
                    });
                }
                None if self.ended => return Err(self.broken("a value was expected")),
                Some(_) | None => self.fill()?,
            }
        }
    }

    fn extent(&self, length: usize) -> Extent {
        Extent { start: self.base + self.at as u64, length: u32::try_from(length).unwrap_or(u32::MAX) }
    }

    /// After an entry: whether another one follows.
    fn goes_on(&mut self, close: u8) -> Result<bool, Broken> {
        if self.take_if(b',')? {
            return Ok(true);
        }
        if self.take_if(close)? {
            return Ok(false);
        }
        Err(self.broken(if close == b'}' { "expected `,` or `}`" } else { "expected `,` or `]`" }))
    }

    fn take_if(&mut self, byte: u8) -> Result<bool, Broken> {
        let is_there = self.peek()? == Some(byte);
        self.at += usize::from(is_there);
        Ok(is_there)
    }

    /// The next byte that is no white space; none at the end of the file.
    fn peek(&mut self) -> Result<Option<u8>, Broken> {
        loop {
            match self.rest().iter().position(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t')) {
                Some(skip) => {
                    self.at += skip;
                    return Ok(self.rest().first().copied());
                }
                None if self.ended => {
                    self.at = self.filled;
                    return Ok(None);
                }
                None => {
                    self.at = self.filled;
                    self.fill()?;
                }
            }
        }
    }

    /// Moves the window on. What is not taken yet stays in it and its room at least doubles, so that a long entry is tried a few
    /// times and not a thousand.
    fn fill(&mut self) -> Result<(), Broken> {
        self.buffer.copy_within(self.at..self.filled, 0);
        self.filled -= self.at;
        self.base += std::mem::take(&mut self.at) as u64;
        if self.filled > LARGEST_ENTRY {
            return Err(Broken::TooLarge { at: self.base });
        }
        let wanted = self.filled + CHUNK.max(self.filled);
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        self.filled += self.stream.read_on(&mut self.buffer[self.filled..wanted]).map_err(Broken::Unreadable)?;
        self.ended = self.stream.left() == 0;
        Ok(())
    }

    /// What is read of the file and not taken yet.
    fn rest(&self) -> &[u8] {
        let window = self.whole.as_ref().and_then(|bytes| bytes.in_memory()).unwrap_or(&self.buffer);
        &window[self.at..self.filled]
    }

    /// Says how far it has come, where nothing is read that would.
    fn tell(&mut self) {
        if self.whole.is_some() && self.at as u64 >= self.stream.at() + CHUNK as u64 {
            self.stream.reached(self.at as u64);
        }
    }

    fn broken(&self, message: &str) -> Broken {
        let at = self.base + self.at as u64;
        Broken::Json { at, ended: self.ended && self.at >= self.filled, message: message.to_owned() }
    }
}

/// A value with bytes in it that are no text, and its length: such a byte costs a character, not the file.
fn despite_bad_bytes<T: for<'de> Deserialize<'de>>(rest: &[u8]) -> Option<(T, usize)> {
    let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    let length = values.byte_offset();
    Some((crate::read(&rest[..length])?, length))
}

/// Whether an error may come from the window's end alone: a word or a number that is cut there.
fn is_near(error: &serde_json::Error, window: &[u8]) -> bool {
    const LONGEST_WORD: usize = 32;
    error.is_eof() || offset_of(error, window) + LONGEST_WORD > window.len()
}

/// serde_json counts lines and columns; this is the byte.
fn offset_of(error: &serde_json::Error, window: &[u8]) -> usize {
    let line = match error.line() {
        0 | 1 => 0,
        line => {
            let ends = window.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
            ends.map(|(at, _)| at + 1).nth(line - 2).unwrap_or(0)
        }
    };
    (line + error.column().saturating_sub(1)).min(window.len())
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    /// Bytes that have to be read to be seen.
    struct OnDisk(Vec<u8>);
    impl Bytes for OnDisk {
        fn size(&self) -> u64 {
            self.0.size()
        }
        fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), String> {
            self.0.read_at(offset, into)
        }
        fn sha256(&self) -> Result<String, String> {
            self.0.sha256()
        }
    }

    fn walk(json: &[u8], visit: impl FnMut(&mut Walk<'_, '_>, String) -> Result<(), Broken>) -> Result<(), Broken> {
        Walk::new(&mut Stream::new(Rc::new(OnDisk(json.to_vec())), &mut |_| ()))?.file(visit)
    }

    #[test]
    fn a_file_in_memory_is_walked_like_one_on_disk_and_says_how_far_it_has_come() {
        let entries: Vec<String> = (0..36_000).map(|at| format!("\"n{at}\" : \"{}\"", "x".repeat(at % 131))).collect();
        let json = format!("\u{feff}{{\"nodes\": {{{}}}, \"more\": [1, 2]}} ", entries.join(", ")).into_bytes();
        let read = |bytes: Rc<dyn Bytes>| {
            let (mut seen, mut told) = (Vec::new(), Vec::new());
            let mut on_read = |at| told.push(at);
            let mut stream = Stream::new(bytes, &mut on_read);
            let mut walk = Walk::new(&mut stream).expect("it is there");
            walk.file(|walk, _| walk.entries(|id, value: String, extent| seen.push((id, value, extent))))
                .expect("it is JSON");
            (seen, told)
        };
        let (on_disk, _) = read(Rc::new(OnDisk(json.clone())));
        let (in_memory, told) = read(Rc::new(json));
        assert_eq!(on_disk, in_memory);
        assert!(told.len() > 1 && told.is_sorted(), "{told:?}");
    }

    #[test]
    fn entries_lie_where_it_is_said_also_where_the_window_moves() {
        // Entries of all lengths, so that some number, word, escape or name lies across each end of the window.
        let mut json = String::from("{\"nodes\": {");
        for at in 0..36_000 {
            let comma = if at == 0 { "" } else { ", " };
            json += &format!("{comma}\"n{at}\": [{at}.5e3, true, null, \"\\u00e4{}\"]", "x".repeat(at % 97));
        }
        json += "}}";
        assert!(json.len() > 2 * CHUNK);
        let mut seen = 0;
        walk(json.as_bytes(), |walk, _| {
            walk.entries(|id, value: serde_json::Value, extent| {
                assert_eq!(id, format!("n{seen}"));
                let from = usize::try_from(extent.start).expect("it fits");
                let again = &json[from..from + extent.length as usize];
                assert_eq!(serde_json::from_str::<serde_json::Value>(again).expect("a value"), value);
                seen += 1;
            })
        })
        .expect("it is JSON");
        assert_eq!(seen, 36_000);
    }

    #[test]
    fn an_entry_larger_than_the_window_is_read_whole() {
        let long = "y".repeat(3 * CHUNK);
        let json = format!("{{\"docs\": {{\"a\": \"{long}\", \"b\": 1}}}}");
        let mut lengths = Vec::new();
        walk(json.as_bytes(), |walk, _| {
            walk.entries(|_, value: serde_json::Value, _| lengths.push(value.to_string().len()))
        })
        .expect("it is JSON");
        assert_eq!(lengths, [long.len() + 2, 1]);
    }

    #[test]
    fn a_byte_that_is_no_text_costs_a_character() {
        let mut texts = Vec::new();
        walk(b"{\"a\": {\"b\": \"x\xcey\", \"c\": \"z\"}}", |walk, _| {
            walk.entries(|_, value: String, _| texts.push(value))
        })
        .expect("it is read");
        assert_eq!(texts, ["x\u{fffd}y", "z"]);
    }

    #[test]
    fn deep_nesting_needs_no_stack() {
        let json = format!("{{\"a\": {}{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        walk(json.as_bytes(), |walk, _| walk.value::<IgnoredAny>().map(drop)).expect("it is JSON");
    }
}
