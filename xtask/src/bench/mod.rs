//! `cargo xtask bench`: the budgets of the design (section 7), natively here and in the browser by `tests/bench/`.
//!
//! A budget is a ratio of two times taken in the same run, so that it means the same on a slow and on a fast machine; those of
//! the browser that are not are so in the design. What is not in a table is not measured.

mod in_browser;
mod lineage;
mod manifest;

use std::hint::black_box;
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
    measure: fn(&Input) -> Times,
}

struct Times {
    ours: Duration,
    baseline: Duration,
}

/// What all budgets are measured on; made once.
struct Input {
    manifest: Rc<Vec<u8>>,
}

const MODELS: usize = 2_000;

/// A new budget is one line here and one function below.
const BUDGETS: [Budget; 1] = [Budget {
    name: "reading a manifest",
    limit: 1.5,
    against: "serde_json walking the same bytes",
    measure: read_manifest,
}];

pub(crate) fn run() -> ExitCode {
    let mut manifest = Vec::new();
    manifest::write(MODELS, &mut manifest).expect("a Vec takes all");
    let input = Input { manifest: Rc::new(manifest) };
    println!("{MODELS} models, a manifest of {} MB\n", input.manifest.len() / 1_000_000);
    let mut exceeded = 0;
    for Budget { name, limit, against, measure } in BUDGETS {
        let Times { ours, baseline } = measure(&input);
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
