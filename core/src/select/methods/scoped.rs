//! Methods of kinds that have their own names: `source:`, `exposure:`, `metric:` and the like.

use super::super::glob::Glob;
use super::super::problem::Complaint;
use super::{Asked, Find};
use crate::outcome::NodeKind;

pub(super) fn source(asked: &Asked) -> Result<Find, Complaint> {
    let parts: Vec<&str> = asked.value.split('.').collect();
    let (package, source, table) = match parts.as_slice() {
        [source] => ("*", *source, "*"),
        [source, table] => ("*", *source, *table),
        [package, source, table] => (*package, *source, *table),
        _ => {
            return Err(Complaint::new("a source has no more than three parts")
                .help("Write source, source.table or package.source.table."));
        }
    };
    let [package, source, table] = [package, source, table].map(Glob::new);
    Ok(Find::by_node(move |_, node| {
        node.kind == NodeKind::Source
            && package.is_match(&node.package)
            && source.is_match(&node.source_name)
            && table.is_match(&node.name)
    }))
}

pub(super) fn exposure(asked: &Asked) -> Result<Find, Complaint> {
    of_kind(NodeKind::Exposure, asked)
}

pub(super) fn metric(asked: &Asked) -> Result<Find, Complaint> {
    of_kind(NodeKind::Metric, asked)
}

pub(super) fn semantic_model(asked: &Asked) -> Result<Find, Complaint> {
    of_kind(NodeKind::SemanticModel, asked)
}

pub(super) fn saved_query(asked: &Asked) -> Result<Find, Complaint> {
    of_kind(NodeKind::SavedQuery, asked)
}

pub(super) fn unit_test(asked: &Asked) -> Result<Find, Complaint> {
    of_kind(NodeKind::UnitTest, asked)
}

fn of_kind(kind: NodeKind, asked: &Asked) -> Result<Find, Complaint> {
    let parts: Vec<&str> = asked.value.split('.').collect();
    let (package, name) = match parts.as_slice() {
        [name] => ("*", *name),
        [package, name] => (*package, *name),
        _ => {
            let one = kind.face().one;
            return Err(Complaint::new(format!("the name of a {one} has no more than two parts"))
                .help("Write name or package.name."));
        }
    };
    let [package, name] = [package, name].map(Glob::new);
    Ok(Find::by_node(move |_, node| node.kind == kind && package.is_match(&node.package) && name.is_match(&node.name)))
}
