//! Patterns for paths, as Python's `Path.glob` reads them: `*` stays within a folder, `**` stands for any number of folders.

use super::glob::Glob;

#[derive(Debug, Clone)]
pub(super) struct PathGlob {
    steps: Vec<Step>,
    /// `models/`, `models/**`: what ends so means folders alone.
    folders_only: bool,
}

#[derive(Debug, Clone)]
enum Step {
    AnyFolders,
    Name(Glob),
}

impl PathGlob {
    /// The pattern, or why it is none.
    pub(super) fn new(pattern: &str) -> Result<Self, &'static str> {
        let pattern = pattern.replace('\\', "/");
        let names: Vec<&str> = pattern.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
        if pattern.starts_with('/') || pattern.get(1..3) == Some(":/") {
            return Err("a path starts at the folder of the project, and not at the root of a disk");
        }
        if names.is_empty() {
            return Err("there is no path");
        }
        if names.iter().any(|name| name.contains("**") && *name != "**") {
            return Err("`**` stands for whole folders: it needs a `/` on both sides");
        }
        let step = |name: &&str| if *name == "**" { Step::AnyFolders } else { Step::Name(Glob::new(name)) };
        let folders_only = pattern.ends_with('/') || names.last() == Some(&"**");
        Ok(Self { steps: names.iter().map(step).collect(), folders_only })
    }

    pub(super) fn is_file(&self, path: &str) -> bool {
        !self.folders_only && self.fits(path)
    }

    pub(super) fn is_folder(&self, path: &str) -> bool {
        self.fits(path)
    }

    fn fits(&self, path: &str) -> bool {
        let mut names = path.split('/').filter(|name| !name.is_empty());
        let mut at = 0;
        // As in a name's pattern, with folders for letters.
        let mut any = None;
        loop {
            let before = names.clone();
            match (self.steps.get(at), names.next()) {
                (None, None) => return true,
                (Some(Step::AnyFolders), _) => {
                    at += 1;
                    any = Some((at, before.clone()));
                    names = before;
                }
                (Some(Step::Name(glob)), Some(name)) if glob.is_match(name) => at += 1,
                _ => {
                    let Some((after, from)) = &mut any else { return false };
                    if from.next().is_none() {
                        return false;
                    }
                    at = *after;
                    names = from.clone();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_its_folder() {
        let glob = |pattern| PathGlob::new(pattern).expect("a pattern");
        assert!(glob("models/*.sql").is_file("models/a.sql"));
        assert!(!glob("models/*.sql").is_file("models/b/a.sql"));
        assert!(glob("models/**/*.sql").is_file("models/a.sql"));
        assert!(glob("models/**/*.sql").is_file("models/b/c/a.sql"));
        assert!(glob("./models//b/").is_folder("models/b"));
        assert!(!glob("models/b/").is_file("models/b"));
        assert!(glob("**").is_folder("") && glob("**").is_folder("a/b"));
        assert!(!glob("a/../b").is_folder("b"));
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        for pattern in ["", ".", "/models", "C:/models", "models/a**"] {
            assert!(PathGlob::new(pattern).is_err(), "{pattern}");
        }
    }
}
