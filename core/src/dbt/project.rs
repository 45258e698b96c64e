//! The dbt project as the rest of the engine sees it: nodes, who depends on whom, and what was read of them.

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use petgraph::graph::{DiGraph, NodeIndex};

use super::catalog::Catalog;
use super::details;
use super::node::{Column, Details, GivenRows, Node};
use super::settings::{self, Settings};
use crate::dialect::Dialect;
use crate::jinja::{Refusal, Rendered, Rendering};
use crate::outcome::NodeKind;
use crate::review::ProjectFacts;
use crate::text::Diagnostic;
use foreshock_artifacts::bytes::{Bytes, Extent};

/// A node's place in `Project::nodes`.
pub type NodeIx = usize;

/// An artifact that is still there to be read from.
#[derive(Clone)]
pub(crate) struct Artifact {
    pub(crate) file: String,
    pub(crate) bytes: Rc<dyn Bytes>,
}

impl std::fmt::Debug for Artifact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} bytes)", self.file, self.bytes.size())
    }
}

#[derive(Debug, Default)]
pub struct Project {
    pub facts: ProjectFacts,
    /// The packages that are projects of their own here: one for each manifest. An old manifest does not say, and leaves it empty.
    pub roots: Vec<String>,
    pub dialect: Option<Dialect>,
    /// Sorted by id.
    pub nodes: Vec<Node>,
    pub parents: Vec<Vec<NodeIx>>,
    pub children: Vec<Vec<NodeIx>>,
    /// Every node after all that it depends on.
    pub order: Vec<NodeIx>,
    /// Groups of nodes that depend on each other in a circle: dbt would refuse such a project.
    pub cycles: Vec<Vec<NodeIx>>,
    /// Parents named by a node and defined nowhere, sorted.
    pub missing_parents: Vec<(NodeIx, String)>,
    /// Nodes that the project turns off.
    pub disabled: usize,
    pub(super) manifests: Vec<Artifact>,
    pub(super) catalogs: Vec<Artifact>,
    /// Where the macros lie, and in which manifest.
    pub(super) macros: Vec<(usize, Extent)>,
    /// The manifest says how names are quoted, and means it for sources too.
    pub(super) says_quoting: bool,
    /// What became of the templates that were rendered.
    rendered: BTreeMap<NodeIx, Result<Rendered, Refusal>>,
    /// What was read of the nodes that the review came to.
    details: Vec<OnceCell<Box<Details>>>,
}

impl Project {
    pub(super) fn new(
        facts: ProjectFacts,
        dialect: Option<Dialect>,
        manifests: Vec<Artifact>,
        nodes: Vec<Node>,
    ) -> Self {
        let nodes = sorted(nodes);
        let mut project = Self {
            facts,
            dialect,
            parents: vec![Vec::new(); nodes.len()],
            children: vec![Vec::new(); nodes.len()],
            details: vec![OnceCell::new(); nodes.len()],
            nodes,
            manifests,
            ..Self::default()
        };
        project.connect();
        project.count();
        project
    }

    fn connect(&mut self) {
        let by_id: HashMap<&str, NodeIx> =
            self.nodes.iter().enumerate().map(|(ix, node)| (node.unique_id.as_str(), ix)).collect();
        for (ix, node) in self.nodes.iter().enumerate() {
            for id in &node.depends_on {
                match by_id.get(id.as_str()) {
                    Some(parent) => self.parents[ix].push(*parent),
                    None if id.starts_with("macro.") => {}
                    None => self.missing_parents.push((ix, id.clone())),
                }
            }
            self.parents[ix].sort_unstable();
            self.parents[ix].dedup();
        }
        let mut graph = DiGraph::<(), (), u32>::with_capacity(self.nodes.len(), self.nodes.len() * 2);
        for _ in &self.nodes {
            graph.add_node(());
        }
        for (ix, parents) in self.parents.iter().enumerate() {
            for parent in parents {
                self.children[*parent].push(ix);
                graph.add_edge(NodeIndex::new(*parent), NodeIndex::new(ix), ());
            }
        }
        // Kosaraju's components come in reverse topological order, hold the cycles together, and need no recursion.
        for component in petgraph::algo::kosaraju_scc(&graph).into_iter().rev() {
            let mut members: Vec<NodeIx> = component.into_iter().map(NodeIndex::index).collect();
            members.sort_unstable();
            self.order.extend(&members);
            if members.len() > 1 || self.parents[members[0]].contains(&members[0]) {
                self.cycles.push(members);
            }
        }
    }

