//! axe, which finds what keeps people with a screen reader or a keyboard out. It is a JavaScript file of npm's, fetched once by
//! the `npm` that is there; without one, its journey says that it did not run.

use crate::process;
use crate::workspace;
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

const VERSION: &str = "4.14.1";

/// The file, if it is there or can be had.
pub(super) fn script() -> Result<Option<PathBuf>> {
    let folder = workspace::target_folder()?.join(format!("tools/axe-core-{VERSION}"));
    let script = folder.join("package/axe.min.js");
    if script.is_file() {
        return Ok(Some(script));
    }
    if process::find("npm").is_none() || process::find("tar").is_none() {
        return Ok(None);
    }
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let mut npm = process::command("npm");
    npm.args(["pack", "--silent", &format!("axe-core@{VERSION}")]).current_dir(&folder);
    let mut tar = process::command("tar");
    tar.args(["-xzf", &format!("axe-core-{VERSION}.tgz"), "package/axe.min.js"]).current_dir(&folder);
    if let Err(error) = process::capture(&mut npm).and_then(|_| process::run(&mut tar)) {
        println!("axe could not be fetched: {error:#}");
        return Ok(None);
    }
    Ok(Some(script).filter(|script| script.is_file()))
}
