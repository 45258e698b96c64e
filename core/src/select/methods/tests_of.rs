//! Methods for tests: `test_name:` and `test_type:`.

use super::super::glob::Glob;
use super::super::problem::Complaint;
use super::facts::one_of;
use super::{Asked, Find};
use crate::dbt::Node;
use crate::outcome::NodeKind;

pub(super) fn test_name(asked: &Asked) -> Find {
    let name = Glob::new(&asked.value);
    Find::by_node(move |_, node| match node.kind {
        NodeKind::Test => generic_name(node).is_some_and(|own| name.is_match(own)),
        NodeKind::UnitTest => name.is_match(&node.name),
        _ => false,
    })
}

pub(super) fn test_type(asked: &Asked) -> Result<Find, Complaint> {
    const WORDS: [&str; 4] = ["generic", "singular", "data", "unit"];
    let is_it: fn(&Node) -> bool = match asked.value.as_str() {
        // dbt's older name for it.
        "generic" | "schema" => |node| generic_name(node).is_some(),
        "singular" => |node| node.kind == NodeKind::Test && generic_name(node).is_none(),
        "data" => |node| node.kind == NodeKind::Test,
        "unit" => |node| node.kind == NodeKind::UnitTest,
        value => return Err(one_of("type of test", value, &WORDS)),
    };
    Ok(Find::by_node(move |_, node| is_it(node)))
}

/// A singular test has none.
fn generic_name(node: &Node) -> Option<&str> {
    node.test.as_ref().map(|test| test.name.as_str()).filter(|name| !name.is_empty())
}
