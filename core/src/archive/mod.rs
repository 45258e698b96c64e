//! Archives: what is in one, what of it is read, and how much may come out.
//!
//! The page and the command line unpack each with its own means. What both have to do alike is here: the names, the limits,
//! and the sentences that say why something was left packed.

mod limits;
mod zip;

use foreshock_artifacts::bytes::{self, Bytes};

pub use limits::{Allowance, DAMAGED};
pub use zip::plain_path;

/// Archives within archives are unpacked this deep; what is packed deeper is told of as an archive.
pub const NESTED: usize = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Gzip,
    Zip,
}

impl Format {
    /// Told from the first bytes, whatever the file is called.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            _ => None,
        }
    }
}

/// The archive that a file is. A file that cannot be read is none: whoever reads it next says so.
pub fn format(file: &dyn Bytes) -> Option<Format> {
    Format::of(&bytes::head(file, 4).ok()?)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Stored,
    Deflate,
    Gzip,
}

/// A file in an archive, as it lies there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// The archive's name, a slash, and the path within.
    pub name: String,
    /// Where its bytes are in the archive, and how many.
    pub start: u64,
    pub length: u64,
    pub method: Method,
    /// How many bytes it says it becomes.
    pub size: Option<u64>,
}

impl Packed {
    /// Whether what came out is all of it.
    pub fn check(&self, unpacked: u64) -> Result<(), String> {
        match self.size {
            Some(size) if size != unpacked => Err(DAMAGED.to_owned()),
            _ => Ok(()),
        }
    }
}

/// What is left packed, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub name: String,
    pub why: String,
}

/// What a review can read of an archive, in the order in which it lies there.
pub fn contents(
    name: &str,
    archive: &dyn Bytes,
    format: Format,
    allowance: &mut Allowance,
) -> Vec<Result<Packed, Refused>> {
    let found = match format {
        Format::Gzip => {
            let within = name.rsplit('/').next().unwrap_or(name);
            let within = within.strip_suffix(".gz").unwrap_or(within);
            let name = format!("{name}/{within}");
            Ok(vec![Ok(Packed { name, start: 0, length: archive.size(), method: Method::Gzip, size: None })])
        }
        Format::Zip => zip::contents(name, archive),
    };
    match found.and_then(|found| allowance.take_entries(found.len()).map(|()| found)) {
        Ok(found) => found,
        Err(why) => vec![Err(Refused { name: name.to_owned(), why })],
    }
}
