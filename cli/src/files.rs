//! Paths to bytes. A folder stands for what is in it, without what tools leave there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use foreshock_core::{InputFile, is_wanted_in_folder};

/// The files behind the paths, each under the name by which it was given.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Vec<InputFile>> {
    let mut files = Vec::new();
    for path in paths {
        let metadata = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
        if metadata.is_dir() {
            read_folder(path, &mut files)?;
        } else {
            files.push(read_file(path)?);
        }
    }
    if files.is_empty() {
        bail!("the folder holds no file");
    }
    Ok(files)
}

fn read_folder(root: &Path, files: &mut Vec<InputFile>) -> Result<()> {
    let mut pending = vec![root.to_owned()];
    while let Some(folder) = pending.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
        for entry in entries {
            let entry = entry.with_context(|| format!("cannot read the folder {}", folder.display()))?;
            let path = entry.path();
            // A link is not followed: it may lead back up.
            let kind = entry.file_type()?;
            if kind.is_dir() && is_wanted(root, &path.join("x.json")) {
                pending.push(path);
            } else if kind.is_file() && is_wanted(root, &path) {
                files.push(read_file(&path)?);
            }
        }
    }
    Ok(())
}

fn is_wanted(root: &Path, path: &Path) -> bool {
    let within = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    is_wanted_in_folder(&within)
}

fn read_file(path: &Path) -> Result<InputFile> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    // The same name on every system, so that the same files give the same bytes.
    let name = path.to_string_lossy().replace('\\', "/");
    Ok(InputFile { name: name.strip_prefix("./").unwrap_or(&name).to_owned(), bytes })
}
