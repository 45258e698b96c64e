//! Methods that look at one fact of a node: tag, kind, package, group, access, version, owner.

use std::cmp::Ordering;

use super::super::glob::Glob;
use super::super::problem::{Complaint, nearest};
use super::{Asked, Find};
use crate::dbt::Version;
use crate::outcome::{NODE_KINDS, NodeKind};

pub(super) fn tag(asked: &Asked) -> Find {
    let tag = Glob::new(&asked.value);
    Find::by_node(move |_, node| node.tags.iter().any(|own| tag.is_match(own)))
}

pub(super) fn resource_type(asked: &Asked) -> Result<Find, Complaint> {
    let words = || NODE_KINDS.iter().filter(|face| face.kind != NodeKind::Other).map(|face| face.word);
    // dbt counts these as kinds of node too, though no node is of them.
    let is_empty_kind = ["doc", "macro", "group", "fixture"].contains(&asked.value.as_str());
    let kind = words().find(|word| *word == asked.value).map(NodeKind::from_word);
    if kind.is_none() && !is_empty_kind {
        return Err(one_of("kind of node", &asked.value, &words().collect::<Vec<_>>()));
    }
    Ok(Find::by_node(move |_, node| Some(node.kind) == kind))
}

pub(super) fn package(asked: &Asked) -> Find {
    let pattern = Glob::new(&asked.value);
    let is_this = asked.value == "this";
    Find::by_node(move |project, node| match project.roots.first() {
        Some(root) if is_this => node.package == *root,
        _ => pattern.is_match(&node.package),
    })
}

pub(super) fn group(asked: &Asked) -> Find {
    let pattern = Glob::new(&asked.value);
    Find::by_node(move |_, node| {
        (is_built_by_dbt(node.kind) || node.kind == NodeKind::Metric)
            && node.group.as_ref().is_some_and(|own| pattern.is_match(own))
    })
}

/// What stands among the `nodes` of a manifest.
pub(super) fn is_built_by_dbt(kind: NodeKind) -> bool {
    use NodeKind::{Analysis, Model, Operation, Other, Seed, Snapshot, Test};
    matches!(kind, Model | Seed | Snapshot | Test | Analysis | Operation | Other)
}

pub(super) fn access(asked: &Asked) -> Find {
    let wanted = asked.value.clone();
    Find::by_node(move |_, node| node.kind == NodeKind::Model && node.access == wanted)
}

pub(super) fn owner(asked: &Asked) -> Find {
    let pattern = Glob::new(&asked.value.to_lowercase());
    let is_it = move |text: &str| pattern.is_match(&text.to_lowercase());
    Find::by_node(move |_, node| {
        let owner = node.owner.as_ref();
        owner.is_some_and(|owner| is_it(&owner.name) || owner.email.as_deref().is_some_and(&is_it))
    })
}

pub(super) fn version(asked: &Asked) -> Result<Find, Complaint> {
    const WORDS: [&str; 4] = ["latest", "prerelease", "old", "none"];
    let is_it: fn(Option<&Version>) -> bool = match asked.value.as_str() {
        "latest" => |version| version.is_some_and(|version| version.number == version.latest),
        "prerelease" => |version| beside_latest(version) == Some(Ordering::Greater),
        "old" => |version| beside_latest(version) == Some(Ordering::Less),
        "none" => |version| version.is_none(),
        value => return Err(one_of("state of a version", value, &WORDS)),
    };
    Ok(Find::by_node(move |_, node| node.kind == NodeKind::Model && is_it(node.version.as_ref())))
}

/// As numbers where both are, else as text.
fn beside_latest(version: Option<&Version>) -> Option<Ordering> {
    let Version { number, latest } = version.filter(|version| !version.latest.is_empty())?;
    match (number.parse::<f64>(), latest.parse::<f64>()) {
        (Ok(number), Ok(latest)) => number.partial_cmp(&latest),
        _ => Some(number.cmp(latest)),
    }
}

/// What is said of a word that is none of the few there are.
pub(super) fn one_of(what: &str, value: &str, words: &[&str]) -> Complaint {
    let complaint = Complaint::new(format!("`{value}` is no {what}"));
    match nearest(value, words.iter().copied()) {
        Some(near) => complaint.help(format!("Did you mean `{near}`? There are {}.", words.join(", "))),
        None => complaint.help(format!("There are {}.", words.join(", "))),
    }
}
