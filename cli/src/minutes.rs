//! Review files among the inputs: the inputs that they hold, and what was decided.

use std::mem;

use anyhow::{Result, anyhow};
use foreshock_core::InputFile;
use foreshock_core::minutes::ReviewFile;

/// Takes the review files out of what was given, and puts what they hold in their place. A file that was given itself
/// counts before one of its name that was kept.
pub(crate) fn take(files: &mut Vec<InputFile>) -> Result<Vec<ReviewFile>> {
    let mut found = Vec::new();
    let mut others = Vec::new();
    for file in mem::take(files) {
        match read(&file) {
            None => others.push(file),
            Some(review) => found.push(review.map_err(|why| anyhow!("{}: {why}", file.name))?),
        }
    }
    for kept in found.iter().flat_map(|review| &review.inputs) {
        if let Some(content) = &kept.content
            && others.iter().all(|file| file.name != kept.name)
        {
            others.push(InputFile::new(kept.name.clone(), content.clone().into_bytes()));
        }
    }
    *files = others;
    Ok(found)
}

/// A review file's content, or why it cannot be read; none where the file is something else.
fn read(file: &InputFile) -> Option<Result<ReviewFile, String>> {
    const HEAD: u64 = 256;
    let head = bytes(file, HEAD).ok()?;
    if !ReviewFile::is_one(&String::from_utf8_lossy(&head)) {
        return None;
    }
    Some(bytes(file, u64::MAX).and_then(|bytes| ReviewFile::read(&String::from_utf8_lossy(&bytes))))
}

fn bytes(file: &InputFile, most: u64) -> Result<Vec<u8>, String> {
    let size = usize::try_from(file.bytes.size().min(most)).map_err(|error| error.to_string())?;
    let mut bytes = vec![0; size];
    file.bytes.read_at(0, &mut bytes)?;
    Ok(bytes)
}
