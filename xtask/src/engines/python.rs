//! The engines that are Python packages, in a virtual environment below target/.

use crate::process;
use crate::workspace;
use anyhow::{Context, Result};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

const REQUIREMENTS: &str = "tests/engines/requirements.txt";

/// The interpreter, if it is there with the versions that are wanted: `FORESHOCK_PYTHON` when set, else that of the folder.
pub(crate) fn find() -> Result<Option<PathBuf>> {
    if let Some(given) = env::var_os("FORESHOCK_PYTHON") {
        return Ok(Some(given.into()));
    }
    let folder = folder()?;
    let is_current =
        fs::read_to_string(stamp(&folder)).is_ok_and(|installed| requirements().is_ok_and(|own| own == installed));
    Ok(is_current.then(|| interpreter(&folder)))
}

/// Installs them where they are missing or of other versions.
pub(super) fn ensure() -> Result<PathBuf> {
    if let Some(found) = find()? {
        return Ok(found);
    }
    let folder = folder()?;
    println!("installing the packages of {REQUIREMENTS} into {} (some 300 MB)…", folder.display());
    process::run(process::command("python3").args(["-m", "venv", "--clear"]).arg(&folder))
        .context("no virtual environment could be made; Python 3.10 or later with its venv module is needed")?;
    let mut pip = process::command(interpreter(&folder));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS]);
    process::run(&mut pip).with_context(|| format!("the packages of {REQUIREMENTS} could not be installed"))?;
    // Written last: a half-made folder never counts.
    fs::write(stamp(&folder), requirements()?)?;
    Ok(interpreter(&folder))
}

fn folder() -> Result<PathBuf> {
    Ok(workspace::target_folder()?.join("engines"))
}

fn interpreter(folder: &Path) -> PathBuf {
    folder.join("bin").join("python")
}

fn stamp(folder: &Path) -> PathBuf {
    folder.join("installed.txt")
}

fn requirements() -> Result<String> {
    fs::read_to_string(workspace::root().join(REQUIREMENTS)).with_context(|| format!("{REQUIREMENTS} is not readable"))
}
