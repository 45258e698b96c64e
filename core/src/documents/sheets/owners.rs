//! Who has to say yes: each owner with what of theirs is harmed, what was decided about it, and a message to send.

use super::super::markdown::{block, plain, table};
use super::super::parts::{by_owner, message, outcome, title};
use super::{address, to_node};
use crate::minutes::Decision;
use crate::review::{NodeImpact, Owner, Review};

/// As much as a screen holds and a person reads; the table view has every node of an owner.
const MOST_ROWS: usize = 15;
const MOST_OWNERS: usize = 30;

pub(super) fn write(review: &Review) -> String {
    let (owners, nobodys) = by_owner(review);
    if owners.is_empty() && nobodys.is_empty() {
        return "Nothing that anybody owns is harmed.\n".to_owned();
    }
    let mut out = String::new();
    for (owner, nodes) in owners.iter().take(MOST_OWNERS) {
        out.push_str(&format!("## {}\n\n{}\n", plain(&owner.name), mail(review, owner, nodes)));
        out.push_str(&rows(review, nodes));
        out.push_str(&format!("\n{}\n", block("text", &message(review, owner, nodes))));
    }
    if owners.len() > MOST_OWNERS {
        out.push_str(&format!("… and {} more owners; the checklist names all.\n\n", owners.len() - MOST_OWNERS));
    }
    if !nobodys.is_empty() {
        out.push_str("## Nobody\n\nNo owner is named for these; somebody has to speak for them.\n\n");
        out.push_str(&rows(review, &nobodys));
    }
    out
}

fn rows(review: &Review, nodes: &[&NodeImpact]) -> String {
    let mut out = table(
        &["Theirs", "Outcome", "Why", "Decision"],
        nodes.iter().take(MOST_ROWS).map(|node| {
            let decided = review.decisions.iter().find(|decision| decision.unique_id == node.unique_id);
            vec![to_node(node), outcome(node.outcome), plain(node.headline()), decided.map_or_else(open, said)]
        }),
    );
    if nodes.len() > MOST_ROWS {
        out.push_str(&format!("\n… and {} more.\n", nodes.len() - MOST_ROWS));
    }
    out
}

fn open() -> String {
    "open".to_owned()
}

fn said(decision: &Decision) -> String {
    let note = if decision.note.is_empty() { String::new() } else { format!(": {}", plain(&decision.note)) };
    format!("{}{note}", decision.choice.face().title)
}

fn mail(review: &Review, owner: &Owner, nodes: &[&NodeImpact]) -> String {
    let Some(email) = owner.email.as_deref().filter(|email| email.contains('@')) else { return String::new() };
    let subject = format!("Foreshock: {} reaches {}", title(review), owner.name);
    let to = address(
        &format!("mailto:{}", email.replace(|c: char| !c.is_ascii_alphanumeric() && !"@.-_+".contains(c), "")),
        &[("subject", &subject), ("body", &message(review, owner, nodes))],
    );
    format!("[Write to {}]({to})\n", plain(email))
}
