//! What a selector that is being typed may become.

use std::collections::BTreeSet;

use super::METHODS;
use super::methods::Method;
use crate::dbt::{Node, Project};
use crate::outcome::{NODE_KINDS, NodeKind, OUTCOMES};

/// As many as a person looks through.
const MOST: usize = 12;

/// The whole text with its last word completed, in the order of the alphabet; methods come before names.
pub fn completions(project: &Project, typed: &str) -> Vec<String> {
    let start = typed.rfind([' ', ',']).map_or(0, |at| at + 1);
    let (head, word) = typed.split_at(start);
    let question = word.trim_start_matches(|c: char| matches!(c, '@' | '+') || c.is_ascii_digit());
    let signs = &word[..word.len() - question.len()];
    if question.is_empty() {
        return Vec::new();
    }
    let found = match question.split_once(':') {
        Some((method, value)) => {
            let values = of_method(project, method, &value.to_lowercase());
            values.into_iter().take(MOST).map(|value| format!("{method}:{value}")).collect()
        }
        None => {
            let begun = question.to_lowercase();
            let methods = METHODS.iter().filter(|method| method.is_answered() && method.name.starts_with(&begun));
            let mut found: Vec<String> = methods.map(|method: &Method| format!("{}:", method.name)).collect();
            found.extend(beginning(project.nodes.iter().map(|node| node.name.as_str()), &begun));
            found.truncate(MOST);
            found
        }
    };
    let whole = found.into_iter().filter(|found| found != question).map(|found| format!("{head}{signs}{found}"));
    // Blanks part words, and no name with one can be asked for.
    whole.filter(|whole| !whole[head.len()..].contains([' ', ','])).collect()
}

fn beginning<'p>(values: impl Iterator<Item = &'p str>, begun: &str) -> BTreeSet<String> {
    let is_it = |value: &&str| value.get(..begun.len()).is_some_and(|start| start.eq_ignore_ascii_case(begun));
    let mut found = BTreeSet::new();
    for value in values.filter(is_it) {
        if !found.contains(value) {
            found.insert(value.to_owned());
        }
        if found.len() > MOST {
            found.pop_last();
        }
    }
    found
}

/// The values of a method that there are in the project; none of a method whose values are not known beforehand.
fn of_method(project: &Project, method: &str, begun: &str) -> BTreeSet<String> {
    let nodes = || project.nodes.iter();
    let of_kind = |kind: NodeKind| nodes().filter(move |node: &&Node| node.kind == kind).map(|node| node.name.as_str());
    match method {
        "tag" => beginning(nodes().flat_map(|node| &node.tags).map(String::as_str), begun),
        "package" => beginning(nodes().map(|node| node.package.as_str()), begun),
        "group" => beginning(nodes().filter_map(|node| node.group.as_deref()), begun),
        "owner" => {
            // In a pattern `?` stands for the blank that would part it.
            let names: Vec<String> =
                nodes().filter_map(|node| Some(node.owner.as_ref()?.name.replace(' ', "?"))).collect();
            beginning(names.iter().map(String::as_str), begun)
        }
        "source" => {
            beginning(nodes().filter(|node| node.kind == NodeKind::Source).map(|node| node.source_name.as_str()), begun)
        }
        "exposure" => beginning(of_kind(NodeKind::Exposure), begun),
        "metric" => beginning(of_kind(NodeKind::Metric), begun),
        "semantic_model" => beginning(of_kind(NodeKind::SemanticModel), begun),
        "saved_query" => beginning(of_kind(NodeKind::SavedQuery), begun),
        "unit_test" => beginning(of_kind(NodeKind::UnitTest), begun),
        "path" => beginning(nodes().map(|node| node.path.as_str()), begun),
        "test_name" => beginning(nodes().filter_map(|node| Some(node.test.as_ref()?.name.as_str())), begun),
        "resource_type" => {
            let named = NODE_KINDS.iter().filter(|face| face.kind != NodeKind::Other);
            beginning(named.map(|face| face.word), begun)
        }
        "access" => beginning(["private", "protected", "public"].into_iter(), begun),
        "outcome" => beginning(OUTCOMES.iter().map(|face| face.word), begun),
        _ => BTreeSet::new(),
    }
}
