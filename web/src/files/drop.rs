//! Files and whole folders from a drop.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DataTransfer, File, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry};

use super::{Given, GivenFile, MOST_OF_A_FOLDER, is_wanted, is_wanted_folder};

/// Whether something is dragged that a drop could take: files, and not a piece of text.
pub fn carries_files(transfer: &DataTransfer) -> bool {
    transfer.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files"))
}

/// The files of a drop. The entries have to be taken while the event is handled; what is in the folders is found
/// afterwards.
pub fn dropped(transfer: &DataTransfer) -> impl Future<Output = Given> + 'static {
    let items = transfer.items();
    let items: Vec<_> = (0..items.length()).filter_map(|at| items.get(at)).collect();
    let taken: Vec<(Option<FileSystemEntry>, Option<File>)> = items
        .iter()
        .filter(|item| item.kind() == "file")
        .map(|item| (item.webkit_get_as_entry().ok().flatten(), item.get_as_file().ok().flatten()))
        .collect();
    async move {
        let mut given = Given::default();
        for (entry, file) in taken {
            match (entry, file) {
                (Some(entry), _) if entry.is_directory() => walk(entry, &mut given).await,
                (_, Some(file)) => given.files.push(GivenFile { name: file.name(), file }),
                _ => {}
            }
        }
        given
    }
}

/// A folder and what is below it. A list of what is still to be opened, not recursion: folders can be nested deeply.
async fn walk(root: FileSystemEntry, given: &mut Given) {
    let mut open = vec![root];
    while let Some(entry) = open.pop() {
        let path = entry.full_path().trim_start_matches('/').to_owned();
        if entry.is_directory() {
            if is_wanted_folder(&path) {
                open.extend(children(entry.unchecked_into()).await);
            }
        } else if !is_wanted(&path) || given.files.len() >= MOST_OF_A_FOLDER {
            given.left_out += 1;
        } else if let Some(file) = file_of(entry.unchecked_into()).await {
            given.files.push(GivenFile { name: path, file });
        }
    }
}

/// The browser hands a folder over in batches, and an empty one at the end.
async fn children(folder: FileSystemDirectoryEntry) -> Vec<FileSystemEntry> {
    let reader = folder.create_reader();
    let mut found = Vec::new();
    loop {
        let batch =
            settled(|resolve, reject| reader.read_entries_with_callback_and_callback(resolve, reject).is_ok()).await;
        let batch: Vec<FileSystemEntry> =
            batch.map(|batch| Array::from(&batch).iter().map(JsCast::unchecked_into).collect()).unwrap_or_default();
        if batch.is_empty() {
            return found;
        }
        found.extend(batch);
    }
}

async fn file_of(entry: FileSystemFileEntry) -> Option<File> {
    let asked = settled(|resolve, reject| {
        entry.file_with_callback_and_callback(resolve, reject);
        true
    });
    asked.await.map(JsCast::unchecked_into)
}

/// The File System Entries interface speaks in pairs of callbacks; this makes one awaitable.
async fn settled(mut ask: impl FnMut(&Function, &Function) -> bool) -> Option<JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        if !ask(&resolve, &reject) {
            // Calling a promise's own `reject` cannot fail.
            let _settled = reject.call0(&JsValue::UNDEFINED);
        }
    });
    JsFuture::from(promise).await.ok()
}
