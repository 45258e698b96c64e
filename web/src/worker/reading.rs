//! A file in the browser as bytes for the engine: each stretch is sliced out of it when it is wanted.
//!
//! So no file is ever in the worker's memory as a whole. `FileReaderSync` is for workers alone: it holds up the thread
//! that asks, and the page has another one.

use foreshock_core::{Bytes, InputFile};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::{Blob, FileReaderSync};

/// A `File`, or any other `Blob`.
struct Slices {
    blob: Blob,
    reader: FileReaderSync,
}

/// The files under the names that they are shown by. Nothing of them is read yet.
pub fn open(named: impl IntoIterator<Item = (String, Blob)>) -> Vec<InputFile> {
    let reader = FileReaderSync::new().expect("every worker has one");
    named.into_iter().map(|(name, blob)| InputFile::new(name, Slices { blob, reader: reader.clone() })).collect()
}

impl Bytes for Slices {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the browser gives a whole number as a float"
    )]
    fn size(&self) -> u64 {
        self.blob.size() as u64
    }

    #[expect(clippy::cast_precision_loss, reason = "a file's size is exact as a float, and so is each place in it")]
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), String> {
        let end = (offset + into.len() as u64) as f64;
        let slice = self.blob.slice_with_f64_and_f64(offset as f64, end).map_err(|error| why(&error))?;
        let buffer = self.reader.read_as_array_buffer(&slice).map_err(|error| why(&error))?;
        let bytes = Uint8Array::new(&buffer);
        if bytes.length() as usize != into.len() {
            return Err("it ends earlier than its size says".to_owned());
        }
        bytes.copy_to(into);
        Ok(())
    }
}

/// The browser's own words are for programmers; the cases that people meet get a sentence each.
fn why(error: &JsValue) -> String {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default();
    match name.as_str() {
        "NotFoundError" => "it is no longer where it was when it was given, or it is a folder".to_owned(),
        "NotReadableError" => "it has changed on disk since it was given, or may not be read".to_owned(),
        "SecurityError" => "the browser does not allow it".to_owned(),
        _ => format!("the browser could not read it ({name})"),
    }
}
