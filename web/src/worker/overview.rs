//! What is always in sight: verdict, coverage, counts, owners, changes.

use std::collections::BTreeMap;

use foreshock_core::Session;
use foreshock_core::documents::DOCUMENTS;
use foreshock_core::outcome::{NodeKind, Outcome};
use foreshock_core::review::{Owner, Review};

use crate::protocol::{DocumentCard, MissingNote, Overview, OwnerTally, Standing, Summary, Tally};

pub(super) fn of(session: &Session) -> Overview {
    let standing = match session.review() {
        Ok(review) => Standing::Reviewed(Box::new(summary(review))),
        Err(missing) => Standing::Missing(MissingNote {
            needs: missing.needs.iter().map(|need| (*need).to_owned()).collect(),
            message: missing.message.clone(),
        }),
    };
    Overview { inputs: session.inputs().to_vec(), diagnostics: session.diagnostics().to_vec(), standing }
}

fn summary(review: &Review) -> Summary {
    Summary {
        verdict: review.verdict,
        reasons: review.reasons.clone(),
        project: review.project.clone(),
        coverage: review.coverage.clone(),
        changes: review.changes.clone(),
        tallies: tallies(review),
        owners: owners(review),
        nodes: review.nodes.len(),
        documents: DOCUMENTS
            .iter()
            .map(|face| DocumentCard { file_name: face.file_name.to_owned(), title: face.title.to_owned() })
            .collect(),
    }
}

fn tallies(review: &Review) -> Vec<Tally> {
    let mut counts: BTreeMap<Outcome, BTreeMap<NodeKind, usize>> = BTreeMap::new();
    for node in &review.nodes {
        *counts.entry(node.outcome).or_default().entry(node.kind).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(outcome, kinds)| Tally { outcome, nodes: kinds.values().sum(), kinds: kinds.into_iter().collect() })
        .collect()
}

fn owners(review: &Review) -> Vec<OwnerTally> {
    let mut counts: BTreeMap<&Owner, usize> = BTreeMap::new();
    for owner in review.nodes.iter().filter_map(|node| node.owner.as_ref()) {
        *counts.entry(owner).or_default() += 1;
    }
    let mut owners: Vec<_> =
        counts.into_iter().map(|(owner, nodes)| OwnerTally { owner: owner.clone(), nodes }).collect();
    owners.sort_by_key(|tally| std::cmp::Reverse(tally.nodes));
    owners
}
