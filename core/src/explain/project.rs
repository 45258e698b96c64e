//! The columns of a dbt project.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::traces::Traces;
use super::{Deciding, Explanation, Graph, Point, Remark, Shown, Step, Written, all_steps};
use crate::dbt::{ColumnOrigin, NodeIx, Project, SNAPSHOT_COLUMNS, Sql};
use crate::lineage::Source;
use crate::outcome::NodeKind;
use crate::schema::RelationName;

/// Explains a column of a node; none where the node has no such column, as far as that is known.
pub fn explain_node(project: &Project, node: NodeIx, column: &str) -> Option<Explanation> {
    let mut traces = Traces::new(project, true);
    let key = traces.key_of(node, column)?;
    let start = Point { node: project.id(node).to_owned(), column: key };
    let upstream = all_steps(&start, |point| traces.upstream(point), |step| &step.from);
    let downstream = all_steps(&start, |point| traces.downstream(point), |step| &step.to);
    let mut deciding = Vec::new();
    let reached = std::iter::once(&start).chain(downstream.iter().map(|step| &step.to));
    for point in reached.collect::<BTreeSet<_>>() {
        deciding.extend(traces.deciding(point));
    }
    let mut met: BTreeSet<NodeIx> = BTreeSet::from([node]);
    let points = upstream.iter().chain(&downstream).flat_map(|step| [&step.from, &step.to]);
    met.extend(points.filter_map(|point| project.find(&point.node)));
    let (mut unknown, mut disagreements) = (Vec::new(), Vec::new());
    for ix in met {
        unknown.extend(traces.unknown(ix));
        disagreements.extend(traces.disagreements(ix));
    }
    Some(Explanation { column: start, upstream, downstream, deciding, unknown, disagreements })
}

impl<'p> Traces<'p> {
    /// The SQL of a node, to show parts of it.
    fn written(&self, ix: NodeIx) -> Option<Written<'p>> {
        let node = &self.project.nodes[ix];
        Some(Written::new(&node.path, self.project.sql(ix)?, matches!(node.sql, Sql::Compiled)))
    }

    /// The column of a node that a source of lineage is.
    pub(super) fn point(&self, source: &Source) -> Point {
        let node = self.node_of(&source.relation).map(|ix| self.project.id(ix).to_owned());
        Point { node: node.unwrap_or_else(|| source.relation.to_string()), column: source.column.to_string() }
    }

    /// Who reads what a node gives: its children, and through ephemeral ones, whose SQL is theirs, the children of these.
    pub(super) fn readers(&self, ix: NodeIx) -> Vec<NodeIx> {
        let mut readers = BTreeSet::new();
        let mut waiting = self.project.children[ix].clone();
        let mut seen: BTreeSet<NodeIx> = waiting.iter().copied().collect();
        while let Some(child) = waiting.pop() {
            let node = &self.project.nodes[child];
            if matches!(node.kind, NodeKind::Model | NodeKind::Snapshot) {
                readers.insert(child);
                if node.materialized == "ephemeral" {
                    waiting.extend(self.project.children[child].iter().copied().filter(|next| seen.insert(*next)));
                }
            }
        }
        readers.into_iter().collect()
    }

    fn deciding(&mut self, point: &Point) -> Vec<Deciding> {
        let Some(ix) = self.project.find(&point.node) else { return Vec::new() };
        let mut found = Vec::new();
        for reader in self.readers(ix) {
            let Some(trace) = self.done(reader) else { continue };
            let uses: Vec<_> = trace.lineage.uses.iter().filter(|used| !used.clause.makes_values()).cloned().collect();
            let Some(written) = self.written(reader) else { continue };
            for used in uses.iter().filter(|used| used.sources.iter().any(|source| self.point(source) == *point)) {
                let node = self.project.id(reader).to_owned();
                found.push(Deciding { node, clause: used.clause.word(), place: written.place(used.span) });
            }
        }
        found
    }

    fn unknown(&mut self, ix: NodeIx) -> Option<Remark> {
        self.trace(ix);
        let what = match self.traced[ix].as_ref()? {
            Err(why) if why.is_empty() => return None,
            Err(why) => match self.project.columns(ix).len() {
                0 => why.clone(),
                told => format!("{why}; {told} columns are known from the artifacts"),
            },
            Ok(trace) if trace.lineage.open => {
                "it passes on columns of a relation that nobody told of, so it may have more".to_owned()
            }
            Ok(_) => return None,
        };
        Some(Remark { node: self.project.id(ix).to_owned(), what })
    }

    /// What the artifacts tell and the SQL does not give, and the other way round where they tell all.
    fn disagreements(&mut self, ix: NodeIx) -> Vec<Remark> {
        self.trace(ix);
        let Some(Some(Ok(trace))) = self.traced.get(ix) else { return Vec::new() };
        if trace.lineage.open || !trace.lineage.problems.is_empty() {
            return Vec::new();
        }
        let (known, told) = (self.known(ix), self.told(ix));
        let lacks = |list: &[(Arc<str>, Arc<str>)], key: &str| !list.iter().any(|own| own.1.eq_ignore_ascii_case(key));
        let node = self.project.id(ix).to_owned();
        let mut remarks = Vec::new();
        for column in self.project.columns(ix).iter().filter(|column| lacks(&known.columns, &column.key)) {
            let by = match column.origin {
                ColumnOrigin::Catalog => "the catalog has",
                ColumnOrigin::Documented | ColumnOrigin::Migration => "its documentation has",
            };
            remarks.push(format!("{by} a column {}, which its SQL does not give", column.name));
        }
        for (name, _) in known.columns.iter().filter(|(_, key)| told.complete && lacks(&told.columns, key)) {
            remarks.push(format!("its SQL gives a column {name}, which the catalog does not have"));
        }
        for key in self.project.contract(ix).iter().filter(|key| lacks(&known.columns, key)) {
            remarks.push(format!("its contract has a column {key}, which its SQL does not give"));
        }
        remarks.into_iter().map(|what| Remark { node: node.clone(), what }).collect()
    }
}

