//! Changelogs in another form than SQL, as the SQL that they come to.
//!
//! A reader of such a form (XML, YAML, Python) says each change as the SQL that its tool would run, and where in the file it
//! stands. So there is one reader of statements, and a place in the file for each. Plain data: a page keeps these readers in
//! a module of their own.

use serde::{Deserialize, Serialize};

use super::{
    Effect, FileName, MigrationFile, Role, Statement, alembic, liquibase, say_unknown, schemachange, script, sqitch,
};
use crate::dialect::Dialect;
use crate::jinja::Data;
use crate::migration::liquibase::Selection;
use crate::text::{Diagnostic, LineIndex, Span};

/// The forms that migrations are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Sql,
    LiquibaseSql,
    LiquibaseXml,
    LiquibaseYaml,
    LiquibaseJson,
    LiquibaseFlow,
    Alembic,
    Schemachange,
    SqitchPlan,
}

impl Format {
    /// The form of a file, from its name and the beginning of its text in lower case.
    pub fn of(name: &str, head: &str) -> Self {
        let extension = name.rsplit('.').next().unwrap_or("").to_lowercase();
        let first = head.trim_start();
        match extension.as_str() {
            _ if first.starts_with('<') && head.contains("<databasechangelog") => Self::LiquibaseXml,
            _ if first.starts_with(['{', '[']) && head.contains("\"databasechangelog\"") => Self::LiquibaseJson,
            "yml" | "yaml" if head.contains("databasechangelog:") => Self::LiquibaseYaml,
            _ if sqitch::is_plan(name, first) => Self::SqitchPlan,
            "yml" | "yaml" if liquibase::is_flow(head) => Self::LiquibaseFlow,
            "py" if head.contains("alembic") || head.contains("down_revision") => Self::Alembic,
            "sql"
                if first
                    .strip_prefix("--")
                    .is_some_and(|line| line.trim_start().starts_with("liquibase formatted")) =>
            {
                Self::LiquibaseSql
            }
            "sql" | "jinja" if is_template(head) => Self::Schemachange,
            _ => Self::Sql,
        }
    }

    /// For a person: what the file is.
    pub fn title(self) -> &'static str {
        match self {
            Self::Sql => "SQL",
            Self::LiquibaseSql => "a Liquibase changelog (formatted SQL)",
            Self::LiquibaseXml => "a Liquibase changelog (XML)",
            Self::LiquibaseYaml => "a Liquibase changelog (YAML)",
            Self::LiquibaseJson => "a Liquibase changelog (JSON)",
            Self::LiquibaseFlow => "a Liquibase flow file",
            Self::Alembic => "an Alembic migration",
            Self::SqitchPlan => "the plan of sqitch",
            Self::Schemachange => "a template, as schemachange runs them",
        }
    }
}

/// Whether a script has Jinja in it. Go's templates and the tools that keep both ways in one file have none.
fn is_template(head: &str) -> bool {
    let opens = |mark: &str| {
        head.match_indices(mark).any(|(at, _)| {
            let inside = head[at + mark.len()..].trim_start_matches(['-', '+']).trim_start();
            inside.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        })
    };
    let leads_back = || ["-- +goose", "-- migrate:", "--//@undo"].iter().any(|mark| head.contains(mark));
    head.contains('{') && (opens("{%") || opens("{{")) && !leads_back()
}

/// How a file is to be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    pub format: Format,
    /// The dialect of the SQL that it comes to.
    pub dialect: Option<Dialect>,
    /// The dialect was said by a person; a condition on it can be decided.
    pub is_told: bool,
    /// What other files set for this one too; the first that sets a name counts.
    #[serde(default)]
    pub properties: Vec<Property>,
    /// What templates are given.
    #[serde(default)]
    pub vars: Vec<(String, Data)>,
    /// Which change sets are run.
    #[serde(default)]
    pub selection: Selection,
}

impl Form {
    /// A file of this form, of which nothing more is known.
    pub fn of(format: Format) -> Self {
        let selection = Selection::default();
        Self { format, dialect: None, is_told: false, properties: Vec::new(), vars: Vec::new(), selection }
    }

    pub fn dialect(&self) -> Dialect {
        self.dialect.unwrap_or(Dialect::Postgres)
    }
}

