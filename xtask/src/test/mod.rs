//! `cargo xtask test`: the kinds of tests, one after the other, with one sum at the end.

mod axe;
pub(crate) mod chromedriver;
mod sarif_schema;
mod totals;

use crate::browser::{self, Browser};
use crate::build::{self, Quality};
use crate::engines;
use crate::process;
use crate::server::{self, Site};
use crate::setup::{self, Need};
use crate::steps::{Outcome, Steps};
use crate::workspace;
use anyhow::{Context, Result, bail};
use chromedriver::ChromeDriver;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
pub(crate) use totals::Totals;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    All,
    Native,
}

/// The journeys run below a path, because a page that works there works at the root too, and not the other way round.
const MOUNT: &str = "/some/team/foreshock/";

/// The sum is the last line, so a failed test is told by the exit code and not by one more message.
pub(crate) fn run(scope: Scope) -> Result<ExitCode> {
    let needs: &[Need] = if scope == Scope::All { &[Need::Build, Need::Test] } else { &[] };
    setup::ensure(needs)?;

    let mut totals = Totals::default();
    let mut steps = Steps::new(if scope == Scope::All { 4 } else { 2 });
    let mut step = |name, tests: fn(&mut Totals) -> Result<Outcome>| {
        let failed_before = totals.failed;
        let went_well = steps.run(name, || tests(&mut totals));
        totals.count_step(went_well, failed_before);
    };
    step("native tests", native);
    step("against real engines, the quick part", engines::run_quick);
    if scope == Scope::All {
        step("unit tests of the page, in the browser", page_units);
        step("journeys through the built page", journeys);
    }
    steps.print_summary();
    println!("\n{totals}");
    Ok(if totals.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn native(totals: &mut Totals) -> Result<Outcome> {
    let mut all = process::cargo();
    all.args(["test", "--no-fail-fast", "--workspace", "--exclude", "foreshock-web"]);
    let schema = sarif_schema::file()?;
    if let Some(schema) = &schema {
        all.env("FORESHOCK_SARIF_SCHEMA", schema);
    }
    // What of the page is plain Rust is tested here; its `wasm_bindgen_test`s wait for the browser.
    let mut page = process::cargo();
    page.args(["test", "--no-fail-fast", "--package", "foreshock-web", "--lib"]);
    // Both run whatever the first says.
    let (all, page) = (run_counted(&mut all, totals), run_counted(&mut page, totals));
    all.and(page)?;
    Ok(match schema {
        Some(_) => Outcome::Done,
        None => Outcome::NotRun("SARIF was not validated: its schema could not be fetched".to_owned()),
    })
}

fn page_units(totals: &mut Totals) -> Result<Outcome> {
    let Browser { chrome, driver } = browser::find()?;
    let capabilities = workspace::target_folder()?.join("webdriver.json");
    fs::write(&capabilities, webdriver_capabilities(&chrome))
        .with_context(|| format!("could not write {}", capabilities.display()))?;

    let mut wasm_pack = process::command("wasm-pack");
    wasm_pack.args(["test", "--headless", "--chrome", "--mode", "no-install", "--chromedriver"]);
    wasm_pack.arg(driver).arg("web");
    wasm_pack.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities);
    // Seconds. The default of 20 is short for a first start of the browser on a busy machine.
    wasm_pack.env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    run_counted(&mut wasm_pack, totals).map(|()| Outcome::Done)
}

fn journeys(totals: &mut Totals) -> Result<Outcome> {
    let Browser { chrome, driver } = browser::find()?;
    let server = server::serve_in_background(Site::new(&build::build(Quality::Release)?, MOUNT)?)?;
    let cli = build_cli()?;
    let driver = ChromeDriver::start(&driver, &workspace::target_folder()?.join("chromedriver.log"))?;

    let mut cargo = process::cargo();
    cargo.args(["test", "--package", "foreshock-tests", "--features", "browser", "--test", "browser"]);
    // One browser at a time: on two cores, more of them only make each other's waits run out.
    cargo.args(["--", "--test-threads=1"]);
    cargo.env("FORESHOCK_URL", &server.url).env("WEBDRIVER_URL", &driver.url);
    cargo.env("CHROME", chrome).env("CHROME_FLAGS", browser::FLAGS.join(" ")).env("FORESHOCK_CLI", cli);
    if let Some(axe) = axe::script()? {
        cargo.env("FORESHOCK_AXE", axe);
    }
    run_counted(&mut cargo, totals).map(|()| Outcome::Done)
}

/// The command line as it is shipped; journeys compare the page with it.
fn build_cli() -> Result<PathBuf> {
    process::run(process::cargo().args(["build", "--release", "--package", "foreshock-cli"]))?;
    Ok(workspace::target_folder()?.join("release").join(format!("foreshock{}", std::env::consts::EXE_SUFFIX)))
}

fn webdriver_capabilities(chrome: &Path) -> String {
    serde_json::json!({ "goog:chromeOptions": { "binary": chrome, "args": browser::FLAGS } }).to_string()
}

/// Run, pass the output on as it comes, and add up the result lines in it.
pub(crate) fn run_counted(command: &mut Command, totals: &mut Totals) -> Result<()> {
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| process::not_started(command))?;
    let output = child.stdout.take().context("the output is piped")?;
    let mut terminal = std::io::stdout();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        totals.add_line(&String::from_utf8_lossy(&line));
        terminal.write_all(&line)?;
        terminal.write_all(b"\n")?;
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{}` failed ({status})", process::spelled(command));
    }
    Ok(())
}
