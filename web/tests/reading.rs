//! `File` handles become exactly their bytes, whatever is in them. In a worker: only there can a file be read on the spot.
#![cfg(target_arch = "wasm32")]

use foreshock_core::Bytes;
use foreshock_web::extras::fingerprint;
use foreshock_web::worker::Desk;
use foreshock_web::worker::reading::open;
use js_sys::{Array, Uint8Array};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Blob, File};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

fn file(name: &str, bytes: &[u8]) -> (String, Blob) {
    let file = File::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes)), name).expect("a file");
    (name.to_owned(), file.into())
}

fn read(bytes: &dyn Bytes, from: usize, length: usize) -> Result<Vec<u8>, String> {
    let mut read = vec![0; length];
    bytes.read_at(from as u64, &mut read).map(|()| read)
}

#[wasm_bindgen_test]
fn bytes_come_as_they_are_from_any_place() {
    let content: Vec<u8> = (0..8_000_003_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24).to_le_bytes()[0]).collect();
    let (name, blob) = file("a/big.bin", &content);
    let opened = open(name, blob);
    let bytes = opened.bytes.as_ref();
    assert_eq!((opened.name.as_str(), bytes.size()), ("a/big.bin", 8_000_003));
    for (from, length) in [(0, 8_000_003), (7_999_999, 4), (4_194_303, 2), (8_000_003, 0)] {
        assert!(read(bytes, from, length).as_deref() == Ok(&content[from..][..length]), "{length} from {from}");
    }
}

#[wasm_bindgen_test]
fn one_read_after_the_other_gives_the_whole() {
    let content: Vec<u8> = (0..20_000_000_u32).map(|n| (n / 7).to_le_bytes()[0]).collect();
    let (name, blob) = file("big.bin", &content);
    let bytes = open(name, blob).bytes;
    let mut whole = Vec::new();
    for size in [1, 16_384, 300_000].into_iter().chain([3_000_001; 20]) {
        let size = size.min(content.len() - whole.len());
        whole.extend(read(bytes.as_ref(), whole.len(), size).expect("readable"));
    }
    assert!(whole == content);
    assert!(read(bytes.as_ref(), 5, 3).as_deref() == Ok(&content[5..8]), "and back again");
}

#[wasm_bindgen_test]
async fn the_fingerprint_is_the_same_however_it_is_worked_out() {
    let content = vec![b'x'; 5_000_000];
    let (name, blob) = file("x.json", &content);
    assert_eq!(fingerprint::of(blob.clone()).await, content.sha256().ok());
    assert_eq!(open(name, blob).bytes.sha256(), content.sha256());
}

#[wasm_bindgen_test]
fn a_read_beyond_the_end_is_an_error_in_words() {
    let (name, blob) = file("short.sql", b"select 1");
    let said = read(open(name, blob).bytes.as_ref(), 4, 5);
    assert_eq!(said, Err("it ends earlier than its size says".to_owned()));
}

#[wasm_bindgen_test]
fn an_empty_file_is_told_of_and_costs_no_other() {
    let manifest = include_bytes!("data/manifest.json");
    let migration = b"\xEF\xBB\xBFALTER TABLE raw.users RENAME COLUMN name TO full_name;\r\n";
    let given = [file("empty.json", b""), file("manifest.json", manifest), file("V1__rename.sql", migration)];
    let mut files = Vec::new();
    for (name, blob) in given {
        files.push(open(name, blob));
    }
    let mut told = Vec::new();
    let overview = Desk::default().review(files, &mut |progress| told.push(progress));
    assert!(overview.summary().is_some());
    assert!(overview.diagnostics.iter().any(|said| said.file == "empty.json" && said.message.contains("empty")));
    for name in ["V1__rename.sql", "empty.json", "manifest.json"] {
        assert!(told.iter().any(|progress| progress.file.as_deref() == Some(name)), "{name} was not named");
    }
}
