//! What an engine refuses for the sake of a view that is there.

use std::collections::BTreeSet;

use super::node::Assessment;
use crate::dbt::NodeIx;
use crate::dialect::Dialect;
use crate::lineage::Lineage;
use crate::migration::Op;
use crate::outcome::NodeKind;
use crate::schema::{ChangeIx, ColumnState};

impl Assessment<'_> {
    /// PostgreSQL and Redshift do not drop or retype what a view reads, unless the statement says CASCADE.
    pub(super) fn held(&self, ix: NodeIx, before: &Lineage) -> Vec<ChangeIx> {
        let node = &self.project.nodes[ix];
        let binds = matches!(self.project.sql_dialect(), Dialect::Postgres | Dialect::Redshift);
        let is_view = matches!(node.materialized.as_str(), "view" | "materialized_view");
        if !binds || !is_view || node.kind != NodeKind::Model {
            return Vec::new();
        }
        let mut held: BTreeSet<ChangeIx> = BTreeSet::new();
        for read in &before.reads {
            let state = self.schema.before(&read.relation).map(|relation| &self.schema.relations[relation]);
            let dropped = state.filter(|state| state.after.is_none()).and_then(|state| state.left_by);
            held.extend(
                dropped.filter(|change| matches!(self.changes[*change].op, Op::DropRelation { cascade: false, .. })),
            );
        }
        let mut hold = |column: &ColumnState| {
            let dropped = column
                .left_by
                .filter(|change| matches!(self.changes[*change].op, Op::DropColumn { cascade: false, .. }));
            held.extend(dropped.into_iter().chain(column.retyped.iter().map(|retype| retype.change)));
        };
        // A star names every column, also those that nothing is made of.
        for relation in before.starred.iter().filter_map(|name| self.schema.before(name)) {
            self.schema.relations[relation].columns.iter().for_each(&mut hold);
        }
        let used = before.uses.iter().flat_map(|one| one.sources.iter());
        for source in used.chain(before.outputs.iter().flat_map(|output| output.sources.iter())) {
            let Some(relation) = self.schema.before(&source.relation) else { continue };
            let state = &self.schema.relations[relation];
            let Some(column) = state.position_before(&source.column).map(|at| &state.columns[at]) else { continue };
            hold(column);
        }
        held.into_iter().collect()
    }
}