/// A value that a changelog sets for `${name}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    pub name: String,
    pub value: String,
    /// For every database, context and label.
    pub always: bool,
}

/// Reads a file in another form than SQL; none where that form is not read here.
pub type ReadChangelog = fn(&Form, text: &str) -> Option<Changelog>;

/// All forms that the engine reads.
pub fn read_changelog(form: &Form, text: &str) -> Option<Changelog> {
    match form.format {
        Format::Sql => None,
        Format::Alembic => Some(alembic::read(form, text)),
        Format::Schemachange => Some(schemachange::read(form, text)),
        Format::SqitchPlan => Some(sqitch::read(text)),
        _ => liquibase::read(form, text),
    }
}

/// One file of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Changelog {
    pub steps: Vec<Step>,
    /// Other files that are run in the midst of this one.
    pub includes: Vec<Include>,
    /// What could not be read, one sentence each.
    pub problems: Vec<(Span, String)>,
    /// What is worth knowing about what was read, one sentence each.
    pub notes: Vec<(Span, String)>,
    /// Where the file says which others it comes after.
    pub revision: Option<Revision>,
    /// What it sets for other files too.
    pub properties: Vec<Property>,
}

/// Alembic's files are ordered by what they say, whatever their names are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Revision {
    pub id: String,
    /// The revisions that come right before: none for a first one, several where branches join.
    pub after: Vec<String>,
    pub depends_on: Vec<String>,
    pub labels: Vec<String>,
    pub span: Span,
}

/// One statement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Step {
    /// One or more statements. Empty where it is not known; then `unknown` says why.
    pub sql: String,
    /// The element, entry or call that says it.
    pub span: Span,
    /// Where the SQL is the file's own text: offsets in the SQL and in the file from which on the two run alike. Empty where
    /// the SQL was made here: then all of it stands at `span`.
    pub alike: Vec<(u32, u32)>,
    /// Leads back; never read as a change.
    pub back: bool,
    /// A precondition, a context or a condition decides whether it happens.
    pub conditional: bool,
    pub unknown: Option<String>,
    pub run_order: RunOrder,
}

/// When a change set is run: Liquibase moves those that say so before or after all others of all files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunOrder {
    First,
    #[default]
    InPlace,
    Last,
}

impl RunOrder {
    pub const ALL: [Self; 3] = [Self::First, Self::InPlace, Self::Last];

    /// By the attribute `runOrder`.
    pub fn of(said: Option<&str>) -> Self {
        match said.map(|said| said.trim().to_ascii_lowercase()).as_deref() {
            Some("first") => Self::First,
            Some("last") => Self::Last,
            _ => Self::InPlace,
        }
    }
}

/// `include`, `includeAll`, `sqlFile`: a path, as it is written, before the step of this number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(clippy::struct_excessive_bools)] // each is an attribute of its own
pub struct Include {
    pub before: usize,
    pub path: String,
    pub span: Span,
    /// All files of a folder, in the order of their names.
    pub folder: bool,
    /// The path is relative to this file.
    pub relative: bool,
    /// As of a step.
    pub conditional: bool,
    /// It belongs to the way back, or is left out.
    pub passed_over: bool,
    /// Nothing is wrong where it is not among what was given.
    pub may_be_missing: bool,
}

impl Step {
    /// A span of the SQL, as a span of the file.
    fn place(&self, span: Span) -> Span {
        let file_offset = |at: u32| {
            let after = self.alike.partition_point(|(from, _)| *from <= at);
            let (from, to) = self.alike.get(after.checked_sub(1)?)?;
            Some(to + (at - from))
        };
        match (file_offset(span.start), file_offset(span.end.saturating_sub(1))) {
            (Some(start), Some(last)) if start <= last => {
                // A last character that is written as an escape is longer in the file; where it ends is a pair of its own.
                let at = self.alike.partition_point(|(from, _)| *from < span.end);
                let last_length =
                    self.sql.get(..span.end as usize).and_then(|sql| sql.chars().next_back()).map_or(1, char::len_utf8);
                let is_own = |own: usize| self.alike[own].0 as usize + last_length == span.end as usize;
                let is_own = at.checked_sub(1).is_some_and(is_own);
                let end = self.alike.get(at).filter(|(from, to)| is_own && *from == span.end && *to > last);
                Span { start, end: end.map_or(last + 1, |(_, to)| *to) }
            }
            _ => self.span,
        }
    }

