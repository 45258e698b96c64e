//! What the measurement in the browser needs: the page, served; a driver; two projects on disk.

use super::manifest;
use crate::browser::{self, Browser};
use crate::build::{self, Quality};
use crate::process;
use crate::server::{self, Site};
use crate::setup::{self, Need};
use crate::test::chromedriver::ChromeDriver;
use crate::workspace;
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

/// Models of the projects; the runner in `tests/bench/` knows them by these numbers.
const PROJECTS: [usize; 2] = [10_000, 50_000];

pub(super) fn run() -> Result<()> {
    setup::ensure(&[Need::Build, Need::Test])?;
    let projects = workspace::target_folder()?.join("bench");
    for models in PROJECTS {
        write_project(&projects.join(models.to_string()), models)?;
    }
    let Browser { chrome, driver } = browser::find()?;
    let server = server::serve_in_background(Site::new(&build::build(Quality::Release)?, "/")?)?;
    let driver = ChromeDriver::start(&driver, &workspace::target_folder()?.join("chromedriver.log"))?;

    let mut cargo = process::cargo();
    cargo.args(["test", "--quiet", "--package", "foreshock-tests", "--features", "browser", "--test", "bench"]);
    cargo.env("FORESHOCK_URL", &server.url).env("WEBDRIVER_URL", &driver.url);
    cargo.env("CHROME", chrome).env("CHROME_FLAGS", browser::FLAGS.join(" ")).env("FORESHOCK_BENCH", projects);
    let status = cargo.status().with_context(|| process::not_started(&cargo))?;
    if !status.success() {
        bail!("a budget of the browser is exceeded");
    }
    Ok(())
}

/// Made anew each time: an old one may be of an older shape.
fn write_project(folder: &Path, models: usize) -> Result<()> {
    let write = || -> std::io::Result<u64> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("V1__rename.sql"), manifest::migration(models))?;
        let path = folder.join("manifest.json");
        let mut file = BufWriter::new(File::create(&path)?);
        manifest::write(models, &mut file)?;
        file.flush()?;
        Ok(fs::metadata(&path)?.len())
    };
    let bytes = write().with_context(|| format!("could not write a project to {}", folder.display()))?;
    println!("{models} models, a manifest of {} MB", bytes / 1_000_000);
    Ok(())
}
