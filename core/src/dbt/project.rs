//! The dbt project as the rest of the engine sees it: nodes, who depends on whom, and what is known of their columns.

use std::collections::BTreeMap;

use petgraph::graph::{DiGraph, NodeIndex};

use super::catalog::Catalog;
use crate::dialect::Dialect;
use crate::outcome::NodeKind;
use crate::review::{Owner, ProjectFacts};
use crate::schema::RelationName;

/// A node's place in `Project::nodes`.
pub type NodeIx = usize;

#[derive(Debug, Clone)]
pub struct Node {
    pub unique_id: String,
    pub kind: NodeKind,
    pub name: String,
    pub label: String,
    pub path: String,
    pub materialized: String,
    /// The relation that the node is or builds; none for tests, exposures and ephemeral models.
    pub relation: Option<RelationName>,
    pub columns: Vec<Column>,
    /// The columns are all there are, in order: a catalog said so.
    pub columns_complete: bool,
    pub sql: Sql,
    pub owner: Option<Owner>,
    pub url: Option<String>,
    pub test: Option<TestFacts>,
    /// Ids as the manifest gives them, with those that lead out of the project.
    pub depends_on: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// As the artifact writes it.
    pub name: String,
    /// As the project's dialect folds it.
    pub key: String,
    pub data_type: Option<String>,
    pub origin: ColumnOrigin,
}

/// How a column came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnOrigin {
    Catalog,
    Documented,
    Migration,
}

/// What a node runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sql {
    /// Nothing: a source, an exposure.
    None,
    Compiled(String),
    /// The manifest has the template and not what dbt made of it.
    Uncompiled,
    /// Another language than SQL.
    Foreign(String),
}

impl Sql {
    /// The SQL that runs, where it is known.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Compiled(text) => Some(text),
            Self::None | Self::Uncompiled | Self::Foreign(_) => None,
        }
    }
}

/// What a data test looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestFacts {
    /// `accepted_values`, `not_null`, …; empty for a singular test.
    pub name: String,
    pub column: Option<String>,
    /// The values that `accepted_values` accepts.
    pub values: Vec<String>,
    pub attached_node: Option<String>,
}

#[derive(Debug, Default)]
pub struct Project {
    pub facts: ProjectFacts,
    pub dialect: Option<Dialect>,
    /// Sorted by id.
    pub nodes: Vec<Node>,
    by_id: BTreeMap<String, NodeIx>,
    pub parents: Vec<Vec<NodeIx>>,
    pub children: Vec<Vec<NodeIx>>,
    /// Every node after all that it depends on.
    pub order: Vec<NodeIx>,
    /// Groups of nodes that depend on each other in a circle: dbt would refuse such a project.
    pub cycles: Vec<Vec<NodeIx>>,
    /// Parents named by a node and defined nowhere, sorted.
    pub missing_parents: Vec<(NodeIx, String)>,
}

impl Project {
    pub fn new(facts: ProjectFacts, dialect: Option<Dialect>, mut nodes: Vec<Node>) -> Self {
        nodes.sort_by(|a, b| a.unique_id.cmp(&b.unique_id));
        // Of nodes with one id the last one counts: the sort is stable.
        nodes.reverse();
        nodes.dedup_by(|a, b| a.unique_id == b.unique_id);
        nodes.reverse();
        let by_id: BTreeMap<String, NodeIx> =
            nodes.iter().enumerate().map(|(ix, node)| (node.unique_id.clone(), ix)).collect();
        let mut project = Self {
            facts,
            dialect,
            parents: vec![Vec::new(); nodes.len()],
            children: vec![Vec::new(); nodes.len()],
            by_id,
            nodes,
            ..Self::default()
        };
        project.connect();
        project.count();
        project
    }

    fn connect(&mut self) {
        for (ix, node) in self.nodes.iter().enumerate() {
            for id in &node.depends_on {
                match self.by_id.get(id) {
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
        self.by_id.get(unique_id).copied()
    }

    pub fn id(&self, ix: NodeIx) -> &str {
        &self.nodes[ix].unique_id
    }

    /// The dialect that the project's SQL is written in.
    pub fn sql_dialect(&self) -> Dialect {
        self.dialect.unwrap_or(Dialect::Generic)
    }

    /// Takes the columns of the catalog for those of the nodes it describes.
    pub fn learn(&mut self, catalog: &Catalog) {
        let dialect = self.sql_dialect();
        for table in &catalog.tables {
            let Some(ix) = self.find(&table.unique_id) else { continue };
            self.nodes[ix].columns = table
                .columns
                .iter()
                .map(|(name, data_type)| Column {
                    name: name.clone(),
                    key: dialect.fold(name, true).into_owned(),
                    data_type: data_type.clone(),
                    origin: ColumnOrigin::Catalog,
                })
                .collect();
            self.nodes[ix].columns_complete = true;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str, parents: &[&str]) -> Node {
        Node {
            unique_id: id.to_owned(),
            kind: NodeKind::Model,
            name: id.to_owned(),
            label: id.to_owned(),
            path: String::new(),
            materialized: String::new(),
            relation: None,
            columns: Vec::new(),
            columns_complete: false,
            sql: Sql::None,
            owner: None,
            url: None,
            test: None,
            depends_on: parents.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    fn project(nodes: Vec<Node>) -> Project {
        Project::new(ProjectFacts::default(), None, nodes)
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