impl Graph for Traces<'_> {
    fn upstream(&mut self, of: &Point) -> Vec<Step> {
        let Some(ix) = self.project.find(&of.node) else { return Vec::new() };
        self.trace(ix);
        let (Some(Some(Ok(trace))), Some(written)) = (self.traced.get(ix), self.written(ix)) else { return Vec::new() };
        let Some(output) = trace.lineage.outputs.iter().find(|output| *output.key == *of.column) else {
            return self.behind_a_star(ix, of);
        };
        let mut steps: Vec<Step> = Vec::new();
        for source in output.sources.iter() {
            let expressions = written.way(&trace.lineage, &trace.expressions, &output.key, source);
            steps.push(step(self.point(source), of.clone(), source, expressions));
        }
        steps.dedup_by(|a, b| a.from == b.from);
        steps
    }

    fn downstream(&mut self, of: &Point) -> Vec<Step> {
        let Some(ix) = self.project.find(&of.node) else { return Vec::new() };
        let mut steps: Vec<Step> = Vec::new();
        for reader in self.readers(ix) {
            self.trace(reader);
            let (Some(Some(Ok(trace))), Some(written)) = (self.traced.get(reader), self.written(reader)) else {
                continue;
            };
            for output in &trace.lineage.outputs {
                for source in output.sources.iter().filter(|source| self.point(source) == *of) {
                    let to = Point { node: self.project.id(reader).to_owned(), column: output.key.to_string() };
                    let expressions = written.way(&trace.lineage, &trace.expressions, &output.key, source);
                    steps.push(step(of.clone(), to, source, expressions));
                }
            }
        }
        steps.dedup_by(|a, b| a.to == b.to);
        steps
    }
}

impl Traces<'_> {
    /// A column that only the artifacts tell of comes from a relation behind a star, under its own name.
    fn behind_a_star(&self, ix: NodeIx, of: &Point) -> Vec<Step> {
        let Some(Some(Ok(trace))) = self.traced.get(ix) else { return Vec::new() };
        let mut from: Vec<RelationName> = trace.lineage.behind_stars.clone();
        from.dedup();
        let is_own = |name: &str| SNAPSHOT_COLUMNS.iter().any(|own| own.eq_ignore_ascii_case(name));
        if self.project.nodes[ix].kind == NodeKind::Snapshot && is_own(&of.column) {
            return Vec::new();
        }
        let step = |relation: RelationName| {
            let node =
                self.node_of(&relation).map_or_else(|| relation.to_string(), |ix| self.project.id(ix).to_owned());
            let from = Point { node, column: of.column.clone() };
            Step { distance: 0, from, to: of.clone(), made: "unchanged", compared: None, expressions: Vec::new() }
        };
        from.into_iter().map(step).collect()
    }
}

fn step(from: Point, to: Point, source: &Source, expressions: Vec<Shown>) -> Step {
    let compared = source.compared.as_ref().map(|compared| compared.literals.clone());
    Step { distance: 0, made: source.made(&to.column), from, to, compared, expressions }
}
