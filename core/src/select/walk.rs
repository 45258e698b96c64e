//! The neighbours of nodes: `+m`, `m+2`, `@m`.

use crate::dbt::{NodeIx, Project};
use crate::outcome::NodeKind;

/// A set of nodes, by their place in the project.
pub(super) type Nodes = Vec<bool>;

/// How many steps; none for as many as there are.
pub(super) type Depth = Option<usize>;

/// Adds what lies so many steps along the edges.
fn add_along(edges: &[Vec<NodeIx>], nodes: &mut Nodes, depth: Depth) {
    let mut layer: Vec<NodeIx> = (0..nodes.len()).filter(|ix| nodes[*ix]).collect();
    let mut steps = 0;
    while !layer.is_empty() && depth.is_none_or(|most| steps < most) {
        let mut next = Vec::new();
        for to in layer.iter().flat_map(|ix| &edges[*ix]) {
            if !std::mem::replace(&mut nodes[*to], true) {
                next.push(*to);
            }
        }
        layer = next;
        steps += 1;
    }
}

/// The nodes and what they depend on.
pub(super) fn with_parents(project: &Project, mut nodes: Nodes, depth: Depth) -> Nodes {
    add_along(&project.parents, &mut nodes, depth);
    nodes
}

/// The nodes and what depends on them.
pub(super) fn with_children(project: &Project, mut nodes: Nodes, depth: Depth) -> Nodes {
    add_along(&project.children, &mut nodes, depth);
    nodes
}

/// The nodes with the tests of any of them: what dbt calls eager, its default.
pub(super) fn with_tests(project: &Project, mut nodes: Nodes) -> Nodes {
    let is_test = |ix: &NodeIx| matches!(project.nodes[*ix].kind, NodeKind::Test | NodeKind::UnitTest);
    let selected: Vec<NodeIx> = (0..nodes.len()).filter(|ix| nodes[*ix]).collect();
    for test in selected.into_iter().flat_map(|ix| &project.children[ix]).filter(|ix| is_test(ix)) {
        nodes[*test] = true;
    }
    nodes
}

pub(super) fn union(mut a: Nodes, b: &[bool]) -> Nodes {
    a.iter_mut().zip(b).for_each(|(a, b)| *a |= b);
    a
}

pub(super) fn intersection(mut a: Nodes, b: &[bool]) -> Nodes {
    a.iter_mut().zip(b).for_each(|(a, b)| *a &= b);
    a
}

pub(super) fn difference(mut a: Nodes, b: &[bool]) -> Nodes {
    a.iter_mut().zip(b).for_each(|(a, b)| *a &= !b);
    a
}
