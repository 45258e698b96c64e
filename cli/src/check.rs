//! `foreshock check` and `foreshock explain`: what is unsafe in migrations, and why.

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::process::ExitCode;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anyhow::{Result, bail};
use foreshock_core::Session;
use foreshock_core::checks::{CHECKS, CheckSettings, Finding, mended};
use foreshock_core::documents;
use foreshock_core::review::InputKind;
use foreshock_core::text::{LineIndex, Severity};

use crate::{CheckArgs, CheckFormat, ExplainArgs, FailOnFinding, run};

/// The pages of the checks, by name.
const PAGES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/pages.rs"));

pub(crate) fn run(args: &CheckArgs) -> Result<ExitCode> {
    let settings = CheckSettings {
        runner: args.runner,
        in_transaction: args.in_transaction.then_some(true),
        engine_version: args.engine_version,
        ..CheckSettings::default()
    };
    let session = run::open_with(&args.input, settings)?;
    let is_migration = |kind| matches!(kind, InputKind::Migration | InputKind::Rollback);
    if !session.inputs().iter().any(|input| is_migration(input.kind)) {
        eprintln!("error: none of the files is a migration");
        run::say_inputs(&session);
        return Ok(ExitCode::from(run::UNUSABLE));
    }
    let findings = &session.checked().findings;
    let shown = match args.format {
        CheckFormat::Text => text(&session, args.output.is_none() && std::io::stdout().is_terminal()),
        CheckFormat::Json => serde_json::to_string_pretty(session.checked())? + "\n",
        CheckFormat::Sarif => documents::sarif_of_findings(findings),
        CheckFormat::Diff => mended(findings, |file| session.text(file)).into_iter().map(|file| file.diff).collect(),
        CheckFormat::Github => findings.iter().map(annotation).collect(),
    };
    run::write(&shown, args.output.as_deref())?;
    let threshold = match args.fail_on {
        FailOnFinding::Error => Some(Severity::Error),
        FailOnFinding::Warning => Some(Severity::Warning),
        FailOnFinding::Info => Some(Severity::Info),
        FailOnFinding::Never => None,
    };
    // The weightiest severity sorts first.
    let fails = threshold.is_some_and(|threshold| findings.iter().any(|finding| finding.severity <= threshold));
    Ok(ExitCode::from(u8::from(fails)))
}

pub(crate) fn explain(args: &ExplainArgs) -> Result<ExitCode> {
    let name = args.name.as_deref().unwrap_or("README");
    let Some((_, page)) = PAGES.iter().find(|(page, _)| *page == name) else {
        bail!("there is no check called {name}; `foreshock explain` lists all of them");
    };
    run::write(page, None)?;
    Ok(ExitCode::SUCCESS)
}

/// Each finding with the SQL underlined, and the counts.
fn text(session: &Session, colours: bool) -> String {
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
    let checked = session.checked();
    let mut out = String::new();
    let mut lines: Option<(&str, &str, LineIndex)> = None;
    for finding in &checked.findings {
        if lines.as_ref().is_none_or(|(file, ..)| *file != finding.file) {
            lines = session.text(&finding.file).map(|text| (finding.file.as_str(), text, LineIndex::new(text)));
        }
        let level = match finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Info => Level::INFO,
        };
        let mut group = Group::with_title(level.primary_title(finding.message.as_str()).id(finding.check.as_str()));
        if let Some((file, text, index)) = &lines {
            let at = |line: u32, column: u32| index.offset(text, line.into(), column.into()) as usize;
            let (start, end) = (at(finding.line, finding.column), at(finding.end_line, finding.end_column));
            // Its lines alone: the whole file would be looked through for each finding.
            let (first, last) = (at(finding.line, 1), text[end..].find('\n').map_or(text.len(), |more| end + more));
            let annotation = AnnotationKind::Primary.span(start - first..end.max(start) - first);
            let lines = Snippet::source(&text[first..last.max(start)]).line_start(finding.line as usize);
            group = group.element(lines.path(*file).annotation(annotation));
        }
        let group = group.element(Level::HELP.message(finding.help.as_str()));
        let _ = writeln!(out, "{}\n", renderer.render(&[group]));
    }
    for unparsed in &checked.unparsed {
        let _ = writeln!(
            out,
            "not understood: {}:{}:{}: {}",
            unparsed.file, unparsed.line, unparsed.column, unparsed.reason
        );
    }
    if !checked.costs.is_empty() {
        let _ = writeln!(out, "what each statement locks:");
    }
    for cost in &checked.costs {
        let _ = writeln!(
            out,
            "  {}:{} {} ({}): {}; blocks {}; {} ({})",
            cost.file,
            cost.line,
            cost.relation,
            cost.what,
            cost.lock,
            cost.blocks,
            cost.work.words(),
            cost.basis
        );
    }
    let count = |severity| checked.findings.iter().filter(|finding| finding.severity == severity).count();
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")];
    let counts = counts.map(|(severity, word)| match count(severity) {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    });
    let _ = writeln!(out, "{}; {} checks, `foreshock explain NAME` says why.", counts.join(", "), CHECKS.len());
    out
}

/// A line that GitHub Actions turns into an annotation.
fn annotation(finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let escaped = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escaped(text).replace(':', "%3A").replace(',', "%2C");
    format!(
        "::{level} file={},line={},col={},endLine={},endColumn={},title={}::{}\n",
        property(&finding.file),
        finding.line,
        finding.column,
        finding.end_line,
        finding.end_column,
        property(&finding.check),
        escaped(&format!("{} {}", finding.message, finding.help)),
    )
}
