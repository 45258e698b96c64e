//! A finding: what a check says, where, and what to do; and how checks say it.

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use super::later::Later;
use super::phrase::Phrase;
use super::runner::Runner;
use super::script::Script;
use super::{CHECKS, Check};
use crate::dialect::Dialect;
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
    /// The same for people: the lines that they change, as a diff.
    #[serde(default)]
    pub diff: Option<String>,
}

/// A piece of the file, and what to write in its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Edit {
    /// Bytes of the file; of a new one, the order of its pieces.
    pub start: u32,
    pub end: u32,
    pub text: String,
    /// The file that is to be made with this text in it; none for the finding's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_file: Option<String>,
}

impl Edit {
    pub(super) fn new(span: Span, text: impl Into<String>) -> Self {
        Self { start: span.start, end: span.end, text: text.into(), new_file: None }
    }
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
    /// What the fix leaves to a migration of its own.
    pub(super) later: Vec<(Later, String)>,
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
            later: Vec::new(),
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
            self.fix.push(Edit::new(span, text));
        }
        self
    }

    /// Words to put after these.
    pub(super) fn insert_after(&mut self, facts: &Facts<'_>, words: Phrase<'_>, text: &str) -> &mut Self {
        let end = words.span().end;
        self.edit(facts, Span { start: end, end }, text)
    }

    /// Runs this after the statement, outside of any transaction: at once, or where the transaction has ended.
    pub(super) fn then(&mut self, script: &Script<'_>, facts: &Facts<'_>, sql: &str) -> &mut Self {
        if !is_editable(facts) {
            return self;
        }
        if script.units[facts.unit].wrapped {
            self.later.push((Later::Afterwards, sql.to_owned()));
            return self;
        }
        let in_unit = |other: &&Facts<'_>| other.unit == facts.unit;
        let last = if facts.in_transaction { script.facts.iter().rfind(in_unit).unwrap_or(facts) } else { facts };
        let end = End::of(&script.file.text, last.statement.span.end);
        let text = match (end.has_semicolon, end.has_line) {
            (true, true) => format!("{sql};\n"),
            (true, false) => format!("\n{sql};"),
            (false, _) => format!(";\n{sql}"),
        };
        self.fix.push(Edit::new(Span { start: end.at, end: end.at }, text));
        self
    }

    /// Puts another statement before this one.
    pub(super) fn before(&mut self, facts: &Facts<'_>, sql: &str) -> &mut Self {
        if is_editable(facts) {
            // In the place of its first word, so that what other checks put before a statement comes before this too.
            let first = facts.all.words.first().map_or(Span::default(), |word| word.span);
            self.edit(facts, first, &format!("{sql};\n{}", first.of(facts.all.code)));
        }
        self
    }

    /// Takes the statement out, to be run later as this.
    pub(super) fn move_to(&mut self, script: &Script<'_>, facts: &Facts<'_>, later: Later, sql: &str) -> &mut Self {
        if is_editable(facts) && (later == Later::Contract || has_outside(script)) {
            let name = facts.name.phrase;
            let head = Span { start: 0, end: name.span().end }.of(facts.all.code);
            let head = head.split_whitespace().collect::<Vec<_>>().join(" ");
            let end = End::of(&script.file.text, facts.statement.span.end).at;
            let span = Span { start: facts.statement.span.start, end };
            self.fix.push(Edit::new(span, format!("-- Moved to a later migration: {head}\n")));
            self.later.push((later, sql.to_owned()));
        }
        self
    }
}

/// The statement that limits how long those after it wait for locks.
pub(super) fn lock_timeout(dialect: Dialect, in_transaction: bool) -> Option<&'static str> {
    match (dialect, in_transaction) {
        (Dialect::Postgres, true) => Some("SET LOCAL lock_timeout = '5s'"),
        (Dialect::Postgres, false) => Some("SET lock_timeout = '5s'"),
        (Dialect::MySql, _) => Some("SET SESSION lock_wait_timeout = 5"),
        _ => None,
    }
}

/// Whether a file can hold several statements outside of a transaction: golang-migrate sends it as one query.
fn has_outside(script: &Script<'_>) -> bool {
    script.runner != Runner::UpDown
}

/// Whether the statement stands in the file as it is run, and is always run.
pub(super) fn is_editable(facts: &Facts<'_>) -> bool {
    facts.statement.made.is_none() && facts.statement.block.is_none() && !facts.statement.conditional
}

/// Where a statement ends: behind its semicolon, and behind its line where only a comment follows.
struct End {
    at: u32,
    has_semicolon: bool,
    has_line: bool,
}

impl End {
    fn of(text: &str, statement: u32) -> Self {
        let rest = text.get(statement as usize..).unwrap_or_default();
        let after = rest.trim_start();
        let has_semicolon = after.starts_with(';');
        let own = if has_semicolon { rest.len() - after.len() + 1 } else { 0 };
        let line = rest[own..].split_inclusive('\n').next().unwrap_or_default();
        let is_over = line.trim().is_empty() || line.trim_start().starts_with("--");
        let has_line = has_semicolon && line.ends_with('\n') && is_over;
        let length = if has_line { own + line.len() } else { own };
        Self { at: statement + u32::try_from(length).unwrap_or(0), has_semicolon, has_line }
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
