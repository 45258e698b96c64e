//! A review for outsiders: the same verdict, without the SQL, the names, or the people.
//!
//! Each name becomes another one, the same wherever it occurs, so that paths and counts still fit together. A sentence that
//! may hold a name gives way to one that cannot: nothing is searched for and replaced, so nothing can be overlooked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::checks::check_named;
use crate::outcome::{NODE_KINDS, NodeKind, OUTCOMES, Outcome};
use crate::review::{Change, NodeImpact, Review};

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
        hide_sentences(review);
    }
    if names {
        hide_names(review);
    }
    if redaction != Redaction::default() {
        // People write what they like.
        review.decisions.iter_mut().for_each(|decision| HIDDEN.clone_into(&mut decision.note));
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
        if !change.values.is_empty() {
            change.summary = bare(change);
        }
        for value in &mut change.values {
            HIDDEN.clone_into(&mut value.from);
            HIDDEN.clone_into(&mut value.to);
        }
    }
    for finding in &mut review.findings {
        finding.fix = None;
        finding.diff = None;
    }
    review.costs.iter_mut().for_each(|cost| HIDDEN.clone_into(&mut cost.what));
    // Drafts are SQL through and through.
    review.remedies.clear();
}

/// What is said of an operation where only its object may be named.
fn bare(change: &Change) -> String {
    let names = [Some(change.relation.as_str()), change.column.as_deref()];
    names.into_iter().flatten().collect::<Vec<_>>().join(".")
}

/// Sentences quote names, values and pieces of statements.
fn hide_sentences(review: &mut Review) {
    for input in &mut review.inputs {
        if let Some(read_as) = &mut input.dialect {
            HIDDEN.clone_into(&mut read_as.reason);
        }
    }
    for change in &mut review.changes {
        change.rollback.loses = change.rollback.loses.as_ref().map(|_| HIDDEN.to_owned());
        change.matched.iter_mut().for_each(|matched| HIDDEN.clone_into(&mut matched.how));
    }
    for because in review.nodes.iter_mut().flat_map(|node| &mut node.because) {
        because.outcome.face().means.clone_into(&mut because.message);
    }
    for finding in &mut review.findings {
        let summary = check_named(&finding.check).map_or(HIDDEN, |check| check.summary);
        summary.clone_into(&mut finding.message);
        finding.help.clear();
    }
    for step in review.windows.iter_mut().flat_map(|plan| &mut plan.steps) {
        step.seen.iter_mut().chain(&mut step.in_place).for_each(|seen| seen.because.clear());
    }
    for result in review.runs.iter_mut().flat_map(|run| &mut run.results) {
        result.message.clear();
    }
    for diagnostic in &mut review.diagnostics {
        HIDDEN.clone_into(&mut diagnostic.message);
        diagnostic.help = None;
    }
    review.reasons = OUTCOMES.iter().filter_map(|face| counted(&review.nodes, face.outcome)).collect();
    review.coverage.reasons.iter_mut().for_each(|reason| HIDDEN.clone_into(reason));
    review.transitions.clear();
    review.selection = None;
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
        change.summary = bare(change);
        change.file = names.file(&change.file);
        change.candidates.clear();
        if let Some(place) = &mut change.rollback.place {
            place.file = names.file(&place.file);
        }
        for matched in &mut change.matched {
            matched.unique_id = names.id(&matched.unique_id);
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
    }
    for cost in &mut review.costs {
        cost.file = names.file(&cost.file);
        cost.relation = names.id(&cost.relation);
        cost.what.clear();
    }
    for step in review.windows.iter_mut().flat_map(|plan| &mut plan.steps) {
        step.refused_by.iter_mut().for_each(|id| *id = names.id(id));
        for seen in step.seen.iter_mut().chain(&mut step.in_place) {
            seen.unique_id = names.id(&seen.unique_id);
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
    }
    for difference in review.deployed.iter_mut().flat_map(|deployed| &mut deployed.differences) {
        difference.unique_id = names.id(&difference.unique_id);
    }
    for diagnostic in &mut review.diagnostics {
        diagnostic.file = names.file(&diagnostic.file);
        if let Some(place) = &mut diagnostic.place {
            place.file = names.file(&place.file);
        }
    }
}

/// `3 nodes: fails`
fn counted(nodes: &[NodeImpact], outcome: Outcome) -> Option<String> {
    let count = nodes.iter().filter(|node| node.outcome == outcome).count();
    (count > 0).then(|| format!("{}: {}", NodeKind::Other.count(count), outcome.word()))
}

const ENDINGS: [&str; 9] = ["sql", "json", "yml", "yaml", "xml", "py", "csv", "toml", "md"];

/// What each word of a name is called instead.
#[derive(Default)]
struct Names {
    words: BTreeMap<String, String>,
    files: BTreeMap<String, String>,
}

impl Names {
    fn word(&mut self, word: &str) -> String {
        if word.is_empty() {
            return String::new();
        }
        let next = self.words.len() + 1;
        self.words.entry(word.to_lowercase()).or_insert_with(|| format!("n{next}")).clone()
    }

    /// Of a node's id the kind stays, which it begins with.
    fn id(&mut self, id: &str) -> String {
        let is_kind = |at: usize, word: &str| at == 0 && NODE_KINDS.iter().any(|face| face.word == word);
        let words = id.split('.').enumerate();
        words
            .map(|(at, word)| if is_kind(at, word) { word.to_owned() } else { self.word(word) })
            .collect::<Vec<_>>()
            .join(".")
    }

    fn file(&mut self, file: &str) -> String {
        let next = self.files.len() + 1;
        // Only an ending that says what kind of file it is.
        let ending = file.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ENDINGS.contains(ending));
        let ending = ending.map_or_else(String::new, |ending| format!(".{ending}"));
        self.files.entry(file.to_owned()).or_insert_with(|| format!("file{next}{ending}")).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_choose_what_is_hidden() {
        assert_eq!(Redaction::from_words("sql, owners"), Some(Redaction { sql: true, names: false, owners: true }));
        assert_eq!(Redaction::from_words("everything"), None);
        assert_eq!(Redaction::from_words(""), Some(Redaction::default()));
    }

    #[test]
    fn a_name_is_another_one_and_the_same_wherever_it_stands() {
        let mut names = Names::default();
        let id = names.id("model.shop.orders");
        assert!(id.starts_with("model.") && !id.contains("shop") && !id.contains("orders"), "{id}");
        assert_eq!(names.id("model.shop.orders"), id);
        assert_eq!(names.file("releases.v2/secret"), "file1");
        assert_eq!(names.file("secret/V1__a.sql"), "file2.sql");
    }
}
