//! The two files that keep the engine pure have to be there: the attribute that no code can switch off again, and the
//! list of forbidden names, which clippy enforces (core/clippy.toml).

use crate::steps::Outcome;
use crate::workspace;
use anyhow::{Context, Result, ensure};
use std::fs;

pub(super) fn check() -> Result<Outcome> {
    for lib in ["core/src/lib.rs", "core/artifacts/src/lib.rs"] {
        let path = workspace::root().join(lib);
        let text = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
        ensure!(
            text.lines().any(|line| line.trim() == "#![forbid(unsafe_code)]"),
            "{lib} lost its `#![forbid(unsafe_code)]`; put it back as the first attribute"
        );
    }

    let list = workspace::root().join("core/clippy.toml");
    let list = fs::read_to_string(&list).with_context(|| format!("could not read {}", list.display()))?;
    for name in ["std::fs::File", "std::time::Instant", "std::net::TcpStream", "std::env::var", "std::thread::spawn"] {
        ensure!(list.contains(name), "core/clippy.toml no longer forbids {name}; put it back");
    }
    Ok(Outcome::Done)
}
