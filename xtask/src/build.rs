//! `cargo xtask build`: the page, ready for any static host, in `dist/`.

use crate::dist;
use crate::process;
use crate::setup::{self, Need};
use crate::workspace;
use anyhow::{Context, Result};
use std::path::PathBuf;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quality {
    /// The profile `wasm-release`: what is published and what the tests run.
    Release,
    /// The profile `dev`.
    Debug,
}

/// Returns the folder.
pub(crate) fn build(quality: Quality) -> Result<PathBuf> {
    setup::ensure(&[Need::Build])?;
    // Trunk is kept from the network (trunk.toml), so what it compiles has to be here before.
    process::run(process::cargo().args(["fetch", "--quiet", "--locked", "--target", "wasm32-unknown-unknown"]))
        .context("the page's dependencies could not be fetched (cargo says why, above)")?;

    let mut trunk = process::command("trunk");
    trunk.args(["build", "--config", "trunk.toml", "--log", "warn"]);
    if quality == Quality::Release {
        trunk.arg("--release");
    }
    // Trunk takes this variable for its own flag and rejects the customary value `1`.
    trunk.env_remove("NO_COLOR");
    // A backtrace through Trunk would push the compiler's message off the screen.
    trunk.env("RUST_BACKTRACE", "0");
    process::run(&mut trunk).context("Trunk could not build the page")?;

    let folder = workspace::root().join("dist");
    dist::seal(&folder)?;
    Ok(folder)
}
