//! The budgets of the design that are of the browser: what a person with a large project waits for, in Chromium.
//!
//! `cargo xtask bench` builds and serves the page, starts a chromedriver, writes the projects, and says where all of it is.
//! A time is that of the worker, from the message with the files to the answer; the memory is that of its WebAssembly, which
//! never shrinks, so that at the end it is the peak.
#![allow(clippy::print_stdout, reason = "a command speaks to its caller")]

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{By, ChromeCapabilities, RequestData, SessionId, WebDriver};

/// Before the page's own scripts: has the worker say how long each review took and how large its memory is.
const WATCH: &str = include_str!("watch.js");

/// The best of some runs: a busy moment of the machine is no fault of the page.
const RUNS: usize = 3;
const PATIENCE: Duration = Duration::from_mins(10);

#[tokio::main]
async fn main() -> ExitCode {
    match measure().await {
        Ok(lines) => {
            let over = lines.iter().filter(|line| line.ours > line.limit).count();
            lines.iter().for_each(Line::print);
            println!("\n{over} of {} budgets of the browser exceeded", lines.len());
            if over == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            println!("the browser could not be measured: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Line {
    name: &'static str,
    ours: f64,
    limit: f64,
    unit: &'static str,
    more: String,
}

impl Line {
    fn print(&self) {
        let Self { name, ours, limit, unit, more } = self;
        let verdict = if ours <= limit { "ok" } else { "OVER" };
        println!("{verdict:>5}  {ours:.2} {unit}, budget {limit} {unit}: {name} ({more})");
    }
}

async fn measure() -> WebDriverResult<Vec<Line>> {
    let folder = PathBuf::from(told("FORESHOCK_BENCH"));
    let (large, largest) = (folder.join("10000"), folder.join("50000"));
    let both = |folder: &Path| ["manifest.json", "V1__rename.sql"].map(|name| folder.join(name));

    let mut read = f64::MAX;
    let mut reviewed = f64::MAX;
    let mut reached = 0;
    let mut parsed = f64::MAX;
    for _ in 0..RUNS {
        // A browser of its own for each: what one leaves in memory is nothing to the next.
        read = read.min(review(&[large.join("manifest.json")]).await?.seconds);
        parsed = parsed.min(json_parse(&large.join("manifest.json")).await?);
        let whole = review(&both(&large)).await?;
        reviewed = reviewed.min(whole.seconds);
        reached = whole.nodes;
    }
    let huge = review(&both(&largest)).await?;
    let first = first_visit().await?;
    let felt = interaction(&both(&large)).await?;
    for (reached, models) in [(reached, 10_000), (huge.nodes, 50_000)] {
        assert!(
            reached >= models / 25,
            "the migration reaches {reached} nodes of {models} models: that measures no review"
        );
    }
    Ok(vec![
        Line {
            name: "reading a manifest of 10,000 models",
            ours: read / parsed,
            limit: 1.0,
            unit: "× JSON.parse",
            more: format!("{read:.2} s, {parsed:.2} s"),
        },
        Line {
            name: "10,000 models, from drop to verdict",
            ours: reviewed,
            limit: 3.0,
            unit: "s",
            more: format!("time of the worker; {reached} nodes reached"),
        },
        Line {
            name: "50,000 models, peak memory",
            ours: huge.megabytes,
            limit: 600.0,
            unit: "MB",
            more: format!("opens in {:.1} s; {} nodes reached", huge.seconds, huge.nodes),
        },
        Line {
            name: "the first paint of the page",
            ours: first.paint,
            limit: 1.0,
            unit: "s",
            more: "first contentful paint, served from this machine".to_owned(),
        },
        Line {
            name: "the example, from the click to the verdict",
            ours: first.example,
            limit: 1.5,
            unit: "s",
            more: "with the worker's start".to_owned(),
        },
        Line {
            name: "10,000 models, the slowest answer to a key",
            ours: felt.answer,
            limit: 0.2,
            unit: "s",
            more: format!("findings, views and a filter; the page was busy for {:.2} s at most", felt.task),
        },
        Line {
            name: "10,000 models, the whole project as a graph",
            ours: felt.whole,
            limit: 1.0,
            unit: "s",
            more: format!("time of the worker; while it is drawn the page is busy for {:.2} s at most", felt.drawing),
        },
    ])
}

struct FirstVisit {
    paint: f64,
    example: f64,
}

async fn first_visit() -> WebDriverResult<FirstVisit> {
    in_a_browser(async |driver| {
        let painted = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null";
        let paint = until(&driver, painted).await?.as_f64().unwrap_or(f64::NAN) / 1e3;
        let open = "
            const start = performance.now();
            const look = () => document.querySelector('main[data-screen=review]')
                ? (window.example = performance.now() - start)
                : requestAnimationFrame(look);
            document.querySelector('[data-testid=open-example]').click();
            look();";
        driver.execute(open, vec![]).await?;
        let example = until(&driver, "return window.example ?? null").await?.as_f64().unwrap_or(f64::NAN) / 1e3;
        Ok(FirstVisit { paint, example })
    })
    .await
}

struct Felt {
    /// The longest time between a key and its answer on screen.
    answer: f64,
    task: f64,
    /// What the worker takes for the picture of the whole project, and the page's longest task meanwhile.
    whole: f64,
    drawing: f64,
}

/// Goes through findings and views and types into the filter, as a person does in a large project.
async fn interaction(files: &[PathBuf]) -> WebDriverResult<Felt> {
    const QUIET: Duration = Duration::from_millis(400);
    in_a_browser(async |driver| {
        give(&driver, "[data-testid=input-files]", files).await?;
        until(&driver, NODES_SHOWN).await?;
        driver.execute("felt.task = felt.answer = 0; delete bench.picture", vec![]).await?;
        for keys in
            [".", ".", ".", "2", ".", ".", "3", "4", "5", "7", "1", ".", "2", "/", "m", "o", "d", "e", "l", "_", "1"]
        {
            driver.action_chain().send_keys(keys).perform().await?;
            // As long as a quick reader looks.
            tokio::time::sleep(QUIET).await;
        }
        let seconds = async |what: &str| -> WebDriverResult<f64> {
            Ok(driver.execute(format!("return felt.{what}"), vec![]).await?.json().as_f64().unwrap_or(f64::NAN) / 1e3)
        };
        let (answer, task) = (seconds("answer").await?, seconds("task").await?);
        let whole = "
            document.querySelector('[data-testid=clear-filter]')?.click();
            document.querySelector('[data-testid=view-graph]').click();
            felt.task = 0;
            delete bench.picture;
            const click = () => {
                const button = document.querySelector('[data-testid=graph-whole]');
                button ? button.click() : requestAnimationFrame(click);
            };
            click();";
        driver.execute(whole, vec![]).await?;
        let picture = until(
            &driver,
            "return document.querySelector('[data-testid=graph-whole][aria-pressed=true]') && bench.picture || null",
        )
        .await?;
        let whole = picture["ms"].as_f64().unwrap_or(f64::NAN) / 1e3;
        tokio::time::sleep(QUIET * 4).await;
        Ok(Felt { answer, task, whole, drawing: seconds("task").await? })
    })
    .await
}

/// The sum of the counts by outcome, when a screen is there that says what came of the files.
const NODES_SHOWN: &str = "return document.querySelector('main[data-screen=review], main[data-screen=gather]') && \
    { nodes: [...document.querySelectorAll('[data-testid=tally] b')].reduce((sum, count) => sum + Number(count.textContent.replace(/\\D/g, '')), 0) }";

struct Reviewed {
    seconds: f64,
    megabytes: f64,
    /// Nodes that the migration reaches: a review of few is no measure of anything.
    nodes: u64,
}

async fn review(files: &[PathBuf]) -> WebDriverResult<Reviewed> {
    in_a_browser(async |driver| {
        give(&driver, "[data-testid=input-files]", files).await?;
        let said = until(
            &driver,
            "return window.bench.review ?? document.querySelector('main[data-screen=stopped]')?.innerText",
        )
        .await?;
        let number =
            |name: &str| said[name].as_f64().unwrap_or_else(|| panic!("the review did not come to an end: {said}"));
        // What the page shows of it once it has drawn; files alone are no review.
        let drawn = until(&driver, NODES_SHOWN).await?;
        let nodes = drawn["nodes"].as_u64().unwrap_or(0);
        Ok(Reviewed { seconds: number("ms") / 1e3, megabytes: number("memory") / 1e6, nodes })
    })
    .await
}

/// What a page does that reads a file by the usual means.
async fn json_parse(file: &Path) -> WebDriverResult<f64> {
    in_a_browser(async |driver| {
        let add = "const input = document.createElement('input'); input.type = 'file'; input.id = 'base'; document.body.append(input)";
        driver.execute(add, vec![]).await?;
        give(&driver, "#base", &[file.to_owned()]).await?;
        let parse = "
            window.bench = undefined;
            const file = document.querySelector('#base').files[0];
            const start = performance.now();
            file.text().then(JSON.parse).then(() => { window.bench = performance.now() - start; });";
        driver.execute(parse, vec![]).await?;
        Ok(until(&driver, "return window.bench").await?.as_f64().unwrap_or(f64::NAN) / 1e3)
    })
    .await
}

async fn in_a_browser<T>(act: impl AsyncFnOnce(WebDriver) -> WebDriverResult<T>) -> WebDriverResult<T> {
    let mut chrome = ChromeCapabilities::new();
    chrome.set_binary(&told("CHROME"))?;
    for flag in told("CHROME_FLAGS").split(' ') {
        chrome.add_arg(flag)?;
    }
    let driver = WebDriver::new(told("WEBDRIVER_URL"), chrome).await?;
    let watch = json!({ "cmd": "Page.addScriptToEvaluateOnNewDocument", "params": { "source": WATCH } });
    driver.cmd(DevTools(watch)).await?;
    driver.goto(told("FORESHOCK_URL")).await?;
    until(&driver, "return document.querySelector('[data-testid=input-files]') && true").await?;
    let result = act(driver.clone()).await;
    driver.quit().await?;
    result
}

async fn give(driver: &WebDriver, input: &str, files: &[PathBuf]) -> WebDriverResult<()> {
    let files: Vec<&str> = files.iter().map(|path| path.to_str().expect("a path in UTF-8")).collect();
    driver.find(By::Css(input)).await?.send_keys(files.join("\n")).await
}

async fn until(driver: &WebDriver, script: &str) -> WebDriverResult<Value> {
    let started = Instant::now();
    loop {
        let value = driver.execute(script, vec![]).await?.json().clone();
        if !value.is_null() {
            return Ok(value);
        }
        assert!(started.elapsed() < PATIENCE, "nothing came of: {script}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[derive(Debug)]
struct DevTools(Value);

impl FormatRequestData for DevTools {
    fn format_request(&self, session: &SessionId) -> RequestData {
        let verb = "POST".parse().expect("a verb of HTTP");
        RequestData {
            body: Some(self.0.clone()),
            ..RequestData::new(verb, format!("session/{session}/goog/cdp/execute"))
        }
    }
}

fn told(variable: &str) -> String {
    env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set; measure with `cargo xtask bench`"))
}
