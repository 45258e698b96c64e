//! Archives, as a person packs them.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};

pub(crate) fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("a Vec takes all");
    encoder.finish().expect("a Vec takes all")
}

/// A zip of these paths and contents.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut packed, mut directory) = (Vec::new(), Vec::new());
    let length = |length: usize| u32::try_from(length).expect("short").to_le_bytes();
    for (name, content) in files {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).expect("a Vec takes all");
        let bytes = encoder.finish().expect("a Vec takes all");
        let start = length(packed.len());
        // Flags, method 8 (deflate), time, date and checksum, sizes; then the lengths of name and extra fields.
        let numbers = [&[0, 0, 8, 0][..], &[0; 8], &length(bytes.len()), &length(content.len())].concat();
        let names = [&length(name.len())[..2], &[0, 0]].concat();
        packed.extend([b"PK\x03\x04\x14\0", &numbers[..], &names, name.as_bytes(), &bytes].concat());
        let header = [b"PK\x01\x02\x14\0\x14\0", &numbers[..], &names, &[0; 10], &start, name.as_bytes()];
        directory.extend(header.concat());
    }
    let count = &length(files.len())[..2];
    let end = [b"PK\x05\x06\0\0\0\0", count, count, &length(directory.len()), &length(packed.len()), &[0, 0]].concat();
    [packed, directory, end].concat()
}
