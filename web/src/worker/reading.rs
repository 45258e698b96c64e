//! `File` handles → bytes. One file that cannot be read costs that file only.

use foreshock_core::InputFile;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use crate::protocol::{Progress, ProgressStage, UnreadFile};

/// A wasm32 allocation ends at 2 GiB, and reading needs room beside the bytes.
const LARGEST_FILE: f64 = 1.5e9;

pub async fn read_all(
    names: &[String],
    files: &[File],
    tell: &mut dyn FnMut(Progress),
) -> (Vec<InputFile>, Vec<UnreadFile>) {
    let mut read = Vec::with_capacity(files.len());
    let mut unread = Vec::new();
    for (done, (name, file)) in names.iter().zip(files).enumerate() {
        tell(Progress { stage: ProgressStage::Opening, file: Some(name.clone()), done, of: files.len() });
        match bytes(file).await {
            Ok(bytes) => read.push(InputFile { name: name.clone(), bytes }),
            Err(message) => unread.push(UnreadFile { name: name.clone(), message }),
        }
    }
    (read, unread)
}

async fn bytes(file: &File) -> Result<Vec<u8>, String> {
    if file.size() > LARGEST_FILE {
        return Err(format!(
            "The file has {:.1} GB; a browser can hold files up to {:.1} GB here. Use the command line for it.",
            file.size() / 1e9,
            LARGEST_FILE / 1e9
        ));
    }
    match JsFuture::from(file.array_buffer()).await {
        Ok(buffer) => Ok(Uint8Array::new(&buffer).to_vec()),
        Err(error) => Err(why_unreadable(&error)),
    }
}

/// The browser's own words are for programmers; the cases that people meet get a sentence each.
fn why_unreadable(error: &JsValue) -> String {
    let name = js_sys::Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default();
    match name.as_str() {
        "NotFoundError" => {
            "The file is no longer where it was when it was dropped, or it is a folder. Drop it again.".to_owned()
        }
        "NotReadableError" => {
            "The file has changed on disk since it was dropped, or may not be read. Drop it again.".to_owned()
        }
        "SecurityError" => "The browser does not allow reading this file.".to_owned(),
        _ => format!("The browser could not read the file ({name})."),
    }
}
