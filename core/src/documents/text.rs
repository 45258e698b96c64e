//! The review for a terminal.

use std::fmt::Write as _;

use crate::outcome::{NodeKind, Outcome};
use crate::review::{Input, NodeImpact, Review};
use crate::text::Diagnostic;

/// A verdict first, then what is harmed, by outcome; then what could not be analysed.
pub fn text(review: &Review) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}  {}", review.verdict.word().to_uppercase(), review.project.name);
    for reason in &review.reasons {
        let _ = writeln!(out, "  {reason}");
    }
    if let Some(selection) = &review.selection {
        let _ = writeln!(out, "  {}", selection.sentence());
    }
    let coverage = &review.coverage;
    let _ = writeln!(
        out,
        "  Covers {} of {} models and {} of {} statements.",
        coverage.column_level, coverage.models, coverage.statements_understood, coverage.statements
    );
    for reason in &coverage.reasons {
        let _ = writeln!(out, "  ? {reason}");
    }
    let is_shown =
        |node: &&NodeImpact| node.outcome != Outcome::Safe && !matches!(node.kind, NodeKind::Test | NodeKind::UnitTest);
    let mut shown: Vec<&NodeImpact> = review.nodes.iter().filter(is_shown).collect();
    shown.sort_by_key(|node| (node.outcome, node.kind, &node.name));
    if !shown.is_empty() {
        out.push('\n');
    }
    for node in shown {
        let owner = node.owner.as_ref().map_or_else(String::new, |owner| format!("  ({})", owner.name));
        let _ = writeln!(
            out,
            "{} {:8} {} {}{owner}",
            node.outcome.glyph(),
            node.outcome.word(),
            node.kind.face().one,
            node.label
        );
        let _ = writeln!(out, "           {}", node.headline());
    }
    let said: Vec<&Diagnostic> = review.diagnostics.iter().collect();
    if !said.is_empty() {
        out.push('\n');
    }
    for diagnostic in said {
        out.push_str(&diagnostic_line(diagnostic));
    }
    out
}

/// One line for the reader of a terminal, and one for what to do.
pub fn diagnostic_line(diagnostic: &Diagnostic) -> String {
    let severity = diagnostic.severity.word();
    let help = diagnostic.help.as_ref().map_or_else(String::new, |help| format!("  help: {help}\n"));
    format!("{severity}: {}: {}\n{help}", diagnostic.file, diagnostic.message)
}

/// What each file was taken for.
pub fn input_lines(inputs: &[Input]) -> String {
    let mut out = String::new();
    for input in inputs {
        let _ = writeln!(out, "  {}: {}", input.name, input.kind.title());
    }
    out
}
