//! Columns that dbt's settings and fixtures name, beside the SQL: keys of snapshots, rows of unit tests, the time by which a
//! source's freshness is measured, and what an incremental model does in place.

use std::collections::BTreeMap;

use super::cause::Cause;
use super::columns::Columns;
use super::node::Assessment;
use super::reason::Reason;
use super::taint::{Taint, TaintKind};
use crate::dbt::{GivenRows, NodeIx};
use crate::dialect::Dialect;
use crate::lineage::{Kind, Lineage};
use crate::outcome::{Certainty, NodeKind, Outcome};

/// A source whose freshness can no longer be measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmeasured {
    pub source: NodeIx,
    pub column: String,
    pub change: usize,
}

impl Assessment<'_> {
    /// What dbt would name in the queries that it makes of a snapshot, and no longer finds.
    pub(super) fn lost_keys(&self, ix: NodeIx, lost: &BTreeMap<String, Cause>) -> Vec<Reason> {
        if self.project.nodes[ix].kind != NodeKind::Snapshot {
            return Vec::new();
        }
        self.lost_settings(ix, lost).map(|(cause, message)| reason(ix, Outcome::Fails, cause, message)).collect()
    }

    /// A snapshot keeps the columns that it had. One that compares all of them takes a new column for a change of every
    /// row, whose new version has nothing in the columns that are gone.
    pub(super) fn kept_columns(&self, ix: NodeIx, columns: &mut Columns) -> Option<Reason> {
        let compares_all = self
            .project
            .named_columns(ix)
            .iter()
            .any(|(setting, name)| *setting == "check_cols" && name.eq_ignore_ascii_case("all"));
        if self.project.nodes[ix].kind != NodeKind::Snapshot {
            return None;
        }
        let lost = std::mem::take(&mut columns.lost);
        for (key, cause) in &lost {
            let at = columns.before.columns.iter().position(|(_, own)| **own == **key)?;
            columns.after.columns.push(columns.before.columns[at].clone());
            columns.after.kinds.push(columns.before.kinds.get(at).copied().unwrap_or_default());
            if compares_all && !columns.gained.is_empty() {
                let taint = Taint { cause: cause.clone(), kind: TaintKind::Values(Vec::new()), what: key.clone() };
                columns.taints.entry(key.clone()).or_default().push(taint);
            }
        }
        let (name, cause) = columns.gained.iter().next().filter(|_| compares_all)?;
        let cause = cause.onward(ix);
        columns.rows.push(Taint { cause: cause.clone(), kind: TaintKind::RowsRewritten, what: name.clone() });
        Some(reason(ix, Outcome::Wrong, &cause, format!("takes the new column {name} for a change of every row")))
    }

    /// What readers see of rows that a name with another meaning makes.
    pub(super) fn rewritten(&self, ix: NodeIx, reason: &Reason) -> Option<Taint> {
        let kind = match reason.outcome {
            Outcome::Wrong => TaintKind::RowsRewritten,
            Outcome::Unknown => TaintKind::RowsRebuilt,
            _ => return None,
        };
        let cause = Cause { change: reason.change?, path: reason.path.clone(), certainty: reason.certainty };
        Some(Taint { cause, kind, what: self.project.nodes[ix].label.clone() })
    }

    fn lost_settings<'l>(
        &'l self,
        ix: NodeIx,
        lost: &'l BTreeMap<String, Cause>,
    ) -> impl Iterator<Item = (&'l Cause, String)> {
        self.project.named_columns(ix).iter().filter_map(move |(setting, column)| {
            let cause = lost.get(column)?;
            Some((cause, format!("names {column} in {setting}, which {}", self.changes[cause.change].deed())))
        })
    }

    /// What an incremental model comes to when it runs in place, where that is another thing than with a full refresh.
    pub(super) fn in_place(
        &self,
        ix: NodeIx,
        (before, after): (&Lineage, &Lineage),
        lost: &BTreeMap<String, Cause>,
        gained: &BTreeMap<String, Cause>,
    ) -> Option<Reason> {
        let node = &self.project.nodes[ix];
        if node.materialized != "incremental" || before.open || after.open {
            return None;
        }
        let told = |outcome, cause: &Cause, message| Some(reason(ix, outcome, cause, message));
        let mode = self.project.on_schema_change(ix);
        if let Some((cause, message)) = self.lost_settings(ix, lost).next() {
            // The column stays in the table: its name then means that one, and every row counts as found.
            let outcome = if mode == "append_new_columns" { Outcome::Wrong } else { Outcome::Fails };
            return told(outcome, cause, message);
        }
        let first = |columns: &BTreeMap<String, Cause>| {
            columns.iter().next().map(|(name, cause)| (name.clone(), cause.clone()))
        };
        if let Some((name, cause)) = first(lost) {
            return match mode {
                "append_new_columns" => {
                    told(Outcome::Wrong, &cause, format!("leaves {name} empty in new rows (append_new_columns)"))
                }
                "sync_all_columns" => {
                    told(Outcome::Changes, &cause, format!("drops the column {name} (sync_all_columns)"))
                }
                "fail" => told(Outcome::Fails, &cause, format!("loses the column {name} (on_schema_change: fail)")),
                _ => told(Outcome::Fails, &cause, format!("inserts {name}, which its query no longer gives")),
            };
        }
        if let Some((name, cause)) = first(gained) {
            return match mode {
                "append_new_columns" | "sync_all_columns" => None,
                "fail" => told(Outcome::Fails, &cause, format!("gains the column {name} (on_schema_change: fail)")),
                _ => told(Outcome::Changes, &cause, format!("leaves the new column {name} out until a full refresh")),
            };
        }
        // PostgreSQL inserts no value of another kind; what dbt does about it hangs on the mode.
        let is_another = |was: Kind, is: Kind| was > Kind::Untyped && is > Kind::Untyped && !was.holds(is);
        let (name, cause) = after.outputs.iter().find_map(|output| {
            let old = before.outputs.iter().find(|old| old.key == output.key)?;
            let cause = self.of_type(output).filter(|_| is_another(old.kind, output.kind))?;
            Some((output.name.clone(), cause))
        })?;
        if mode == "sync_all_columns" {
            return told(Outcome::Changes, &cause, format!("retypes {name} (sync_all_columns)"));
        }
        let refuses = self.project.sql_dialect() == Dialect::Postgres || mode == "fail";
        let outcome = if refuses { Outcome::Fails } else { Outcome::Unknown };
        told(outcome, &cause, format!("inserts values of another kind into {name}"))
    }

    /// Rows that a unit test gives or expects for columns that are gone: dbt refuses such a fixture.
    pub(super) fn lost_rows(&self, ix: NodeIx) -> Vec<Reason> {
        if self.project.nodes[ix].kind != NodeKind::UnitTest {
            return Vec::new();
        }
        let tested = &self.project.parents[ix];
        let inputs: Vec<NodeIx> =
            tested.iter().flat_map(|model| self.project.parents[*model].iter().chain([model])).copied().collect();
        let mut reasons = Vec::new();
        for rows in self.project.given_rows(ix) {
            let fits = |input: &&NodeIx| self.is_input(**input, rows);
            let of = if rows.input.is_some() { inputs.iter().find(fits) } else { tested.first() };
            let Some((of, name)) = of.and_then(|of| Some((*of, self.project.nodes[*of].relation.as_ref()?))) else {
                continue;
            };
            for column in &rows.columns {
                if let Some(cause) = self.effects(name, column).lost {
                    let verb = if rows.input.is_some() { "gives" } else { "expects" };
                    let deed = self.changes[cause.change].deed();
                    let message =
                        format!("{verb} rows of {} with {column}, which {deed}", self.project.nodes[of].label);
                    reasons.push(reason(ix, Outcome::Fails, &cause, message));
                }
            }
        }
        reasons
    }

    fn is_input(&self, ix: NodeIx, rows: &GivenRows) -> bool {
        let node = &self.project.nodes[ix];
        match rows.input.as_deref() {
            Some([source, table]) if node.kind == NodeKind::Source => {
                *source == node.source_name && *table == node.name
            }
            Some([.., name]) => node.kind != NodeKind::Source && *name == node.name,
            _ => false,
        }
    }

    /// The sources whose freshness is measured by a column that is gone.
    pub(super) fn unmeasured(&self, sources: impl Iterator<Item = NodeIx>) -> Vec<Unmeasured> {
        let mut found = Vec::new();
        for source in sources {
            let node = &self.project.nodes[source];
            let (Some(name), Some(measured)) = (&node.relation, self.project.loaded_at(source)) else { continue };
            let mut words = measured.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
            let lost = words.find_map(|word| {
                let key = self.project.sql_dialect().fold(word, false);
                Some((word.to_owned(), self.effects(name, &key).lost?.change))
            });
            found.extend(lost.map(|(column, change)| Unmeasured { source, column, change }));
        }
        found
    }
}

fn reason(ix: NodeIx, outcome: Outcome, cause: &Cause, message: String) -> Reason {
    let cause = cause.onward(ix).at_most(Certainty::Certain);
    Reason { outcome, certainty: cause.certainty, change: Some(cause.change), path: cause.path, span: None, message }
}
