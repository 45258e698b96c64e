//! What a review needs rarely: see `extras/mod.rs`.

use foreshock_core::jinja::{self, Templates};
use foreshock_core::migration::{Form, read_changelog};
use foreshock_web::extras::unpack::Unpacker;
use foreshock_web::extras::{document, export, fingerprint};
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

fn main() {}

/// The SHA-256 of a file, for a worker that does nothing else; undefined where it cannot be read.
#[wasm_bindgen]
pub async fn fingerprint(file: Blob) -> Option<String> {
    fingerprint::of(file).await
}

/// Files and archives, by their names: each archive becomes what a review reads of it. Returns triples of a name, a `Blob`
/// or null, and the reason where there is none.
#[wasm_bindgen]
pub async fn unpack(names: Vec<String>, blobs: Vec<Blob>, tell: Function) -> Array {
    let mut unpacker = Unpacker::new(&tell);
    for (name, blob) in names.into_iter().zip(blobs) {
        unpacker.unpack(name, blob).await;
    }
    let triple = |(name, content): (String, Result<Blob, String>)| match content {
        Ok(blob) => Array::of3(&name.into(), &blob, &JsValue::NULL),
        Err(why) => Array::of3(&name.into(), &JsValue::NULL, &why.into()),
    };
    unpacker.finish().into_iter().map(triple).collect()
}

/// A document and its preview as JSON, from a review, what people made of the document (`minutes::Edited`) and what the review
/// before came to (`documents::Earlier`), all JSON; undefined where there is no such document.
#[wasm_bindgen]
pub fn document(review: &str, file_name: &str, edited: Option<String>, earlier: Option<String>) -> Option<String> {
    let edited = edited.and_then(|edited| serde_json::from_str(&edited).ok());
    let earlier = earlier.and_then(|earlier| serde_json::from_str(&earlier).ok());
    serde_json::to_string(&document::write(review, file_name, edited, earlier.as_ref())?).ok()
}

/// The file that a `protocol::ExportQuery` in JSON asks for, of a review in JSON; undefined where there is no such file.
#[wasm_bindgen]
pub fn file(review: &str, query: &str) -> Option<Vec<u8>> {
    export::write(review, &serde_json::from_str(query).ok()?)
}

/// What dbt's templates come to: `jinja::Templates` as JSON in, a list of `jinja::Rendering` out.
#[wasm_bindgen]
pub fn render(templates: &str) -> Option<String> {
    let templates: Templates = serde_json::from_str(templates).ok()?;
    serde_json::to_string(&jinja::render(&templates)).ok()
}

/// A changelog in another form than SQL, as `Changelog` in JSON; undefined where that form is not read.
#[wasm_bindgen]
pub fn changelog(form: &str, text: &str) -> Option<String> {
    let form: Form = serde_json::from_str(form).ok()?;
    serde_json::to_string(&read_changelog(&form, text)?).ok()
}

/// The text of a file of settings as data, or what is wrong with it: a `Result` as JSON.
#[wasm_bindgen]
pub fn settings(file: &str, text: &str) -> Option<String> {
    serde_json::to_string(&foreshock_core::read_settings(file, text)).ok()
}
