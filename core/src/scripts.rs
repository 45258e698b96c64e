//! The migrations in the order in which they are run, what they include read where it stands.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::config::Options;
use crate::dbt::Project;
use crate::dialect::Dialect;
use crate::migration::{
    Changelog, FileName, Form, Format, Include, Known, MigrationFile, Placeholders, Property, ReadChangelog, Role,
    RunOrder, Step, detect, engine_of, passed_over,
};
use crate::pending::{Chosen, choose};
use crate::review::ReadAs;
use crate::revisions;
use crate::text::{Diagnostic, LineIndex, Span};

/// A migration as it was given.
pub(crate) struct Script {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) format: Format,
}

pub(crate) fn read_migrations(
    mut scripts: Vec<Script>,
    engine: Option<Dialect>,
    dialects: &BTreeMap<String, ReadAs>,
    read_changelog: ReadChangelog,
    options: &Options,
    diagnostics: &mut Vec<Diagnostic>,
) -> Chosen {
    scripts.sort_by_cached_key(|script| FileName::order(&script.name));
    leave_out_other_engines(&mut scripts, engine, diagnostics);
    leave_out_baselines(&mut scripts, diagnostics);
    let dialects: Vec<Dialect> = (scripts.iter())
        .map(|script| dialects.get(&script.name).map_or(Dialect::Generic, |read_as| read_as.name))
        .collect();
    let form = |script: &Script, dialect| Form {
        dialect: Some(dialect),
        is_told: options.dialect.is_some(),
        selection: options.liquibase.clone(),
        vars: if script.format == Format::Schemachange { options.vars_of_scripts() } else { Vec::new() },
        ..Form::of(script.format)
    };
    let mut changelogs: Vec<Option<Changelog>> = (scripts.iter().zip(&dialects))
        .map(|(script, dialect)| read_changelog(&form(script, *dialect), &script.text))
        .collect();
    let order = revisions::order(&scripts, &changelogs, diagnostics);
    let names: Vec<&str> = scripts.iter().map(|script| script.name.as_str()).collect();
    // What one file sets holds in those that are run with it, so these are read again with all of it.
    for (index, properties) in shared(&scripts, &changelogs, &names) {
        let form = Form { properties, ..form(&scripts[index], dialects[index]) };
        changelogs[index] = read_changelog(&form, &scripts[index].text);
    }
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
    let mut reading = Reading {
        scripts: &scripts,
        changelogs: &changelogs,
        dialects: &dialects,
        placeholders: &options.placeholders,
        diagnostics,
        read: BTreeSet::new(),
        known: Known::default(),
    };
    let mut migrations = Vec::new();
    for root in order {
        reading.file(root, &plans, &mut migrations);
    }
    let id = |changelog: &Option<Changelog>| Some(changelog.as_ref()?.revision.as_ref()?.id.clone());
    let revisions =
        scripts.iter().zip(&changelogs).filter_map(|(script, changelog)| Some((script.name.clone(), id(changelog)?)));
    choose(migrations, &revisions.collect(), &options.range, diagnostics)
}

/// Where the names say which engine each file is for, those for others are not run.
fn leave_out_other_engines(scripts: &mut Vec<Script>, engine: Option<Dialect>, diagnostics: &mut Vec<Diagnostic>) {
    let engines: BTreeSet<Dialect> = scripts.iter().filter_map(|script| engine_of(&script.name)).collect();
    let Some(engine) = engine.filter(|engine| engines.len() > 1 && engines.contains(engine)) else { return };
    scripts.retain(|script| {
        let is_other = engine_of(&script.name).is_some_and(|own| own != engine);
        if is_other {
            let message =
                format!("its name says that it is for another engine than {}; it is left out", engine.facts().title);
            diagnostics.push(Diagnostic::info("other-engine", &script.name, message));
        }
        !is_other
    });
}

/// Flyway runs a baseline in place of what comes before it, or not at all.
fn leave_out_baselines(scripts: &mut Vec<Script>, diagnostics: &mut Vec<Diagnostic>) {
    let names: Vec<&str> = scripts.iter().map(|script| script.name.as_str()).collect();
    let (passed_over, said) = passed_over(&names);
    diagnostics.extend(said);
    let mut passed_over = passed_over.into_iter();
    scripts.retain(|_| !passed_over.next().unwrap_or_default());
}

/// The files that include others or are included, and what all files of their group set: those that include first.
fn shared(scripts: &[Script], changelogs: &[Option<Changelog>], names: &[&str]) -> Vec<(usize, Vec<Property>)> {
    let includes: Vec<Vec<usize>> = (scripts.iter().zip(changelogs))
        .map(|(script, changelog)| {
            let includes = changelog.iter().flat_map(|changelog| &changelog.includes);
            includes.flat_map(|include| resolve(&script.name, include, names)).collect()
        })
        .collect();
    let included: BTreeSet<usize> = includes.iter().flatten().copied().collect();
    let mut seen = BTreeSet::new();
    let mut shared = Vec::new();
    for root in (0..scripts.len()).filter(|index| !included.contains(index) && !includes[*index].is_empty()) {
        let (mut group, mut properties, mut to_do) = (Vec::new(), Vec::new(), vec![root]);
        while let Some(index) = to_do.pop() {
            if seen.insert(index) {
                group.push(index);
                properties.extend(changelogs[index].iter().flat_map(|changelog| changelog.properties.iter().cloned()));
                to_do.extend(includes[index].iter().rev());
            }
        }
        if !properties.is_empty() {
            shared.extend(group.into_iter().map(|index| (index, properties.clone())));
        }
    }
    shared
}

