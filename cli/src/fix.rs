//! `foreshock fix`: the drafts as files, and one patch each of what they change in the dbt project and in the migrations.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use foreshock_core::checks::Checked;
use foreshock_core::documents;

use crate::{FixArgs, run};

pub(crate) fn run(args: &FixArgs) -> Result<ExitCode> {
    let session = run::open(&args.input)?;
    let review = session.review().ok();
    let remedies = session.remedies();
    if remedies.is_empty() {
        if review.is_none() && session.checked() == &Checked::default() {
            return Ok(run::nothing_to_review(&session));
        }
        println!("There is nothing to draft: no model is harmed by a change of a source, and no check has an edit.");
        return Ok(ExitCode::SUCCESS);
    }
    for (path, text) in documents::draft_files(review, &remedies) {
        write(&args.out, &path, &text)?;
    }
    print!("{}", documents::remedy_lines(&remedies));
    println!("Written to {}; begin with README.md.", args.out.display());
    Ok(ExitCode::SUCCESS)
}

/// Writes below a folder and nowhere else: the path comes from a manifest.
pub(crate) fn write(out: &Path, path: &str, text: &str) -> Result<()> {
    let path = PathBuf::from(path);
    if !path.components().all(|part| matches!(part, Component::Normal(_))) {
        bail!("{} is no path within a project", path.display());
    }
    let path = out.join(path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}
