//! The SHA-256 of large files, worked out in a worker of its own while the engine reads them: on a machine with two
//! processors it costs no time.

use foreshock_core::sha256;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::reading::Slices;

/// Below, a worker is not worth its start.
const LARGE: f64 = 4e6;

#[wasm_bindgen]
extern "C" {
    /// Starts the other worker (`boot/start-worker.js`). It has to be up before the engine holds up this one.
    #[wasm_bindgen(catch, js_name = foreshockBeside)]
    async fn start_worker() -> Result<Function, JsValue>;
}

/// Fingerprints that are being worked out.
#[derive(Default)]
pub(super) struct Fingerprints {
    names: Vec<String>,
    files: Vec<Blob>,
    answer: Option<Promise>,
}

impl Fingerprints {
    pub(super) async fn start(files: &[(String, Result<Blob, String>)]) -> Self {
        let mut large = Self::default();
        for (name, content) in files {
            if let Some(blob) = content.as_ref().ok().filter(|blob| blob.size() > LARGE) {
                large.names.push(name.clone());
                large.files.push(blob.clone());
            }
        }
        if !large.files.is_empty()
            && let Ok(work) = start_worker().await
        {
            let files: Array = large.files.iter().collect();
            large.answer = work.call1(&JsValue::UNDEFINED, &files).ok().and_then(|answer| answer.dyn_into().ok());
        }
        large
    }

    pub(super) fn will_have(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// Each name with its fingerprint; one of a file that could not be read to its end is empty.
    pub(super) async fn finish(self) -> Vec<(String, String)> {
        let told = match self.answer {
            Some(answer) => JsFuture::from(answer).await.map(|told| Array::from(&told)).unwrap_or_default(),
            None => Array::new(),
        };
        let fingerprint = |(at, blob): (u32, Blob)| match told.get(at).as_string() {
            Some(sha256) => sha256,
            // Nested workers are not everywhere, and this one can die like any other.
            None => sha256(&Slices::of(blob)).unwrap_or_default(),
        };
        self.names.into_iter().zip((0..).zip(self.files).map(fingerprint)).collect()
    }
}
