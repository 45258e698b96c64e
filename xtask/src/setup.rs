//! Puts in place what a command needs, and nothing else. What is there already costs a few milliseconds.

use crate::browser;
use crate::process;
use crate::tools::{self, TOOLS, Tool};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;
use std::time::Instant;

/// What a command is about to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Build,
    Test,
    Check,
}

/// One thing that is missing.
enum Missing {
    Target(&'static str),
    Tool(&'static Tool),
    Browser,
}

/// `cargo xtask setup`
pub(crate) fn run() -> Result<()> {
    ensure(&[Need::Build, Need::Test, Need::Check])?;
    println!("Everything is in place. Next: `cargo xtask serve`");
    Ok(())
}

pub(crate) fn ensure(needs: &[Need]) -> Result<()> {
    let missing = missing(needs)?;
    for (index, item) in missing.iter().enumerate() {
        let started = Instant::now();
        println!("[{}/{}] {}", index + 1, missing.len(), announcement(item));
        match item {
            Missing::Target(target) => add_target(target)?,
            Missing::Tool(tool) => tool.install()?,
            Missing::Browser => browser::install()?,
        }
        println!("[{}/{}] done in {} s", index + 1, missing.len(), started.elapsed().as_secs());
    }
    if !missing.is_empty() {
        // Complete: the intermediate files, a gigabyte and more, have no further use. When they stay, they harm nobody.
        fs::remove_dir_all(tools::build_folder()).ok();
    }
    Ok(())
}

fn missing(needs: &[Need]) -> Result<Vec<Missing>> {
    let mut missing = Vec::new();
    let targets = targets(needs);
    missing.extend(missing_targets(&targets)?.into_iter().map(Missing::Target));
    let wanted = TOOLS.iter().filter(|tool| tool.needed_for.iter().any(|need| needs.contains(need)));
    missing.extend(wanted.filter(|tool| !tool.is_installed()).map(Missing::Tool));
    if needs.contains(&Need::Test) && browser::find().is_err() {
        missing.push(Missing::Browser);
    }
    Ok(missing)
}

fn announcement(item: &Missing) -> String {
    match item {
        Missing::Target(target) => format!("adding the Rust target {target}…"),
        Missing::Tool(tool) => format!(
            "installing {} {} (compiles from source, about {} min on two cores)…",
            tool.package, tool.version, tool.minutes
        ),
        Missing::Browser => "installing Chromium and its driver with apt-get…".to_owned(),
    }
}

/// i686 is for the check that the engine has no 64-bit assumptions: wasm32 is a 32-bit machine as well.
fn targets(needs: &[Need]) -> Vec<&'static str> {
    let mut targets = vec!["wasm32-unknown-unknown"];
    if needs.contains(&Need::Check) {
        targets.push("i686-unknown-linux-gnu");
    }
    targets
}

/// Looks for the targets' folders, which works without rustup and without starting it.
fn missing_targets(targets: &[&'static str]) -> Result<Vec<&'static str>> {
    let sysroot = process::capture(process::command("rustc").args(["--print", "sysroot"]))
        .context("could not find the Rust toolchain; install it from https://rustup.rs")?;
    let installed = Path::new(sysroot.trim()).join("lib/rustlib");
    Ok(targets.iter().copied().filter(|target| !installed.join(target).join("lib").is_dir()).collect())
}

fn add_target(target: &str) -> Result<()> {
    if process::find("rustup").is_none() {
        bail!(
            "the Rust target {target} is missing and there is no rustup to add it; install Rust from \
             https://rustup.rs, or add the target the way this Rust was installed"
        );
    }
    process::run(process::command("rustup").args(["target", "add", target])).with_context(|| {
        format!("could not add the Rust target {target}; check the network, then run `rustup target add {target}`")
    })
}
