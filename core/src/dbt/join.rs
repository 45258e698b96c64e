//! Several manifests: the same project at two times, or projects that read each other.

use std::collections::BTreeMap;

use super::manifest::Manifest;
use super::project::Project;
use crate::text::Diagnostic;

/// What the manifests come to.
pub(crate) struct Joined {
    pub(crate) project: Option<Project>,
    /// The same project in the state before, where a manifest of it was given.
    pub(crate) deployed: Option<Project>,
    pub(crate) said: Vec<Diagnostic>,
}

/// Makes one project of all manifests. Of two of the same project the newer counts, since a review speaks of a full rebuild
/// after the migration; the other is what the newer is compared with.
pub(crate) fn join(manifests: Vec<Manifest>) -> Joined {
    let mut said = Vec::new();
    let mut by_project: BTreeMap<String, Vec<Manifest>> = BTreeMap::new();
    for manifest in manifests {
        by_project.entry(manifest.facts.name.clone()).or_default().push(manifest);
    }
    let mut chosen = Vec::new();
    let mut before: BTreeMap<String, Manifest> = BTreeMap::new();
    for (name, mut versions) in by_project {
        versions
            .sort_by(|a, b| (&a.facts.generated_at, &a.artifact.file).cmp(&(&b.facts.generated_at, &b.artifact.file)));
        let newest = versions.pop();
        for older in &versions {
            said.extend(newest.as_ref().map(|newest| note_older(older, newest)));
        }
        before.extend(versions.pop().map(|older| (name, older)));
        chosen.extend(newest);
    }
    // The project that reads the others gives its name and dialect.
    let main = chosen.iter().enumerate().max_by_key(|(at, manifest)| (reads_of_others(manifest), usize::MAX - at));
    let Some(main) = main.map(|(at, _)| at) else { return Joined { project: None, deployed: None, said } };
    chosen.swap(0, main);
    let deployed = before.remove(&chosen[0].facts.name).map(|older| Manifest::into_project(vec![older]).0);
    let (project, more) = Manifest::into_project(chosen);
    said.extend(more);
    Joined { project: Some(project), deployed, said }
}

fn note_older(older: &Manifest, newest: &Manifest) -> Diagnostic {
    let message = format!(
        "this is an older manifest of the project {} (generated {}) than {} (generated {}); the review is of the newer one, and compares",
        older.facts.name, older.facts.generated_at, newest.artifact.file, newest.facts.generated_at
    );
    Diagnostic::info("older-manifest", &older.artifact.file, message)
}

/// How many nodes of other packages are named as parents and not there.
fn reads_of_others(manifest: &Manifest) -> usize {
    let foreign = |id: &&String| id.split('.').nth(1).is_some_and(|package| package != manifest.facts.name);
    manifest.nodes.iter().flat_map(|node| &node.depends_on).filter(foreign).count()
}
