//! `path:` and `file:`: a node by where it is written.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::super::glob::Glob;
use super::super::path_glob::PathGlob;
use super::super::problem::Complaint;
use super::{Asked, Find, Found};
use crate::dbt::{Node, NodeIx, Project};

pub(super) fn file(asked: &Asked) -> Find {
    let pattern = Glob::new(&asked.value);
    Find::by_node(move |_, node| {
        let path = path_of(node);
        let name = path.rsplit('/').next().unwrap_or_default();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem });
        pattern.is_match(name) || pattern.is_match(stem)
    })
}

pub(super) fn path(asked: &Asked) -> Result<Find, Complaint> {
    let pattern = PathGlob::new(&asked.value)
        .map_err(|why| Complaint::new(why).help("Write it from the project's folder on, such as path:models/marts."))?;
    let may_be_properties = may_be_properties(&asked.value);
    Ok(Find::in_project(move |project| find(project, &pattern, may_be_properties)))
}

/// dbt looks up the pattern in the project's own folder. What it finds there are paths, and a node of any package is meant
/// whose file, whose file of properties or one of whose folders is among them.
fn find(project: &Project, pattern: &PathGlob, may_be_properties: bool) -> Found {
    let mut properties = vec![None; if may_be_properties { project.nodes.len() } else { 0 }];
    let all: Vec<NodeIx> = (0..properties.len()).collect();
    project.each_settings(&all, &mut |ix, settings| properties[ix] = settings.properties).map_err(Complaint::new)?;
    let properties = |ix: NodeIx| properties.get(ix).and_then(Option::as_deref);
    let is_root = |node: &Node| project.roots.iter().all(String::is_empty) || project.roots.contains(&node.package);

    let mut there: BTreeSet<String> = BTreeSet::new();
    for (ix, node) in project.nodes.iter().enumerate().filter(|(_, node)| is_root(node)) {
        let path = path_of(node);
        let files = [Some(path.as_ref()), properties(ix)].into_iter().flatten();
        let folders = folders(&path).filter(|folder| pattern.is_folder(folder));
        for found in files.filter(|file| pattern.is_file(file)).chain(folders) {
            if !there.contains(found) {
                there.insert(found.to_owned());
            }
        }
    }
    let is_meant = |(ix, node): (NodeIx, &Node)| {
        let path = path_of(node);
        let mut places = [Some(path.as_ref()), properties(ix)].into_iter().flatten().chain(folders(&path));
        places.any(|place| there.contains(place))
    };
    Ok(project.nodes.iter().enumerate().map(is_meant).collect())
}

/// Which file describes a node is read from the manifest only where it may count.
fn may_be_properties(pattern: &str) -> bool {
    let last = pattern.rsplit(['/', '\\']).next().unwrap_or_default();
    last.contains(['*', '?', '[']) || matches!(last.rsplit('.').next(), Some("yml" | "yaml"))
}

/// As dbt writes it on Windows, too.
fn path_of(node: &Node) -> Cow<'_, str> {
    if node.path.contains('\\') { Cow::Owned(node.path.replace('\\', "/")) } else { Cow::Borrowed(&node.path) }
}

/// The folders around a file, up to the project's own, which is the empty text.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |inner| {
        (!inner.is_empty()).then(|| inner.rsplit_once('/').map_or("", |(outer, _)| outer))
    })
    .skip(1)
}
