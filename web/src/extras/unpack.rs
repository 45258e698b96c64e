//! Archives into files, by the browser's own decompression. What comes out is in blobs, which the browser keeps where it
//! has room, and is read by slices like any other file.

use std::pin::Pin;

use foreshock_core::archive::{self, Allowance, DAMAGED, Method, Packed, Refused};
use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStreamDefaultReader};

use crate::worker::reading::Slices;

#[wasm_bindgen]
extern "C" {
    /// By name, because `web-sys` has it behind its unstable flag.
    type DecompressionStream;

    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<DecompressionStream, JsValue>;
}

/// What came out of an archive: a name and its content, or why there is none.
pub type Unpacked = (String, Result<Blob, String>);

/// Unpacks files one after the other; what may come out of them all is limited.
pub struct Unpacker<'a> {
    allowance: Allowance,
    /// Called with the name and the bytes that came out so far.
    tell: &'a Function,
    done: Vec<Unpacked>,
}

impl<'a> Unpacker<'a> {
    pub fn new(tell: &'a Function) -> Self {
        Self { allowance: Allowance::default(), tell, done: Vec::new() }
    }

    pub fn finish(self) -> Vec<Unpacked> {
        self.done
    }

    pub async fn unpack(&mut self, name: String, blob: Blob) {
        self.unpack_to_depth(name, blob, 0).await;
    }

    /// The depth is that of archives within archives, and bounded.
    fn unpack_to_depth(&mut self, name: String, blob: Blob, depth: usize) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async move {
            let slices = Slices::of(blob.clone());
            let format = archive::format(&slices).filter(|_| depth <= archive::NESTED);
            let Some(format) = format else {
                self.done.push((name, Ok(blob)));
                return;
            };
            for found in archive::contents(&name, &slices, format, &mut self.allowance) {
                match found {
                    Ok(packed) => match self.content(&blob, &packed).await {
                        Ok(content) => self.unpack_to_depth(packed.name, content, depth + 1).await,
                        Err(why) => self.done.push((packed.name, Err(why))),
                    },
                    Err(Refused { name, why }) => self.done.push((name, Err(why))),
                }
            }
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "a place in a file is exact as a float")]
    async fn content(&mut self, archive: &Blob, packed: &Packed) -> Result<Blob, String> {
        let end = packed.start + packed.length;
        let section = archive.slice_with_f64_and_f64(packed.start as f64, end as f64).map_err(|_| DAMAGED)?;
        let format = match packed.method {
            Method::Stored => {
                self.allowance.take(packed, packed.length, packed.length)?;
                packed.check(packed.length)?;
                return Ok(section);
            }
            Method::Deflate => "deflate-raw",
            Method::Gzip => "gzip",
        };
        let stream =
            DecompressionStream::new(format).map_err(|_| "this browser cannot unpack it; a current one can")?;
        let reader = section.stream().pipe_through(stream.unchecked_ref()).get_reader();
        let content = self.read_all(reader.unchecked_ref(), packed).await;
        if content.is_err() {
            // Else what nobody wants any more would go on being unpacked. It is waited for: a refusal that nobody hears counts
            // as a crash of the worker.
            let _refused = JsFuture::from(reader.unchecked_ref::<ReadableStreamDefaultReader>().cancel()).await;
        }
        content
    }

    #[expect(clippy::cast_precision_loss, reason = "below the limit, exact as a float")]
    async fn read_all(&mut self, reader: &ReadableStreamDefaultReader, packed: &Packed) -> Result<Blob, String> {
        let parts = Array::new();
        let (mut unpacked, mut pending) = (0, 0);
        loop {
            let read = JsFuture::from(reader.read()).await.map_err(|_| DAMAGED)?;
            let chunk = Reflect::get(&read, &"value".into()).ok().and_then(|value| value.dyn_into::<Uint8Array>().ok());
            let Some(chunk) = chunk else {
                packed.check(unpacked)?;
                return into_blob(&parts);
            };
            let count = u64::from(chunk.length());
            unpacked += count;
            pending += count;
            self.allowance.take(packed, count, unpacked)?;
            parts.push(&chunk);
            if pending >= ROUND {
                // Out of the worker's memory, into the browser's store.
                let blob = into_blob(&parts)?;
                parts.set_length(0);
                parts.push(&blob);
                pending = 0;
                // Only a message: what is unpacked does not depend on whether it arrives.
                let _told =
                    self.tell.call2(&JsValue::UNDEFINED, &packed.name.as_str().into(), &(unpacked as f64).into());
            }
        }
    }
}

/// What is held before it becomes part of a blob.
const ROUND: u64 = 16 << 20;

fn into_blob(parts: &Array) -> Result<Blob, String> {
    Blob::new_with_blob_sequence(parts).map_err(|_| "the browser has no room for what comes out of it".to_owned())
}
