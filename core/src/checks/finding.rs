//! A finding: what a check says, where, and what to do; and how checks say it.

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use super::phrase::Phrase;
use super::script::Script;
use super::{CHECKS, Check};
use crate::migration::{MigrationFile, Statement};
use crate::text::{Severity, Span};

/// One finding, as the JSON has it. The fields stand in the order by which a list of them is sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    pub check: String,
    pub severity: Severity,
    /// Why, in one sentence.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The edits that mend it, where that is mechanical.
    pub fix: Option<Vec<Edit>>,
}

/// A piece of the file, and what to write in its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Edit {
    /// Bytes of the file.
    pub start: u32,
    pub end: u32,
    pub text: String,
}

/// A finding that is still about spans.
pub(super) struct Draft {
    pub(super) file: usize,
    pub(super) span: Span,
    pub(super) check: usize,
    pub(super) severity: Severity,
    pub(super) message: String,
    pub(super) help: String,
    pub(super) fix: Vec<Edit>,
}

/// Where a check puts what it finds.
pub(super) struct Found<'f> {
    pub(super) check: usize,
    pub(super) file: usize,
    pub(super) drafts: &'f mut Vec<Draft>,
}

impl Found<'_> {
    fn check(&self) -> &'static Check {
        &CHECKS[self.check]
    }

    /// Says it of a part of a statement. Each `{}` of the message stands for a value.
    pub(super) fn at(
        &mut self,
        script: &Script<'_>,
        facts: &Facts<'_>,
        part: Phrase<'_>,
        message: &str,
        values: &[&str],
    ) -> &mut Draft {
        let span = placed(script.file, facts.statement, part.span());
        self.say(span, message, values)
    }

    /// Says it of a statement, from its first word to the name of what it works on.
    pub(super) fn on(&mut self, script: &Script<'_>, facts: &Facts<'_>, message: &str, values: &[&str]) -> &mut Draft {
        let name = facts.name.phrase;
        let end =
            if name.is_empty() { facts.all.words.first().map_or(0, |word| word.span.end) } else { name.span().end };
        let span = placed(script.file, facts.statement, Span { start: 0, end });
        self.say(span, message, values)
    }

    pub(super) fn say(&mut self, span: Span, message: &str, values: &[&str]) -> &mut Draft {
        let at = self.drafts.len();
        let check = self.check();
        self.drafts.push(Draft {
            file: self.file,
            span,
            check: self.check,
            severity: check.severity,
            message: filled(message, values),
            help: check.help.to_owned(),
            fix: Vec::new(),
        });
        &mut self.drafts[at]
    }
}

impl Draft {
    pub(super) fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }

    pub(super) fn help(&mut self, help: &str, values: &[&str]) -> &mut Self {
        self.help = filled(help, values);
        self
    }

    /// An edit of the statement's text, where the file holds it as it is run.
    pub(super) fn edit(&mut self, facts: &Facts<'_>, part: Span, text: &str) -> &mut Self {
        if facts.statement.made.is_none() {
            let span = part.shifted(facts.statement.span.start);
            self.fix.push(Edit { start: span.start, end: span.end, text: text.to_owned() });
        }
        self
    }

    /// Words to put after these.
    pub(super) fn insert_after(&mut self, facts: &Facts<'_>, words: Phrase<'_>, text: &str) -> &mut Self {
        let end = words.span().end;
        self.edit(facts, Span { start: end, end }, text)
    }
}

/// A span of the statement's SQL as a span of the file.
pub(super) fn placed(file: &MigrationFile, statement: &Statement, span: Span) -> Span {
    if statement.made.is_some() || span.start >= span.end || file.code(statement).len() < span.end as usize {
        return statement.span;
    }
    span.shifted(statement.span.start)
}

fn filled(template: &str, values: &[&str]) -> String {
    let mut parts = template.split("{}");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (at, part) in parts.enumerate() {
        text.push_str(values.get(at).unwrap_or(&""));
        text.push_str(part);
    }
    text
}

/// A file with the edits made. They do not overlap, or the later of two is left out.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort();
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for edit in edits {
        if edit.start < at {
            continue;
        }
        out.push_str(Span { start: at, end: edit.start }.of(text));
        out.push_str(&edit.text);
        at = edit.end;
    }
    out.push_str(text.get(at as usize..).unwrap_or_default());
    out
}
