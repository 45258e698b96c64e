//! Shared by the tests of the whole: the files they start from, and the session that reads them.
//!
//! Files bear the names under which the page gets them, so that what a test sees is what a person sees.

use std::fs;
use std::path::{Path, PathBuf};

use foreshock_core::review::Review;
use foreshock_core::{InputFile, Options, Session};

/// A file of the repository, by its path from the root.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The text of a file of the repository.
pub fn text(path: &str) -> String {
    fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The worked example, as the page offers it: what `public/example/index.json` lists.
pub fn example() -> Vec<InputFile> {
    let names: Vec<String> = serde_json::from_str(&text("public/example/index.json")).expect("a list of names");
    names.iter().map(|name| example_file(name)).collect()
}

/// One file of the worked example.
pub fn example_file(name: &str) -> InputFile {
    read("public/example", name)
}

/// A file of the reference incident that the worked example does not need: other states of the project, other runs.
pub fn reference(name: &str) -> InputFile {
    read("tests/fixtures/reference", name)
}

/// A file that a test makes up.
pub fn made_up(name: &str, content: impl AsRef<[u8]>) -> InputFile {
    InputFile::new(name, content.as_ref().to_vec())
}

/// Reads the files without any option, as the page does.
/// All bytes of a file.
pub fn content(file: &InputFile) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(file.bytes.size()).expect("it fits")];
    file.bytes.read_at(0, &mut bytes).expect("it is in memory");
    bytes
}

pub fn session(files: Vec<InputFile>) -> Session {
    Session::read(files, &Options::default(), &mut |_| {})
}

/// The review of the files, which must be enough for one.
pub fn review(files: Vec<InputFile>) -> Review {
    session(files).review().unwrap_or_else(|missing| panic!("{}", missing.message)).clone()
}

fn read(folder: &str, name: &str) -> InputFile {
    let path = repository(folder).join(name);
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{folder}/{name}: {error}"));
    InputFile::new(name, bytes)
}
pub mod changelogs;
pub mod lineage_spec;
pub mod spec;
