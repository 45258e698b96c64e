//! `cargo xtask engines`: what Foreshock says, held against real engines. A suite is a row of [`SUITES`].
//!
//! A suite is a test target of foreshock-tests behind the feature `engines`. It finds the engines by what is set for it:
//!
//! - `FORESHOCK_PYTHON`: an interpreter that has the packages of tests/engines/requirements.txt
//! - `FORESHOCK_POSTGRES`: the folder with the socket of a PostgreSQL that is there for this run alone, whose superuser is
//!   `foreshock`; not set where there is no PostgreSQL. Its programs are first on PATH.
//! - `FORESHOCK_QUICK`: set where only the quick part is wanted

mod postgres;
pub(crate) mod python;

use crate::process;
use crate::steps::{Outcome, Steps};
use crate::test::{self, Totals};
use anyhow::{Result, bail};
use clap::Args;
use postgres::Postgres;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// One kind of claim, held against engines.
struct Suite {
    name: &'static str,
    /// The test target of foreshock-tests.
    target: &'static str,
    /// It has a part that `cargo xtask test` runs too, where the engines are there.
    quick: bool,
}

const SUITES: &[Suite] = &[
    // What a second run does, and what a way back brings back.
    Suite { name: "again", target: "engines_again", quick: true },
    // What a statement locks, reads and writes anew: PostgreSQL's own view of it.
    Suite { name: "locks", target: "engines_locks", quick: true },
    // What becomes of every node: dbt projects, built and run by both engines after some hundred migrations.
    Suite { name: "outcomes", target: "engines_outcomes", quick: true },
    // The schema that a replay comes to: the catalogue of PostgreSQL and of DuckDB after the same statements.
    Suite { name: "replay", target: "engines_replay", quick: true },
    // The drafts of `foreshock fix`, applied: the project is built by dbt, and gives what it gave before.
    Suite { name: "remedy", target: "engines_remedy", quick: false },
];

#[derive(Args)]
pub(crate) struct Options {
    /// Only these suites (all of them, where none is named)
    suites: Vec<String>,
    /// Only the quick part of each
    #[arg(long)]
    quick: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    if let Some(unknown) = options.suites.iter().find(|name| !SUITES.iter().any(|suite| suite.name == **name)) {
        let names: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
        bail!("there is no suite \"{unknown}\"; there are: {}", names.join(", "));
    }
    let suites: Vec<&Suite> = SUITES
        .iter()
        .filter(|suite| options.suites.is_empty() || options.suites.iter().any(|name| name == suite.name))
        .collect();
    let mut steps = Steps::new(suites.len() + 2);
    let mut totals = Totals::default();
    let mut engines = Engines::default();
    steps.run("the engines in Python", || {
        engines.python = Some(python::ensure()?);
        Ok(Outcome::Done)
    });
    steps.run("a PostgreSQL for this run", || engines.start_postgres());
    for suite in suites {
        let failed_before = totals.failed;
        let went_well = steps.run(suite.name, || engines.run(suite, options.quick, &mut totals));
        totals.count_step(went_well, failed_before);
    }
    steps.print_summary();
    println!("\n{totals}");
    Ok(if steps.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The quick part of all suites, for `cargo xtask test`: only with engines that are there already.
pub(crate) fn run_quick(totals: &mut Totals) -> Result<Outcome> {
    let Some(python) = python::find()? else {
        return Ok(Outcome::NotRun("the engines are not installed; `cargo xtask engines` does that".to_owned()));
    };
    let mut engines = Engines { python: Some(python), postgres: None };
    let outcome = engines.start_postgres()?;
    for suite in SUITES.iter().filter(|suite| suite.quick) {
        engines.run(suite, true, totals)?;
    }
    Ok(outcome)
}

#[derive(Default)]
struct Engines {
    python: Option<PathBuf>,
    postgres: Option<Postgres>,
}

impl Engines {
    fn start_postgres(&mut self) -> Result<Outcome> {
        let Some(programs) = postgres::find() else {
            return Ok(Outcome::NotRun(
                "there is no PostgreSQL here (initdb is neither on PATH nor below /usr/lib/postgresql): nothing was held \
                 against it. `apt-get install postgresql` brings it"
                    .to_owned(),
            ));
        };
        self.postgres = Some(Postgres::start(programs)?);
        Ok(Outcome::Done)
    }

    fn run(&self, suite: &Suite, quick: bool, totals: &mut Totals) -> Result<Outcome> {
        let Some(python) = &self.python else { bail!("it needs the engines in Python") };
        let mut cargo = process::cargo();
        cargo.args(["test", "--package", "foreshock-tests", "--features", "engines", "--test", suite.target]);
        // They say what they compared.
        cargo.args(["--", "--nocapture"]);
        cargo.env("FORESHOCK_PYTHON", python).env_remove("FORESHOCK_POSTGRES").env_remove("FORESHOCK_QUICK");
        if quick {
            cargo.env("FORESHOCK_QUICK", "1");
        }
        if let Some(postgres) = &self.postgres {
            cargo.env("FORESHOCK_POSTGRES", postgres.socket_folder());
            put_first_on_path(&mut cargo, postgres.programs());
        }
        test::run_counted(&mut cargo, totals).map(|()| Outcome::Done)
    }
}

fn put_first_on_path(command: &mut Command, folder: &Path) {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let folders = [folder.to_owned()].into_iter().chain(std::env::split_paths(&rest));
    if let Ok(path) = std::env::join_paths(folders) {
        command.env("PATH", path);
    }
}
