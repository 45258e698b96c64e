//! A folder of its own for each journey, below `target/`: what it gives to the page, and what it gets from it.

use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone)]
pub(crate) struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    /// Empty, whatever an earlier run left there.
    pub(crate) fn new(journey: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("journeys").join(journey);
        fs::remove_dir_all(&folder).ok();
        let scratch = Self { folder };
        fs::create_dir_all(scratch.downloads()).expect("a folder below target/");
        scratch
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn downloads(&self) -> PathBuf {
        self.folder.join("downloads")
    }

    pub(crate) fn screenshot(&self) -> PathBuf {
        self.folder.join("failed.png")
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&self.folder)).expect("a folder below target/");
        fs::write(&path, bytes).expect("a file below target/");
        path
    }
}
