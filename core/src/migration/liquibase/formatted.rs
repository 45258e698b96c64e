//! Formatted SQL: a script with Liquibase's words in comments.

use super::databases::{Chance, chance};
use super::node::Properties;
use super::objects::ended;
use super::selection::Declared;
use crate::migration::changelog::{Changelog, Form, Include, Property, RunOrder, Step};
use crate::migration::mapped::Mapped;
use crate::text::Span;

/// Reads the script. The SQL of a change set is the file's own text, so that every place in it is exact.
pub(super) fn read(form: &Form, text: &str) -> Changelog {
    let mut reader = Reader {
        form,
        changelog: Changelog::default(),
        properties: Properties::of(&form.properties),
        set: None,
        rollback: Mapped::default(),
        within: Within::Sql,
        ignore: 0,
        has_stray: false,
        declared: Declared::default(),
    };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        reader.line(line, at);
        at += line.len();
    }
    reader.close();
    reader.changelog.notes = reader.declared.notes(&form.selection);
    reader.changelog
}

/// What the lines in hand are.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    Sql,
    /// `/* liquibase rollback … */`
    Rollback,
    Ignored,
}

/// A change set.
struct Set {
    sql: Mapped,
    span: Span,
    conditional: bool,
    /// It is for other databases.
    is_never: bool,
    delimiter: Option<String>,
    run_order: RunOrder,
}

struct Reader<'f> {
    form: &'f Form,
    changelog: Changelog,
    properties: Properties,
    set: Option<Set>,
    rollback: Mapped,
    within: Within,
    /// How many lines are still to be passed over.
    ignore: usize,
    has_stray: bool,
    declared: Declared,
}

