//! What is typed into the filter: words, or an expression in dbt's grammar such as `tag:finance+ --exclude owner:ada`.

use foreshock_core::Session;
use foreshock_core::select::{METHODS, Selector};

/// For each node of the review, whether the expression means it; none where the text is no expression. One that cannot be
/// read means nothing.
pub(super) fn selected(session: &Session, text: &str) -> Option<Vec<bool>> {
    let (select, exclude) = text.split_once("--exclude").unwrap_or((text, ""));
    if !parts(select).chain(parts(exclude)).any(is_of_the_grammar) {
        return None;
    }
    let (review, project) = (session.review().ok()?, session.project()?);
    let given = |part: &str| Some(part.trim().to_owned()).filter(|part| !part.is_empty());
    let [select, exclude] = [select, exclude].map(|part| given(part).into_iter().collect::<Vec<_>>());
    let selection = Selector::parse(&select, &exclude).and_then(|selector| selector.apply(project, Some(review))).ok();
    let is_in = |unique_id: &str| {
        let node = project.find(unique_id);
        selection.as_ref().is_some_and(|selection| node.is_some_and(|node| selection.contains(node)))
    };
    Some(review.nodes.iter().map(|node| is_in(&node.unique_id)).collect())
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',']).filter(|part| !part.is_empty())
}

/// A sign of the graph, or the name of a method before a colon.
fn is_of_the_grammar(part: &str) -> bool {
    let question = part.trim_start_matches(|c: char| matches!(c, '@' | '+') || c.is_ascii_digit());
    let method = question.split_once(':').and_then(|(method, _)| method.split('.').next());
    part.starts_with(['+', '@']) || part.ends_with('+') || METHODS.iter().any(|known| Some(known.name) == method)
}
