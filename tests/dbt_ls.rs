//! Selectors against real dbt: for each expression of `engines/dbt_ls`, the ids that `dbt ls` listed.
//!
//! The answers are checked in, so this needs no dbt. `engines/dbt_ls/ask_dbt.py` asks again.

use std::collections::BTreeSet;
use std::rc::Rc;

use foreshock_core::dbt::{Project, open_project};
use foreshock_core::outcome::NodeKind;
use foreshock_core::select::{Problem, Selector};
use foreshock_tests::text;
use serde_json::Value;

const PROJECTS: [&str; 3] = ["acme_analytics", "bakery", "harbour"];

/// Where we differ, and what dbt does.
const DIFFERENCES: [(&str, &str); 4] = [
    ("config:x", "compares all settings at once with the text, and finds nothing; we refuse it"),
    ("test_type:da", "takes any part of the word `data`; we refuse it"),
    ("config.meta.items:box", "takes `items` for a method of its dictionary, and does not find the key; we do"),
    (
        "path:models/notes",
        "sees the folder of the project that holds no node, and so finds what the package has there; we do not",
    ),
];

struct Answer {
    select: Vec<String>,
    exclude: Vec<String>,
    /// None where dbt refused.
    ids: Option<BTreeSet<String>>,
}

fn project(name: &str) -> Project {
    let manifest = text(&format!("tests/engines/dbt_ls/{name}.manifest.json"));
    let (project, _) = open_project("manifest.json", Rc::new(manifest.into_bytes()));
    project.expect("a manifest")
}

fn answers(name: &str) -> Vec<Answer> {
    let json: Value = serde_json::from_str(&text(&format!("tests/engines/dbt_ls/{name}.json"))).expect("JSON");
    let texts = |value: &Value| -> Vec<String> {
        let items = value.as_array().into_iter().flatten().filter_map(Value::as_str);
        items.map(str::to_owned).collect()
    };
    let answer = |one: &Value| Answer {
        select: texts(&one["select"]),
        exclude: texts(&one["exclude"]),
        ids: one.get("ids").map(|ids| texts(ids).into_iter().collect()),
    };
    json["answers"].as_array().expect("answers").iter().map(answer).collect()
}

/// What we find, but for hooks: `dbt ls` never lists them.
fn found(project: &Project, answer: &Answer) -> Result<BTreeSet<String>, Problem> {
    let selection = Selector::parse(&answer.select, &answer.exclude)?.apply(project, None)?;
    let listed = selection.nodes().filter(|ix| project.nodes[*ix].kind != NodeKind::Operation);
    Ok(listed.map(|ix| project.id(ix).to_owned()).collect())
}

#[test]
fn every_expression_finds_what_dbt_finds() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for name in PROJECTS {
        let project = project(name);
        for answer in answers(name) {
            let asked = format!("{name}: --select {:?} --exclude {:?}", answer.select, answer.exclude);
            let differs = DIFFERENCES.iter().any(|(expression, _)| answer.select == [*expression]);
            compared += 1;
            match (found(&project, &answer), &answer.ids) {
                (Ok(ids), Some(listed)) if ids == *listed => {
                    if differs {
                        wrong.push(format!("{asked}\n  agrees now: take it off the list of differences"));
                    }
                }
                (Err(_), None) => {}
                _ if differs => {}
                (Ok(ids), Some(listed)) => {
                    let (more, less): (Vec<_>, Vec<_>) =
                        (ids.difference(listed).collect(), listed.difference(&ids).collect());
                    wrong.push(format!("{asked}\n  too many: {more:?}\n  too few: {less:?}"));
                }
                (Ok(ids), None) => wrong.push(format!("{asked}\n  dbt refuses this, and we find {}", ids.len())),
                (Err(problem), Some(_)) => wrong.push(format!("{asked}\n  {problem}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 500, "only {compared} expressions");
}
