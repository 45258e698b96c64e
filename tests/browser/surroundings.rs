//! Where the page, the driver, the browser and the command line are: `cargo xtask test` says so.

use std::env;
use std::path::{Path, PathBuf};

/// The address of the page's folder; it ends with a slash.
pub(crate) fn page() -> String {
    told("FORESHOCK_URL")
}

pub(crate) fn driver() -> String {
    told("WEBDRIVER_URL")
}

pub(crate) fn chrome() -> String {
    told("CHROME")
}

/// What a headless browser needs in a container.
pub(crate) fn chrome_flags() -> Vec<String> {
    told("CHROME_FLAGS").split(' ').map(str::to_owned).collect()
}

pub(crate) fn command_line() -> PathBuf {
    told("FORESHOCK_CLI").into()
}

/// The script of axe; none where it could not be had.
pub(crate) fn axe() -> Option<PathBuf> {
    env::var_os("FORESHOCK_AXE").map(PathBuf::from)
}

pub(crate) fn example() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/example");
    // The browser takes no path with dots.
    folder.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
}

fn told(variable: &str) -> String {
    env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set; run the journeys with `cargo xtask test`"))
}
