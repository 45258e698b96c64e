//! The migrations in the order in which they are run, what they include read where it stands.

use std::collections::BTreeSet;

use crate::config::Options;
use crate::dbt::Project;
use crate::dialect::Dialect;
use crate::migration::{Changelog, FileName, Form, Format, Include, MigrationFile, ReadChangelog, Role, detect};
use crate::revisions;
use crate::text::{Diagnostic, LineIndex};

/// A migration as it was given.
pub(crate) struct Script {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) format: Format,
}

pub(crate) fn read_migrations(
    mut scripts: Vec<Script>,
    project: Option<&Project>,
    options: &Options,
    read_changelog: ReadChangelog,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<MigrationFile> {
    scripts.sort_by(|a, b| FileName::compare(&a.name, &b.name));
    let candidates = dialects_to_try(project);
    let dialects: Vec<Dialect> = (scripts.iter())
        .map(|script| options.dialect.unwrap_or_else(|| detect(&script.name, &script.text, &candidates).dialect))
        .collect();
    let form = |script: &Script, dialect| Form {
        format: script.format,
        dialect: Some(dialect),
        is_told: options.dialect.is_some(),
    };
    let changelogs: Vec<Option<Changelog>> = (scripts.iter().zip(&dialects))
        .map(|(script, dialect)| read_changelog(form(script, *dialect), &script.text))
        .collect();
    let order = revisions::order(&scripts, &changelogs, diagnostics);
    let names: Vec<&str> = scripts.iter().map(|script| script.name.as_str()).collect();
    let mut included = BTreeSet::new();
    let mut plans: Vec<Vec<Part>> = Vec::new();
    for (script, changelog) in scripts.iter().zip(&changelogs) {
        plans.push(changelog.as_ref().map_or_else(
            || vec![Part::Steps { from: 0, to: usize::MAX, conditional: false }],
            |changelog| plan(script, changelog, &names, &mut included, diagnostics),
        ));
    }
    let roots = order.iter().copied().filter(|index| !included.contains(index));
    // Files that only include each other have no root; they are read by name, after all others.
    let order = roots.chain(included.iter().copied());
    let mut reading =
        Reading { scripts: &scripts, changelogs: &changelogs, dialects: &dialects, diagnostics, read: BTreeSet::new() };
    let mut migrations = Vec::new();
    for root in order {
        reading.file(root, &plans, &mut migrations);
    }
    migrations
}

/// A stretch of a file's steps, or a file that is run in between.
enum Part {
    Steps { from: usize, to: usize, conditional: bool },
    File { index: usize, conditional: bool, back: bool },
}

/// A file's steps and the files that it includes, in the order in which they are run.
fn plan(
    script: &Script,
    changelog: &Changelog,
    names: &[&str],
    included: &mut BTreeSet<usize>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut from = 0;
    for include in &changelog.includes {
        if include.before > from {
            parts.push(Part::Steps { from, to: include.before, conditional: false });
            from = include.before;
        }
        let found = resolve(&script.name, include, names);
        if found.is_empty() && !include.back {
            let place = LineIndex::new(&script.text).place(&script.name, &script.text, include.span);
            let what = if include.folder { "folder" } else { "file" };
            let message = format!(
                "line {}: it includes the {what} {}, which is not among what was given; its changes are not in this review",
                place.line, include.path
            );
            let said = Diagnostic::error("unread-migration", &script.name, message).at(place);
            diagnostics.push(said.help("Give the whole folder of changelogs."));
        }
        for index in found {
            included.insert(index);
            parts.push(Part::File { index, conditional: include.conditional, back: include.back });
        }
    }
    parts.push(Part::Steps { from, to: usize::MAX, conditional: false });
    parts
}

/// The files that an include means, in the order in which they are run.
fn resolve(from: &str, include: &Include, names: &[&str]) -> Vec<usize> {
    let own_folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = include.path.trim().replace('\\', "/");
    let path = path.strip_prefix("classpath:").unwrap_or(&path).trim_start_matches('/');
    let path = if include.relative { tidy(&format!("{own_folder}/{path}")) } else { tidy(path) };
    if path.is_empty() && !include.folder {
        return Vec::new();
    }
    let ends_in = |name: &str| {
        let name = tidy(name);
        name == path || path.is_empty() || name.strip_suffix(path.as_str()).is_some_and(|head| head.ends_with('/'))
    };
    let mut found: Vec<usize> = (0..names.len())
        .filter(|index| names[*index] != from)
        .filter(|index| {
            let name = names[*index];
            ends_in(if include.folder { folder_within(name, &path) } else { name })
        })
        .collect();
    if include.folder {
        found.sort_by_key(|index| names[*index]);
    } else {
        // Of several files whose paths end so, the one nearest to the file that includes it.
        let shared = |name: &str| name.bytes().zip(from.bytes()).take_while(|(a, b)| a == b).count();
        let nearest = found.iter().copied().max_by_key(|index| (shared(names[*index]), usize::MAX - index));
        found = nearest.into_iter().collect();
    }
    found
}

/// The part of a path up to a folder in it, also where the file stands deeper; the file's own folder otherwise.
fn folder_within<'n>(name: &'n str, folder: &str) -> &'n str {
    let own = name.rsplit_once('/').map_or("", |(own, _)| own);
    let inner = own.find(&format!("{folder}/")).filter(|at| *at == 0 || own.as_bytes()[at - 1] == b'/');
    inner.map_or(own, |at| &own[..at + folder.len()])
}

