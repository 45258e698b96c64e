//! The worked example: files beside the page, from its own origin.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, Response};

use super::GivenFile;

const FOLDER: &str = "example/";

/// Fetches what `example/index.json` lists. Paths are relative to the page, so that it works under any sub-path.
pub async fn example() -> Result<Vec<GivenFile>, String> {
    let index = JsFuture::from(fetch("index.json").await?.text().map_err(|error| said(&error))?)
        .await
        .map_err(|error| said(&error))?;
    let names: Vec<String> = serde_json::from_str(&index.as_string().unwrap_or_default())
        .map_err(|error| format!("{FOLDER}index.json: {error}"))?;
    let mut files = Vec::with_capacity(names.len());
    for name in names {
        let blob = fetch(&name).await?.blob().map_err(|error| said(&error))?;
        let blob: Blob = JsFuture::from(blob).await.map_err(|error| said(&error))?.unchecked_into();
        let file = File::new_with_blob_sequence(&Array::of1(&blob), &name).map_err(|error| said(&error))?;
        files.push(GivenFile { name, file });
    }
    Ok(files)
}

async fn fetch(name: &str) -> Result<Response, String> {
    let window = web_sys::window().ok_or("no window")?;
    let url = format!("{FOLDER}{name}");
    let response: Response = JsFuture::from(window.fetch_with_str(&url))
        .await
        .map_err(|error| format!("{url}: {}", said(&error)))?
        .unchecked_into();
    if response.ok() { Ok(response) } else { Err(format!("{url}: {} {}", response.status(), response.status_text())) }
}

fn said(error: &JsValue) -> String {
    js_sys::Reflect::get(error, &"message".into())
        .ok()
        .and_then(|message| message.as_string())
        .unwrap_or_else(|| "unknown error".to_owned())
}
