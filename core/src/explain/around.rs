//! One step round a node: what its columns are made of, and what its readers make of them.

use std::collections::BTreeSet;

use super::Point;
use super::traces::Traces;
use crate::dbt::{NodeIx, Project};

/// A column made of another one by one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    pub from: Point,
    pub to: Point,
}

/// Upstream first, in the order of the columns; each pair once. What cannot be traced has none.
pub fn hops(project: &Project, node: NodeIx) -> Vec<Hop> {
    let mut traces = Traces::new(project, false);
    let mut hops = Vec::new();
    traces.give(node, None, &mut hops);
    for reader in traces.readers(node) {
        traces.give(reader, Some(node), &mut hops);
    }
    let mut seen = BTreeSet::new();
    hops.retain(|hop| seen.insert((hop.from.clone(), hop.to.clone())));
    hops
}

impl Traces<'_> {
    /// The steps that a node makes; of one node alone, where that is asked for.
    fn give(&mut self, ix: NodeIx, of: Option<NodeIx>, hops: &mut Vec<Hop>) {
        self.trace(ix);
        let Some(Some(Ok(trace))) = self.traced.get(ix) else { return };
        for output in &trace.lineage.outputs {
            let sources = output.sources.iter().filter(|source| &*source.column != "*");
            for source in sources.filter(|source| of.is_none() || self.node_of(&source.relation) == of) {
                let to = Point { node: self.project.id(ix).to_owned(), column: output.key.to_string() };
                hops.push(Hop { from: self.point(source), to });
            }
        }
    }
}
