//! The nodes of a review as a list: the order of findings, filtering, sorting, one page at a time.

use std::cmp::Ordering;
use std::collections::HashMap;

use foreshock_core::review::{NodeImpact, Review};

use crate::protocol::{Filter, FindingQuery, Row, RowPage, RowQuery, SortBy};

/// Made once for a review. Indices are places in `Review::nodes`.
#[derive(Default)]
pub(super) struct Findings {
    /// Heaviest first, then models before tests before dashboards, upstream before downstream.
    order: Vec<usize>,
    /// The place of each node in `order`.
    rank: Vec<usize>,
    by_id: HashMap<String, usize>,
    /// What a text filter looks in, in lower case.
    haystacks: Vec<String>,
    /// The last expression that was typed, and for each node whether it is meant; none where the text is mere words.
    selected: (String, Option<Vec<bool>>),
}

impl Findings {
    pub(super) fn of(review: &Review) -> Self {
        let mut order: Vec<usize> = (0..review.nodes.len()).collect();
        order.sort_by(|a, b| weight(&review.nodes[*a]).cmp(&weight(&review.nodes[*b])));
        let mut rank = vec![0; order.len()];
        for (at, node) in order.iter().enumerate() {
            rank[*node] = at;
        }
        Self {
            order,
            rank,
            by_id: review.nodes.iter().enumerate().map(|(at, node)| (node.unique_id.clone(), at)).collect(),
            haystacks: review.nodes.iter().map(haystack).collect(),
            selected: (String::new(), None),
        }
    }

    /// Takes over what a filter's text means, worked out once for each text.
    pub(super) fn select(&mut self, text: &str, selected: impl FnOnce() -> Option<Vec<bool>>) {
        if self.selected.0 != text {
            self.selected = (text.to_owned(), selected());
        }
    }

    pub(super) fn index_of(&self, unique_id: &str) -> Option<usize> {
        self.by_id.get(unique_id).copied()
    }

    /// The place in the order of findings.
    pub(super) fn rank(&self, node: usize) -> usize {
        self.rank.get(node).copied().unwrap_or(usize::MAX)
    }

    /// The place among all findings, from 1.
    pub(super) fn position(&self, review: &Review, unique_id: &str) -> Option<usize> {
        let node = self.index_of(unique_id).filter(|node| *node < review.nodes.len())?;
        Some(self.rank(node) + 1)
    }

    /// For each node, whether the filter lets it through.
    pub(super) fn through(&self, review: &Review, filter: &Filter) -> Vec<bool> {
        let text = filter.text.to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        let selected = self.selected.1.as_ref().filter(|_| self.selected.0 == filter.text);
        let is_meant = |at: usize| match selected {
            Some(selected) => selected.get(at).copied().unwrap_or(false),
            None => words.iter().all(|word| self.haystacks[at].contains(word)),
        };
        let passes = |at: usize, node: &NodeImpact| {
            (filter.outcomes.is_empty() || filter.outcomes.contains(&node.outcome))
                && filter
                    .change
                    .as_ref()
                    .is_none_or(|change| node.because.iter().any(|because| because.change.as_ref() == Some(change)))
                && is_meant(at)
        };
        review.nodes.iter().enumerate().map(|(at, node)| passes(at, node)).collect()
    }

    fn filtered(&self, review: &Review, filter: &Filter) -> Vec<usize> {
        let through = self.through(review, filter);
        self.order.iter().copied().filter(|node| through[*node]).collect()
    }

    pub(super) fn page(&self, review: &Review, query: &RowQuery) -> RowPage {
        let mut found = self.filtered(review, &query.filter);
        if query.sort != SortBy::Outcome {
            // A stable sort keeps the order of findings among equals.
            found.sort_by(|a, b| compare(query.sort, &review.nodes[*a], &review.nodes[*b]));
        }
        if query.descending {
            found.reverse();
        }
        let rows = found.iter().skip(query.offset).take(query.limit).map(|node| row(&review.nodes[*node])).collect();
        RowPage { total: found.len(), offset: query.offset, rows }
    }

    pub(super) fn step(&self, review: &Review, query: &FindingQuery) -> Option<String> {
        let found = self.filtered(review, &query.filter);
        let here = query.from.as_deref().and_then(|id| self.index_of(id)).map(|node| self.rank(node));
        let next = match (here, query.forward) {
            (None, true) => found.first(),
            (None, false) => found.last(),
            (Some(here), true) => found.iter().find(|node| self.rank(**node) > here).or(found.first()),
            (Some(here), false) => found.iter().rev().find(|node| self.rank(**node) < here).or(found.last()),
        };
        next.map(|node| review.nodes[*node].unique_id.clone())
    }
}

fn weight(node: &NodeImpact) -> impl Ord {
    let distance = node.because.first().map_or(usize::MAX, |because| because.path.len());
    (node.outcome, node.kind, distance, node.label.clone(), node.unique_id.clone())
}

fn haystack(node: &NodeImpact) -> String {
    let owner = node.owner.as_ref().map_or("", |owner| owner.name.as_str());
    [&node.label, &node.unique_id, node.kind.face().one, node.outcome.word(), owner, &node.path, node.headline()]
        .join("\n")
        .to_lowercase()
}

fn compare(by: SortBy, a: &NodeImpact, b: &NodeImpact) -> Ordering {
    let folded = |text: &str| text.to_lowercase();
    // Nodes without an owner come last: their owner is not the empty name.
    let owner =
        |node: &NodeImpact| node.owner.as_ref().map_or((true, String::new()), |owner| (false, folded(&owner.name)));
    match by {
        SortBy::Outcome => a.outcome.cmp(&b.outcome),
        SortBy::Name => folded(&a.label).cmp(&folded(&b.label)),
        SortBy::Kind => a.kind.cmp(&b.kind),
        SortBy::Owner => owner(a).cmp(&owner(b)),
        SortBy::Reason => a.headline().cmp(b.headline()),
        SortBy::Path => a.path.cmp(&b.path),
    }
}

fn row(node: &NodeImpact) -> Row {
    Row {
        unique_id: node.unique_id.clone(),
        label: node.label.clone(),
        kind: node.kind,
        outcome: node.outcome,
        certainty: node.certainty,
        owner: node.owner.as_ref().map(|owner| owner.name.clone()),
        reason: node.headline().to_owned(),
        path: node.path.clone(),
    }
}