    /// The statements of a step of this file.
    fn statements(&self, file: &str, dialect: Dialect) -> Vec<Statement> {
        if let Some(reason) = &self.unknown {
            let effect = Effect::Unknown(reason.clone());
            let (span, conditional) = (self.span, self.conditional);
            return vec![Statement { span, effect, conditional, block: None, made: None }];
        }
        let mut statements = script::read(&self.sql, dialect);
        for statement in &mut statements {
            self.put_back(statement, file);
            statement.conditional |= self.conditional;
        }
        statements
    }

    /// Gives a statement of the SQL its places in the file.
    pub(super) fn put_back(&self, statement: &mut Statement, file: &str) {
        let code = statement.span.of(&self.sql);
        statement.span = self.place(statement.span);
        statement.block = statement.block.map(|block| self.place(block));
        if statement.made.is_none() && statement.span.of(file) != code {
            statement.made = Some(code.to_owned());
        }
        if let Effect::Ops(ops) = &mut statement.effect {
            ops.iter_mut().for_each(|op| op.span = self.place(op.span));
        }
    }
}

impl MigrationFile {
    /// A file in another form than SQL, from what its reader made of it.
    pub fn of_changelog(name: &str, text: String, changelog: &Changelog, dialect: Dialect) -> (Self, Vec<Diagnostic>) {
        let lines = LineIndex::new(&text);
        let read = |back: bool| -> Vec<Statement> {
            let steps = changelog.steps.iter().filter(|step| step.back == back);
            steps.flat_map(|step| step.statements(&text, dialect)).collect()
        };
        let (statements, back) = (read(false), read(true));
        let mut diagnostics = say_unknown(name, &text, &lines, &statements);
        diagnostics.extend(changelog.problems.iter().map(|(span, problem)| {
            let place = lines.place(name, &text, *span);
            Diagnostic::warning("unread-change", name, format!("line {}: {problem}", place.line))
                .at(place)
                .help("Check this change by hand; the verdict does not cover it.")
        }));
        diagnostics.extend(
            changelog.notes.iter().map(|(span, note)| {
                Diagnostic::info("changelog", name, note.clone()).at(lines.place(name, &text, *span))
            }),
        );
        // The way back of a revision stands in its own file, whatever the file is called.
        let role = match FileName::parse(name).role {
            Role::Rollback if changelog.revision.is_none() => Role::Rollback,
            _ => Role::Forward,
        };
        // In formatted SQL Liquibase knows no more of a change than its text.
        let undoes_itself = [".xml", ".yaml", ".yml", ".json"].iter().any(|form| name.to_lowercase().ends_with(form));
        (
            Self {
                name: name.to_owned(),
                role,
                dialect,
                text,
                lines,
                statements,
                back,
                routines: Vec::new(),
                undoes_itself,
            },
            diagnostics,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_made_and_in_quoted_sql_lead_into_the_file() {
        let text = "<x>DROP TABLE a;</x> <rename/>".to_owned();
        let quoted =
            Step { sql: "DROP TABLE a;".to_owned(), span: Span::new(0, 20), alike: vec![(0, 3)], ..Step::default() };
        let made = Step { sql: "ALTER TABLE b RENAME TO c".to_owned(), span: Span::new(21, 30), ..Step::default() };
        let changelog = Changelog { steps: vec![quoted, made], ..Changelog::default() };
        let (file, said) = MigrationFile::of_changelog("x.xml", text, &changelog, Dialect::Postgres);
        assert!(said.is_empty(), "{said:?}");
        let spans: Vec<&str> = file.statements.iter().map(|statement| statement.span.of(&file.text)).collect();
        assert_eq!(spans, ["DROP TABLE a", "<rename/>"]);
    }

    #[test]
    fn a_step_that_is_not_known_is_named_and_one_back_is_no_change() {
        let unknown = Step { unknown: Some("computed at run time".to_owned()), ..Step::default() };
        let back = Step { sql: "DROP TABLE a".to_owned(), back: true, ..Step::default() };
        let changelog = Changelog { steps: vec![unknown, back], ..Changelog::default() };
        let (file, said) = MigrationFile::of_changelog("x.py", "x".to_owned(), &changelog, Dialect::Postgres);
        assert_eq!((file.statements.len(), said.len()), (1, 1));
    }
}
