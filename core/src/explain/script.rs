//! The columns of a script: from statement to statement, through the tables that they make.

use std::collections::BTreeMap;

use super::{Deciding, Explanation, Graph, Point, Remark, Shown, Step, Written, all_steps};
use crate::dialect::Dialect;
use crate::lineage::{Explained, trace_and_explain};

/// What a query gives that writes nothing goes by this for its relation, with the number of the statement.
const RESULT: &str = "statement";

/// Explains a column of a relation that a script reads or writes, or, without a relation, one that a query gives.
pub fn explain_in_script(
    file: &str,
    text: &str,
    dialect: Dialect,
    schema: &BTreeMap<String, Vec<String>>,
    relation: Option<&str>,
    column: &str,
) -> Option<Explanation> {
    let graph = &mut Statements {
        written: Written::new(file, text, false),
        explained: trace_and_explain(text, dialect, schema),
    };
    let start = graph.find(relation, column)?;
    let upstream = all_steps(&start, |point| graph.upstream(point), |step| &step.from);
    let downstream = all_steps(&start, |point| graph.downstream(point), |step| &step.to);
    let deciding = graph.deciding(&start);
    let unknown = graph.unknown();
    Some(Explanation { column: start, upstream, downstream, deciding, unknown, disagreements: Vec::new() })
}

struct Statements<'t> {
    written: Written<'t>,
    explained: Explained,
}

impl Statements<'_> {
    /// Every step of every statement.
    fn steps(&self, wanted: impl Fn(&Point, &Point) -> bool) -> Vec<Step> {
        let mut steps = Vec::new();
        for (statement, (lineage, expressions)) in self.explained.script.statements.iter().zip(&self.explained.ways) {
            for edge in &statement.columns {
                let node = edge.to.relation.clone().unwrap_or_else(|| format!("{RESULT} {}", statement.index + 1));
                let to = Point { node, column: edge.to.column.clone() };
                let from = Point { node: edge.from.relation.clone(), column: edge.from.column.clone() };
                if !wanted(&from, &to) {
                    continue;
                }
                let is_source = |source: &&crate::lineage::Source| {
                    *source.column == *from.column && source.relation.to_string() == from.node
                };
                let all = expressions.iter().flat_map(|one| one.sources.iter());
                let used = lineage.uses.iter().flat_map(|one| one.sources.iter());
                let shown: Vec<Shown> = all
                    .chain(used)
                    .find(is_source)
                    .map(|source| self.written.way(lineage, expressions, &to.column, source))
                    .unwrap_or_default();
                steps.push(Step {
                    distance: 0,
                    from,
                    to,
                    made: edge.made,
                    compared: edge.compared.clone(),
                    expressions: shown,
                });
            }
        }
        steps
    }

    fn find(&self, relation: Option<&str>, column: &str) -> Option<Point> {
        let is = |point: &Point| {
            let is_relation = match relation {
                Some(relation) => is_called(&point.node, relation),
                None => point.node.starts_with(RESULT),
            };
            is_relation && point.column.eq_ignore_ascii_case(column)
        };
        let steps = self.steps(|from, to| is(from) || is(to));
        let step = steps.into_iter().next()?;
        Some(if is(&step.to) { step.to } else { step.from })
    }

    fn deciding(&self, point: &Point) -> Vec<Deciding> {
        let mut found = Vec::new();
        for (statement, (lineage, _)) in self.explained.script.statements.iter().zip(&self.explained.ways) {
            let uses = lineage.uses.iter().filter(|used| !used.clause.makes_values());
            let of = uses.filter(|used| {
                let is = |source: &crate::lineage::Source| {
                    *source.column == *point.column && source.relation.to_string() == point.node
                };
                used.sources.iter().any(is)
            });
            found.extend(of.map(|used| Deciding {
                node: format!("{RESULT} {}", statement.index + 1),
                clause: used.clause.word(),
                place: self.written.place(used.span),
            }));
        }
        found
    }

    fn unknown(&self) -> Vec<Remark> {
        let statements = self.explained.script.statements.iter().filter(|statement| statement.kind == "unparsed");
        let remark = |statement: &crate::lineage::StatementLineage| Remark {
            node: format!("{RESULT} {}", statement.index + 1),
            what: statement.problems.first().map_or_else(String::new, |problem| problem.message.clone()),
        };
        statements.map(remark).collect()
    }
}

/// Whether a name is this one, or ends with it: `db.t` is called `t`.
fn is_called(name: &str, wanted: &str) -> bool {
    let at = name.len().checked_sub(wanted.len());
    at.is_some_and(|at| {
        name.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(wanted))
            && (at == 0 || name.as_bytes()[at - 1] == b'.')
    })
}

impl Graph for Statements<'_> {
    fn upstream(&mut self, of: &Point) -> Vec<Step> {
        self.steps(|_, to| to == of)
    }

    fn downstream(&mut self, of: &Point) -> Vec<Step> {
        self.steps(|from, _| from == of)
    }
}
