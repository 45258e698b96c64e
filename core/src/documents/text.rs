//! The review for a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::dialect::Dialect;
use crate::outcome::{NodeKind, Outcome};
use crate::review::{DeployedState, Input, NodeImpact, Review};
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
    read_as(review, &mut out);
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
    if !review.transitions.is_empty() {
        out.push_str("\nWhat seems to become of what is dropped:\n");
    }
    for transition in &review.transitions {
        let _ = writeln!(out, "  {}", transition.sentence());
    }
    if !review.windows.is_empty() {
        out.push_str("\nWhen, by the way it is done:\n");
    }
    for plan in &review.windows {
        let _ = writeln!(out, "  {}", plan.title);
        for line in plan.lines() {
            let _ = writeln!(out, "    {line}");
        }
    }
    let states = review.deployed.as_ref().map(DeployedState::lines).unwrap_or_default();
    if !states.is_empty() {
        let _ = writeln!(out, "\nAgainst the older manifest:\n  {}", states.join("\n  "));
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

/// The dialects that the migrations were read in; of a single one also why.
fn read_as(review: &Review, out: &mut String) {
    let mut by_dialect: BTreeMap<Dialect, Vec<&Input>> = BTreeMap::new();
    for input in &review.inputs {
        if let Some(read_as) = &input.dialect {
            by_dialect.entry(read_as.name).or_default().push(input);
        }
    }
    for (dialect, inputs) in by_dialect {
        let title = dialect.facts().title;
        let _ = match inputs.as_slice() {
            [Input { name, dialect: Some(read_as), .. }] => {
                writeln!(out, "  Read {name} as {title}: {}.", read_as.reason)
            }
            several => writeln!(out, "  Read {} migrations as {title}.", several.len()),
        };
    }
}

/// What each file was taken for.
pub fn input_lines(inputs: &[Input]) -> String {
    let mut out = String::new();
    for input in inputs {
        let _ = writeln!(out, "  {}: {}", input.name, input.taken_for());
    }
    out
}
