//! One command, from its arguments to its exit code.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow};
use foreshock_core::checks::CheckSettings;
use foreshock_core::documents::{self, Document};
use foreshock_core::outcome::Verdict;
use foreshock_core::review::Review;
use foreshock_core::select::Selector;
use foreshock_core::text::Severity;
use foreshock_core::{InputFile, Options, Phase, Range, Session};

use crate::{
    Command, DocumentArgs, FailOn, Format, InputArgs, ReviewArgs, SelectArgs, check, files, fix, lineage, ls, minutes,
    publish, unpack,
};

/// The exit code for input that cannot be used, and for wrong usage.
pub(crate) const UNUSABLE: u8 = 2;

pub(crate) fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Review(args) => review(&args),
        Command::Checklist(args) => document(&args, Document::Checklist),
        Command::Postmortem(args) => document(&args, Document::Postmortem),
        Command::Fix(args) => fix::run(&args),
        Command::Publish(args) => publish::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Explain(args) => check::explain(&args),
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
    let complete =
        matches!(args.format, Format::Json).then(|| Review { remedies: session.remedies(), ..review.clone() });
    let review = complete.as_ref().unwrap_or(review);
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
    let Ok(review) = session.review() else { return Ok(nothing_to_review(&session)) };
    let review = Review { remedies: session.remedies(), ..review.clone() };
    let markdown = match &args.template {
        Some(path) => {
            let template = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            documents::from_template(&template, document, &review)
                .map_err(|error| anyhow!("{}: {error}", path.display()))?
        }
        None => documents::markdown(document, &review),
    };
    let is_page = args.output.as_ref().is_some_and(|path| path.extension().is_some_and(|kind| kind == "html"));
    let text = if is_page { documents::html(document.face().title, &markdown) } else { markdown };
    write(&text, args.output.as_deref())?;
    Ok(ExitCode::SUCCESS)
}

/// What is asked for; none where nothing is.
pub(crate) fn selector(args: &SelectArgs) -> Result<Option<Selector>> {
    let is_given = !args.select.is_empty() || !args.exclude.is_empty();
    Ok(is_given.then(|| Selector::parse(&args.select, &args.exclude)).transpose()?)
}

pub(crate) fn open(args: &InputArgs) -> Result<Session> {
    open_with(args, CheckSettings::default())
}

pub(crate) fn open_with(args: &InputArgs, checks: CheckSettings) -> Result<Session> {
    let mut inputs = unpack::unpack(files::read(&args.paths)?);
    if let Some(config) = &args.config {
        let bytes = fs::read(config).with_context(|| format!("cannot read {}", config.display()))?;
        // Given as the configuration, it is one, whatever it is called.
        inputs.push(InputFile::new("foreshock.toml", bytes));
    }
    let options = Options {
        dialect: args.dialect,
        maps: args.maps.clone(),
        range: Range { from: args.from.clone(), to: args.to.clone() },
        checks: dated(checks),
        ..Options::default()
    };
    let minutes = minutes::take(&mut inputs)?;
    let mut session = Session::read(inputs, &options, &mut progress());
    for file in minutes {
        for difference in file.differences(session.inputs()) {
            eprintln!("warning: {difference}");
        }
        session.set_decisions(&file.decisions);
    }
    Ok(session)
}

/// Waivers run out: the engine has no clock, so it is told the day.
fn dated(checks: CheckSettings) -> CheckSettings {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs());
    CheckSettings { today: Some(day(now)), ..checks }
}

/// The day of a moment in seconds since 1970, as `2027-01-31`.
fn day(seconds: u64) -> String {
    // Years that begin in March end with the day that may be missing.
    let days = seconds / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
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

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn a_moment_is_a_day() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(951_782_400), "2000-02-29");
        assert_eq!(day(1_801_440_000), "2027-02-01");
    }
}
