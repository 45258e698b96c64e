//! Methods of our own, about what a review says: `outcome:` and `op:`.

use std::collections::BTreeSet;

use super::super::glob::Glob;
use super::super::problem::Complaint;
use super::facts::one_of;
use super::{Asked, Find};
use crate::outcome::OUTCOMES;
use crate::review::{NodeImpact, Review};

pub(super) fn outcome(asked: &Asked) -> Result<Find, Complaint> {
    let pattern = Glob::new(&asked.value);
    let words = OUTCOMES.each_ref().map(|face| face.word);
    if !words.iter().any(|word| pattern.is_match(word)) {
        return Err(one_of("outcome", &asked.value, &words));
    }
    Ok(Find::in_review(move |review| {
        review.nodes.iter().filter(|node| pattern.is_match(node.outcome.word())).collect()
    }))
}

pub(super) fn op(asked: &Asked) -> Find {
    let pattern = Glob::new(&asked.value);
    Find::in_review(move |review| reached_by(review, &pattern))
}

fn reached_by<'r>(review: &'r Review, op: &Glob) -> Vec<&'r NodeImpact> {
    let changes: BTreeSet<&str> =
        review.changes.iter().filter(|change| op.is_match(&change.op)).map(|change| change.id.as_str()).collect();
    let is_reached = |node: &&NodeImpact| {
        node.because.iter().filter_map(|because| because.change.as_deref()).any(|change| changes.contains(change))
    };
    review.nodes.iter().filter(is_reached).collect()
}
