//! The lineage of the nodes of a project, each traced once, after those that it reads.

use std::sync::Arc;

use crate::dbt::{NodeIx, Project, SNAPSHOT_COLUMNS, Sql};
use crate::lineage::{Expression, Known, Lineage, Parsed};
use crate::outcome::NodeKind;
use crate::schema::{RelationName, Schema};

/// Traces every node that has SQL, in dbt's order. The error of one says why it could not be traced.
pub fn trace_project(project: &Project, take: &mut dyn FnMut(NodeIx, Result<&Lineage, &str>)) {
    let mut traces = Traces::new(project, false);
    for ix in project.order.iter().copied().filter(|ix| !matches!(project.nodes[*ix].sql, Sql::None)) {
        traces.trace(ix);
        match traces.traced[ix].as_mut() {
            Some(Ok(trace)) => {
                take(ix, Ok(&trace.lineage));
                // Who reads it asks for its columns alone.
                let Lineage { outputs, open, .. } = std::mem::take(&mut trace.lineage);
                trace.lineage = Lineage { outputs, open, ..Lineage::default() };
            }
            Some(Err(why)) => take(ix, Err(why)),
            None => {}
        }
    }
}

/// What the SQL of a node was found to do.
pub(super) struct Trace {
    pub(super) lineage: Lineage,
    /// Empty where nobody asks for them.
    pub(super) expressions: Vec<Expression>,
}

pub(super) struct Traces<'p> {
    pub(super) project: &'p Project,
    schema: Schema,
    pub(super) traced: Vec<Option<Result<Trace, String>>>,
    explains: bool,
}

impl<'p> Traces<'p> {
    pub(super) fn new(project: &'p Project, explains: bool) -> Self {
        let traced = std::iter::repeat_with(|| None).take(project.nodes.len()).collect();
        Self { project, schema: Schema::of_project(project), traced, explains }
    }

    /// The column as the node has it: by its name, whatever the case.
    pub(super) fn key_of(&mut self, ix: NodeIx, column: &str) -> Option<String> {
        self.trace(ix);
        let known = self.known(ix);
        let is = |own: &&(Arc<str>, Arc<str>)| *own.0 == *column || *own.1 == *column;
        let alike = |own: &&(Arc<str>, Arc<str>)| own.1.eq_ignore_ascii_case(column);
        let found = known.columns.iter().find(is).or_else(|| known.columns.iter().find(alike));
        let assumed = || self.project.sql_dialect().fold(column, false).into_owned();
        found.map(|(_, key)| key.to_string()).or_else(|| (!known.complete).then(assumed))
    }

    /// Traces a node after all that it depends on, as far as that is not done yet.
    pub(super) fn trace(&mut self, ix: NodeIx) {
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
        let lookup = |name: &RelationName| self.lookup(name, ix);
        let (lineage, expressions) =
            if self.explains { parsed.explain(&lookup) } else { (parsed.trace(&lookup), Vec::new()) };
        Ok(Trace { lineage, expressions })
    }

    /// What is known of a relation to the one who reads it.
    fn lookup(&self, name: &RelationName, reader: NodeIx) -> Option<Known> {
        let ix = self.node_of(name)?;
        // An incremental model that reads itself has the columns that it had.
        (ix != reader).then(|| self.known(ix)).or_else(|| Some(self.told(ix)))
    }

    pub(super) fn node_of(&self, name: &RelationName) -> Option<NodeIx> {
        let state = &self.schema.relations[self.schema.before(name)?];
        let has_sql = |ix: &&NodeIx| !matches!(self.project.nodes[**ix].sql, Sql::None);
        state.nodes.iter().find(has_sql).or(state.nodes.first()).copied()
    }

    /// What its SQL gives; where that is not all, or there is none, what the artifacts tell.
    pub(super) fn known(&self, ix: NodeIx) -> Known {
        let Some(Some(Ok(trace))) = self.traced.get(ix) else { return self.told(ix) };
        let node = &self.project.nodes[ix];
        let mut columns: Vec<(Arc<str>, Arc<str>)> =
            trace.lineage.outputs.iter().map(|output| (output.name.clone(), output.key.clone())).collect();
        if node.kind == NodeKind::Snapshot {
            let dialect = self.project.sql_dialect();
            columns.extend(SNAPSHOT_COLUMNS.map(|name| (name.into(), dialect.fold(name, false).into())));
        }
        // Behind a star that nobody told of, the catalog has the last word.
        let mut complete = true;
        if trace.lineage.open {
            let told = self.told(ix);
            complete = told.complete;
            let others = told.columns.into_iter().filter(|(_, key)| !columns.iter().any(|own| own.1 == *key));
            columns.extend(others.collect::<Vec<_>>());
        }
        Known { exists: true, columns, complete, ..Known::default() }
    }

    pub(super) fn told(&self, ix: NodeIx) -> Known {
        let columns =
            self.project.columns(ix).iter().map(|column| (column.name.as_str().into(), column.key.as_str().into()));
        Known {
            exists: true,
            columns: columns.collect(),
            complete: self.project.nodes[ix].columns_complete(),
            ..Known::default()
        }
    }

    pub(super) fn done(&mut self, ix: NodeIx) -> Option<&Trace> {
        self.trace(ix);
        self.traced[ix].as_ref()?.as_ref().ok()
    }
}
