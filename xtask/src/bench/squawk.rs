//! squawk, the best known linter of PostgreSQL migrations, to be measured beside the checks: the program of its package on PyPI,
//! installed once below target/.

use crate::process;
use crate::workspace;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Stdio;

const VERSION: &str = "2.70.0";

/// The program, if it is there or can be had.
pub(super) fn program() -> Result<Option<PathBuf>> {
    let folder = workspace::target_folder()?.join(format!("tools/squawk-{VERSION}"));
    let program = folder.join("bin/squawk");
    if program.is_file() {
        return Ok(Some(program));
    }
    let mut venv = process::command("python3");
    venv.args(["-m", "venv", "--clear"]).arg(&folder);
    let mut pip = process::command(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", &format!("squawk-cli=={VERSION}")]);
    if let Err(error) = process::capture(&mut venv).and_then(|_| process::capture(&mut pip)) {
        println!("squawk could not be installed: {error:#}");
        return Ok(None);
    }
    Ok(Some(program).filter(|program| program.is_file()))
}

/// Reads all files of a folder and says what it finds, into nothing.
pub(super) fn run(program: &Path, folder: &Path, files: &[(String, String)]) -> Result<()> {
    let mut squawk = process::command(program);
    squawk.current_dir(folder).args(files.iter().map(|(name, _)| name)).stdout(Stdio::null()).stderr(Stdio::null());
    // It fails where it finds something.
    squawk.status().map(|_| ()).context("squawk did not start")
}
