//! The programs that are built from crates.io, each at one version that was tried. The only table of them.

use crate::process;
use crate::setup::Need;
use anyhow::{Context, Result};
use std::env;
use std::path::PathBuf;

pub(crate) struct Tool {
    pub(crate) package: &'static str,
    pub(crate) version: &'static str,
    pub(crate) binary: &'static str,
    pub(crate) needed_for: &'static [Need],
    /// Minutes that two cores take to compile it: said before the wait.
    pub(crate) minutes: u32,
}

pub(crate) const TOOLS: [Tool; 5] = [
    // Bundles the page. 0.22 needs a newer Rust than the pinned one.
    Tool {
        package: "trunk",
        version: "0.21.14",
        binary: "trunk",
        needed_for: &[Need::Build, Need::Test, Need::Check],
        minutes: 3,
    },
    // Writes the JavaScript beside the WebAssembly. Same version as the wasm-bindgen crate in Cargo.toml, always.
    Tool {
        package: "wasm-bindgen-cli",
        version: "0.2.126",
        binary: "wasm-bindgen",
        needed_for: &[Need::Build, Need::Test, Need::Check],
        minutes: 2,
    },
    // Runs the page's unit tests inside a browser.
    Tool { package: "wasm-pack", version: "0.15.1", binary: "wasm-pack", needed_for: &[Need::Test], minutes: 1 },
    // Licences, duplicate and banned crates, sources, advisories.
    Tool { package: "cargo-deny", version: "0.20.2", binary: "cargo-deny", needed_for: &[Need::Check], minutes: 2 },
    // Dependencies that nothing uses.
    Tool {
        package: "cargo-machete",
        version: "0.9.2",
        binary: "cargo-machete",
        needed_for: &[Need::Check],
        minutes: 1,
    },
];

impl Tool {
    /// One folder for each version: a change of the pin installs anew, and going back costs nothing.
    pub(crate) fn folder(&self) -> PathBuf {
        tools_folder().join(format!("{}-{}", self.package, self.version))
    }

    pub(crate) fn bin_folder(&self) -> PathBuf {
        self.folder().join("bin")
    }

    /// Asks the program itself, so that a half-made folder never counts.
    pub(crate) fn is_installed(&self) -> bool {
        let mut command = process::command(self.bin_folder().join(self.binary));
        process::capture(command.arg("--version")).is_ok_and(|said| names_version(&said, self.version))
    }

    pub(crate) fn install(&self) -> Result<()> {
        let mut cargo = process::cargo();
        cargo.args(["install", self.package, "--version", self.version, "--locked", "--root"]).arg(self.folder());
        // Kept between runs until all is installed, so that an interrupted compilation goes on where it stopped.
        cargo.arg("--target-dir").arg(build_folder());
        // These programs run for seconds; compiling them fast matters more than their speed.
        cargo.envs([
            ("CARGO_PROFILE_RELEASE_LTO", "off"),
            ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
            ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
        ]);
        process::run(&mut cargo).with_context(|| {
            format!(
                "could not install {} {}; check that crates.io can be reached and a C compiler is there, then run \
                 `cargo xtask setup` again",
                self.package, self.version
            )
        })
    }
}

/// Where the compilations of [`Tool::install`] happen.
pub(crate) fn build_folder() -> PathBuf {
    tools_folder().join("target")
}

fn tools_folder() -> PathBuf {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let default = || env::home_dir().unwrap_or_default().join(".cargo");
    cargo_home.unwrap_or_else(default).join("foreshock-tools")
}

/// Whether `--version` output such as `trunk 0.21.14` or `wasm-bindgen 0.2.126 (sha)` names exactly this version.
fn names_version(said: &str, version: &str) -> bool {
    said.split_whitespace().any(|word| word.trim_start_matches('v') == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_whole_word() {
        assert!(names_version("trunk 0.21.14\n", "0.21.14"));
        assert!(names_version("wasm-bindgen 0.2.126 (0cb1e2f)", "0.2.126"));
        assert!(names_version("0.9.2", "0.9.2"));
        assert!(!names_version("trunk 0.21.140", "0.21.14"));
        assert!(!names_version("trunk 0.21.1", "0.21.14"));
        assert!(!names_version("", "0.21.14"));
    }

    /// The command line and the crate must agree, or wasm-bindgen refuses its input.
    #[test]
    fn wasm_bindgen_is_pinned_to_the_crate() {
        let manifest = include_str!("../../Cargo.toml");
        let tool = TOOLS.iter().find(|tool| tool.package == "wasm-bindgen-cli").unwrap();
        assert!(manifest.contains(&format!("wasm-bindgen = \"={}\"", tool.version)));
    }
}
