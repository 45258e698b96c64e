//! What would have caught this: a test for every name that the models rest on, and for every value that was given another.

use std::collections::BTreeSet;

use super::Brief;
use super::contract::{Contract, Now};
use super::sources::{Sources, quoted};
use crate::outcome::{NodeKind, Outcome};
use crate::review::{Remedy, RemedyFile};

pub(super) fn draft(brief: &Brief<'_>) -> Option<Remedy> {
    if brief.contracts.is_empty() {
        return None;
    }
    let mut remedy = super::empty(
        "Tests that fail as soon as a source no longer gives what the models rest on, before a model reads it: run them first (dbt build --select tag:source_contract) right after a migration. They are written for the names after the migration.",
    );
    for contract in brief.contracts.iter().filter(|contract| contract.new.is_some()) {
        remedy.files.push(columns_are_there(brief, contract));
        remedy.files.extend(values_are_known(brief, contract));
    }
    remedy.files.extend(model_contracts(brief));
    remedy.notes.push("A model contract makes dbt refuse a model whose columns are others than it promises. The types are those that the catalog knows; enforce it once they are read over.".to_owned());
    Some(remedy)
}

/// How a template calls the source.
fn call(brief: &Brief<'_>, contract: &Contract) -> String {
    let node = &brief.case.project.nodes[contract.source];
    let Sources { readings, .. } = &brief.sources;
    let other = readings
        .iter()
        .find(|reading| reading.relation == contract.relation)
        .and_then(super::sources::Reading::other_call);
    let (source, table) = other.unwrap_or((&node.source_name, &node.name));
    format!("{{{{ source('{source}', '{table}') }}}}")
}

fn new_test(contract: &Contract, what: &str, text: String) -> RemedyFile {
    let name: String = contract
        .old
        .name()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .collect();
    let path = format!("guards/tests/{name}_{what}.sql");
    RemedyFile { path, text, diff: None }
}

/// A query of the columns that the models use: it cannot run where one of them is gone.
fn columns_are_there(brief: &Brief<'_>, contract: &Contract) -> RemedyFile {
    let dialect = brief.case.project.sql_dialect();
    let names: BTreeSet<&str> = contract.columns.iter().filter_map(|column| column.successor()).collect();
    let names: Vec<String> =
        names.into_iter().map(|name| format!("    {}", super::spelling::name(name, dialect))).collect();
    let list = if names.is_empty() { "    *".to_owned() } else { names.join(",\n") };
    let text = format!(
        "{{{{ config(tags=['source_contract']) }}}}\n-- Gives no rows; fails where a column is gone or has another name.\nselect\n{list}\nfrom {}\nwhere 1 = 0\n",
        call(brief, contract)
    );
    new_test(contract, "has_its_columns", text)
}

/// The rows with a value that nobody has accepted.
fn values_are_known(brief: &Brief<'_>, contract: &Contract) -> Vec<RemedyFile> {
    let dialect = brief.case.project.sql_dialect();
    let mapped = contract.columns.iter().filter_map(|column| match &column.now {
        Now::Mapped { column: now, pairs } => Some((column, now, pairs)),
        _ => None,
    });
    mapped
        .map(|(column, now, pairs)| {
            let name = super::spelling::name(now, dialect);
            let values: Vec<String> = pairs.iter().map(|(_, to)| super::spelling::literal(to, column.data_type.as_deref())).collect();
            let text = format!(
                "{{{{ config(tags=['source_contract']) }}}}\n-- Each row is a value that no model knows.\nselect {name}, count(*) as how_many\nfrom {}\nwhere {name} is not null\n  and {name} not in ({})\ngroup by {name}\n",
                call(brief, contract),
                values.join(", ")
            );
            new_test(contract, &format!("{}_is_known", now.to_lowercase()), text)
        })
        .collect()
}

/// The columns and types that the models in between promise.
fn model_contracts(brief: &Brief<'_>) -> Option<RemedyFile> {
    let project = brief.case.project;
    let harmed = brief
        .case
        .impact
        .judgements
        .iter()
        .filter(|judgement| matches!(judgement.outcome, Outcome::Fails | Outcome::Wrong));
    let direct = harmed.map(|judgement| judgement.node).filter(|ix| {
        project.nodes[*ix].kind == NodeKind::Model
            && brief.contracts.iter().any(|contract| project.parents[*ix].contains(&contract.source))
    });
    let mut models = String::new();
    for ix in direct {
        let columns = project.columns(ix);
        if !project.nodes[ix].columns_complete() || columns.iter().any(|column| column.data_type.is_none()) {
            continue;
        }
        models.push_str(&format!(
            "  - name: {}\n    config:\n      contract: {{enforced: true}}\n    columns:\n",
            quoted(&project.nodes[ix].name)
        ));
        for column in columns {
            let data_type = column.data_type.as_deref().unwrap_or_default().to_lowercase();
            models.push_str(&format!(
                "      - name: {}\n        data_type: {}\n",
                quoted(&column.name),
                quoted(&data_type)
            ));
        }
    }
    let text = format!(
        "# To be merged into the YAML that describes these models: dbt takes one description of each.\nversion: 2\nmodels:\n{models}"
    );
    (!models.is_empty()).then(|| RemedyFile { path: "guards/model_contracts.yml".to_owned(), text, diff: None })
}
