//! The SHA-256 of a file.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DedicatedWorkerGlobalScope};

use crate::worker::reading::Slices;

/// None where the file cannot be read.
pub async fn of(file: Blob) -> Option<String> {
    match by_browser(&file).await {
        Some(sha256) => Some(sha256),
        None => foreshock_core::sha256(&Slices::of(file)).ok(),
    }
}

/// The browser's own is many times as fast as one in WebAssembly, and takes only a whole file: of a very large one, that is
/// too much memory. None where it is not there: pages from plain http have none.
async fn by_browser(file: &Blob) -> Option<String> {
    const TOO_MUCH: f64 = 300e6;
    if file.size() > TOO_MUCH {
        return None;
    }
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let whole = JsFuture::from(file.array_buffer()).await.ok()?;
    let digest =
        scope.crypto().ok()?.subtle().digest_with_str_and_buffer_source("SHA-256", whole.unchecked_ref()).ok()?;
    let digest = Uint8Array::new(&JsFuture::from(digest).await.ok()?).to_vec();
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}
