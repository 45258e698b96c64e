//! The migrations themselves, with every edit made that the checks have for them.

use crate::checks::{Finding, mended};
use crate::migration::MigrationFile;
use crate::review::{Remedy, RemedyFile};

/// None where no finding can be mended by an edit. It needs no dbt project.
pub(crate) fn draft(findings: &[Finding], migrations: &[MigrationFile]) -> Option<Remedy> {
    let text = |name: &str| migrations.iter().find(|file| file.name == name).map(|file| file.text.as_str());
    let files: Vec<RemedyFile> = mended(findings, text)
        .into_iter()
        .map(|file| RemedyFile { path: file.name, text: file.text, diff: Some(file.diff) })
        .collect();
    if files.is_empty() {
        return None;
    }
    let mut mended: Vec<&str> =
        findings.iter().filter(|finding| finding.fix.is_some()).map(|finding| finding.check.as_str()).collect();
    mended.sort_unstable();
    mended.dedup();
    let mut remedy = super::empty(
        "Only for migrations that were not applied anywhere yet. What a finding says beyond its edit is still for a person; \
         run the checks again afterwards.",
    );
    remedy.notes = vec![format!("Mended: {}.", mended.join(", "))];
    Some(Remedy { files, ..remedy.of(&KIND) })
}

/// Its row among the kinds of drafts.
pub(super) const KIND: super::Kind = super::Kind {
    name: "migrations",
    title: "The migration, with the edits of the checks",
    draft: |brief| draft(brief.case.findings, brief.case.migrations),
};
