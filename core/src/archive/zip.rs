//! The directory of a zip: names, places, sizes. APPNOTE.TXT 6.3 is the format's description.
//!
//! Not the `zip` crate: it makes room for as many entries as a directory claims to have (version 8.6), which is for the
//! archive to say, and its later versions bring the system's random numbers into the engine.

use std::collections::BTreeSet;

use super::limits::{DAMAGED, TOO_MANY, is_too_many};
use super::{Method, Packed, Refused};
use crate::input::is_wanted_in_folder;
use foreshock_artifacts::bytes::Bytes;

/// The record at the end, without its comment.
const END: usize = 22;
const LONGEST_COMMENT: u64 = 0xffff;
/// A header in the directory, and the one before a file's bytes, without name and extra fields.
const HEADER: usize = 46;
const LOCAL_HEADER: usize = 30;
/// As many entries as are unpacked, with long names.
const LARGEST_DIRECTORY: u64 = 16 << 20;
/// Stands where a number needs more than 32 bits and is in an extra field.
const ELSEWHERE: u64 = 0xffff_ffff;

const ENCRYPTED: u16 = 1;

/// The files that are wanted, as of a folder. The error is a sentence on the whole archive.
pub(super) fn contents(archive: &str, bytes: &dyn Bytes) -> Result<Vec<Result<Packed, Refused>>, String> {
    let directory = Directory::find(bytes)?;
    let mut names = BTreeSet::new();
    let mut found = Vec::new();
    let mut rest = directory.headers.as_slice();
    for _ in 0..directory.count {
        let (entry, next) = Entry::read(rest).ok_or(DAMAGED)?;
        rest = next;
        let path = plain_path(&entry.name);
        if entry.name.ends_with(['/', '\\']) || !is_wanted_in_folder(&path) {
            continue;
        }
        let name = unused(&mut names, format!("{archive}/{path}"), found.len());
        found.push(entry.packed(name.clone(), bytes, directory.before).map_err(|why| Refused { name, why }));
    }
    if found.is_empty() {
        return Err("no file in it is one that a review reads".to_owned());
    }
    Ok(found)
}

struct Directory {
    headers: Vec<u8>,
    count: usize,
    /// What stands before the archive itself: a program that unpacks it, most often.
    before: u64,
}

impl Directory {
    fn find(bytes: &dyn Bytes) -> Result<Self, String> {
        let tail_at = bytes.size().saturating_sub(END as u64 + LONGEST_COMMENT);
        let mut tail = vec![0; usize::try_from(bytes.size() - tail_at).unwrap_or(0)];
        bytes.read_at(tail_at, &mut tail)?;
        let ends = |at: &usize| {
            let end = &tail[*at..];
            end.starts_with(b"PK\x05\x06")
                && u16_at(end, 20).is_some_and(|comment| at + END + usize::from(comment) == tail.len())
        };
        let at = (0..(tail.len() + 1).saturating_sub(END)).rev().find(ends).ok_or(DAMAGED)?;
        let end = &tail[at..];
        let (Some(count), Some(size), Some(start)) = (u16_at(end, 10), u32_at(end, 12), u32_at(end, 16)) else {
            return Err(DAMAGED.to_owned());
        };
        if is_too_many(count.into()) {
            return Err(TOO_MANY.to_owned());
        }
        if start == ELSEWHERE || size > LARGEST_DIRECTORY {
            return Err("it is larger than archives that are unpacked".to_owned());
        }
        let ends_at = tail_at + at as u64;
        // Some tools count from the archive's own first byte; the directory always lies right before its end.
        let starts_at = ends_at.checked_sub(size).ok_or(DAMAGED)?;
        let before = starts_at.checked_sub(start).ok_or(DAMAGED)?;
        let mut headers = vec![0; usize::try_from(size).unwrap_or(0)];
        bytes.read_at(starts_at, &mut headers)?;
        Ok(Self { headers, count: count.into(), before })
    }
}

struct Entry {
    name: String,
    flags: u16,
    method: u16,
    length: u64,
    size: u64,
    start: u64,
}

