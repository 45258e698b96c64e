//! What the safety checks say of the migration, the gravest first, each with what to do about it.

use super::super::markdown::{code, plain, table};
use super::button;
use crate::checks::{Finding, WAIVER};
use crate::review::Review;
use crate::text::Severity;

const MOST_ROWS: usize = 200;

pub(super) fn write(review: &Review) -> String {
    if review.findings.is_empty() {
        return "No check finds fault with the migration.\n".to_owned();
    }
    let mut out = String::new();
    for (severity, title) in [
        (Severity::Error, "Do not ship without an answer"),
        (Severity::Warning, "Look at these"),
        (Severity::Info, "Good to know"),
    ] {
        let found: Vec<&Finding> = review.findings.iter().filter(|finding| finding.severity == severity).collect();
        if found.is_empty() {
            continue;
        }
        out.push_str(&format!("### {title} ({})\n\n", found.len()));
        let rows = found.iter().take(MOST_ROWS).map(|finding| {
            vec![
                plain(&finding.message),
                plain(&finding.help),
                format!("{} {}", code(&format!("{}:{}", finding.file, finding.line)), code(&finding.check)),
                waive(finding),
            ]
        });
        out.push_str(&table(&["Finding", "What to do", "Where", ""], rows));
        if found.len() > MOST_ROWS {
            out.push_str(&format!("\n… and {} more; `foreshock check` lists all.\n", found.len() - MOST_ROWS));
        }
        out.push('\n');
    }
    out
}

/// What is said of a waiver is mended where the waiver stands.
fn waive(finding: &Finding) -> String {
    if finding.check == WAIVER {
        return String::new();
    }
    let line = finding.line.to_string();
    button("Waive…", "waive", &[("check", &finding.check), ("file", &finding.file), ("line", &line)])
}