    fn count(&mut self) {
        let count = |kind| self.nodes.iter().filter(|node| node.kind == kind).count();
        self.facts.models = count(NodeKind::Model);
        self.facts.tests = count(NodeKind::Test) + count(NodeKind::UnitTest);
        self.facts.sources = count(NodeKind::Source);
        self.facts.exposures = count(NodeKind::Exposure);
    }

    pub fn find(&self, unique_id: &str) -> Option<NodeIx> {
        self.nodes.binary_search_by(|node| node.unique_id.as_str().cmp(unique_id)).ok()
    }

    pub fn id(&self, ix: NodeIx) -> &str {
        &self.nodes[ix].unique_id
    }

    /// The dialect that the project's SQL is written in.
    pub fn sql_dialect(&self) -> Dialect {
        self.dialect.unwrap_or(Dialect::Generic)
    }

    /// Notes which nodes a catalog knows; their columns are read when a review needs them.
    pub(crate) fn learn(&mut self, catalog: &Catalog) {
        let Catalog { artifact, tables, .. } = catalog;
        let which = self.catalogs.len();
        self.catalogs.push(artifact.clone());
        for table in tables {
            if let Some(ix) = self.find(&table.unique_id) {
                self.nodes[ix].catalog = Some((which, table.extent));
                self.details[ix] = OnceCell::new();
            }
        }
    }

    /// Reads the columns and the SQL of these nodes in one go; others are read one by one when they are asked for.
    pub fn load(&self, wanted: impl IntoIterator<Item = NodeIx>) -> Vec<Diagnostic> {
        let mut wanted: Vec<NodeIx> = wanted.into_iter().filter(|ix| self.details[*ix].get().is_none()).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let (read, diagnostics) = details::read(self, &wanted);
        for (ix, details) in read {
            self.details[ix].get_or_init(|| Box::new(details));
        }
        diagnostics
    }

    pub(crate) fn is_loaded(&self, ix: NodeIx) -> bool {
        self.details[ix].get().is_some()
    }

    fn details(&self, ix: NodeIx) -> &Details {
        self.details[ix].get_or_init(|| {
            let (mut read, _) = details::read(self, &[ix]);
            Box::new(read.pop().map(|(_, details)| details).unwrap_or_default())
        })
    }

    pub fn columns(&self, ix: NodeIx) -> &[Column] {
        &self.details(ix).columns
    }

    /// The columns that dbt holds the model to, as the dialect folds them; empty where it does not.
    pub fn contract(&self, ix: NodeIx) -> &[String] {
        &self.details(ix).contract
    }

