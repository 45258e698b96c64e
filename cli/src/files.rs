//! Paths to bytes. A folder stands for what is in it, without what tools leave there.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use anyhow::{Context, Result, bail};
use foreshock_core::{Bytes, InputFile, is_wanted_in_folder};

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
    let cannot_read = || format!("cannot read {}", path.display());
    // The same name on every system, so that the same files give the same bytes.
    let name = path.to_string_lossy().replace('\\', "/");
    let name = name.strip_prefix("./").unwrap_or(&name);
    // A pipe can be read once, and has no size.
    if !fs::metadata(path).with_context(cannot_read)?.is_file() {
        return Ok(InputFile::new(name, fs::read(path).with_context(cannot_read)?));
    }
    Ok(InputFile::new(name, OpenFile::open(path).with_context(cannot_read)?))
}

/// A file that is read where the review needs it; a manifest may be larger than memory.
struct OpenFile {
    file: RefCell<File>,
    size: u64,
    /// Worked out beside the reading, for a file where that takes time.
    sha256: RefCell<Option<JoinHandle<Result<String, String>>>>,
}

impl OpenFile {
    fn open(path: &Path) -> std::io::Result<Self> {
        const WORTH_A_THREAD: u64 = 4 << 20;
        let plain = |file: File| -> std::io::Result<Self> {
            let size = file.metadata()?.len();
            Ok(Self { file: RefCell::new(file), size, sha256: RefCell::default() })
        };
        let open = plain(File::open(path)?)?;
        if open.size > WORTH_A_THREAD {
            let again = File::open(path)?;
            let work = move || foreshock_core::sha256(&plain(again).map_err(|error| error.to_string())?);
            *open.sha256.borrow_mut() = Some(std::thread::spawn(work));
        }
        Ok(open)
    }
}

impl Bytes for OpenFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), String> {
        let mut file = self.file.borrow_mut();
        let read = file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(into));
        read.map_err(|error| error.to_string())
    }

    fn sha256(&self) -> Result<String, String> {
        match self.sha256.take().map(JoinHandle::join) {
            Some(Ok(sha256)) => sha256,
            _ => foreshock_core::sha256(self),
        }
    }
}
