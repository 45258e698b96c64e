//! Waivers: a finding that somebody takes the risk of, with a reason, a name and a last day. One that is not used, out of
//! date, or without these, speaks itself.

use super::finding::Finding;
use super::settings::{CheckSettings, Waiver};
use crate::migration::{MigrationFile, Role};
use crate::text::Severity;

/// The name under which a waiver itself is found fault with; it cannot be waived.
pub const WAIVER: &str = "waiver";

/// How a comment in a migration begins that waives a finding of the statement below it or on its line.
const MARK: &str = "foreshock: allow ";

/// Takes out what is waived, and adds what is to be said of the waivers.
pub(super) fn apply(files: &[MigrationFile], settings: &CheckSettings, findings: &mut Vec<Finding>) {
    let mut waivers: Vec<(Waiver, Option<(String, u32)>)> =
        settings.waivers.iter().map(|waiver| (waiver.clone(), None)).collect();
    for file in files.iter().filter(|file| file.role != Role::Rollback) {
        waivers.extend(in_comments(file).map(|(waiver, line)| (waiver, Some((file.name.clone(), line)))));
    }
    for (waiver, place) in waivers {
        let covers = |finding: &Finding| {
            finding.check == waiver.check
                && (waiver.file.is_empty() || finding.file.ends_with(&waiver.file))
                && waiver.lines.is_none_or(|(from, to)| (from..=to).contains(&finding.line))
        };
        let problem = if waiver.reason.is_empty() || waiver.by.is_empty() || waiver.until.is_empty() {
            "needs a reason, the name of who approved it (by) and a last day (until)"
        } else if !is_day(&waiver.until) {
            "has a last day that is no date such as 2027-01-31"
        } else if settings.today.as_ref().is_some_and(|today| *today > waiver.until) {
            "is out of date"
        } else if !findings.iter().any(covers) {
            "waives nothing that is found"
        } else {
            findings.retain(|finding| !covers(finding));
            continue;
        };
        let (file, line) = place.unwrap_or_else(|| ("foreshock.toml".to_owned(), 1));
        findings.push(Finding {
            file,
            line,
            column: 1,
            end_line: line,
            end_column: 2,
            check: WAIVER.to_owned(),
            severity: Severity::Warning,
            message: format!("The waiver of {} {problem}.", waiver.check),
            help: "Renew it, complete it, or take it out.".to_owned(),
            fix: None,
            diff: None,
        });
    }
}

/// The waivers in a file's comments, each with its own line.
fn in_comments(file: &MigrationFile) -> impl Iterator<Item = (Waiver, u32)> {
    let text = if file.text.contains(MARK) { file.text.as_str() } else { "" };
    let marked = text.lines().enumerate().filter_map(|(at, line)| {
        let (before, waiver) = line.split_once(MARK)?;
        Some((at, before, waiver))
    });
    marked.map(|(at, before, waiver)| {
        let own = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let stands_alone = before.trim().trim_start_matches(['-', '#', '/', '*', '<', '!']).trim().is_empty();
        let check = waiver.split_whitespace().next().unwrap_or_default();
        let value = |key: &str| {
            let rest = waiver.split_once(key)?.1;
            Some(match rest.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next()?.trim().to_owned(),
                None => rest.split_whitespace().next()?.to_owned(),
            })
        };
        let waiver = Waiver {
            check: check.to_owned(),
            file: file.name.clone(),
            lines: Some(statement_at(file, if stands_alone { next_content(file, at + 1) } else { own })),
            reason: value("reason=").unwrap_or_default(),
            by: value("by=").unwrap_or_default(),
            until: value("until=").unwrap_or_default(),
        };
        (waiver, own)
    })
}

/// The first line from here on with more than a comment, from 1.
fn next_content(file: &MigrationFile, from: usize) -> u32 {
    let line = file.text.lines().skip(from).position(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with("--") && !line.starts_with('#')
    });
    u32::try_from(from + line.unwrap_or(0) + 1).unwrap_or(u32::MAX)
}

/// The lines of the statement that stands on this line.
fn statement_at(file: &MigrationFile, line: u32) -> (u32, u32) {
    let lines = file.statements.iter().map(|statement| {
        let place = file.place(statement.span);
        (place.line, place.end_line)
    });
    lines.into_iter().find(|(from, to)| (*from..=*to).contains(&line)).unwrap_or((line, line))
}

fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() })
}
