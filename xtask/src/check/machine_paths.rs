//! A path of the machine that a file was written on is wrong on every other one.

use crate::steps::Outcome;
use crate::workspace;
use anyhow::{Result, ensure};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The one registry; a mirror that a machine uses belongs into that machine's configuration.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn check() -> Result<Outcome> {
    let folders = folders_of_this_machine();
    let mut findings = Vec::new();
    for path in workspace::files()? {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let shown = path.strip_prefix(workspace::root()).unwrap_or(&path).display().to_string();
        for (index, line) in text.lines().enumerate() {
            if let Some(folder) = folders.iter().find(|folder| names_folder(line, folder)) {
                findings.push(format!("{shown}:{}: has the path {folder} of this machine", index + 1));
            }
            if path.ends_with("Cargo.lock") && names_other_registry(line) {
                findings.push(format!("{shown}:{}: does not come from crates.io: {}", index + 1, line.trim()));
            }
        }
    }
    ensure!(findings.is_empty(), "{}", findings.join("\n"));
    Ok(Outcome::Done)
}

fn folders_of_this_machine() -> Vec<String> {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let known = [Some(workspace::root()), env::home_dir(), cargo_home];
    // A single name such as `/` or `/app` is too common a word to mean anything.
    let telling = |path: &PathBuf| path.components().count() > 2 || path == Path::new("/root");
    known.into_iter().flatten().filter(telling).map(|path| path.display().to_string()).collect()
}

/// Whether the folder, and not only the beginning of another name, stands in the line.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + folder.len()..].chars().next();
        let goes_on = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        !before.is_some_and(|c| goes_on(c) || c == '.' || c == '/') && after == Some('/')
    })
}

fn names_other_registry(line: &str) -> bool {
    line.trim_start().starts_with("source = ") && !line.contains(REGISTRY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_found_at_its_own_name_only() {
        assert!(names_folder("path = \"/home/ann/foreshock/core\"", "/home/ann"));
        assert!(names_folder("/home/ann/x", "/home/ann"));
        assert!(!names_folder("/home/anna/x", "/home/ann"));
        assert!(!names_folder("see /backup/home/ann/x", "/home/ann"));
        assert!(!names_folder("the folder /home/ann", "/home/ann"));
    }

    #[test]
    fn a_mirror_is_not_the_registry() {
        assert!(!names_other_registry("source = \"registry+https://github.com/rust-lang/crates.io-index\""));
        assert!(names_other_registry("source = \"registry+https://mirror.example/index\""));
        assert!(names_other_registry("source = \"git+https://example.org/a\""));
        assert!(!names_other_registry("name = \"source\""));
    }
}
