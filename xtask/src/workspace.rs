//! Where things are in this workspace.

use crate::process;
use anyhow::{Context, Result};
use std::env;
use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    // Cargo sets the variable when it runs xtask; the compiled-in path serves a binary that is started by hand.
    let xtask = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&xtask).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Cargo's answer, because an environment variable or a configuration file can move it.
pub(crate) fn target_folder() -> Result<PathBuf> {
    let metadata =
        process::capture(process::cargo().args(["metadata", "--format-version", "1", "--no-deps", "--offline"]))?;
    let metadata: serde_json::Value =
        serde_json::from_str(&metadata).context("`cargo metadata` printed something that is not JSON")?;
    let folder = metadata["target_directory"].as_str().context("`cargo metadata` names no target folder")?;
    Ok(folder.into())
}

/// What belongs to the repository: the files that git tracks, or will once they are added.
pub(crate) fn files() -> Result<Vec<PathBuf>> {
    let listing = process::capture(process::command("git").args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))
    .context("could not list the repository's files")?;
    let root = root();
    let files = listing.split('\0').filter(|name| !name.is_empty()).map(|name| root.join(name));
    // A file that is deleted but not yet committed is still listed.
    Ok(files.filter(|path| path.is_file()).collect())
}
