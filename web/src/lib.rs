//! The page and its worker, two WebAssembly programs over one protocol.
//!
//! ```text
//!   ui (bin/ui.rs)                       worker (bin/worker.rs)
//!   ──────────────                       ──────────────────────
//!   files ── File handles ──►            reading   File → slices
//!   bridge ── protocol::Request ──►      desk      owns foreshock_core::Session, answers what is on screen
//!   ui    ◄── protocol::FromWorker ──    rows · fold · layout · preview
//!                                        extras ──► a third program (bin/extras.rs), fetched for archives
//! ```
//!
//! The page knows only core's plain data types: the engine itself is linked into the worker alone. Nothing in the page
//! is proportional to the project: it asks for the rows, the picture and the evidence that are on screen.

/// Smaller than the default one, and made for many small texts.
#[cfg(target_family = "wasm")]
#[global_allocator]
static MEMORY: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

pub mod bridge;
pub mod extras;
pub mod files;
pub mod protocol;
pub mod recent;
pub mod storage;
#[allow(unreachable_pub, reason = "the component macro makes the properties of a component public")]
pub mod ui;
pub mod worker;