impl Reader<'_> {
    fn line(&mut self, line: &str, at: usize) {
        if self.ignore > 0 {
            self.ignore -= 1;
            return;
        }
        let words = line.trim();
        let span = Span::new(at + (line.len() - line.trim_start().len()), at + line.trim_end().len());
        let directive = words.strip_prefix("--").map(|rest| rest.trim_start_matches('-').trim());
        match self.within {
            Within::Rollback => {
                if let Some(end) = line.find("*/") {
                    self.rollback.keep(&line[..end], at);
                    self.within = Within::Sql;
                } else {
                    self.rollback.keep(line, at);
                }
                return;
            }
            Within::Ignored => {
                if directive.and_then(|rest| after(rest, "ignorelines")).is_some_and(|rest| rest.starts_with("end")) {
                    self.within = Within::Sql;
                }
                return;
            }
            Within::Sql => {}
        }
        let opens = words.strip_prefix("/*").and_then(|rest| after(rest.trim(), "liquibase"));
        if opens.is_some_and(|rest| after(rest, "rollback").is_some()) {
            self.within = Within::Rollback;
            return;
        }
        if !directive.is_some_and(|rest| self.directive(rest, span)) {
            self.sql(line, at);
        }
    }

    fn sql(&mut self, line: &str, at: usize) {
        let words = line.trim();
        match &mut self.set {
            Some(set) => {
                set.sql.keep(line, at);
                if !words.is_empty() {
                    set.span = set.span.to(Span::new(at, at + line.trim_end().len()));
                }
            }
            None if words.is_empty() || words.starts_with("--") || self.has_stray => {}
            None => {
                self.has_stray = true;
                let span = Span::new(at, at + line.trim_end().len());
                let problem = "SQL before the first change set is not run by Liquibase, and not read here".to_owned();
                self.changelog.problems.push((span, problem));
            }
        }
    }

    /// Does what a comment says; false where it is a comment.
    fn directive(&mut self, words: &str, span: Span) -> bool {
        if let Some(rest) = after(words, "changeset") {
            self.close();
            let attributes = Attributes(rest);
            let chance = chance(|name| attributes.get(name), self.form);
            self.declared.change_set(|name| attributes.get(name), span, chance);
            self.set = Some(Set {
                sql: Mapped::default(),
                span,
                conditional: chance == Chance::Open,
                is_never: chance == Chance::Never,
                run_order: RunOrder::of(attributes.get("runOrder").as_deref()),
                delimiter: attributes.get("endDelimiter"),
            });
        } else if let Some(rest) = after(words, "rollback") {
            self.way_back(rest, span);
        } else if let Some(rest) = after(words, "preconditions") {
            let attributes = Attributes(rest);
            let ways = [attributes.get("onFail"), attributes.get("onError")];
            let is_skip = |way: &String| way.eq_ignore_ascii_case("MARK_RAN") || way.eq_ignore_ascii_case("CONTINUE");
            let is_skipped = ways.iter().flatten().any(is_skip);
            if let Some(set) = self.set.as_mut().filter(|set| !set.is_never) {
                set.conditional |= is_skipped;
                self.declared.preconditions(span, [].into_iter(), is_skipped);
            }
        } else if let Some(rest) = after(words, "property") {
            let attributes = Attributes(rest);
            if let (Some(name), Some(value)) = (attributes.get("name"), attributes.get("value")) {
                let chance = chance(|name| attributes.get(name), self.form);
                if chance == Chance::Never {
                    return true;
                }
                let always = chance == Chance::Sure;
                if !attributes.get("global").is_some_and(|global| global.eq_ignore_ascii_case("false")) {
                    let value = self.properties.filled(&value);
                    self.changelog.properties.push(Property { name: name.clone(), value, always });
                }
                self.properties.set(&name, &value, always);
            }
        } else if let Some(rest) = after(words, "includeall") {
            self.include(Attributes(rest), "path", span);
        } else if let Some(rest) = after(words, "include").filter(|rest| rest.contains("file:")) {
            self.include(Attributes(rest), "file", span);
        } else if let Some(rest) = after(words, "ignorelines") {
            match rest.trim().parse() {
                Ok(lines) => self.ignore = lines,
                Err(_) if rest.starts_with("start") => self.within = Within::Ignored,
                Err(_) => {}
            }
        } else {
            let known = ["liquibase formatted", "comment", "precondition-", "validchecksum"];
            return known.iter().any(|word| words.to_lowercase().starts_with(word));
        }
        true
    }

    fn way_back(&mut self, rest: &str, span: Span) {
        let lower = rest.trim().to_lowercase();
        let names_a_set = lower.starts_with("changesetid:") || lower.starts_with("changesetpath:");
        if matches!(lower.as_str(), "" | "empty" | "not required") || names_a_set {
            return;
        }
        let at = span.end as usize - rest.len();
        self.rollback.keep(rest, at);
        self.rollback.lead("\n");
    }

    fn include(&mut self, attributes: Attributes<'_>, name: &str, span: Span) {
        self.close();
        let Some(path) = attributes.get(name) else { return };
        let relative =
            attributes.get("relativeToChangelogFile").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let path = self.properties.filled(&path);
        let (before, folder) = (self.changelog.steps.len(), name == "path");
        let chance = chance(|name| attributes.get(name), self.form);
        self.declared.filters(|name| attributes.get(name), span, chance);
        let (conditional, passed_over) = (chance == Chance::Open, chance == Chance::Never);
        self.changelog.includes.push(Include {
            before,
            path,
            span,
            folder,
            relative,
            conditional,
            passed_over,
            ..Include::default()
        });
    }

    /// Ends the change set in hand.
    fn close(&mut self) {
        let rollback = std::mem::take(&mut self.rollback);
        let Some(set) = self.set.take().filter(|set| !set.is_never) else { return };
        let sql = self.properties.fill(&set.sql);
        let sql = set.delimiter.map_or_else(|| sql.clone(), |delimiter| ended(&sql, &delimiter));
        if !sql.text.trim().is_empty() {
            self.step(sql, set.span, set.conditional, false);
            self.changelog.steps.iter_mut().last().into_iter().for_each(|step| step.run_order = set.run_order);
        }
        if !rollback.text.trim().is_empty() {
            let rollback = self.properties.fill(&rollback);
            self.step(rollback, set.span, false, true);
        }
    }

    fn step(&mut self, sql: Mapped, span: Span, conditional: bool, back: bool) {
        let (sql, alike) = sql.into_parts();
        self.changelog.steps.push(Step { sql, span, alike, back, conditional, ..Step::default() });
    }
}

/// What follows a word, where the text begins with it; a colon may stand between.
fn after<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let head = text.get(..word.len())?;
    let rest = &text[word.len()..];
    let ends = rest.is_empty() || rest.starts_with([' ', '\t', ':']);
    (head.eq_ignore_ascii_case(word) && ends).then(|| rest.trim_start_matches(':').trim_start())
}

/// `author:id name:value name:"a value"`.
#[derive(Clone, Copy)]
struct Attributes<'t>(&'t str);

impl Attributes<'_> {
    fn get(self, name: &str) -> Option<String> {
        let mut rest = self.0;
        while let Some(colon) = rest.find(':') {
            let key = rest[..colon].trim().rsplit(char::is_whitespace).next().unwrap_or_default();
            let raw = rest[colon + 1..].trim_start();
            let (value, after) = match raw.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let inner = &raw[1..];
                    let end = inner.find(quote).unwrap_or(inner.len());
                    (&inner[..end], inner.get(end + 1..).unwrap_or_default())
                }
                _ => raw.split_at(raw.find(char::is_whitespace).unwrap_or(raw.len())),
            };
            if key.eq_ignore_ascii_case(name) && !value.is_empty() {
                return Some(value.to_owned());
            }
            rest = after;
        }
        None
    }
}
