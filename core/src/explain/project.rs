//! The columns of a dbt project.

use std::collections::BTreeSet;

use super::{Deciding, Explanation, Graph, Point, Remark, Shown, Step, Written, all_steps};
use crate::dbt::{ColumnOrigin, NodeIx, Project, SNAPSHOT_COLUMNS, Sql};
use crate::lineage::{Expression, Known, Lineage, Parsed, Source};
use crate::outcome::NodeKind;
use crate::schema::{RelationName, Schema};

/// Explains a column of a node; none where the node has no such column, as far as that is known.
pub fn explain_node(project: &Project, node: NodeIx, column: &str) -> Option<Explanation> {
    let mut traces = Traces::new(project);
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

/// What the SQL of a node was found to do.
struct Trace {
    lineage: Lineage,
    expressions: Vec<Expression>,
}

struct Traces<'p> {
    project: &'p Project,
    schema: Schema,
    traced: Vec<Option<Result<Trace, String>>>,
}

impl<'p> Traces<'p> {
    fn new(project: &'p Project) -> Self {
        let traced = std::iter::repeat_with(|| None).take(project.nodes.len()).collect();
        Self { project, schema: Schema::of_project(project), traced }
    }

    /// The column as the node has it: by its name, whatever the case.
    fn key_of(&mut self, ix: NodeIx, column: &str) -> Option<String> {
        self.trace(ix);
        let known = self.known(ix);
        let is = |own: &&(String, String)| own.0 == column || own.1 == column;
        let alike = |own: &&(String, String)| own.1.eq_ignore_ascii_case(column);
        let found = known.columns.iter().find(is).or_else(|| known.columns.iter().find(alike));
        let assumed = || self.project.sql_dialect().fold(column, false).into_owned();
        found.map(|(_, key)| key.clone()).or_else(|| (!known.complete).then(assumed))
    }

    /// Traces a node after all that it depends on, as far as that is not done yet.
    fn trace(&mut self, ix: NodeIx) {
        let mut waiting = vec![ix];
        while let Some(ix) = waiting.pop() {
            if self.traced[ix].is_some() {
                continue;
            }
            let parents = &self.project.parents[ix];
            let missing: Vec<NodeIx> =
                parents.iter().copied().filter(|parent| self.traced[*parent].is_none() && *parent != ix).collect();
            if missing.is_empty() || waiting.len() > self.project.nodes.len() {
                self.traced[ix] = Some(self.trace_one(ix));
            } else {
                waiting.push(ix);
                waiting.extend(missing);
            }
        }
    }

    fn trace_one(&self, ix: NodeIx) -> Result<Trace, String> {
        let Some(text) = self.project.sql(ix) else {
            return Err(match &self.project.nodes[ix].sql {
                Sql::None => String::new(),
                Sql::Foreign(language) => format!("it is written in {language}, which is not analysed"),
                Sql::Compiled | Sql::Template => match self.project.rendered(ix) {
                    Some(Err(refusal)) => format!("its template was not rendered: {}", refusal.sentence()),
                    _ => "the manifest has no compiled SQL of it".to_owned(),
                },
            });
        };
        let parsed = Parsed::new(text, self.project.sql_dialect())
            .map_err(|problem| format!("its SQL was not parsed: {}", problem.message))?;
        let (lineage, expressions) = parsed.explain(&|name| self.lookup(name, ix));
        Ok(Trace { lineage, expressions })
    }

    /// What is known of a relation to the one who reads it.
    fn lookup(&self, name: &RelationName, reader: NodeIx) -> Option<Known> {
        let ix = self.node_of(name)?;
        // An incremental model that reads itself has the columns that it had.
        (ix != reader).then(|| self.known(ix)).or_else(|| Some(self.told(ix)))
    }

    fn node_of(&self, name: &RelationName) -> Option<NodeIx> {
        let state = &self.schema.relations[self.schema.before(name)?];
        let has_sql = |ix: &&NodeIx| !matches!(self.project.nodes[**ix].sql, Sql::None);
        state.nodes.iter().find(has_sql).or(state.nodes.first()).copied()
    }

    /// What its SQL gives; where that is not all, or there is none, what the artifacts tell.
    fn known(&self, ix: NodeIx) -> Known {
        let told = self.told(ix);
        let Some(Some(Ok(trace))) = self.traced.get(ix) else { return told };
        let node = &self.project.nodes[ix];
        let mut columns: Vec<(String, String)> =
            trace.lineage.outputs.iter().map(|output| (output.name.clone(), output.key.clone())).collect();
        if node.kind == NodeKind::Snapshot {
            let dialect = self.project.sql_dialect();
            columns.extend(SNAPSHOT_COLUMNS.map(|name| (name.to_owned(), dialect.fold(name, false).into_owned())));
        }
        if trace.lineage.open {
            let others = told.columns.into_iter().filter(|(_, key)| !columns.iter().any(|own| own.1 == *key));
            columns.extend(others.collect::<Vec<_>>());
        }
        // Behind a star that nobody told of, the catalog has the last word.
        let complete = !trace.lineage.open || told.complete;
        Known { exists: true, columns, complete, ..Known::default() }
    }

    fn told(&self, ix: NodeIx) -> Known {
        let columns = self.project.columns(ix).iter().map(|column| (column.name.clone(), column.key.clone()));
        Known {
            exists: true,
            columns: columns.collect(),
            complete: self.project.nodes[ix].columns_complete(),
            ..Known::default()
        }
    }

    fn done(&mut self, ix: NodeIx) -> Option<&Trace> {
        self.trace(ix);
        self.traced[ix].as_ref()?.as_ref().ok()
    }

    /// The SQL of a node, to show parts of it.
    fn written(&self, ix: NodeIx) -> Option<Written<'p>> {
        let node = &self.project.nodes[ix];
        Some(Written::new(&node.path, self.project.sql(ix)?, matches!(node.sql, Sql::Compiled)))
    }

    /// The column of a node that a source of lineage is.
    fn point(&self, source: &Source) -> Point {
        let node = self.node_of(&source.relation).map(|ix| self.project.id(ix).to_owned());
        Point { node: node.unwrap_or_else(|| source.relation.to_string()), column: source.column.clone() }
    }

    /// Who reads what a node gives: its children, and through ephemeral ones, whose SQL is theirs, the children of these.
    fn readers(&self, ix: NodeIx) -> Vec<NodeIx> {
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
        let lacks = |list: &[(String, String)], key: &str| !list.iter().any(|own| own.1.eq_ignore_ascii_case(key));
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
        let Some(output) = trace.lineage.outputs.iter().find(|output| output.key == of.column) else {
            return self.behind_a_star(ix, of);
        };
        let mut steps: Vec<Step> = Vec::new();
        for source in &output.sources {
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
                    let to = Point { node: self.project.id(reader).to_owned(), column: output.key.clone() };
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
