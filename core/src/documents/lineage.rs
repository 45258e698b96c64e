//! The impacted part of the lineage as a Mermaid graph, cut where it would be too large to read.

use std::collections::{BTreeMap, BTreeSet};

use super::markdown::block;
use crate::outcome::{NodeKind, Outcome};
use crate::review::{NodeImpact, Review};

/// Boxes that people still follow. GitHub draws no more than some hundreds.
const MOST_BOXES: usize = 36;

/// Empty where nothing is reached.
pub(super) fn graph(review: &Review) -> String {
    let is_drawn = |node: &&NodeImpact| {
        !matches!(node.kind, NodeKind::Test | NodeKind::UnitTest | NodeKind::Exposure)
            && !matches!(node.outcome, Outcome::Safe | Outcome::Changes)
    };
    let mut nodes: Vec<&NodeImpact> = review.nodes.iter().filter(is_drawn).collect();
    if nodes.is_empty() {
        return String::new();
    }
    nodes.sort_by_key(|node| (node.outcome, &node.unique_id));
    let left_out = nodes.len().saturating_sub(MOST_BOXES);
    nodes.truncate(MOST_BOXES);
    let drawn: BTreeSet<&str> = nodes.iter().map(|node| node.unique_id.as_str()).collect();
    let reached: BTreeSet<&str> = review.nodes.iter().map(|node| node.unique_id.as_str()).collect();
    let kinds: BTreeMap<&str, NodeKind> =
        review.nodes.iter().map(|node| (node.unique_id.as_str(), node.kind)).collect();
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    let mut lines = vec!["flowchart LR".to_owned()];
    let mut boxed = |key: &str, label: &str, shape: (&str, &str), class: &str, lines: &mut Vec<String>| {
        if let Some(id) = ids.get(key) {
            return id.clone();
        }
        let id = format!("n{}", ids.len());
        ids.insert(key.to_owned(), id.clone());
        lines.push(format!("  {id}{}\"{}\"{}:::{class}", shape.0, escaped(label), shape.1));
        id
    };
    for node in &nodes {
        let label = format!("{} {}", node.outcome.glyph(), node.label);
        boxed(&node.unique_id, &label, ("[", "]"), class(node.outcome), &mut lines);
    }
    // Dashboards are counted by what they read: fifteen boxes say no more than one.
    let mut dashboards: BTreeMap<&str, usize> = BTreeMap::new();
    let mut arrows = Vec::new();
    for edge in &review.edges {
        let (from, to) = (edge.from.as_str(), edge.to.as_str());
        if drawn.contains(to) && (drawn.contains(from) || !reached.contains(from)) {
            let name = from.rsplit('.').next().unwrap_or(from);
            let from = boxed(from, name, ("[(", ")]"), "source", &mut lines);
            let to = boxed(to, to, ("[", "]"), "source", &mut lines);
            arrows.push(format!("  {from} --> {to}"));
        } else if drawn.contains(from) && kinds.get(to) == Some(&NodeKind::Exposure) {
            *dashboards.entry(from).or_default() += 1;
        }
    }
    for (from, count) in dashboards {
        let label = NodeKind::Exposure.count(count);
        let to = boxed(&format!("dashboards of {from}"), &label, ("([", "])"), "dark", &mut lines);
        let from = boxed(from, from, ("[", "]"), "source", &mut lines);
        arrows.push(format!("  {from} --> {to}"));
    }
    lines.extend(arrows);
    lines.extend(CLASSES.map(|(name, style)| format!("  classDef {name} {style}")));
    let more = match left_out {
        0 => String::new(),
        count => format!("\n… and {count} more; the JSON of the review lists all.\n"),
    };
    format!("{}{more}", block("mermaid", &lines.join("\n")))
}

const CLASSES: [(&str, &str); 5] = [
    ("source", "fill:#eef1f4,stroke:#6b7681,color:#15191e"),
    ("fails", "fill:#fde3e1,stroke:#b3261e,color:#15191e"),
    ("blocked", "fill:#fdeedd,stroke:#b26a00,color:#15191e"),
    ("wrong", "fill:#f3e4fa,stroke:#7b1fa2,color:#15191e"),
    ("dark", "fill:#e1e4e8,stroke:#15191e,color:#15191e"),
];

fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fails => "fails",
        Outcome::Wrong | Outcome::Catches => "wrong",
        Outcome::Dark => "dark",
        _ => "blocked",
    }
}

/// Mermaid reads `#nn;` for a character, so that no label can end its quotes or become a tag.
fn escaped(label: &str) -> String {
    let mut out = String::new();
    for c in label.chars() {
        match c {
            '"' | '<' | '>' | '#' | '&' | ';' | '`' | '\\' | '[' | ']' | '{' | '}' | '|' | '%' => {
                out.push_str(&format!("#{};", u32::from(c)));
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_leave_its_quotes() {
        assert_eq!(escaped("a\"]-->b<script>\n```"), "a#34;#93;--#62;b#60;script#62; #96;#96;#96;");
    }
}
