//! Starting programs: always in the workspace's folder, and with the pinned tools first on PATH.

use crate::tools;
use crate::workspace;
use anyhow::{Context, Result, bail};
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root()).env("PATH", path_with_pinned_tools());
    command
}

/// The cargo that runs xtask, thus the toolchain that `rust-toolchain.toml` pins.
pub(crate) fn cargo() -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Run to the end, with this terminal as its input and output.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| not_started(command))?;
    if !status.success() {
        bail!("`{}` failed ({status})", spelled(command));
    }
    Ok(())
}

/// Run to the end and return what it printed. On failure its error output is the message.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| not_started(command))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", spelled(command), output.status, said.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{}` printed bytes that are not UTF-8", spelled(command)))
}

/// The command as one would type it, for messages.
pub(crate) fn spelled(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    std::iter::once(program).chain(command.get_args()).map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// The first program of this name on PATH.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
}

pub(crate) fn not_started(command: &Command) -> String {
    format!("could not start `{}`", spelled(command))
}

fn path_with_pinned_tools() -> OsString {
    let rest = env::var_os("PATH").unwrap_or_default();
    let folders = tools::TOOLS.iter().map(tools::Tool::bin_folder).chain(env::split_paths(&rest));
    // Fails only when a folder's name holds the separator; then PATH without our tools is the best there is.
    env::join_paths(folders).unwrap_or(rest)
}
