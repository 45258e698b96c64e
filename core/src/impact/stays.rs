//! Where a change stops: a node that reads only what stays as it is stays as it is too, and its SQL is not looked at.

use std::collections::BTreeSet;

use super::Judgement;
use super::node::Assessment;
use crate::dbt::NodeIx;
use crate::outcome::{Certainty, NodeKind, Outcome};
use crate::schema::{RelationIx, RelationName, Schema};

/// Which nodes are known to give what they gave before.
pub(super) struct Stays {
    nodes: Vec<bool>,
    /// What the changes work on, by its own name, in lower case.
    touched: BTreeSet<String>,
}

impl Stays {
    /// Before anything is visited: all but what the changes work on.
    pub(super) fn new(count: usize, schema: &Schema, touched: &BTreeSet<RelationIx>) -> Self {
        let mut nodes = vec![true; count];
        let states = || touched.iter().map(|relation| &schema.relations[*relation]);
        states().flat_map(|state| &state.nodes).for_each(|ix| nodes[*ix] = false);
        let names = states().flat_map(|state| [&state.before, &state.after]).flatten();
        Self { nodes, touched: names.map(|name: &RelationName| name.name().to_lowercase()).collect() }
    }

    /// Whether SQL names something that changes as a relation: models may read what they do not tell dbt of.
    fn is_named_in(&self, sql: &str) -> bool {
        let is_between = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '$'));
        let mut names_relation = false;
        for piece in sql.split_inclusive(is_between) {
            let word = piece.trim_end_matches(is_between);
            if !word.is_empty() {
                if names_relation && self.touched.contains(&word.to_lowercase()) {
                    return true;
                }
                names_relation = word.eq_ignore_ascii_case("from") || word.eq_ignore_ascii_case("join");
            }
            match piece[word.len()..].chars().next() {
                Some('.') => names_relation = true,
                Some('"' | '`' | '[' | ']') | None => {}
                Some(other) => names_relation &= other.is_whitespace(),
            }
        }
        false
    }
}

impl Assessment<'_> {
    /// Whether nothing that the node reads is another than before.
    pub(super) fn reads_what_stays(&self, ix: NodeIx) -> bool {
        let stays = &self.stays.nodes;
        // A unit test gives rows to what its model reads, and says so in no list of what it depends on.
        stays[ix]
            && self.project.nodes[ix].kind != NodeKind::UnitTest
            && !self.drafts.patches.contains_key(&ix)
            && self.project.parents[ix].iter().all(|parent| stays[*parent])
            && !self.project.sql(ix).is_some_and(|sql| self.stays.is_named_in(sql))
    }

    /// Keeps whether a node gives what it gave before, now that it is judged.
    pub(super) fn note_whether_it_stays(&mut self, ix: NodeIx, judgement: &Judgement) {
        let is_safe = judgement.outcome == Outcome::Safe && judgement.certainty == Certainty::Certain;
        let is_same = self.columns(ix).is_none_or(|columns| {
            columns.before == columns.after
                && columns.lost.is_empty()
                && columns.gained.is_empty()
                && columns.taints.is_empty()
                && columns.rows.is_empty()
        });
        self.stays.nodes[ix] &= is_safe && is_same && !judgement.early && judgement.in_place.is_none();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_relation_is_found_where_a_query_reads_it_and_not_where_something_else_is_called_so() {
        let stays = Stays { nodes: Vec::new(), touched: ["orders".to_owned()].into() };
        for sql in ["select 1 from Raw.Orders", "… join orders o", "from \"raw\".\"orders\"", "from a, raw . orders"]
        {
            assert!(stays.is_named_in(sql), "{sql}");
        }
        for sql in ["with orders as (select 1)", "select count(*) as orders from x", "from stg_orders, orders_v2"] {
            assert!(!stays.is_named_in(sql), "{sql}");
        }
    }
}