    /// The settings that name a column of the node's own, and that column.
    pub fn named_columns(&self, ix: NodeIx) -> &[(&'static str, String)] {
        &self.details(ix).named
    }

    /// What an incremental model does in place when its columns change.
    pub fn on_schema_change(&self, ix: NodeIx) -> &str {
        &self.details(ix).on_schema_change
    }

    /// The column or expression by which a source's freshness is measured.
    pub fn loaded_at(&self, ix: NodeIx) -> Option<&str> {
        self.details(ix).loaded_at.as_deref()
    }

    /// What dbt runs right before and after it builds the node, as it is written.
    pub fn hooks(&self, ix: NodeIx) -> &[String] {
        &self.details(ix).hooks
    }

    /// The rows that a unit test is given and expects.
    pub fn given_rows(&self, ix: NodeIx) -> &[GivenRows] {
        &self.details(ix).rows
    }

    /// The SQL that the node runs: what dbt compiled, or else what its template was rendered to.
    pub fn sql(&self, ix: NodeIx) -> Option<&str> {
        let rendered = || Some(self.rendered(ix)?.as_ref().ok()?.sql.as_str());
        self.details(ix).sql.as_deref().or_else(rendered)
    }

    /// The template that dbt makes the node's SQL of, as its file has it.
    pub fn template(&self, ix: NodeIx) -> Option<&str> {
        self.details(ix).template.as_deref()
    }

    /// What became of the node's template, where it was rendered.
    pub fn rendered(&self, ix: NodeIx) -> Option<&Result<Rendered, Refusal>> {
        self.rendered.get(&ix)
    }

    pub(crate) fn take_rendered(&mut self, renderings: Vec<Rendering>) {
        for Rendering { unique_id, result } in renderings {
            if let Some(ix) = self.find(&unique_id) {
                self.rendered.insert(ix, result);
            }
        }
    }

    /// Reads the settings of these nodes, one after the other; none of them is kept. The error is a sentence for a person.
    pub fn each_settings(&self, wanted: &[NodeIx], take: &mut dyn FnMut(NodeIx, Settings)) -> Result<(), String> {
        settings::each(self, wanted, take)
    }

    /// Everything that depends on the given nodes, and they themselves.
    pub fn reachable_from(&self, starts: impl IntoIterator<Item = NodeIx>) -> Vec<bool> {
        let mut reached = vec![false; self.nodes.len()];
        let mut pending: Vec<NodeIx> = starts.into_iter().collect();
        while let Some(ix) = pending.pop() {
            if !std::mem::replace(&mut reached[ix], true) {
                pending.extend(&self.children[ix]);
            }
        }
        reached
    }
}

/// The nodes in the order of their ids. Of two with one id the last counts, as in `JSON.parse`.
fn sorted(nodes: Vec<Node>) -> Vec<Node> {
    // A node is large: its number is moved about, and it itself once.
    let ids = nodes.iter().enumerate().map(|(ix, node)| (node.unique_id.as_str(), Reverse(ix)));
    let mut order: Vec<(&str, Reverse<NodeIx>)> = ids.collect();
    order.sort_unstable();
    order.dedup_by_key(|(id, _)| *id);
    let order: Vec<NodeIx> = order.into_iter().map(|(_, Reverse(ix))| ix).collect();
    let mut nodes: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
    order.into_iter().filter_map(|ix| nodes[ix].take()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dbt::Sql;

    fn node(id: &str, parents: &[&str]) -> Node {
        Node {
            unique_id: id.to_owned(),
            kind: NodeKind::Model,
            name: id.to_owned(),
            label: id.to_owned(),
            package: String::new(),
            path: String::new(),
            fqn: Vec::new(),
            tags: Vec::new(),
            materialized: String::new(),
            access: String::new(),
            version: None,
            group: None,
            source_name: String::new(),
            relation: None,
            sql: Sql::None,
            owner: None,
            url: None,
            test: None,
            leaves: false,
            shows: Vec::new(),
            depends_on: parents.iter().map(|id| (*id).to_owned()).collect(),
            manifest: 0,
            extent: Extent::default(),
            catalog: None,
        }
    }

    fn project(nodes: Vec<Node>) -> Project {
        Project::new(ProjectFacts::default(), None, Vec::new(), nodes)
    }

    #[test]
    fn parents_come_before_children() {
        let project = project(vec![node("a", &["c"]), node("b", &["a", "c"]), node("c", &[])]);
        let names: Vec<&str> = project.order.iter().map(|ix| project.id(*ix)).collect();
        assert_eq!(names, ["c", "a", "b"]);
        assert!(project.cycles.is_empty());
    }

    #[test]
    fn a_cycle_is_named_and_does_not_stop_the_order() {
        let project = project(vec![node("a", &["b"]), node("b", &["a"]), node("c", &["b"])]);
        assert_eq!(project.cycles, [[0, 1]]);
        assert_eq!(project.order.len(), 3);
        assert_eq!(project.order[2], 2);
    }

    #[test]
    fn of_two_nodes_with_one_id_the_last_counts() {
        let project = project(vec![node("a", &[]), node("a", &["x"])]);
        assert_eq!(project.nodes.len(), 1);
        assert_eq!(project.missing_parents, [(0, "x".to_owned())]);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_nodes_needs_no_stack() {
        let nodes = (0..100_000).map(|i| node(&format!("n{i:06}"), &[format!("n{:06}", i + 1).as_str()])).collect();
        let project = project(nodes);
        assert_eq!(project.order[0], 99_999);
        assert!(project.reachable_from([99_999]).iter().all(|reached| *reached));
    }
}
