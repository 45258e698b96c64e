//! Archives among the files, unpacked into memory: what may come out of them is limited.

use std::io::{BufRead, BufReader, Read};
use std::rc::Rc;

use flate2::bufread::{DeflateDecoder, GzDecoder};
use foreshock_core::archive::{self, Allowance, DAMAGED, Method, Packed, Refused};
use foreshock_core::{Bytes, InputFile};

/// The files, each archive replaced by what a review reads of it.
pub(crate) fn unpack(files: Vec<InputFile>) -> Vec<InputFile> {
    let mut allowance = Allowance::default();
    let mut unpacked = Vec::new();
    for file in files {
        unpack_file(file, 0, &mut allowance, &mut unpacked);
    }
    unpacked
}

/// The depth is that of archives within archives, and bounded.
fn unpack_file(file: InputFile, depth: usize, allowance: &mut Allowance, into: &mut Vec<InputFile>) {
    let format = archive::format(file.bytes.as_ref()).filter(|_| depth <= archive::NESTED);
    let Some(format) = format else {
        into.push(file);
        return;
    };
    for found in archive::contents(&file.name, file.bytes.as_ref(), format, allowance) {
        match found {
            Ok(packed) => match content(&file.bytes, &packed, allowance) {
                Ok(bytes) => unpack_file(InputFile::new(packed.name, bytes), depth + 1, allowance, into),
                Err(why) => into.push(InputFile::refused(packed.name, why)),
            },
            Err(Refused { name, why }) => into.push(InputFile::refused(name, why)),
        }
    }
}

fn content(archive: &Rc<dyn Bytes>, packed: &Packed, allowance: &mut Allowance) -> Result<Vec<u8>, String> {
    let section = Section { bytes: Rc::clone(archive), at: packed.start, end: packed.start + packed.length };
    let mut section = BufReader::with_capacity(CHUNK, section);
    let content = match packed.method {
        Method::Stored => read_all(&mut section, packed, allowance)?,
        Method::Deflate => read_all(&mut DeflateDecoder::new(&mut section), packed, allowance)?,
        Method::Gzip => read_all(&mut GzDecoder::new(&mut section), packed, allowance)?,
    };
    let is_used_up = section.fill_buf().is_ok_and(<[u8]>::is_empty);
    if is_used_up { Ok(content) } else { Err(DAMAGED.to_owned()) }
}

const CHUNK: usize = 256 << 10;

fn read_all(from: &mut dyn Read, packed: &Packed, allowance: &mut Allowance) -> Result<Vec<u8>, String> {
    let mut content = Vec::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = from.read(&mut chunk).map_err(|_| DAMAGED.to_owned())?;
        if count == 0 {
            packed.check(content.len() as u64)?;
            return Ok(content);
        }
        content.extend_from_slice(&chunk[..count]);
        allowance.take(packed, count as u64, content.len() as u64)?;
    }
}

/// A stretch of the archive.
struct Section {
    bytes: Rc<dyn Bytes>,
    at: u64,
    end: u64,
}

impl Read for Section {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(into.len());
        self.bytes.read_at(self.at, &mut into[..count]).map_err(std::io::Error::other)?;
        self.at += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder};
    use std::io::Write as _;

    use super::*;

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("a Vec takes all");
        encoder.finish().expect("a Vec takes all")
    }

    /// A zip of one file.
    fn zip(name: &str, content: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).expect("a Vec takes all");
        let bytes = encoder.finish().expect("a Vec takes all");
        let length = |length: usize| u32::try_from(length).expect("short").to_le_bytes();
        let numbers = [&[0, 0, 8, 0][..], &[0; 8], &length(bytes.len()), &length(content.len())].concat();
        let names = [&length(name.len())[..2], &[0, 0]].concat();
        let file = [b"PK\x03\x04\x14\0", &numbers[..], &names, name.as_bytes(), &bytes].concat();
        let header = [b"PK\x01\x02\x14\0\x14\0", &numbers[..], &names, &[0; 14], name.as_bytes()].concat();
        let end = [b"PK\x05\x06\0\0\0\0\x01\0\x01\0", &length(header.len())[..], &length(file.len()), &[0, 0]].concat();
        [file, header, end].concat()
    }

    fn names_and_contents(name: &str, bytes: Vec<u8>) -> Vec<(String, Result<Vec<u8>, String>)> {
        let content = |file: InputFile| {
            let mut content = vec![0; usize::try_from(file.bytes.size()).expect("short")];
            file.bytes.read_at(0, &mut content).expect("in memory");
            (file.name, file.refused.map_or(Ok(content), Err))
        };
        unpack(vec![InputFile::new(name, bytes)]).into_iter().map(content).collect()
    }

    #[test]
    fn a_gz_in_a_zip_is_unpacked_and_no_deeper() {
        let once = gz(b"{}");
        assert_eq!(
            names_and_contents("m.json.gz", once.clone()),
            [("m.json.gz/m.json".to_owned(), Ok(b"{}".to_vec()))]
        );
        let twice = zip("t/m.json.gz", &once);
        assert_eq!(
            names_and_contents("a.zip", twice.clone()),
            [("a.zip/t/m.json.gz/m.json".to_owned(), Ok(b"{}".to_vec()))]
        );
        assert_eq!(
            names_and_contents("b.zip", zip("a.zip", &twice)),
            [("b.zip/a.zip/t/m.json.gz".to_owned(), Ok(once))]
        );
    }

    #[test]
    fn a_bomb_is_refused_and_so_is_what_is_damaged_or_goes_on_after_its_end() {
        let refusal = |bytes| names_and_contents("a", bytes).remove(0).1.expect_err("refused");
        assert!(refusal(zip("bomb.json", &vec![b' '; 60 << 20])).contains("zip bomb"));
        let whole = gz(&(0..=255).collect::<Vec<u8>>());
        assert_eq!(refusal(whole[..whole.len() - 9].to_vec()), DAMAGED);
        assert_eq!(refusal([whole.clone(), whole].concat()), DAMAGED);
    }
}
