//! The few things that the page asks of the browser itself.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, Document, HtmlAnchorElement, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition, Url,
    Window,
};

/// Where `cargo xtask build` put the worker; the fallback is its name without a hash.
pub(super) fn worker_script() -> String {
    let named = document()
        .query_selector("meta[name=foreshock-worker]")
        .ok()
        .flatten()
        .and_then(|meta| meta.get_attribute("content"));
    let url = named.unwrap_or_else(|| "./worker/start-worker.js".to_owned());
    Url::new_with_base(&url, &document().base_uri().ok().flatten().unwrap_or_default())
        .map_or(url, |absolute| absolute.href())
}

pub(super) fn window() -> Window {
    leptos::prelude::window()
}

pub(super) fn document() -> Document {
    leptos::prelude::document()
}

pub(super) fn hash() -> String {
    window().location().hash().unwrap_or_default()
}

/// A number as text, by the browser. Rust's own code for it would be a twentieth of the page's download.
pub(super) fn number(value: f64) -> String {
    js_sys::Number::from(value).to_string_with_radix(10).map(String::from).unwrap_or_default()
}

/// Where a browser forbids writing history (a file opened from disk), the page works without addresses.
pub(super) fn push(hash: &str) {
    let _forbidden = window().history().and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(hash)));
}

pub(super) fn replace(hash: &str) {
    let _forbidden =
        window().history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(hash)));
}

pub(super) fn print() {
    // Some embedded browsers cannot.
    let _cannot = window().print();
}

pub(super) fn set_title(title: &str) {
    document().set_title(title);
}

pub(super) fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _hidden = element.focus();
    }
}

/// The focus goes to the content where nothing else has it.
pub(super) fn focus_main_if_lost() {
    let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
    if lost {
        focus("main");
    }
}

/// Saves a text as a file with exactly its UTF-8 bytes.
pub(super) fn download(file_name: &str, text: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type("text/markdown;charset=utf-8");
    let bytes = Uint8Array::from(text.as_bytes());
    let blob = Blob::new_with_u8_array_sequence_and_options(&Array::of1(&bytes), &options)?;
    save(file_name, Url::create_object_url_with_blob(&blob)?)
}

/// Saves what is at an address of this browser's own, and gives the address up.
pub(super) fn save(file_name: &str, address: String) -> Result<(), JsValue> {
    let anchor: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    anchor.set_href(&address);
    anchor.set_download(file_name);
    anchor.click();
    // The browser has taken the blob by the time the event loop turns; a second is on the safe side.
    gloo::timers::callback::Timeout::new(1_000, move || {
        let _unknown = Url::revoke_object_url(&address);
    })
    .forget();
    Ok(())
}

/// Scrolls as little as needed to have the element in sight.
pub(super) fn reveal(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

pub(super) async fn copy(text: &str) -> Result<(), JsValue> {
    // Pages from plain http have no clipboard at all.
    let navigator: JsValue = window().navigator().into();
    if js_sys::Reflect::get(&navigator, &"clipboard".into())?.is_undefined() {
        return Err(JsValue::UNDEFINED);
    }
    JsFuture::from(window().navigator().clipboard().write_text(text)).await.map(|_| ())
}

/// Whether a link of a document or a project may be followed: to the web or to a mailbox, never to code.
pub(super) fn is_followable(link: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| link.starts_with(scheme))
}
