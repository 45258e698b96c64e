//! Files from an `<input type=file>`, with or without `webkitdirectory`.

use js_sys::Reflect;
use web_sys::{File, HtmlInputElement};

use super::{Given, GivenFile, MOST_OF_A_FOLDER, is_wanted};

/// Takes the files out of the input, so that the same ones can be picked again.
pub fn picked(input: &HtmlInputElement) -> Given {
    let mut given = Given::default();
    if let Some(list) = input.files() {
        for file in (0..list.length()).filter_map(|at| list.get(at)) {
            match path_in_folder(&file) {
                Some(path) if !is_wanted(&path) || given.files.len() >= MOST_OF_A_FOLDER => given.left_out += 1,
                Some(path) => given.files.push(GivenFile { name: path, file }),
                None => given.files.push(GivenFile { name: file.name(), file }),
            }
        }
    }
    input.set_value("");
    given
}

/// The path within the folder that was picked; none for a file that was picked by itself.
fn path_in_folder(file: &File) -> Option<String> {
    Reflect::get(file, &"webkitRelativePath".into()).ok()?.as_string().filter(|path| !path.is_empty())
}
