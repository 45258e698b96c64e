//! A changelog in XML, YAML or JSON: its change sets in order, and each change as a step.

use super::change::{Change, Meaning, meaning};
use super::databases::{Chance, chance, holds};
use super::node::{Node, Properties};
use super::selection::Declared;
use crate::migration::changelog::{Changelog, Form, Include, Property, RunOrder, Step};
use crate::migration::mapped::Mapped;

/// Reads what stands in the root element or document.
pub(super) fn read(form: &Form, root: &Node) -> Changelog {
    let properties = Properties::of(&form.properties);
    let mut reader =
        Reader { form, properties, changelog: Changelog::default(), conditional: false, declared: Declared::default() };
    let root = root.child("databaseChangeLog").unwrap_or(root);
    reader.conditional = may_be_skipped(root);
    for node in &root.children {
        reader.entry(node);
    }
    reader.changelog.notes = reader.declared.notes(&form.selection);
    reader.changelog
}

struct Reader<'f> {
    form: &'f Form,
    changelog: Changelog,
    properties: Properties,
    /// Of the whole file.
    conditional: bool,
    declared: Declared,
}

impl Reader<'_> {
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
        let change = Change { node, properties: &self.properties, form: self.form };
        if let Some(file) = change.get("file") {
            let problem = format!("its properties stand in {file}, which is not read");
            self.changelog.problems.push((node.span, problem));
        } else if let (Some(name), Some(value)) = (change.get("name"), change.get("value")) {
            let always = match chance(|name| change.get(name), self.form) {
                Chance::Never => return,
                chance => chance == Chance::Sure,
            };
            if !change.get("global").is_some_and(|global| global.eq_ignore_ascii_case("false")) {
                let value = self.properties.filled(&value);
                self.changelog.properties.push(Property { name: name.clone(), value, always });
            }
            self.properties.set(&name, &value, always);
        }
    }

    fn include(&mut self, node: &Node, names: &[&str], folder: bool) {
        let change = Change { node, properties: &self.properties, form: self.form };
        let Some(path) = names.iter().find_map(|name| change.get(name)) else {
            return self.changelog.problems.push((node.span, "it includes a file without naming it".to_owned()));
        };
        let relative = change.is("relativeToChangelogFile");
        let chance = chance(|name| change.get(name), self.form);
        self.declared.filters(|name| change.get(name), node.span, chance);
        let conditional = self.conditional || chance != Chance::Sure;
        let before = self.changelog.steps.len();
        self.changelog.includes.push(Include {
            before,
            path,
            span: node.span,
            folder,
            relative,
            conditional,
            passed_over: chance == Chance::Never,
            ..Include::default()
        });
    }

    fn change_set(&mut self, set: &Node) {
        let change = Change { node: set, properties: &self.properties, form: self.form };
        let chance = chance(|name| change.get(name), self.form);
        self.declared.change_set(|name| change.get(name), set.span, chance);
        if chance == Chance::Never {
            return;
        }
        let run_order = RunOrder::of(change.get("runOrder").as_deref());
        let may_be_skipped = may_be_skipped(set);
        for node in conditions(set) {
            let asked = node.children.iter().filter(|child| child.value.is_none() || !child.children.is_empty());
            self.declared.preconditions(node.span, asked.map(|child| child.name.clone()), may_be_skipped);
        }
        let conditional = self.conditional || chance == Chance::Open || may_be_skipped;
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
        self.changelog.steps[first..].iter_mut().for_each(|step| step.run_order = run_order);
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
        let own = Change { node, properties: &self.properties, form: self.form };
        let is_for_all = match chance(|name| own.get(name), self.form) {
            Chance::Never => return,
            chance => chance == Chance::Sure,
        };
        for replace in &node.children {
            let change = Change { node: replace, properties: &self.properties, form: self.form };
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
        let change = Change { node, properties: &self.properties, form: self.form };
        let conditional = match change.get("dbms").map(|names| holds(&names, self.form)) {
            Some(Some(false)) => return,
            Some(None) => true,
            Some(Some(true)) | None => conditional,
        };
        match meaning(change) {
            Ok(Meaning::Nothing) => {}
            Ok(Meaning::Sql(sql)) => self.push(node, sql, conditional, back),
            Ok(Meaning::File { path, relative }) => {
                let before = self.changelog.steps.len();
                let include = Include {
                    before,
                    path,
                    span: node.span,
                    folder: false,
                    relative,
                    conditional,
                    passed_over: back,
                    ..Include::default()
                };
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
        self.changelog.steps.push(Step { sql, span: node.span, alike, back, conditional, ..Step::default() });
    }
}

/// A precondition that is not met stops the update, unless it says otherwise; only then is the rest passed over.
fn may_be_skipped(node: &Node) -> bool {
    let ways = ["onFail", "onError"];
    let is_skip = |node: &Node| {
        let way = node.value.as_ref().map(|value| value.text.to_uppercase()).unwrap_or_default();
        way == "MARK_RAN" || way == "CONTINUE"
    };
    conditions(node)
        .flat_map(|child| &child.children)
        .any(|child| ways.contains(&child.name.as_str()) && is_skip(child))
}

fn conditions(node: &Node) -> impl Iterator<Item = &Node> {
    node.children.iter().filter(|child| child.name.eq_ignore_ascii_case("preConditions"))
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
