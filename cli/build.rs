//! Gathers the pages of the checks, so that `foreshock explain` can show them: one row of a table for each file.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/checks");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut names: Vec<String> = fs::read_dir(&folder)?
        .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(".md")?.to_owned()))
        .collect();
    names.sort();
    let mut table = String::from("[\n");
    for name in names {
        let path = folder.join(format!("{name}.md"));
        let path = path.display().to_string();
        let _ = writeln!(table, "    ({name:?}, include_str!({path:?})),");
    }
    table.push(']');
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo names the folder to write to"))?;
    fs::write(Path::new(&out).join("pages.rs"), table)
}
