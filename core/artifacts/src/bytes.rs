//! A file's bytes, read where they are wanted.
//!
//! A manifest can be larger than the memory that a page may have. So the engine never asks for a whole file where it can
//! help it: a page slices its `File`, a command line seeks, and both look like this.

use std::rc::Rc;

use sha2::{Digest, Sha256};

/// Bytes that can be read at any place. They do not change while they are in use.
pub trait Bytes {
    fn size(&self) -> u64;

    /// Fills `into` with what lies from `offset` on. The error is a sentence for a person.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), String>;

    /// All of it, where it is in memory anyway.
    fn in_memory(&self) -> Option<&[u8]> {
        None
    }

    /// The SHA-256 of all of it, in hexadecimal. A host that can work it out beside the reading does so.
    fn sha256(&self) -> Result<String, String>;
}

/// The SHA-256 of some bytes, read from front to back.
pub fn sha256(bytes: &dyn Bytes) -> Result<String, String> {
    let mut hash = Sha256::new();
    let mut chunk = Vec::new();
    let mut at = 0;
    while at < bytes.size() {
        chunk.resize(usize::try_from(bytes.size() - at).unwrap_or(CHUNK).min(CHUNK), 0);
        bytes.read_at(at, &mut chunk)?;
        hash.update(&chunk);
        at += chunk.len() as u64;
    }
    Ok(hex(&hash.finalize()))
}

impl Bytes for Vec<u8> {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), String> {
        let from = usize::try_from(offset).ok().and_then(|from| self.get(from..)?.get(..into.len()));
        into.copy_from_slice(from.ok_or("the file ends earlier than its size says")?);
        Ok(())
    }

    fn in_memory(&self) -> Option<&[u8]> {
        Some(self)
    }

    fn sha256(&self) -> Result<String, String> {
        Ok(hex(&Sha256::digest(self)))
    }
}

/// Where something lies in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent {
    pub start: u64,
    pub length: u32,
}

impl Extent {
    pub fn end(self) -> u64 {
        self.start + u64::from(self.length)
    }
}

/// The first bytes of a file, up to so many.
pub fn head(bytes: &dyn Bytes, most: u64) -> Result<Vec<u8>, String> {
    let mut head = vec![0; usize::try_from(bytes.size().min(most)).unwrap_or(0)];
    bytes.read_at(0, &mut head)?;
    Ok(head)
}

/// A file read once from its first byte to its last.
pub struct Stream<'a> {
    bytes: Rc<dyn Bytes>,
    at: u64,
    on_read: &'a mut dyn FnMut(u64),
}

impl<'a> Stream<'a> {
    /// `on_read` is told how far the reading has come.
    pub fn new(bytes: Rc<dyn Bytes>, on_read: &'a mut dyn FnMut(u64)) -> Self {
        Self { bytes, at: 0, on_read }
    }

    pub fn bytes(&self) -> &Rc<dyn Bytes> {
        &self.bytes
    }

    pub fn at(&self) -> u64 {
        self.at
    }

    pub fn left(&self) -> u64 {
        self.bytes.size() - self.at
    }

    /// Fills as much of `into` as there is left, and says how much that is: none at the end of the file.
    pub fn read_on(&mut self, into: &mut [u8]) -> Result<usize, String> {
        let count = usize::try_from(self.left()).unwrap_or(usize::MAX).min(into.len());
        self.bytes.read_at(self.at, &mut into[..count])?;
        self.at += count as u64;
        (self.on_read)(self.at);
        Ok(count)
    }

    /// Somebody who looks at the bytes in memory has come this far.
    pub fn reached(&mut self, at: u64) {
        self.at = at;
        (self.on_read)(at);
    }

    /// All that is left.
    pub fn read_all(&mut self) -> Result<Vec<u8>, String> {
        let mut all = vec![0; usize::try_from(self.left()).map_err(|_| "it does not fit into memory")?];
        for chunk in all.chunks_mut(CHUNK) {
            self.read_on(chunk)?;
        }
        Ok(all)
    }
}

/// What is read at a time.
pub const CHUNK: usize = 1 << 20;

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
