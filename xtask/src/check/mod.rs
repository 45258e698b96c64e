//! `cargo xtask check`: all that CI holds the code to, besides the tests.

mod advisories;
mod core_is_pure;
mod dependencies;
mod links;
mod machine_paths;
mod sizes;
mod snapshots;

pub(crate) use sizes::SizePolicy;

use crate::process;
use crate::setup::{self, Need};
use crate::steps::{Outcome, Steps};
use anyhow::{Result, bail};
use std::process::Command;

type Check = fn() -> Result<Outcome>;

/// In the order of what is fast and often wrong first.
const CHECKS: [(&str, Check); 13] = [
    ("formatting", || cargo(&["fmt", "--all", "--check"])),
    ("dependency directions", dependencies::check),
    ("the engine stays pure", core_is_pure::check),
    ("links in the documentation", links::check),
    ("no path of this machine in the repository", machine_paths::check),
    ("no pending snapshots", snapshots::check),
    ("dependencies that nothing uses", || run_command(process::command("cargo-machete").arg("--skip-target-dir"))),
    ("licences, banned crates and sources", || cargo(&["deny", "--offline", "check", "licenses", "bans", "sources"])),
    ("security advisories", advisories::check),
    ("clippy, native", || {
        cargo(&[
            "clippy",
            "--workspace",
            "--exclude=foreshock-web",
            "--all-targets",
            "--all-features",
            "--",
            "-Dwarnings",
        ])
    }),
    ("clippy, in the browser", || {
        cargo(&[
            "clippy",
            "--package=foreshock-web",
            "--all-targets",
            "--target=wasm32-unknown-unknown",
            "--",
            "-Dwarnings",
        ])
    }),
    ("the engine compiles for wasm32 and for a 32-bit host", || {
        cargo(&[
            "check",
            "--package=foreshock-core",
            "--target=wasm32-unknown-unknown",
            "--target=i686-unknown-linux-gnu",
        ])
    }),
    ("API documentation", || {
        let mut doc = process::cargo();
        doc.args(["doc", "--no-deps", "--package=foreshock-core", "--package=foreshock-cli"]);
        run_command(doc.env("RUSTDOCFLAGS", "-Dwarnings"))
    }),
];

pub(crate) fn run(size_policy: SizePolicy) -> Result<()> {
    setup::ensure(&[Need::Build, Need::Check])?;
    let mut steps = Steps::new(CHECKS.len() + 1);
    for (name, check) in CHECKS {
        steps.run(name, check);
    }
    steps.run("download sizes", || sizes::check(size_policy));
    steps.print_summary();
    match steps.failed() {
        0 => Ok(()),
        1 => bail!("one check failed"),
        count => bail!("{count} checks failed"),
    }
}

fn cargo(arguments: &[&str]) -> Result<Outcome> {
    run_command(process::cargo().args(arguments))
}

fn run_command(command: &mut Command) -> Result<Outcome> {
    process::run(command).map(|()| Outcome::Done)
}
