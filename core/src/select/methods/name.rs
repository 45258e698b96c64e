//! `fqn:`: a node by its dotted path, from the package or from the folder below it on.

use super::super::glob::Glob;
use super::{Asked, Find};
use crate::dbt::Node;
use crate::outcome::NodeKind;

/// A dotted name, as far as it is plain and from where on it is a pattern.
struct Wanted {
    text: String,
    parts: Vec<String>,
    /// From which part on a pattern stands for all that follows, dots and all.
    pattern: Option<(usize, Glob)>,
}

pub(super) fn read(asked: &Asked) -> Find {
    let wanted = Wanted::new(asked.value.clone());
    Find::by_node(move |_, node| node.kind != NodeKind::Source && wanted.is_met_by(node))
}

impl Wanted {
    fn new(text: String) -> Self {
        let parts: Vec<String> = text.split('.').map(str::to_owned).collect();
        let first = parts.iter().position(|part| part.contains(['*', '?', '[', ']']));
        let pattern = first.map(|at| (at, Glob::new(&parts[at..].join("."))));
        Self { text, parts, pattern }
    }

    fn is_met_by(&self, node: &Node) -> bool {
        let is_versioned = node.kind == NodeKind::Model && node.version.is_some();
        let below_package = node.fqn.get(1..).unwrap_or_default();
        self.fits(&node.fqn, is_versioned) || self.fits(below_package, is_versioned)
    }

    fn fits(&self, fqn: &[String], is_versioned: bool) -> bool {
        // A version's last part is its number, and the one before it the name.
        let leaf = fqn.len().checked_sub(if is_versioned { 2 } else { 1 }).map(|at| &fqn[at]);
        if leaf == Some(&self.text) || (is_versioned && self.is_version(fqn)) {
            return true;
        }
        // A dot in a name divides like any other.
        let flat: Vec<&str> = fqn.iter().flat_map(|part| part.split('.')).collect();
        if flat.len() < self.parts.len() {
            return false;
        }
        let plain = self.pattern.as_ref().map_or(self.parts.len(), |(from, _)| *from);
        if flat.iter().zip(&self.parts[..plain]).any(|(own, part)| own != part) {
            return false;
        }
        let Some((from, pattern)) = &self.pattern else { return true };
        let is_one_word = self.parts.len() == 1;
        pattern.is_match(&flat[*from..].join(".")) || (is_one_word && leaf.is_some_and(|leaf| pattern.is_match(leaf)))
    }

    /// `orders.v2` and `orders_v2` are the same version, whatever stands before.
    fn is_version(&self, fqn: &[String]) -> bool {
        let last_two = |parts: &[String]| parts[parts.len().saturating_sub(2)..].join("_");
        last_two(fqn) == last_two(&self.parts)
    }
}
