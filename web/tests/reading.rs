//! `File` handles become exactly their bytes, whatever is in them.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that meets an error stops right there")]

use foreshock_web::protocol::ProgressStage;
use foreshock_web::worker::reading::read_all;
use js_sys::{Array, Uint8Array};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::File;

wasm_bindgen_test_configure!(run_in_browser);

fn file(name: &str, bytes: &[u8]) -> File {
    File::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes)), name).expect("a file")
}

async fn read(cases: &[(&str, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    let names: Vec<String> = cases.iter().map(|(name, _)| (*name).to_owned()).collect();
    let files: Vec<File> = cases.iter().map(|(name, bytes)| file(name, bytes)).collect();
    let (read, unread) = read_all(&names, &files, &mut |_| {}).await;
    assert!(unread.is_empty());
    read.into_iter().map(|file| (file.name, file.bytes)).collect()
}

#[wasm_bindgen_test]
async fn bytes_come_as_they_are_in_every_encoding() {
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain("{\"é\":1}".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let cases = [
        ("empty.json", Vec::new()),
        ("utf8.sql", "SELECT 'größe → 😀';\r\n".as_bytes().to_vec()),
        ("bom.json", b"\xEF\xBB\xBF{}".to_vec()),
        ("utf16.json", utf16),
        ("latin1.sql", b"-- caf\xE9\n".to_vec()),
        ("binary.gz", (0..=255).cycle().take(1000).collect()),
    ];
    let read = read(&cases).await;
    assert_eq!(read, cases.map(|(name, bytes)| (name.to_owned(), bytes)));
}

#[wasm_bindgen_test]
async fn a_file_of_many_megabytes_comes_whole() {
    let bytes: Vec<u8> = (0..8_000_003_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24).to_le_bytes()[0]).collect();
    let read = read(&[("big.bin", bytes.clone())]).await;
    assert!(read[0].1 == bytes);
}

#[wasm_bindgen_test]
async fn each_file_is_named_before_it_is_read() {
    let names = ["a.json", "b/c.sql"].map(str::to_owned);
    let files = [file("a.json", b"1"), file("c.sql", b"2")];
    let mut told = Vec::new();
    read_all(&names, &files, &mut |progress| told.push(progress)).await;
    assert!(told.iter().all(|progress| progress.stage == ProgressStage::Opening && progress.of == 2));
    assert_eq!(told.iter().map(|progress| progress.file.as_deref().unwrap()).collect::<Vec<_>>(), names);
}
