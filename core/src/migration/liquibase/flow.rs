//! A Liquibase flow file: stages of commands, of which those that update name the changelogs, in the order in which they run.

use super::node::{Node, Properties};
use crate::migration::changelog::{Changelog, Include, Step};
use crate::migration::mapped::Mapped;
use crate::text::Span;

/// Whether YAML, in lower case, is a flow file.
pub(crate) fn is_flow(head: &str) -> bool {
    let is_key = |key: &str| head.lines().any(|line| line.trim_end() == key);
    is_key("stages:") && head.contains("actions:") && head.contains("liquibase")
}

/// Reads the stages: each changelog that one updates from is run where it stands.
pub(super) fn read(root: &Node) -> Changelog {
    let mut flow = Flow { changelog: Changelog::default(), variables: Properties::default() };
    for variables in root.child("globalVariables").into_iter().flat_map(|node| &node.children) {
        flow.set(variables);
    }
    let stages = root.child("stages").into_iter().flat_map(|stages| &stages.children);
    for stage in stages.chain(root.child("endStage")) {
        for variable in stage.child("stageVariables").into_iter().flat_map(|node| &node.children) {
            flow.set(variable);
        }
        let is_open = stage.child("if").is_some();
        // A list's mappings stand one after the other here: each action begins with its type.
        let actions = stage.child("actions").map_or(&[][..], |actions| &actions.children);
        let mut starts: Vec<usize> = (0..actions.len()).filter(|at| actions[*at].name == "type").collect();
        starts.push(actions.len());
        for pair in starts.windows(2) {
            flow.action(&actions[pair[0]..pair[1]], is_open);
        }
        for part in stage.children.iter().filter(|part| part.name == "include") {
            let problem = "a part of the flow stands in another file, which is not followed".to_owned();
            flow.changelog.problems.push((part.span, problem));
        }
    }
    flow.changelog
}

struct Flow {
    changelog: Changelog,
    variables: Properties,
}

impl Flow {
    fn set(&mut self, variable: &Node) {
        if let Some(value) = &variable.value {
            self.variables.set(&variable.name, &value.text, true);
        }
    }

    fn action(&mut self, parts: &[Node], is_open: bool) {
        let Some(span) = parts.iter().map(|part| part.span).reduce(Span::to) else { return };
        let entry = |name: &str| parts.iter().find(|part| part.name.eq_ignore_ascii_case(name));
        let text = |node: Option<&Node>| {
            let value = node.and_then(|node| node.value.as_ref());
            value.map(|value| self.variables.filled(&value.text)).filter(|text| !text.trim().is_empty())
        };
        let argument = |name: &str| {
            let tables = ["cmdArgs", "globalArgs"];
            tables.iter().find_map(|table| text(entry(table)?.child(name)))
        };
        let conditional = is_open || entry("if").is_some();
        let unknown = |why: &str| {
            let unknown = Some(why.to_owned());
            Step { span, conditional, unknown, ..Step::default() }
        };
        let kind = text(entry("type")).unwrap_or_default().to_lowercase();
        let command = text(entry("command")).unwrap_or_default();
        let command: String = command.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        if kind != "liquibase" {
            return self.changelog.steps.push(unknown(&format!("the flow runs {kind}, which is not part of it")));
        }
        let file = match command.as_str() {
            "update" | "updatecount" | "updatetotag" | "updatetestingrollback" => {
                let Some(file) = argument("changelogFile") else {
                    let note = "it updates from the changelog that Liquibase's properties name".to_owned();
                    return self.changelog.notes.push((span, note));
                };
                if ["contexts", "contextFilter", "labels", "labelFilter"].iter().any(|name| argument(name).is_some()) {
                    let note = "this update chooses contexts or labels, which is not followed: choose them with \
                                [liquibase] in foreshock.toml";
                    self.changelog.notes.push((span, note.to_owned()));
                }
                Some(file)
            }
            "flow" => argument("flowFile"),
            "executesql" => match argument("sql") {
                Some(sql) => {
                    let (sql, alike) = Mapped::placeless(&sql).into_parts();
                    return self.changelog.steps.push(Step { sql, span, alike, conditional, ..Step::default() });
                }
                None => argument("sqlFile"),
            },
            _ if command.starts_with("rollback") || command.starts_with("drop") => {
                return self.changelog.steps.push(unknown(&format!("the flow runs {command}, which is not followed")));
            }
            _ => return,
        };
        let Some(path) = file else {
            return self.changelog.steps.push(unknown(&format!("the flow runs {command} without naming a file")));
        };
        let is_whole = !matches!(command.as_str(), "updatecount" | "updatetotag");
        self.changelog.includes.push(Include {
            before: self.changelog.steps.len(),
            path,
            span,
            conditional: conditional || !is_whole,
            ..Include::default()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::changelog::{Form, Format};

    #[test]
    fn stages_run_their_changelogs_in_order_and_what_is_no_update_is_named() {
        let text = "globalVariables:\n  DIR: db\nstages:\n  First:\n    actions:\n      - type: liquibase\n        command: update\n        \
                    cmdArgs: {changelogFile: \"${DIR}/b.xml\"}\n      - type: shell\n        command: rm -r x\n  \
                    Second:\n    if: \"x\"\n    actions:\n      - type: liquibase\n        command: update\n        \
                    cmdArgs: {changelogFile: a.xml}\n      - type: liquibase\n        command: status\n\
                    endStage:\n  actions:\n    - type: liquibase\n      command: execute-sql\n      cmdArgs: {sql: drop table t}\n";
        assert!(is_flow(&text.to_lowercase()));
        let changelog = super::super::read(&Form::of(Format::LiquibaseFlow), text).unwrap_or_default();
        let includes: Vec<(&str, bool)> =
            changelog.includes.iter().map(|include| (include.path.as_str(), include.conditional)).collect();
        assert_eq!(includes, [("db/b.xml", false), ("a.xml", true)]);
        let steps: Vec<(&str, bool)> =
            changelog.steps.iter().map(|step| (step.sql.as_str(), step.unknown.is_some())).collect();
        assert_eq!(steps, [("", true), ("drop table t", false)]);
        assert_eq!(changelog.includes[1].before, 1);
    }
}