/// A path without `.`, `..` and empty parts.
fn tidy(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

struct Reading<'r> {
    scripts: &'r [Script],
    changelogs: &'r [Option<Changelog>],
    dialects: &'r [Dialect],
    diagnostics: &'r mut Vec<Diagnostic>,
    /// Each file is read once.
    read: BTreeSet<usize>,
}

impl Reading<'_> {
    /// Reads a file and what it includes; what is still to do is on a list, so that depth costs no stack.
    fn file(&mut self, root: usize, plans: &[Vec<Part>], migrations: &mut Vec<MigrationFile>) {
        let start = Part::File { index: root, conditional: false, back: false };
        let mut to_do = vec![(root, &start, false)];
        while let Some((owner, part, outer)) = to_do.pop() {
            match part {
                Part::File { index, conditional, back } => {
                    if self.read.insert(*index) && !back {
                        let is_conditional = outer || *conditional;
                        to_do.extend(plans[*index].iter().rev().map(|part| (*index, part, is_conditional)));
                    }
                }
                Part::Steps { from, to, conditional } => {
                    migrations.extend(self.steps(owner, *from, *to, outer || *conditional));
                }
            }
        }
    }

    /// A stretch of a file as a migration of its own.
    fn steps(&mut self, index: usize, from: usize, to: usize, conditional: bool) -> Option<MigrationFile> {
        let Script { name, text, format } = &self.scripts[index];
        let dialect = self.dialects[index];
        let (mut file, said) = match (format, &self.changelogs[index]) {
            (_, Some(changelog)) => {
                let is_last = to == usize::MAX;
                let steps = changelog.steps.get(from..to.min(changelog.steps.len())).unwrap_or_default();
                if steps.is_empty() && from > 0 && changelog.problems.is_empty() {
                    return None;
                }
                let problems = if is_last { changelog.problems.clone() } else { Vec::new() };
                let revision = changelog.revision.clone();
                let part = Changelog { steps: steps.to_vec(), problems, revision, ..Changelog::default() };
                MigrationFile::of_changelog(name, text.clone(), &part, dialect)
            }
            (Format::Sql | Format::LiquibaseSql, None) => MigrationFile::read(name, text.clone(), dialect),
            (format, None) => {
                let message = format!(
                    "this is {}, a form that is not read here; its changes are not in this review",
                    format.title()
                );
                self.diagnostics.push(
                    Diagnostic::error("unread-migration", name, message)
                        .help("Give the SQL that the tool would run (liquibase update-sql, alembic upgrade --sql)."),
                );
                return None;
            }
        };
        file.statements.iter_mut().for_each(|statement| statement.conditional |= conditional);
        if file.role != Role::Rollback {
            self.diagnostics.extend(said);
        }
        Some(file)
    }
}

/// An application's database is most often PostgreSQL; what the warehouse speaks comes next.
fn dialects_to_try(project: Option<&Project>) -> Vec<Dialect> {
    let mut dialects = vec![Dialect::Postgres];
    dialects.extend(project.and_then(|project| project.dialect).filter(|dialect| *dialect != Dialect::Postgres));
    dialects.extend([Dialect::MySql, Dialect::Generic]);
    dialects
}
