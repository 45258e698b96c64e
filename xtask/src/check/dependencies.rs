//! Which crate may depend on what (docs/architecture.md, invariants 1 and 3).

use crate::process;
use crate::steps::Outcome;
use anyhow::{Result, bail};
use std::collections::BTreeSet;

struct Rule {
    package: &'static str,
    /// What its dependencies, direct or not, must not be. A closing `*` stands for any ending.
    never: &'static [&'static str],
    because: &'static str,
}

const WEB: &[&str] =
    &["wasm-bindgen*", "js-sys", "web-sys", "gloo*", "leptos*", "console_error_panic_hook", "foreshock-web"];

const RULES: [Rule; 5] = [
    Rule { package: "foreshock-core", never: WEB, because: "the engine runs anywhere, not only in a browser" },
    Rule {
        package: "foreshock-core",
        never: &[
            "tokio",
            "async-std",
            "smol",
            "mio",
            "reqwest",
            "ureq",
            "hyper",
            "tempfile",
            "walkdir",
            "ignore",
            "glob",
            "memmap*",
            "notify",
            "dirs*",
            "time",
            "chrono",
            "getrandom",
            "rand",
            "rayon",
            "clap",
            "tracing-subscriber",
        ],
        because: "the engine takes bytes and returns a review: no files, network, clock, chance or threads",
    },
    Rule { package: "foreshock-cli", never: WEB, because: "the command line needs no browser" },
    Rule {
        package: "foreshock-web",
        never: &["foreshock-cli", "clap"],
        because: "the page does not carry the command line",
    },
    Rule { package: "foreshock-core", never: &["foreshock-cli"], because: "data flows one way, out of the engine" },
];

pub(super) fn check() -> Result<Outcome> {
    let mut violations = Vec::new();
    for rule in RULES {
        let dependencies = dependencies(rule.package)?;
        let forbidden = dependencies.iter().filter(|name| rule.never.iter().any(|pattern| matches(pattern, name)));
        violations.extend(forbidden.map(|name| {
            let Rule { package, because, .. } = rule;
            format!("{package} depends on {name}, but {because}; see `cargo tree -p {package} -e normal -i {name}`")
        }));
    }
    if !violations.is_empty() {
        bail!("{}", violations.join("\n"));
    }
    Ok(Outcome::Done)
}

/// All that ends up in the compiled package, on any platform; what only its build or its tests use does not count.
fn dependencies(package: &str) -> Result<BTreeSet<String>> {
    let mut tree = process::cargo();
    tree.args(["tree", "--package", package, "--edges", "normal,no-proc-macro", "--prefix", "none"]);
    tree.args(["--format", "{p}", "--target", "wasm32-unknown-unknown", "--target", "x86_64-unknown-linux-gnu"]);
    let listing = process::capture(&mut tree)?;
    let names = listing.lines().filter_map(|line| line.split_whitespace().next());
    Ok(names.filter(|name| *name != package).map(str::to_owned).collect())
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_ending() {
        assert!(matches("gloo*", "gloo"));
        assert!(matches("gloo*", "gloo-net"));
        assert!(matches("web-sys", "web-sys"));
        assert!(!matches("web-sys", "web-sys-extra"));
        assert!(!matches("time", "runtime"));
    }
}
