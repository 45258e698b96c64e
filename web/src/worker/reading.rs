//! A file in the browser as bytes for the engine: each stretch is sliced out of it when it is wanted.
//!
//! So no file is ever in the worker's memory as a whole. `FileReaderSync` is for workers alone: it holds up the thread
//! that asks, and the page has another one.

use std::cell::{Cell, RefCell};

use foreshock_core::{Bytes, InputFile};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::{Blob, FileReaderSync};

/// The file under the name that it is shown by. Nothing of it is read yet.
pub fn open(name: String, blob: Blob) -> InputFile {
    InputFile::new(name, Slices::of(blob))
}

/// The same for a file whose fingerprint is worked out beside the reading: it is empty until then.
pub fn open_without_sha256(name: String, blob: Blob) -> InputFile {
    InputFile::new(name, Slices { is_hashed: false, ..Slices::of(blob) })
}

/// A `File`, or any other `Blob`.
pub struct Slices {
    blob: Blob,
    reader: FileReaderSync,
    /// What was read in advance, and where it begins. It is the browser's memory, not that of the WebAssembly.
    ahead: RefCell<Option<(u64, Uint8Array)>>,
    /// Where the last read ended.
    end: Cell<u64>,
    is_hashed: bool,
}

/// What is read in advance where one read follows the other, and where it does not: each costs a trip through the browser, as
/// much as reading half a megabyte, and the engine looks nodes up in the order of the file.
const AHEAD: u64 = 32 << 20;
const NEARBY: u64 = 1 << 20;

impl Slices {
    pub fn of(blob: Blob) -> Self {
        let reader = FileReaderSync::new().expect("every worker has one");
        Self { blob, reader, ahead: RefCell::default(), end: Cell::default(), is_hashed: true }
    }

    #[expect(clippy::cast_precision_loss, reason = "a file's size is exact as a float, and so is each place in it")]
    fn slice(&self, from: u64, to: u64) -> Result<Uint8Array, String> {
        let slice = self.blob.slice_with_f64_and_f64(from as f64, to as f64).map_err(|error| why(&error))?;
        let buffer = self.reader.read_as_array_buffer(&slice).map_err(|error| why(&error))?;
        let bytes = Uint8Array::new(&buffer);
        if u64::from(bytes.length()) == to - from { Ok(bytes) } else { Err(ENDS_EARLY.to_owned()) }
    }
}

const ENDS_EARLY: &str = "it ends earlier than its size says";

impl Bytes for Slices {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the browser gives a whole number as a float"
    )]
    fn size(&self) -> u64 {
        self.blob.size() as u64
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), String> {
        let end = offset + into.len() as u64;
        if end > self.size() {
            return Err(ENDS_EARLY.to_owned());
        }
        let goes_on = self.end.replace(end) == offset;
        let mut ahead = self.ahead.borrow_mut();
        let is_there =
            ahead.as_ref().is_some_and(|(from, bytes)| *from <= offset && end <= *from + u64::from(bytes.length()));
        if !is_there {
            // Made room first: two stretches at once are never needed.
            *ahead = None;
            let wanted = offset + if goes_on { AHEAD } else { NEARBY };
            *ahead = Some((offset, self.slice(offset, end.max(self.size().min(wanted)))?));
        }
        if let Some((from, bytes)) = &*ahead {
            let place = |at: u64| u32::try_from(at - from).unwrap_or(u32::MAX);
            bytes.subarray(place(offset), place(end)).copy_to(into);
        }
        Ok(())
    }

    fn sha256(&self) -> Result<String, String> {
        if self.is_hashed { foreshock_core::sha256(self) } else { Ok(String::new()) }
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
