//! A review for outsiders: the same verdict, without the SQL, the names, or the people.
//!
//! Each name becomes another one, the same wherever it occurs, so that paths and counts still fit together. A sentence that
//! may hold a name gives way to one that cannot: nothing is searched for and replaced, so nothing can be overlooked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::checks::check_named;
use crate::outcome::{NodeKind, OUTCOMES, Outcome};
use crate::review::{NodeImpact, Review};

/// What an outsider does not get to see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redaction {
    /// Statements, and values that they compare with.
    pub sql: bool,
    /// Relations, columns, nodes, files and the project.
    pub names: bool,
    /// Owners, and who decided.
    pub owners: bool,
}

impl Redaction {
    pub const ALL: [(&'static str, Self); 3] = [
        ("sql", Self { sql: true, names: false, owners: false }),
        ("names", Self { sql: false, names: true, owners: false }),
        ("owners", Self { sql: false, names: false, owners: true }),
    ];

    pub fn is_none(self) -> bool {
        self == Self::default()
    }

    /// From words with commas between: `sql,names`. None where one of them is unknown.
    pub fn from_words(words: &str) -> Option<Self> {
        words.split(',').map(str::trim).filter(|word| !word.is_empty()).try_fold(Self::default(), |all, word| {
            let (_, one) = Self::ALL.iter().find(|(name, _)| *name == word)?;
            Some(Self { sql: all.sql || one.sql, names: all.names || one.names, owners: all.owners || one.owners })
        })
    }
}

const HIDDEN: &str = "(redacted)";

/// Rewrites the review. Names are hidden with the SQL that holds them.
pub fn redact(review: &mut Review, redaction: Redaction) {
    let Redaction { sql, names, owners } = redaction;
    if owners {
        hide_owners(review);
    }
    if sql || names {
        hide_sql(review);
    }
    if names {
        hide_names(review);
    }
}

fn hide_owners(review: &mut Review) {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let mut stand_in = |name: &str| {
        let next = known.len() + 1;
        known.entry(name.to_owned()).or_insert_with(|| format!("Owner {next}")).clone()
    };
    for owner in review.nodes.iter_mut().filter_map(|node| node.owner.as_mut()) {
        owner.name = stand_in(&owner.name);
        owner.email = None;
    }
    for decision in &mut review.decisions {
        decision.owner = stand_in(&decision.owner);
    }
}

fn hide_sql(review: &mut Review) {
    for change in &mut review.changes {
        HIDDEN.clone_into(&mut change.sql);
        for value in &mut change.values {
            HIDDEN.clone_into(&mut value.from);
            HIDDEN.clone_into(&mut value.to);
        }
    }
    for finding in &mut review.findings {
        finding.fix = None;
    }
    for result in review.runs.iter_mut().flat_map(|run| &mut run.results) {
        result.message.clear();
    }
    // Drafts are SQL through and through.
    review.remedies.clear();
}

fn hide_names(review: &mut Review) {
    let mut names = Names::default();
    HIDDEN.clone_into(&mut review.project.name);
    for input in &mut review.inputs {
        input.name = names.file(&input.name);
    }
    for change in &mut review.changes {
        change.relation = names.id(&change.relation);
        change.column = change.column.as_deref().map(|column| names.word(column));
        change.to = change.to.as_ref().map(|_| HIDDEN.to_owned());
        change.summary = [Some(change.relation.as_str()), change.column.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(".");
        change.file = names.file(&change.file);
        change.candidates.clear();
        change.rollback.loses = change.rollback.loses.as_ref().map(|_| HIDDEN.to_owned());
        if let Some(place) = &mut change.rollback.place {
            place.file = names.file(&place.file);
        }
        for matched in &mut change.matched {
            matched.unique_id = names.id(&matched.unique_id);
            HIDDEN.clone_into(&mut matched.how);
        }
    }
    for node in &mut review.nodes {
        node.unique_id = names.id(&node.unique_id);
        node.name = names.word(&node.name);
        node.label.clone_from(&node.name);
        node.path = names.file(&node.path);
        node.url = None;
        for because in &mut node.because {
            because.path.iter_mut().for_each(|id| *id = names.id(id));
            because.outcome.face().means.clone_into(&mut because.message);
            if let Some(place) = &mut because.span {
                place.file = names.file(&place.file);
            }
        }
    }
    for edge in &mut review.edges {
        edge.from = names.id(&edge.from);
        edge.to = names.id(&edge.to);
    }
    for finding in &mut review.findings {
        finding.file = names.file(&finding.file);
        let summary = check_named(&finding.check).map_or(HIDDEN, |check| check.summary);
        summary.clone_into(&mut finding.message);
        finding.help.clear();
    }
    for step in review.windows.iter_mut().flat_map(|plan| &mut plan.steps) {
        step.refused_by.iter_mut().for_each(|id| *id = names.id(id));
        for seen in step.seen.iter_mut().chain(&mut step.in_place) {
            seen.unique_id = names.id(&seen.unique_id);
            seen.because.clear();
        }
    }
    for run in &mut review.runs {
        run.file = names.file(&run.file);
        for result in &mut run.results {
            result.unique_id = names.id(&result.unique_id);
        }
    }
    for decision in &mut review.decisions {
        decision.unique_id = names.id(&decision.unique_id);
        HIDDEN.clone_into(&mut decision.note);
    }
    for difference in review.deployed.iter_mut().flat_map(|deployed| &mut deployed.differences) {
        difference.unique_id = names.id(&difference.unique_id);
    }
    review.reasons = OUTCOMES.iter().filter_map(|face| counted(&review.nodes, face.outcome)).collect();
    review.coverage.reasons.iter_mut().for_each(|reason| HIDDEN.clone_into(reason));
    for diagnostic in &mut review.diagnostics {
        diagnostic.file = names.file(&diagnostic.file);
        HIDDEN.clone_into(&mut diagnostic.message);
        diagnostic.help = None;
        if let Some(place) = &mut diagnostic.place {
            place.file = names.file(&place.file);
        }
    }
    review.transitions.clear();
    review.selection = None;
}

/// `3 nodes: fails`
fn counted(nodes: &[NodeImpact], outcome: Outcome) -> Option<String> {
    let count = nodes.iter().filter(|node| node.outcome == outcome).count();
    (count > 0).then(|| format!("{}: {}", NodeKind::Other.count(count), outcome.word()))
}

/// What each word of a name is called instead.
#[derive(Default)]
struct Names {
    words: BTreeMap<String, String>,
    files: BTreeMap<String, String>,
}

/// Words of names that say nothing about whose they are.
const PLAIN: [&str; 12] = [
    "model",
    "source",
    "seed",
    "test",
    "snapshot",
    "exposure",
    "metric",
    "unit_test",
    "saved_query",
    "semantic_model",
    "function",
    "analysis",
];

impl Names {
    fn word(&mut self, word: &str) -> String {
        let key = word.to_lowercase();
        if key.is_empty() || PLAIN.contains(&key.as_str()) {
            return word.to_owned();
        }
        let next = self.words.len() + 1;
        self.words.entry(key).or_insert_with(|| format!("n{next}")).clone()
    }

    fn id(&mut self, id: &str) -> String {
        id.split('.').map(|word| self.word(word)).collect::<Vec<_>>().join(".")
    }

    fn file(&mut self, file: &str) -> String {
        let next = self.files.len() + 1;
        let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
        self.files.entry(file.to_owned()).or_insert_with(|| format!("file{next}.{ending}")).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_choose_what_is_hidden() {
        assert_eq!(Redaction::from_words("sql, owners"), Some(Redaction { sql: true, names: false, owners: true }));
        assert_eq!(Redaction::from_words("everything"), None);
        assert!(Redaction::from_words("").is_some_and(Redaction::is_none));
    }

    #[test]
    fn a_name_is_another_one_and_the_same_wherever_it_stands() {
        let mut names = Names::default();
        let id = names.id("model.shop.orders");
        assert!(id.starts_with("model.") && !id.contains("shop") && !id.contains("orders"), "{id}");
        assert_eq!(names.id("model.shop.orders"), id);
    }
}
