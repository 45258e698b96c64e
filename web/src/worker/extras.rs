//! The worker's side of what it fetches only when it needs it: see `extras/mod.rs`.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

#[wasm_bindgen]
extern "C" {
    /// The exports of the second program, as `boot/start-worker.js` loads it, once.
    type Extras;

    #[wasm_bindgen(catch, js_name = foreshockExtras)]
    async fn load() -> Result<Extras, JsValue>;

    #[wasm_bindgen(method, catch)]
    async fn unpack(this: &Extras, names: Vec<String>, blobs: Vec<Blob>, tell: &Function) -> Result<Array, JsValue>;
}

/// The files with each archive replaced by what is in it: a content, or why there is none.
pub(super) async fn unpack(
    names: Vec<String>,
    blobs: Vec<Blob>,
    tell: &Function,
) -> Result<Vec<(String, Result<Blob, String>)>, JsValue> {
    let unpacked = load().await?.unpack(names, blobs, tell).await?;
    let entry = |triple: JsValue| {
        let triple = Array::from(&triple);
        let name = triple.get(0).as_string().unwrap_or_default();
        let content = triple.get(1).dyn_into::<Blob>();
        (name, content.map_err(|_| triple.get(2).as_string().unwrap_or_default()))
    };
    Ok(unpacked.iter().map(entry).collect())
}
