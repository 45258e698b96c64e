//! Archives among the files. Only where there is one is anything fetched and unpacked.

use std::rc::Rc;

use foreshock_core::archive;
use wasm_bindgen::prelude::*;
use web_sys::Blob;

use super::extras;
use super::reading::Slices;
use crate::protocol::{Progress, ProgressStage};

/// The files, each archive replaced by what a review reads of it, or by why it was left packed.
pub(super) async fn unpack(
    names: Vec<String>,
    files: Vec<Blob>,
    tell: Rc<impl Fn(Progress) + 'static>,
) -> Vec<(String, Result<Blob, String>)> {
    let mut ready = Vec::with_capacity(files.len());
    let (mut packed_names, mut packed) = (Vec::new(), Vec::new());
    for (name, file) in names.into_iter().zip(files) {
        if archive::format(&Slices::of(file.clone())).is_some() {
            packed_names.push(name);
            packed.push(file);
        } else {
            ready.push((name, Ok(file)));
        }
    }
    if packed.is_empty() {
        return ready;
    }
    let tell = Closure::<dyn Fn(String, f64)>::new(move |file, unpacked| tell(progress(file, unpacked)));
    match extras::unpack(packed_names.clone(), packed, tell.as_ref().unchecked_ref()).await {
        Ok(unpacked) => ready.extend(unpacked),
        Err(_) => {
            let why = "the part of this page that unpacks archives could not be fetched";
            ready.extend(packed_names.into_iter().map(|name| (name, Err(why.to_owned()))));
        }
    }
    ready
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and below 2 GiB")]
fn progress(file: String, unpacked: f64) -> Progress {
    Progress {
        stage: ProgressStage::Unpacking,
        file: Some(file),
        percent: None,
        done: (unpacked / 1024.0) as usize,
        of: 0,
    }
}
