//! From the target of a request to a file of the site, and never to one outside it.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// A folder, served below a path.
#[derive(Debug)]
pub(crate) struct Site {
    /// Absolute and without links, so that a file that a link leads out of it can be told.
    folder: PathBuf,
    /// Starts and ends with a slash.
    mount: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    File(PathBuf),
    /// A folder asked for without its closing slash: relative URLs would resolve one level too high.
    Redirect(String),
    NotFound,
    NotAllowed,
}

impl Site {
    pub(crate) fn new(folder: &Path, mount: &str) -> Result<Site> {
        let folder = folder.canonicalize().with_context(|| format!("there is no folder {}", folder.display()))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
        if !mount.chars().all(plain) {
            bail!("the path {mount:?} has characters other than letters, digits and - _ . ~ /");
        }
        let segments = mount.split('/').filter(|segment| !segment.is_empty());
        let mount = std::iter::once("").chain(segments).fold(String::new(), |path, segment| path + segment + "/");
        Ok(Site { folder, mount })
    }

    pub(crate) fn mount(&self) -> &str {
        &self.mount
    }

    /// `target` is what stands in the request line: a path, perhaps with a query.
    pub(crate) fn answer(&self, target: &str) -> Answer {
        let path = target.split(['?', '#']).next().unwrap_or_default();
        if path.strip_suffix('/') != Some(path) && format!("{path}/") == self.mount {
            return Answer::Redirect(self.mount.clone());
        }
        let Some(below) = path.strip_prefix(self.mount.as_str()) else {
            return Answer::NotFound;
        };
        let Some(relative) = safe_relative_path(below) else {
            return Answer::NotFound;
        };
        let Ok(found) = self.folder.join(relative).canonicalize() else {
            return Answer::NotFound;
        };
        if !found.starts_with(&self.folder) {
            return Answer::NotFound;
        }
        match (found.is_dir(), path.ends_with('/')) {
            (true, false) => Answer::Redirect(format!("{path}/")),
            (true, true) if found.join("index.html").is_file() => Answer::File(found.join("index.html")),
            (false, false) => Answer::File(found),
            _ => Answer::NotFound,
        }
    }
}

/// The decoded path, when each of its segments is a plain name.
fn safe_relative_path(encoded: &str) -> Option<PathBuf> {
    let encoded = encoded.strip_suffix('/').unwrap_or(encoded);
    if encoded.is_empty() {
        return Some(PathBuf::new());
    }
    // Split first: an encoded slash is part of a name, and no file has such a name.
    encoded.split('/').map(|segment| percent_decode(segment).filter(|name| is_plain_name(name))).collect()
}

fn is_plain_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(['/', '\\', ':', '\0'])
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let (high, low) = (hex_digit(rest.next()?)?, hex_digit(rest.next()?)?);
            bytes.push(high * 16 + low);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_plain_names_pass() {
        let path = |encoded| safe_relative_path(encoded).map(|path| path.to_string_lossy().into_owned());
        assert_eq!(path("").as_deref(), Some(""));
        assert_eq!(path("a/b.js").as_deref(), Some("a/b.js"));
        assert_eq!(path("my%20file.sql").as_deref(), Some("my file.sql"));
        assert_eq!(path("gr%C3%B6%C3%9Fe.sql").as_deref(), Some("größe.sql"));
        for refused in
            ["../x", "a/../b", "%2e%2e/x", "..%2fx", "a//b", "a\\b", "a%5c..", "%00", "%", "%4", "%zz", "%ff", "C:/x"]
        {
            assert_eq!(path(refused), None, "{refused}");
        }
    }

    #[test]
    fn a_site_below_a_path() {
        let folder = std::env::temp_dir().join(format!("foreshock-xtask-site-{}", std::process::id()));
        fs::create_dir_all(folder.join("www/worker-1")).unwrap();
        fs::write(folder.join("secret.txt"), "").unwrap();
        fs::write(folder.join("www/index.html"), "").unwrap();
        fs::write(folder.join("www/worker-1/worker.js"), "").unwrap();
        let site = Site::new(&folder.join("www"), "some/team").unwrap();
        let file = |name: &str| Answer::File(site.folder.join(name));

        assert_eq!(site.mount(), "/some/team/");
        assert_eq!(site.answer("/some/team/"), file("index.html"));
        assert_eq!(site.answer("/some/team/?q=1"), file("index.html"));
        assert_eq!(site.answer("/some/team"), Answer::Redirect("/some/team/".to_owned()));
        assert_eq!(site.answer("/some/team/worker-1/worker.js"), file("worker-1/worker.js"));
        assert_eq!(site.answer("/some/team/worker-1"), Answer::Redirect("/some/team/worker-1/".to_owned()));
        for missing in ["/", "/index.html", "/some/team/none", "/some/team/worker-1/", "/some/team/../secret.txt"] {
            assert_eq!(site.answer(missing), Answer::NotFound, "{missing}");
        }
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn a_link_does_not_lead_out() {
        let folder = std::env::temp_dir().join(format!("foreshock-xtask-link-{}", std::process::id()));
        fs::create_dir_all(folder.join("www")).unwrap();
        fs::write(folder.join("secret.txt"), "").unwrap();
        std::os::unix::fs::symlink(folder.join("secret.txt"), folder.join("www/link.txt")).unwrap();
        let site = Site::new(&folder.join("www"), "/").unwrap();
        assert_eq!(site.answer("/link.txt"), Answer::NotFound);
        fs::remove_dir_all(&folder).unwrap();
    }
}
