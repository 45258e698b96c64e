//! The JSON of dbt's artifacts: bytes that can be read at any place in, entries out.
//!
//! It is the first step of the engine's road and knows nothing of the others: what an entry means is `foreshock-core`'s
//! business. It is a crate of its own because every byte of a large project passes through it: the page, which is compiled to
//! be small, has this part compiled to be fast. So what reads an entry is a function here, and nothing generic.
#![forbid(unsafe_code)]

pub mod bytes;
pub mod details;
pub mod manifest;
pub mod tolerant;
pub mod walk;

/// A JSON value; bytes in it that are no text cost a character each. None where it is no JSON.
pub fn read<T: for<'de> serde::Deserialize<'de>>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok().or_else(|| serde_json::from_str(&String::from_utf8_lossy(bytes)).ok())
}
