//! Where a change stops: a node that reads only what stays as it is stays as it is too, and its SQL is not looked at.

use std::collections::BTreeSet;

use super::Judgement;
use super::node::Assessment;
use crate::dbt::{NodeIx, Sql};
use crate::outcome::{Certainty, NodeKind, Outcome};
use crate::schema::{RelationIx, RelationName, Schema};

/// Which nodes are known to give what they gave before.
pub(super) struct Stays {
    nodes: Vec<bool>,
    /// What the changes work on, by its own name, in lower case.
    touched: BTreeSet<String>,
    /// One of these names is no word, so that it is not found among words.
    has_odd_names: bool,
}

impl Stays {
    /// Before anything is visited: all but what the changes work on.
    pub(super) fn new(count: usize, schema: &Schema, touched: &BTreeSet<RelationIx>) -> Self {
        let mut nodes = vec![true; count];
        let states = || touched.iter().map(|relation| &schema.relations[*relation]);
        states().flat_map(|state| &state.nodes).for_each(|ix| nodes[*ix] = false);
        let names = states().flat_map(|state| [&state.before, &state.after]).flatten();
        let touched: BTreeSet<String> = names.map(|name: &RelationName| name.name().to_lowercase()).collect();
        let has_odd_names = touched.iter().any(|name| !name.chars().all(is_of_word));
        Self { nodes, touched, has_odd_names }
    }

    /// Whether SQL names something that changes: models may read what they do not tell dbt of. A CTE of that name hides it,
    /// where no dot stands before.
    fn is_named_in(&self, sql: &str) -> bool {
        let is_between = |c: char| !is_of_word(c);
        let (mut bare, mut hidden) = (BTreeSet::new(), BTreeSet::new());
        let mut at = 0;
        let mut after_dot = false;
        for piece in sql.split_inclusive(is_between) {
            let word = piece.trim_end_matches(is_between);
            let key = word.to_lowercase();
            if self.touched.contains(&key) {
                if after_dot {
                    return true;
                }
                if defines(&sql[at + word.len()..]) {
                    hidden.insert(key);
                } else {
                    bare.insert(key);
                }
            }
            match piece[word.len()..].chars().next() {
                Some('.') => after_dot = true,
                Some(quote) if word.is_empty() && (quote.is_whitespace() || "\"`[]".contains(quote)) => {}
                _ => after_dot = false,
            }
            at += piece.len();
        }
        !bare.is_subset(&hidden)
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '$')
}

/// Whether this follows the name of a CTE.
fn defines(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['"', '`', ']']).trim_start();
    let rest = rest.get(..2).filter(|word| word.eq_ignore_ascii_case("as")).map(|_| rest[2..].trim_start());
    rest.is_some_and(|rest| {
        rest.starts_with('(') || rest.get(..12).is_some_and(|word| word.eq_ignore_ascii_case("materialized"))
    })
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
            && !self.rests_on_assumptions(ix)
            && self.reads_only_what_it_tells(ix)
    }

    /// Whether its SQL reads nothing else that changes than its parents, which are what it tells dbt of.
    fn reads_only_what_it_tells(&self, ix: NodeIx) -> bool {
        match (self.project.sql(ix), &self.project.nodes[ix].sql) {
            (_, Sql::None) => true,
            (Some(sql), _) => !self.stays.has_odd_names && !self.stays.is_named_in(sql),
            (None, _) => false,
        }
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
        let stays = Stays { nodes: Vec::new(), touched: ["orders".to_owned()].into(), has_odd_names: false };
        for sql in [
            "select 1 from Raw.Orders",
            "from \"raw\" . \"orders\" o",
            "… join only orders o",
            "from a, orders",
            "with orders as (select 1) select * from orders, raw.orders",
        ] {
            assert!(stays.is_named_in(sql), "{sql}");
        }
        for sql in ["with orders as (select 1) select * from orders", "from stg_orders, orders_v2"] {
            assert!(!stays.is_named_in(sql), "{sql}");
        }
    }
}
