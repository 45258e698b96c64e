//! A snapshot that differs waits for a person beside the accepted one. Nobody may forget it there.

use crate::process;
use crate::steps::Outcome;
use anyhow::{Result, ensure};

pub(super) fn check() -> Result<Outcome> {
    // Git ignores these files; without --exclude-standard it lists them all the same.
    let mut git = process::command("git");
    git.args(["ls-files", "--others", "--", "*.snap.new", "*.pending-snap", ":!target/"]);
    let pending = process::capture(&mut git)?;
    ensure!(
        pending.trim().is_empty(),
        "these snapshots wait for a decision; compare each with its .snap file, then rename or delete it:\n{}",
        pending.trim()
    );
    Ok(Outcome::Done)
}
