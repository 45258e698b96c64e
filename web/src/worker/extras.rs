//! The worker's side of what it fetches only when it needs it: see `extras/mod.rs`.

use foreshock_core::jinja::{Rendering, Templates};
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

use crate::protocol::DocumentText;

#[wasm_bindgen]
extern "C" {
    /// The exports of the second program, as `boot/start-worker.js` loads it, once.
    type Extras;

    #[wasm_bindgen(catch, js_name = foreshockExtras)]
    async fn load() -> Result<Extras, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn document(this: &Extras, review: &str, file_name: &str) -> Result<Option<String>, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn render(this: &Extras, templates: &str) -> Result<Option<String>, JsValue>;

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

/// A document of the review; none where there is none, or the program that writes it cannot be had.
pub(super) async fn document(review: &str, file_name: &str) -> Option<DocumentText> {
    let text = load().await.ok()?.document(review, file_name).ok()??;
    serde_json::from_str(&text).ok()
}

/// What the templates come to; nothing where the program that renders them cannot be had: their nodes are unknown then.
pub(super) async fn render(templates: &Templates) -> Vec<Rendering> {
    let rendered = async {
        let templates = serde_json::to_string(templates).ok()?;
        let text = load().await.ok()?.render(&templates).ok()??;
        serde_json::from_str(&text).ok()
    };
    rendered.await.unwrap_or_default()
}
