//! `cargo xtask bench`: the budgets of the design (section 7), natively here and in the browser by `tests/bench/`.
//!
//! A budget is a ratio of two times taken in the same run, so that it means the same on a slow and on a fast machine; those of
//! the browser that are not are so in the design. What is not in a table is not measured.

mod in_browser;
mod lineage;
mod manifest;
mod migrations;
mod squawk;

use crate::workspace;
use foreshock_core::dialect::Dialect;
use foreshock_core::{InputFile, Options, Session};
use std::hint::black_box;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// As the command line has it: what is measured is what its users wait for.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Budget {
    name: &'static str,
    /// What takes `limit` times as long as the baseline is still within the budget.
    limit: f64,
    against: &'static str,
    measure: Measure,
}

enum Measure {
    Alone(fn(&Input) -> Times),
    /// Beside another program; none where that is not to be had.
    Beside(fn(&Input) -> Option<Times>),
}

struct Times {
    ours: Duration,
    baseline: Duration,
}

/// What all budgets are measured on; made once.
struct Input {
    manifest: Rc<Vec<u8>>,
    /// By name.
    migrations: Vec<(String, String)>,
}

const MODELS: usize = 2_000;

/// A new budget is one line here and one function below.
const BUDGETS: [Budget; 3] = [
    Budget {
        name: "reading a manifest",
        limit: 1.5,
        against: "serde_json walking the same bytes",
        measure: Measure::Alone(read_manifest),
    },
    Budget {
        name: "parsing and checking migrations",
        limit: 1.0,
        against: "5 MB a second",
        measure: Measure::Alone(check_migrations),
    },
    Budget {
        name: "parsing and checking migrations",
        limit: 1.0,
        against: "squawk on the same files, its start and its text included",
        measure: Measure::Beside(check_beside_squawk),
    },
];

pub(crate) fn run() -> ExitCode {
    let mut manifest = Vec::new();
    manifest::write(MODELS, &mut manifest).expect("a Vec takes all");
    let input = Input { manifest: Rc::new(manifest), migrations: migrations::files() };
    println!("{MODELS} models, a manifest of {} MB", input.manifest.len() / 1_000_000);
    println!("{} migrations of {} MB\n", input.migrations.len(), size(&input.migrations) / 1_000_000);
    let mut exceeded = 0;
    for Budget { name, limit, against, measure } in BUDGETS {
        let measured = match measure {
            Measure::Alone(measure) => Some(measure(&input)),
            Measure::Beside(measure) => measure(&input),
        };
        let Some(Times { ours, baseline }) = measured else {
            println!("NOT RUN  {name}: {against}");
            continue;
        };
        let ratio = ours.as_secs_f64() / baseline.as_secs_f64();
        let verdict = if ratio <= limit { "ok" } else { "OVER" };
        println!("{verdict:>5}  {ratio:.2} × {against}, budget {limit} ×: {name} ({ours:.1?}, {baseline:.1?})");
        exceeded += u32::from(ratio > limit);
    }
    exceeded += lineage::run();
    println!("\n{exceeded} native budgets exceeded\n");
    // Measured whatever came of the first.
    let in_browser = in_browser::run();
    if let Err(error) = &in_browser {
        println!("{error:#}");
    }
    if exceeded == 0 && in_browser.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read_manifest(input: &Input) -> Times {
    compare(
        || foreshock_core::dbt::open_project("manifest.json", input.manifest.clone()),
        || serde_json::from_slice::<serde::de::IgnoredAny>(&input.manifest).is_ok(),
    )
}

fn check_migrations(input: &Input) -> Times {
    let Times { ours, .. } = compare(|| checked(&input.migrations), || ());
    #[allow(clippy::cast_precision_loss, reason = "a size in megabytes")]
    let seconds = size(&input.migrations) as f64 / 5_000_000.0;
    Times { ours, baseline: Duration::from_secs_f64(seconds) }
}

fn check_beside_squawk(input: &Input) -> Option<Times> {
    let found: anyhow::Result<Option<(PathBuf, PathBuf)>> = (|| {
        let folder = workspace::target_folder()?.join("bench/migrations");
        migrations::write(&input.migrations, &folder)?;
        Ok(squawk::program()?.map(|program| (program, folder)))
    })();
    let (program, folder) = match found {
        Ok(found) => found?,
        Err(error) => {
            println!("{error:#}");
            return None;
        }
    };
    Some(compare(|| checked(&input.migrations), || squawk::run(&program, &folder, &input.migrations)))
}

/// What `foreshock check` does between reading files and writing text.
fn checked(files: &[(String, String)]) -> Session {
    let files = files.iter().map(|(name, text)| InputFile::new(name.clone(), text.clone().into_bytes())).collect();
    Session::read(files, &Options { dialect: Some(Dialect::Postgres), ..Options::default() }, &mut |_| {})
}

fn size(files: &[(String, String)]) -> usize {
    files.iter().map(|(_, text)| text.len()).sum()
}

/// The best of some runs each, taken in turns: a busy moment of the machine then hurts both sides alike.
fn compare<A, B>(ours: impl Fn() -> A, baseline: impl Fn() -> B) -> Times {
    const RUNS: usize = 7;
    let mut best = Times { ours: Duration::MAX, baseline: Duration::MAX };
    for _ in 0..RUNS {
        best.ours = best.ours.min(time(&ours));
        best.baseline = best.baseline.min(time(&baseline));
    }
    best
}

fn time<T>(work: impl Fn() -> T) -> Duration {
    let started = Instant::now();
    let result = black_box(work());
    let took = started.elapsed();
    // Dropping the result is part of no budget: a review is made once and kept.
    drop(result);
    took
}