/// A stretch of a file's steps, or a file that is run in between.
enum Part {
    Steps { from: usize, to: usize, conditional: bool },
    File { index: usize, conditional: bool, passed_over: bool },
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
        if found.is_empty() && !include.passed_over && !include.may_be_missing {
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
            parts.push(Part::File { index, conditional: include.conditional, passed_over: include.passed_over });
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
    placeholders: &'r Placeholders,
    diagnostics: &'r mut Vec<Diagnostic>,
    /// Each file is read once.
    read: BTreeSet<usize>,
    /// What those that are read tell of later ones.
    known: Known,
}

impl Reading<'_> {
    /// Reads a file and what it includes; what is still to do is on a list, so that depth costs no stack.
    fn file(&mut self, root: usize, plans: &[Vec<Part>], migrations: &mut Vec<MigrationFile>) {
        let start = Part::File { index: root, conditional: false, passed_over: false };
        let mut to_do = vec![(root, &start, false)];
        let mut stretches = Vec::new();
        while let Some((owner, part, outer)) = to_do.pop() {
            match part {
                Part::File { index, conditional, passed_over } => {
                    if self.read.insert(*index) && !passed_over {
                        let is_conditional = outer || *conditional;
                        to_do.extend(plans[*index].iter().rev().map(|part| (*index, part, is_conditional)));
                    }
                }
                Part::Steps { from, to, conditional } => stretches.push((owner, *from..*to, outer || *conditional)),
            }
        }
        for order in RunOrder::ALL {
            let read = |(index, steps, conditional): &_| self.steps(*index, Range::clone(steps), order, *conditional);
            migrations.extend(stretches.iter().filter_map(read));
        }
    }

    /// A stretch of a file as a migration of its own, of which those steps are taken that are run in this order.
    fn steps(
        &mut self,
        index: usize,
        steps: Range<usize>,
        order: RunOrder,
        conditional: bool,
    ) -> Option<MigrationFile> {
        let Script { name, text, format } = &self.scripts[index];
        let dialect = self.dialects[index];
        let (mut file, said) = match (format, &self.changelogs[index]) {
            (_, Some(changelog)) => {
                let is_last = steps.end == usize::MAX && order == RunOrder::InPlace;
                let is_first = steps.start == 0 && order == RunOrder::InPlace;
                let steps = changelog.steps.get(steps.start..steps.end.min(changelog.steps.len())).unwrap_or_default();
                let steps: Vec<Step> = steps.iter().filter(|step| step.run_order == order).cloned().collect();
                let says = is_last && !(changelog.problems.is_empty() && changelog.notes.is_empty());
                if steps.is_empty() && !is_first && !says {
                    return None;
                }
                let said = |all: &[(Span, String)]| if is_last { all.to_vec() } else { Vec::new() };
                let (problems, notes) = (said(&changelog.problems), said(&changelog.notes));
                let revision = changelog.revision.clone();
                let part = Changelog { steps, problems, notes, revision, ..Changelog::default() };
                MigrationFile::of_changelog(name, text.clone(), &part, dialect)
            }
            (_, None) if order != RunOrder::InPlace => return None,
            (Format::Sql | Format::LiquibaseSql | Format::Schemachange, None) => {
                match self.placeholders.filled(text).filter(|_| *format == Format::Sql) {
                    Some(filled) => MigrationFile::read_filled(name, text.clone(), &filled, dialect, &mut self.known),
                    None => MigrationFile::read_knowing(name, text.clone(), dialect, &mut self.known),
                }
            }
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

/// What each script is read as, by its name, and why.
pub(crate) fn dialects(scripts: &[Script], project: Option<&Project>, options: &Options) -> BTreeMap<String, ReadAs> {
    let candidates = dialects_to_try(project);
    let read_as = |script: &Script| match options.dialect {
        Some(name) => ReadAs { name, reason: "that is what the options say".to_owned() },
        None => {
            let found = detect(&script.name, &script.text, &candidates);
            ReadAs { name: found.dialect, reason: found.reason }
        }
    };
    scripts.iter().map(|script| (script.name.clone(), read_as(script))).collect()
}

/// An application's database is most often PostgreSQL; what the warehouse speaks comes next.
fn dialects_to_try(project: Option<&Project>) -> Vec<Dialect> {
    let mut dialects = vec![Dialect::Postgres];
    dialects.extend(project.and_then(|project| project.dialect).filter(|dialect| *dialect != Dialect::Postgres));
    dialects.extend([Dialect::MySql, Dialect::Generic]);
    dialects
}
