//! dbt's artifacts in, one [`Project`] out.
//!
//! Readers return what they could read and a diagnostic for what they could not; none of them fails, and none of them keeps
//! what a review does not need (macros, docs, descriptions).

mod broken;
mod catalog;
mod details;
mod join;
mod kind;
mod manifest;
mod node;
mod project;
mod run_results;
mod settings;
mod templates;

use std::rc::Rc;

pub(crate) use catalog::{Catalog, read_catalog};
pub(crate) use join::{Joined, join};
pub(crate) use kind::{kind_by_sections, marked_kind};
pub(crate) use manifest::{Manifest, read_manifest};
pub use node::{Column, ColumnOrigin, GivenRows, Node, SNAPSHOT_COLUMNS, ShownColumn, Sql, TestFacts, Version};
pub use project::{NodeIx, Project};
pub(crate) use run_results::{read_freshness, read_run_results};
pub use settings::{Setting, Settings};

use crate::text::Diagnostic;
use foreshock_artifacts::bytes::{Bytes, Stream};

/// The project of one manifest, without a review. None where the bytes are no manifest.
pub fn open_project(file: &str, bytes: Rc<dyn Bytes>) -> (Option<Project>, Vec<Diagnostic>) {
    let (manifest, mut diagnostics) = read_manifest(&mut Stream::new(bytes, &mut |_| ()), file);
    let project = manifest.map(|manifest| {
        let (project, said) = Manifest::into_project(vec![manifest]);
        diagnostics.extend(said);
        project
    });
    (project, diagnostics)
}
