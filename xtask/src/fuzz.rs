//! Coverage-guided fuzzing of every reader, for as long as one likes: the targets are in `fuzz/`.
//!
//! The pinned toolchain builds them: libFuzzer needs the compiler's coverage instrumentation and no sanitizer, since the
//! engine holds no `unsafe`. What makes a target fall is kept in `target/fuzz/found`, with the command that shows it again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::{process, workspace};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Seconds for each target
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Only this target
    target: Option<String>,
}

const TARGETS: [&str; 6] = ["manifest", "artifacts", "migration", "changelog", "lineage", "config"];

/// What libFuzzer needs of the compiler, as `cargo fuzz` gives it.
const FLAGS: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// An input may cost so many seconds and so much memory.
const LIMITS: [&str; 3] = ["-timeout=10", "-rss_limit_mb=2048", "-max_len=65536"];

pub(crate) fn run(options: &Options) -> Result<()> {
    let folder = workspace::target_folder()?.join("fuzz");
    let built = build(&folder)?;
    let chosen = |target: &&&str| options.target.as_deref().is_none_or(|wanted| wanted == **target);
    let targets: Vec<&&str> = TARGETS.iter().filter(chosen).collect();
    if targets.is_empty() {
        bail!("there is no such target; there are {}", TARGETS.join(", "));
    }
    for target in targets {
        println!("fuzzing {target} for {} s", options.seconds);
        fuzz(target, &built.join(target), &folder, options.seconds)?;
    }
    println!("no input stopped a reader");
    Ok(())
}

fn build(folder: &Path) -> Result<PathBuf> {
    let mut cargo = process::cargo();
    cargo.args(["build", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target-dir"]).arg(folder);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
    // With a target of its own, build scripts and macros are built without the flags.
    let host = host()?;
    process::run(cargo.args(["--target", &host]))?;
    Ok(folder.join(host).join("release"))
}

fn host() -> Result<String> {
    let version = process::capture(process::command("rustc").arg("-vV"))?;
    match version.lines().find_map(|line| line.strip_prefix("host: ")) {
        Some(host) => Ok(host.to_owned()),
        None => bail!("`rustc -vV` names no host"),
    }
}

fn fuzz(target: &str, binary: &Path, folder: &Path, seconds: u32) -> Result<()> {
    let (corpus, found) = (folder.join("corpus").join(target), folder.join("found").join(target));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&found)?;
    seed(target, &corpus)?;
    let mut command = process::command(binary);
    command.arg(&corpus).args(LIMITS).args(["-print_final_stats=1", "-verbosity=0"]);
    command.arg(format!("-max_total_time={seconds}")).arg(format!("-artifact_prefix={}/", found.display()));
    process::run(&mut command)
}

/// The repository's own inputs, to start from; what was found in earlier runs is there already.
fn seed(target: &str, corpus: &Path) -> Result<()> {
    let wanted = match target {
        "manifest" | "artifacts" => "json",
        "config" => "toml",
        _ => "sql",
    };
    for folder in ["public/example", "tests/fixtures/reference"] {
        for entry in fs::read_dir(workspace::root().join(folder))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == wanted)
                && let Some(name) = path.file_name()
            {
                fs::copy(&path, corpus.join(name))?;
            }
        }
    }
    Ok(())
}
