//! What a review needs rarely. It is a WebAssembly program of its own (`bin/extras.rs`), which the worker fetches when it
//! first needs it: whoever does not, downloads the less.
//!
//! A function joins by a `#[wasm_bindgen]` in `bin/extras.rs` and a line in `worker/extras.rs`. What goes in and out is text
//! or handles: the two programs share no memory.

pub mod document;
pub mod export;
pub mod fingerprint;
mod preview;
pub mod unpack;
