//! The worker's side of what it fetches only when it needs it: see `extras/mod.rs`.

use std::cell::RefCell;

use foreshock_core::is_settings;
use foreshock_core::jinja::{Data, Rendering, Templates};
use foreshock_core::migration::{Changelog, Form, Format};
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Url};

use crate::protocol::{DocumentQuery, DocumentText, ExportQuery};

#[wasm_bindgen]
extern "C" {
    /// The exports of the second program, as `boot/start-worker.js` loads it, once.
    type Extras;

    #[wasm_bindgen(catch, js_name = foreshockExtras)]
    async fn load() -> Result<Extras, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn document(
        this: &Extras,
        review: &str,
        file_name: &str,
        edited: Option<String>,
        earlier: Option<String>,
    ) -> Result<Option<String>, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn file(this: &Extras, review: &str, query: &str) -> Result<Option<Vec<u8>>, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn changelog(this: &Extras, form: &str, text: &str) -> Result<Option<String>, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn settings(this: &Extras, file: &str, text: &str) -> Result<Option<String>, JsValue>;

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
pub(super) async fn document(review: &str, query: &DocumentQuery, earlier: Option<String>) -> Option<DocumentText> {
    let edited = query.edited.as_ref().and_then(|edited| serde_json::to_string(edited).ok());
    let text = load().await.ok()?.document(review, &query.file_name, edited, earlier).ok()??;
    serde_json::from_str(&text).ok()
}

/// A file of the review: the address of a blob, for the page to save and to revoke.
pub(super) async fn export(review: &str, query: &ExportQuery) -> Option<String> {
    let bytes = load().await.ok()?.file(review, &serde_json::to_string(query).ok()?).ok()??;
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&js_sys::Uint8Array::from(bytes.as_slice()))).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
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

thread_local! {
    /// Loaded before the engine reads, which does not wait.
    static LOADED: RefCell<Option<Extras>> = const { RefCell::new(None) };
}

/// Fetches the readers of what is no plain SQL where one of the files needs them.
pub(super) async fn load_for_readers(files: &[(String, Result<Blob, String>)]) {
    for (name, content) in files {
        let Ok(blob) = content else { continue };
        if is_settings(name) || Format::of(name, &beginning(blob).await) != Format::Sql {
            let loaded = load().await.ok();
            LOADED.with(|place| *place.borrow_mut() = loaded);
            return;
        }
    }
}

/// Fetches the renderer, for what cannot wait for it.
pub(super) async fn load_renderer() {
    let loaded = load().await.ok();
    LOADED.with(|place| *place.borrow_mut() = loaded);
}

/// What the templates come to, by what was loaded for it; nothing where nothing was.
pub(super) fn render_now(templates: &Templates) -> Vec<Rendering> {
    let rendered = || {
        let templates = serde_json::to_string(templates).ok()?;
        let text = LOADED.with(|loaded| loaded.borrow().as_ref()?.render(&templates).ok()?)?;
        serde_json::from_str(&text).ok()
    };
    rendered().unwrap_or_default()
}

/// What a file of changes tells of itself stands in its beginning.
async fn beginning(blob: &Blob) -> String {
    const HEAD: f64 = 16.0 * 1024.0;
    let text = async {
        let head = blob.slice_with_f64_and_f64(0.0, HEAD).ok()?;
        JsFuture::from(head.text()).await.ok()?.as_string()
    };
    text.await.unwrap_or_default().to_lowercase()
}

/// Reads a changelog with what was loaded for it; none where nothing was.
pub(super) fn read_changelog(form: &Form, text: &str) -> Option<Changelog> {
    let form = serde_json::to_string(form).ok()?;
    let read = LOADED.with(|loaded| loaded.borrow().as_ref()?.changelog(&form, text).ok()?)?;
    serde_json::from_str(&read).ok()
}

/// Reads settings with what was loaded for it.
pub(super) fn read_settings(file: &str, text: &str) -> Result<Data, String> {
    let read = LOADED.with(|loaded| loaded.borrow().as_ref()?.settings(file, text).ok()?);
    let read = read.and_then(|read| serde_json::from_str(&read).ok());
    read.unwrap_or_else(|| Err("the reader of settings could not be loaded; reload the page".to_owned()))
}
