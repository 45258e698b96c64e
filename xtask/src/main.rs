//! The workspace's own commands. `cargo xtask help` lists them; CONTRIBUTING.md says when to use which.
//!
//! Each command is one module with a `run`. They share four things: [`process`] starts programs, [`setup`] puts the
//! pinned tools of [`tools`] in place, [`build`] makes `dist/`, and [`server`] serves it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to its caller")]

#[cfg(feature = "bench")]
mod bench;
mod browser;
mod build;
mod check;
mod dist;
mod engines;
mod fuzz;
mod new_check;
mod process;
mod serve;
mod server;
mod setup;
mod steps;
mod test;
mod tools;
mod workspace;

#[cfg(not(feature = "bench"))]
use anyhow::Context;
use anyhow::Result;
use build::Quality;
use check::SizePolicy;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use test::Scope;

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "Foreshock's own commands")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install all that the other commands need (each of them also installs what it lacks)
    Setup,
    /// Build the page into dist/, a folder for any static host
    Build {
        /// Fast to build, slow to run, with readable stack traces
        #[arg(long)]
        debug: bool,
    },
    /// Build the page and serve it on this machine
    Serve(serve::Options),
    /// Run every test: native, in the browser, and journeys through the built page
    Test {
        /// Only the tests that run without a browser
        #[arg(long)]
        no_browser: bool,
    },
    /// Run every check that CI runs besides the tests
    Check {
        /// Accept the present download sizes as the new reference (sizes.json)
        #[arg(long)]
        bless_sizes: bool,
    },
    /// Hold what Foreshock says against real engines: PostgreSQL, DuckDB, dbt
    Engines(engines::Options),
    /// Start a new safety check: its file, its page, its row in the table
    NewCheck(new_check::Options),
    /// Fuzz every reader for some time each
    Fuzz(fuzz::Options),
    /// Measure the budgets of the design, as ratios within one run
    Bench,
}

fn main() -> ExitCode {
    run(Cli::parse().command).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Setup => setup::run()?,
        Command::Build { debug } => {
            let quality = if debug { Quality::Debug } else { Quality::Release };
            println!("built {}", build::build(quality)?.display());
        }
        Command::Serve(options) => serve::run(&options)?,
        Command::Test { no_browser } => return test::run(if no_browser { Scope::Native } else { Scope::All }),
        Command::Check { bless_sizes } => {
            check::run(if bless_sizes { SizePolicy::Bless } else { SizePolicy::Compare })?;
        }
        Command::Engines(options) => return engines::run(&options),
        Command::NewCheck(options) => new_check::run(&options)?,
        Command::Fuzz(options) => fuzz::run(&options)?,
        Command::Bench => return bench(),
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(feature = "bench")]
#[expect(clippy::unnecessary_wraps, reason = "the other one can fail")]
fn bench() -> Result<ExitCode> {
    Ok(bench::run())
}

/// Measuring needs an optimised build with the engine in it, and this is not one: build that and hand over.
#[cfg(not(feature = "bench"))]
fn bench() -> Result<ExitCode> {
    let mut cargo = process::cargo();
    cargo.args(["run", "--quiet", "--release", "--package", "xtask", "--features", "bench", "--", "bench"]);
    let status = cargo.status().with_context(|| process::not_started(&cargo))?;
    // What went wrong has been said by the one who measured.
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
