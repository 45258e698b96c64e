//! The browser of the tests: Chromium and the driver that steers it.

use crate::process;
use anyhow::{Context, Result, anyhow, bail};
use std::env;
use std::path::PathBuf;
use std::process::Command;

pub(crate) struct Browser {
    pub(crate) chrome: PathBuf,
    pub(crate) driver: PathBuf,
}

/// What a headless browser needs in a container: it runs as root there, has no display, and its own housekeeping
/// connections (updates, sync) are refused many at a time.
pub(crate) const FLAGS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// The browser and driver to use: `CHROME` and `CHROMEDRIVER` when set, else the first known name on PATH.
pub(crate) fn find() -> Result<Browser> {
    Ok(Browser {
        chrome: find_one("CHROME", &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])?,
        driver: find_one("CHROMEDRIVER", &["chromedriver"])?,
    })
}

pub(crate) fn install() -> Result<()> {
    let by_hand = "install Chromium and chromedriver of the same version by hand, and set CHROME and CHROMEDRIVER to \
                   their paths if they are not on PATH (`cargo xtask test --no-browser` does without)";
    if process::find("apt-get").is_none() {
        bail!("no Chromium found, and this system has no apt-get to install it with; {by_hand}");
    }
    let mut update = as_root()?;
    update.args(["apt-get", "update"]);
    process::run(&mut update).with_context(|| format!("Debian's package list could not be read; {by_hand}"))?;
    let mut install = as_root()?;
    install.env("DEBIAN_FRONTEND", "noninteractive");
    install.args(["apt-get", "install", "-y", "--no-install-recommends", "chromium", "chromium-driver"]);
    process::run(&mut install).with_context(|| format!("Chromium could not be installed; {by_hand}"))?;
    find().map(drop).context("apt-get installed the browser packages, and still")
}

fn find_one(variable: &str, names: &[&str]) -> Result<PathBuf> {
    if let Some(path) = env::var_os(variable).map(PathBuf::from) {
        if path.is_file() {
            return Ok(path);
        }
        bail!("{variable} says {}, and there is no such file", path.display());
    }
    names
        .iter()
        .find_map(|name| process::find(name))
        .ok_or_else(|| anyhow!("no {} on PATH; run `cargo xtask setup`, or set {variable}", names.join(" or ")))
}

/// A command that runs its arguments as root.
fn as_root() -> Result<Command> {
    if process::capture(process::command("id").arg("-u"))?.trim() == "0" {
        return Ok(process::command("env"));
    }
    if process::find("sudo").is_some() {
        let mut sudo = process::command("sudo");
        // Never ask for a password in the middle of a long run.
        sudo.arg("-n");
        return Ok(sudo);
    }
    bail!(
        "installing Chromium needs root, and there is no sudo; run as root: \
         apt-get install --no-install-recommends chromium chromium-driver"
    )
}