impl Entry {
    /// The first entry of a directory, and the rest of it.
    fn read(from: &[u8]) -> Option<(Self, &[u8])> {
        if !from.starts_with(b"PK\x01\x02") {
            return None;
        }
        let part = |at| u16_at(from, at).map(usize::from);
        let (name, extra, comment) = (part(28)?, part(30)?, part(32)?);
        let extra_at = HEADER + name;
        let mut entry = Self {
            // Without the flag for UTF-8, the code page is the packing machine's own: nobody can tell which.
            name: String::from_utf8_lossy(from.get(HEADER..extra_at)?).into_owned(),
            flags: u16_at(from, 8)?,
            method: u16_at(from, 10)?,
            length: u32_at(from, 20)?,
            size: u32_at(from, 24)?,
            start: u32_at(from, 42)?,
        };
        entry.learn_large_numbers(from.get(extra_at..extra_at + extra)?);
        Some((entry, from.get(extra_at + extra + comment..)?))
    }

    /// The numbers of 64 bits, in the order in which they are missing.
    fn learn_large_numbers(&mut self, mut extra: &[u8]) {
        const ZIP64: u16 = 1;
        while let (Some(kind), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
            let Some(mut field) = extra.get(4..4 + usize::from(length)) else { return };
            if kind == ZIP64 {
                for number in [&mut self.size, &mut self.length, &mut self.start] {
                    if *number == ELSEWHERE
                        && let Some((large, rest)) = field.split_first_chunk()
                    {
                        (*number, field) = (u64::from_le_bytes(*large), rest);
                    }
                }
            }
            extra = &extra[4 + usize::from(length)..];
        }
    }

    fn packed(&self, name: String, bytes: &dyn Bytes, before: u64) -> Result<Packed, String> {
        if self.flags & ENCRYPTED != 0 {
            return Err("it is encrypted".to_owned());
        }
        let method = match self.method {
            0 => Method::Stored,
            8 => Method::Deflate,
            other => return Err(format!("it is packed with {}; only deflate is read", method_name(other))),
        };
        let at = before.checked_add(self.start).ok_or(DAMAGED)?;
        let mut header = [0; LOCAL_HEADER];
        if at.saturating_add(LOCAL_HEADER as u64) > bytes.size() {
            return Err(DAMAGED.to_owned());
        }
        bytes.read_at(at, &mut header)?;
        let (Some(name_length), Some(extra)) = (u16_at(&header, 26), u16_at(&header, 28)) else {
            return Err(DAMAGED.to_owned());
        };
        let start = at + LOCAL_HEADER as u64 + u64::from(name_length) + u64::from(extra);
        let is_within = start.checked_add(self.length).is_some_and(|end| end <= bytes.size());
        if !header.starts_with(b"PK\x03\x04") || !is_within {
            return Err(DAMAGED.to_owned());
        }
        Ok(Packed { name, start, length: self.length, method, size: Some(self.size) })
    }
}

fn method_name(method: u16) -> String {
    let name = match method {
        1 => "Shrink",
        6 => "Implode",
        9 => "Deflate64",
        12 => "bzip2",
        14 => "LZMA",
        93 => "Zstandard",
        95 => "XZ",
        98 => "PPMd",
        99 => "AES encryption",
        _ => return format!("method {method}"),
    };
    name.to_owned()
}

/// The path as it would be in a folder: no way up, no root, one kind of slash. It is a name here and opens nothing.
pub fn plain_path(name: &str) -> String {
    let is_name = |part: &&str| !matches!(*part, "" | "." | "..");
    name.split(['/', '\\']).filter(is_name).collect::<Vec<_>>().join("/")
}

