//! A changelog in XML, YAML or JSON: its change sets in order, and each change as a step.

use super::change::{Change, Meaning, meaning};
use super::node::{Node, Properties};
use crate::migration::changelog::{Changelog, Include, Step};
use crate::migration::mapped::Mapped;

/// Reads what stands in the root element or document.
pub(super) fn read(root: &Node) -> Changelog {
    let mut reader = Reader::default();
    let root = root.child("databaseChangeLog").unwrap_or(root);
    reader.conditional = may_be_skipped(root);
    for node in &root.children {
        reader.entry(node);
    }
    reader.changelog
}

#[derive(Default)]
struct Reader {
    changelog: Changelog,
    properties: Properties,
    /// Of the whole file.
    conditional: bool,
}

impl Reader {
    fn entry(&mut self, node: &Node) {
        match node.name.as_str() {
            name if name.eq_ignore_ascii_case("changeSet") => self.change_set(node),
            "modifyChangeSets" => {
                node.children.iter().filter(|child| child.name == "include").for_each(|child| self.entry(child));
            }
            "property" => self.property(node),
            "include" => self.include(node, &["file", "path"], false),
            "includeAll" => self.include(node, &["path"], true),
            _ if is_settings(&node.name) => {}
            other => {
                let problem = format!("`{other}` is nothing that a Liquibase changelog is known to hold");
                self.changelog.problems.push((node.span, problem));
            }
        }
    }

    fn property(&mut self, node: &Node) {
        let change = Change { node, properties: &self.properties };
        if let Some(file) = change.get("file") {
            let problem = format!("its properties stand in {file}, which is not read");
            self.changelog.problems.push((node.span, problem));
        } else if let (Some(name), Some(value)) = (change.get("name"), change.get("value")) {
            let always = ["dbms", "context", "contextFilter", "labels"].iter().all(|name| change.get(name).is_none());
            self.properties.set(&name, &value, always);
        }
    }

    fn include(&mut self, node: &Node, names: &[&str], folder: bool) {
        let change = Change { node, properties: &self.properties };
        let Some(path) = names.iter().find_map(|name| change.get(name)) else {
            return self.changelog.problems.push((node.span, "it includes a file without naming it".to_owned()));
        };
        let relative = change.is("relativeToChangelogFile");
        let conditional = self.conditional || has_filter(change);
        let before = self.changelog.steps.len();
        self.changelog.includes.push(Include {
            before,
            path,
            span: node.span,
            folder,
            relative,
            conditional,
            back: false,
        });
    }

    fn change_set(&mut self, set: &Node) {
        let change = Change { node: set, properties: &self.properties };
        let conditional = self.conditional || has_filter(change) || may_be_skipped(set);
        let first = self.changelog.steps.len();
        for node in &set.children {
            match node.name.as_str() {
                "changes" => node.children.iter().for_each(|node| self.change(node, conditional, false)),
                "rollback" => self.rollback(node),
                "modifySql" => {}
                name if is_settings(name) => {}
                _ => self.change(node, conditional, false),
            }
        }
        for node in set.children.iter().filter(|child| child.name == "modifySql") {
            self.modify(node, first);
        }
    }

    fn rollback(&mut self, node: &Node) {
        if let Some(text) = node.text() {
            let sql = self.properties.fill(&text);
            self.push(node, sql, false, true);
        }
        for child in &node.children {
            if !is_settings(&child.name) && (child.value.is_none() || child.name == "sql") {
                self.change(child, false, true);
            }
        }
    }

    /// What it appends and prepends are settings of one database's tables; what it replaces may be anything.
    fn modify(&mut self, node: &Node, first: usize) {
        let is_for_all = !has_filter(Change { node, properties: &self.properties });
        for replace in &node.children {
            let change = Change { node: replace, properties: &self.properties };
            match (replace.name.as_str(), change.get("replace")) {
                ("replace", Some(old)) if is_for_all => {
                    let new = change.get("with").unwrap_or_default();
                    for step in self.changelog.steps[first..].iter_mut().filter(|step| step.sql.contains(&old)) {
                        step.sql = step.sql.replace(&old, &new);
                        step.alike.clear();
                    }
                }
                ("replace" | "regExpReplace", _) => {
                    let problem = "modifySql replaces parts of the SQL of this change set; that is not followed";
                    self.changelog.problems.push((node.span, problem.to_owned()));
                }
                _ => {}
            }
        }
    }

    fn change(&mut self, node: &Node, conditional: bool, back: bool) {
        let change = Change { node, properties: &self.properties };
        let conditional = conditional || change.get("dbms").is_some();
        match meaning(change) {
            Ok(Meaning::Nothing) => {}
            Ok(Meaning::Sql(sql)) => self.push(node, sql, conditional, back),
            Ok(Meaning::File { path, relative }) => {
                let before = self.changelog.steps.len();
                let include = Include { before, path, span: node.span, folder: false, relative, conditional, back };
                self.changelog.includes.push(include);
            }
            Err(reason) => {
                let unknown = Some(reason);
                self.changelog.steps.push(Step { span: node.span, conditional, back, unknown, ..Step::default() });
            }
        }
    }

    fn push(&mut self, node: &Node, sql: Mapped, conditional: bool, back: bool) {
        let (sql, alike) = sql.into_parts();
        self.changelog.steps.push(Step { sql, span: node.span, alike, back, conditional, unknown: None });
    }
}

/// A context, a label or a database decides whether it happens.
fn has_filter(change: Change<'_>) -> bool {
    ["dbms", "context", "contexts", "contextFilter", "labels", "labelFilter"]
        .iter()
        .any(|name| change.get(name).is_some())
}

/// A precondition that is not met stops the update, unless it says otherwise; only then is the rest passed over.
fn may_be_skipped(node: &Node) -> bool {
    let ways = ["onFail", "onError"];
    let is_skip = |node: &Node| {
        let way = node.value.as_ref().map(|value| value.text.to_uppercase()).unwrap_or_default();
        way == "MARK_RAN" || way == "CONTINUE"
    };
    let conditions = node.children.iter().filter(|child| child.name.eq_ignore_ascii_case("preConditions"));
    conditions.flat_map(|child| &child.children).any(|child| ways.contains(&child.name.as_str()) && is_skip(child))
}

/// What a changelog or a change set says of itself. Attributes and entries are alike here.
fn is_settings(name: &str) -> bool {
    matches!(
        name,
        "id" | "author"
            | "comment"
            | "context"
            | "contexts"
            | "contextFilter"
            | "labels"
            | "labelFilter"
            | "dbms"
            | "runOnChange"
            | "runAlways"
            | "runOrder"
            | "runWith"
            | "runWithSpoolFile"
            | "runInTransaction"
            | "failOnError"
            | "onValidationFail"
            | "objectQuotingStrategy"
            | "logicalFilePath"
            | "changeLogId"
            | "ignore"
            | "created"
            | "validCheckSum"
            | "validCheckSums"
            | "preConditions"
            | "preconditions"
            | "tagDatabase"
            | "schemaLocation"
            | "removeChangeSetProperty"
            | "changeSetId"
            | "changeSetAuthor"
            | "changeSetPath"
    )
}
