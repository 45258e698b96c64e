//! Known vulnerabilities of what we depend on. The list lives on GitHub, which not every machine reaches.

use crate::process;
use crate::steps::Outcome;
use anyhow::Result;

const DATABASE: &str = "https://github.com/RustSec/advisory-db";

pub(super) fn check() -> Result<Outcome> {
    let mut probe = process::command("git");
    // Give up after ten seconds of silence, and never ask for a password.
    probe.args(["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=10", "ls-remote", DATABASE, "HEAD"]);
    if process::capture(probe.env("GIT_TERMINAL_PROMPT", "0")).is_err() {
        return Ok(Outcome::NotRun(format!("{DATABASE} cannot be reached from here, so nothing is known about them")));
    }
    process::run(process::cargo().args(["deny", "check", "advisories"])).map(|()| Outcome::Done)
}