/// An archive may hold several files of one name; the others get a number, at or after the one given.
fn unused(names: &mut BTreeSet<String>, name: String, number: usize) -> String {
    if names.insert(name.clone()) {
        return name;
    }
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
    let numbered = (number + 1..).map(|number| format!("{stem} ({number}).{extension}"));
    numbered.into_iter().find(|name| names.insert(name.clone())).unwrap_or_default()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A zip as tools write it; an entry is its name, its flags, its method and its bytes.
    fn zip(before: &[u8], entries: &[(&str, u16, u16, &[u8])]) -> Vec<u8> {
        let (mut files, mut directory) = (Vec::new(), Vec::new());
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).expect("short").to_le_bytes();
        for (name, flags, method, bytes) in entries {
            let start = length(&files);
            let numbers =
                [&flags.to_le_bytes()[..], &method.to_le_bytes(), &[0; 8], &length(bytes), &length(bytes)].concat();
            let names = [&length(name.as_bytes())[..2], &[0, 0]].concat();
            files.extend([b"PK\x03\x04\x14\0", &numbers[..], &names, name.as_bytes(), bytes].concat());
            let header = [b"PK\x01\x02\x14\0\x14\0", &numbers[..], &names, &[0; 10], &start, name.as_bytes()];
            directory.extend(header.concat());
        }
        let count = &length(&vec![0; entries.len()])[..2];
        let end = [b"PK\x05\x06\0\0\0\0", count, count, &length(&directory), &length(&files), &[0, 0]].concat();
        [before, &files, &directory, &end].concat()
    }

    /// A name, and the packed bytes or why they are refused.
    type Found = (String, Result<Vec<u8>, String>);

    fn read(zip: &Vec<u8>) -> Result<Vec<Found>, String> {
        let found = contents("a.zip", zip)?.into_iter().map(|found| match found {
            Ok(packed) => {
                let (start, length) = (usize::try_from(packed.start), usize::try_from(packed.length));
                let bytes = zip[start.expect("short")..][..length.expect("short")].to_vec();
                (packed.name, Ok(bytes))
            }
            Err(Refused { name, why }) => (name, Err(why)),
        });
        Ok(found.collect())
    }

    #[test]
    fn what_a_folder_would_give_is_found_where_it_lies() {
        let entries: [(&str, u16, u16, &[u8]); 4] = [
            ("p/", 0, 0, b""),
            ("p/target/manifest.json", 0, 0, b"{}"),
            ("p/logo.png", 0, 0, b"PNG"),
            ("p/db/V1__x.sql", 8, 8, b"packed"),
        ];
        let expected = Ok(vec![
            ("a.zip/p/target/manifest.json".to_owned(), Ok(b"{}".to_vec())),
            ("a.zip/p/db/V1__x.sql".to_owned(), Ok(b"packed".to_vec())),
        ]);
        assert_eq!(read(&zip(b"", &entries)), expected);
        assert_eq!(read(&zip(b"#!/bin/sh unpacks itself", &entries)), expected);
    }

    #[test]
    fn a_way_up_is_only_a_name_and_two_files_of_one_name_are_two() {
        let names: Vec<String> = read(&zip(
            b"",
            &[
                ("../../x.sql", 0, 0, b"1"),
                ("/x.sql", 0, 0, b"2"),
                ("C:\\db\\y.sql", 0, 0, b"3"),
                ("./x.sql", 0, 0, b"4"),
            ],
        ))
        .expect("a zip")
        .into_iter()
        .map(|(name, _)| name)
        .collect();
        assert_eq!(names, ["a.zip/x.sql", "a.zip/x (2).sql", "a.zip/C:/db/y.sql", "a.zip/x (4).sql"]);
    }

    #[test]
    fn what_cannot_be_unpacked_is_said_of_each_file() {
        let said = read(&zip(b"", &[("a.sql", 1, 8, b"?"), ("b.sql", 0, 14, b"?"), ("c.sql", 0, 77, b"?")]));
        let whys: Vec<String> = said.expect("a zip").into_iter().filter_map(|(_, found)| found.err()).collect();
        assert_eq!(
            whys,
            [
                "it is encrypted",
                "it is packed with LZMA; only deflate is read",
                "it is packed with method 77; only deflate is read"
            ]
        );
    }

    #[test]
    fn a_directory_that_lies_is_damage_and_no_panic() {
        let whole = zip(b"", &[("a.sql", 0, 0, b"select 1"), ("b.sql", 0, 0, b"select 2")]);
        for cut in 0..whole.len() {
            assert!(read(&whole[..cut].to_vec()).is_err());
        }
        for at in 0..whole.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut lying = whole.clone();
                lying[at] = value;
                // Either is fine.
                let _found = read(&lying);
            }
        }
        let many = vec![("x.sql", 0, 0, b"".as_slice()); 10_001];
        assert_eq!(read(&zip(b"", &many)), Err(TOO_MANY.to_owned()));
        assert_eq!(
            read(&zip(b"", &[("logo.png", 0, 0, b"")])),
            Err("no file in it is one that a review reads".to_owned())
        );
    }
}
