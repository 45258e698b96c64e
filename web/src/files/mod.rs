//! The files that were given: dropped, picked, or fetched for the example. Only handles are held here; the worker reads
//! them.

mod drop;
mod example;
mod pick;
mod settings;

pub use drop::{carries_files, dropped};
pub use example::example;
pub use pick::picked;
pub use settings::{SETTINGS, Waiving, with_dialect, with_mapping, with_waiver};

use foreshock_core::is_wanted_in_folder;
use js_sys::Array;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

/// A file and the name it is shown by: its path within what was dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenFile {
    pub name: String,
    pub file: File,
}

/// Files that were just given, and how many more of a folder were left out because no review reads their kind.
#[derive(Debug, Clone, Default)]
pub struct Given {
    pub files: Vec<GivenFile>,
    pub left_out: usize,
}

/// A folder can be a whole home directory; more than this is not a dbt project and its migrations.
const MOST_OF_A_FOLDER: usize = 5_000;

/// Whether a file is worth reading, by its path from the folder that was given, whose own name does not count.
fn is_wanted(path: &str) -> bool {
    is_wanted_in_folder(path.split_once('/').map_or(path, |(_, within)| within))
}

/// Whether a folder is worth opening: whether a file in it could be wanted.
fn is_wanted_folder(path: &str) -> bool {
    is_wanted(&format!("{path}/x.json")) || is_wanted(&format!("{path}/target/x.json"))
}

/// A file that holds a whole review; its inputs are to be read in its place.
pub fn is_review_file(file: &GivenFile) -> bool {
    file.name.ends_with(".foreshock")
}

/// A file's content; none where it cannot be read.
pub async fn text(file: &File) -> Option<String> {
    JsFuture::from(file.text()).await.ok()?.as_string()
}

/// A file of a text.
pub fn of_text(name: &str, text: &str) -> Option<GivenFile> {
    let file = File::new_with_str_sequence(&Array::of1(&text.into()), name).ok()?;
    Some(GivenFile { name: name.to_owned(), file })
}

/// Adds files to those that are there. One of the same name takes the place of the older one, so that a corrected
/// migration can be dropped again; only run results, of which there may be many, are kept side by side.
///
/// Returns the names that were replaced.
pub fn add(held: &mut Vec<GivenFile>, given: Vec<GivenFile>) -> Vec<String> {
    let mut replaced = Vec::new();
    for mut new in given {
        let same = held.iter().position(|old| old.name == new.name);
        match same {
            Some(at) if is_the_same_file(&held[at], &new) => held[at] = new,
            Some(_) if is_run_results(&new.name) => {
                new.name = unused_name(held, &new.name);
                held.push(new);
            }
            Some(at) => {
                replaced.push(new.name.clone());
                held[at] = new;
            }
            None => held.push(new),
        }
    }
    replaced
}

#[expect(clippy::float_cmp, reason = "both are whole numbers that the browser gives as floats")]
fn is_the_same_file(a: &GivenFile, b: &GivenFile) -> bool {
    a.file.size() == b.file.size() && a.file.last_modified() == b.file.last_modified()
}

fn is_run_results(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|name| name.starts_with("run_results"))
}

fn unused_name(held: &[GivenFile], name: &str) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let mut n = 2;
    loop {
        let unused = format!("{stem} ({n}).{extension}");
        if held.iter().all(|old| old.name != unused) {
            return unused;
        }
        n += 1;
    }
}
