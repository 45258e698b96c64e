//! The last step after Trunk: give the worker a folder that is named after its content.
//!
//! Trunk hashes the names of all that the page loads, but not of workers. Without a hash, a browser could run a
//! cached worker of yesterday beside the page of today.

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

const WORKER: &str = "worker";

/// What keeps the page for use without a network.
const OFFLINE: &str = "offline.js";

/// Renames `dist/worker` to `dist/worker-<hash>` and the URL in `index.html` with it, and tells `offline.js` of all files.
/// Returns the new name.
pub(crate) fn seal(dist: &Path) -> Result<String> {
    let folder = dist.join(WORKER);
    let hashed = format!("{WORKER}-{}", content_hash(&folder)?);

    let index = dist.join("index.html");
    let html = fs::read_to_string(&index).with_context(|| format!("could not read {}", index.display()))?;
    let html = with_worker_url(&html, &hashed)?;
    fs::rename(&folder, dist.join(&hashed)).with_context(|| format!("could not rename {}", folder.display()))?;
    fs::write(&index, html).with_context(|| format!("could not write {}", index.display()))?;
    list_for_offline(dist)?;
    Ok(hashed)
}

/// Every file of the page, and a version that changes with any of them.
fn list_for_offline(dist: &Path) -> Result<()> {
    let script = dist.join(OFFLINE);
    let names: Vec<String> = files(dist)?
        .iter()
        .filter_map(|path| path.strip_prefix(dist).ok())
        .map(|path| path.to_string_lossy().replace('\\', "/"))
        .filter(|name| name != OFFLINE)
        .map(|name| if name == "index.html" { "./".to_owned() } else { format!("./{name}") })
        .collect();
    let code = fs::read_to_string(&script).with_context(|| format!("could not read {}", script.display()))?;
    let code = code.replace("@version@", &content_hash(dist)?).replace("@files@", &names.join(" "));
    fs::write(&script, code).with_context(|| format!("could not write {}", script.display()))
}

fn with_worker_url(html: &str, hashed: &str) -> Result<String> {
    let before = format!("\"./{WORKER}/");
    match html.matches(&before).count() {
        1 => Ok(html.replace(&before, &format!("\"./{hashed}/"))),
        count => bail!("index.html must name the worker's URL {before}…\" once, in a meta element; found {count}"),
    }
}

/// Sixteen hexadecimal digits over the names and bytes of all files in the folder.
fn content_hash(folder: &Path) -> Result<String> {
    let mut hasher = Sha256::new();
    for path in files(folder)? {
        let name = path.strip_prefix(folder).unwrap_or(&path);
        let bytes = fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
        hasher.update(name.to_string_lossy().as_bytes());
        hasher.update([0]);
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    let digest = hasher.finalize();
    Ok(digest.iter().take(8).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}")))
}

/// All files below a folder, sorted by path.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("could not list {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = r#"<meta name="foreshock-worker" content="./worker/start-worker.js">"#;

    #[test]
    fn the_url_follows_the_folder() {
        let html = with_worker_url(INDEX, "worker-0123").unwrap();
        assert_eq!(html, r#"<meta name="foreshock-worker" content="./worker-0123/start-worker.js">"#);
    }

    #[test]
    fn a_page_that_does_not_name_its_worker_once_is_refused() {
        assert!(with_worker_url("<html>", "worker-0123").is_err());
        assert!(with_worker_url(&format!("{INDEX}{INDEX}"), "worker-0123").is_err());
    }

    #[test]
    fn the_name_changes_with_the_content_and_only_with_it() {
        let dist = std::env::temp_dir().join(format!("foreshock-xtask-dist-{}", std::process::id()));
        let build = |code: &str| {
            fs::remove_dir_all(&dist).ok();
            fs::create_dir_all(dist.join("worker")).unwrap();
            fs::write(dist.join("index.html"), INDEX).unwrap();
            fs::write(dist.join("worker/worker.js"), code).unwrap();
            fs::write(dist.join(OFFLINE), "@version@ @files@").unwrap();
            seal(&dist).unwrap()
        };
        let first = build("one");
        assert_ne!(first, build("two"));
        assert_eq!(first, build("one"));
        assert!(dist.join(&first).join("worker.js").is_file());
        assert!(fs::read_to_string(dist.join("index.html")).unwrap().contains(&first));
        fs::remove_dir_all(&dist).unwrap();
    }
}
