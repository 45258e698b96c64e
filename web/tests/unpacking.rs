//! Archives, unpacked by the browser's own decompression. In a worker, as the program is that does it.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that meets an error stops right there")]

use foreshock_core::Bytes;
use foreshock_web::extras::unpack::Unpacker;
use foreshock_web::worker::reading::Slices;
use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Blob;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen(inline_js = r#"
    export async function compressed(bytes, format) {
        const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream(format));
        return new Uint8Array(await new Response(stream).arrayBuffer());
    }
"#)]
extern "C" {
    async fn compressed(bytes: Uint8Array, format: &str) -> JsValue;
}

async fn packed(bytes: &[u8], format: &str) -> Vec<u8> {
    Uint8Array::new(&compressed(Uint8Array::from(bytes), format).await).to_vec()
}

/// A zip of one file.
async fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let bytes = packed(content, "deflate-raw").await;
    let length = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
    let numbers = [&[0, 0, 8, 0][..], &[0; 8], &length(bytes.len()), &length(content.len())].concat();
    let names = [&length(name.len())[..2], &[0, 0]].concat();
    let file = [b"PK\x03\x04\x14\0", &numbers[..], &names, name.as_bytes(), &bytes].concat();
    let header = [b"PK\x01\x02\x14\0\x14\0", &numbers[..], &names, &[0; 14], name.as_bytes()].concat();
    let end = [b"PK\x05\x06\0\0\0\0\x01\0\x01\0", &length(header.len())[..], &length(file.len()), &[0, 0]].concat();
    [file, header, end].concat()
}

async fn unpack(name: &str, bytes: &[u8]) -> Vec<(String, Result<Vec<u8>, String>)> {
    let tell = Function::new_no_args("");
    let mut unpacker = Unpacker::new(&tell);
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).unwrap();
    unpacker.unpack(name.to_owned(), blob).await;
    let content = |blob: Blob| {
        let slices = Slices::of(blob);
        let mut content = vec![0; usize::try_from(slices.size()).unwrap()];
        slices.read_at(0, &mut content).unwrap();
        content
    };
    unpacker.finish().into_iter().map(|(name, found)| (name, found.map(content))).collect()
}

#[wasm_bindgen_test]
async fn what_is_no_archive_is_left_as_it_is() {
    assert_eq!(unpack("a.gz", b"select 1").await, [("a.gz".to_owned(), Ok(b"select 1".to_vec()))]);
}

#[wasm_bindgen_test]
async fn a_gz_in_a_zip_is_unpacked_and_no_deeper() {
    let once = packed(b"{}", "gzip").await;
    assert_eq!(unpack("m.json.gz", &once).await, [("m.json.gz/m.json".to_owned(), Ok(b"{}".to_vec()))]);
    let twice = zip("t/m.json.gz", &once).await;
    assert_eq!(unpack("a.zip", &twice).await, [("a.zip/t/m.json.gz/m.json".to_owned(), Ok(b"{}".to_vec()))]);
    let thrice = zip("a.zip", &twice).await;
    assert_eq!(unpack("b.zip", &thrice).await, [("b.zip/a.zip/t/m.json.gz".to_owned(), Ok(once))]);
}

#[wasm_bindgen_test]
async fn many_megabytes_come_out_as_they_went_in() {
    let content: Vec<u8> = (0..40_000_000_u32).map(|n| (n / 3).wrapping_mul(n).to_le_bytes()[1]).collect();
    let archive = zip("big.json", &content).await;
    let unpacked = unpack("a.zip", &archive).await;
    assert!(unpacked[0].1.as_ref() == Ok(&content));
}

#[wasm_bindgen_test]
async fn a_bomb_is_refused_and_so_is_what_is_damaged() {
    let bomb = zip("bomb.json", &vec![b' '; 60 << 20]).await;
    let said = unpack("a.zip", &bomb).await.remove(0);
    assert_eq!(said.0, "a.zip/bomb.json");
    assert!(said.1.unwrap_err().contains("zip bomb"));

    let mut cut = packed(&(0..=255).collect::<Vec<u8>>(), "gzip").await;
    cut.truncate(cut.len() - 9);
    assert!(unpack("a.gz", &cut).await.remove(0).1.unwrap_err().contains("damaged"));
}
