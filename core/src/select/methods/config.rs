//! `config.<key>:`: a node by one of its settings.

use super::super::problem::Complaint;
use super::facts::is_built_by_dbt;
use super::{Asked, Find};
use crate::dbt::{NodeIx, Setting};
use crate::outcome::NodeKind;

pub(super) fn read(asked: &Asked) -> Result<Find, Complaint> {
    let Asked { keys, value } = asked.clone();
    if keys.iter().all(String::is_empty) {
        return Err(Complaint::new("`config` needs the name of a setting").help("Write config.materialized:table."));
    }
    let any_case = keys == ["severity"];
    Ok(Find::in_project(move |project| {
        let has_settings = |ix: &NodeIx| {
            let kind = project.nodes[*ix].kind;
            is_built_by_dbt(kind) || kind == NodeKind::Source
        };
        let wanted: Vec<NodeIx> = (0..project.nodes.len()).filter(has_settings).collect();
        let mut found = vec![false; project.nodes.len()];
        project
            .each_settings(&wanted, &mut |ix, settings| {
                found[ix] = settings.get(&keys).is_some_and(|setting| is_equal(&setting, &value, any_case));
            })
            .map_err(Complaint::new)?;
        Ok(found)
    }))
}

fn is_equal(setting: &Setting, value: &str, any_case: bool) -> bool {
    match setting {
        Setting::Text(text) if any_case => text.to_uppercase() == value.to_uppercase(),
        Setting::Text(text) => text == value,
        Setting::Flag(flag) => value.eq_ignore_ascii_case(if *flag { "true" } else { "false" }),
        Setting::List(items) => items.iter().any(|item| match item {
            Setting::List(_) => false,
            item => is_equal(item, value, any_case),
        }),
        Setting::Other => false,
    }
}
