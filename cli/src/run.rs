//! One command, from its arguments to its exit code.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use foreshock_core::documents::{self, Document};
use foreshock_core::outcome::Verdict;
use foreshock_core::review::Review;
use foreshock_core::select::Selector;
use foreshock_core::text::Severity;
use foreshock_core::{InputFile, Options, Phase, Session};

use crate::{
    Command, DocumentArgs, FailOn, Format, InputArgs, ReviewArgs, SelectArgs, files, fix, lineage, ls, unpack,
};

/// The exit code for input that cannot be used, and for wrong usage.
pub(crate) const UNUSABLE: u8 = 2;

pub(crate) fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Review(args) => review(&args),
        Command::Checklist(args) => document(&args, Document::Checklist),
        Command::Postmortem(args) => document(&args, Document::Postmortem),
        Command::Fix(args) => fix::run(&args),
        Command::Ls(args) => ls::run(&args),
        Command::Lineage(args) => lineage::run(&args),
    }
}

fn review(args: &ReviewArgs) -> Result<ExitCode> {
    let selector = selector(&args.selection)?;
    let session = open(&args.input)?;
    let Ok(whole) = session.review() else { return Ok(nothing_to_review(&session)) };
    let narrowed = selector.and_then(|selector| session.narrowed(&selector)).transpose()?;
    let review = narrowed.as_ref().unwrap_or(whole);
    write(&rendered(review, args.format), args.output.as_deref())?;
    let threshold = match args.fail_on {
        FailOn::Block => Some(Verdict::Block),
        FailOn::Review => Some(Verdict::Review),
        FailOn::Never => None,
    };
    let fails = threshold.is_some_and(|threshold| review.verdict >= threshold);
    Ok(ExitCode::from(u8::from(fails)))
}

fn rendered(review: &Review, format: Format) -> String {
    match format {
        Format::Text => documents::text(review),
        Format::Json => documents::json(review),
        Format::Markdown => documents::markdown(Document::Summary, review),
        Format::Sarif => documents::sarif(review),
        Format::Html => documents::html(
            &format!("Foreshock: {}", review.project.name),
            &documents::markdown(Document::Summary, review),
        ),
    }
}

fn document(args: &DocumentArgs, document: Document) -> Result<ExitCode> {
    let session = open(&args.input)?;
    let Some(markdown) = session.document(document) else { return Ok(nothing_to_review(&session)) };
    write(&markdown, args.output.as_deref())?;
    Ok(ExitCode::SUCCESS)
}

/// What is asked for; none where nothing is.
pub(crate) fn selector(args: &SelectArgs) -> Result<Option<Selector>> {
    let is_given = !args.select.is_empty() || !args.exclude.is_empty();
    Ok(is_given.then(|| Selector::parse(&args.select, &args.exclude)).transpose()?)
}

pub(crate) fn open(args: &InputArgs) -> Result<Session> {
    let mut inputs = unpack::unpack(files::read(&args.paths)?);
    if let Some(config) = &args.config {
        let bytes = fs::read(config).with_context(|| format!("cannot read {}", config.display()))?;
        // Given as the configuration, it is one, whatever it is called.
        inputs.push(InputFile::new("foreshock.toml", bytes));
    }
    let options = Options { dialect: args.dialect, maps: args.maps.clone(), ..Options::default() };
    Ok(Session::read(inputs, &options, &mut progress()))
}

/// A line that is written over, for people at a terminal only.
fn progress() -> impl FnMut(Phase) {
    let shows = std::io::stderr().is_terminal();
    move |phase| {
        if !shows {
            return;
        }
        let line = match phase {
            Phase::Reading { file, index, of, read, size } => {
                format!("reading {}/{of} {file} {} %", index + 1, read * 100 / size.max(1))
            }
            Phase::Matching => "matching the migration with the project".to_owned(),
            Phase::Rendering => "rendering templates".to_owned(),
            Phase::Tracing { done, of } => format!("tracing {done}/{of}"),
            Phase::Writing => String::new(),
        };
        let _ = write!(std::io::stderr(), "\r\x1b[2K{line}");
    }
}

pub(crate) fn nothing_to_review(session: &Session) -> ExitCode {
    if let Err(missing) = session.review() {
        eprintln!("error: {}", missing.message);
    }
    say_inputs(session);
    ExitCode::from(UNUSABLE)
}

/// What each file was taken for, and what is wrong with it.
pub(crate) fn say_inputs(session: &Session) {
    eprint!("{}", documents::input_lines(session.inputs()));
    for diagnostic in session.diagnostics().iter().filter(|diagnostic| diagnostic.severity <= Severity::Warning) {
        eprint!("{}", documents::diagnostic_line(diagnostic));
    }
}

pub(crate) fn write(text: &str, to: Option<&Path>) -> Result<()> {
    match to {
        Some(path) => fs::write(path, text).with_context(|| format!("cannot write {}", path.display())),
        None => match std::io::stdout().lock().write_all(text.as_bytes()) {
            // Whoever reads may stop early: `foreshock … | head`.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            result => result.context("cannot write to standard output"),
        },
    }
}
