//! The review as SARIF 2.1.0, for code hosts: one result for each change that harms something.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::checks::{self, Finding};
use crate::outcome::{NODE_KINDS, NodeKind, OUTCOMES, Outcome};
use crate::review::{Change, Review};
use crate::text::Severity;

pub fn sarif(review: &Review) -> String {
    let rules: Vec<Value> = OUTCOMES
        .iter()
        .filter(|face| level(face.outcome).is_some())
        .map(|face| json!({"id": rule_id(face.outcome), "shortDescription": {"text": format!("A change after which a node downstream {}", face.means)}}))
        .collect();
    // What a change does downstream has a result of its own above.
    let findings: Vec<Finding> =
        review.findings.iter().filter(|finding| finding.check != "consumed-downstream").cloned().collect();
    let rules: Vec<Value> = rules.into_iter().chain(rules_of(&findings)).collect();
    let changes = review.changes.iter().filter_map(|change| result(review, change));
    let results: Vec<Value> = changes.chain(findings.iter().map(result_of)).collect();
    let selection = review.selection.as_ref().map(crate::review::SelectionFacts::sentence);
    log(&rules, &results, &selection.map_or_else(|| json!({}), |selection| json!({"selection": selection})))
}

/// The findings of the checks alone.
pub fn sarif_of_findings(findings: &[Finding]) -> String {
    let results: Vec<Value> = findings.iter().map(result_of).collect();
    log(&rules_of(findings), &results, &json!({}))
}

fn log(rules: &[Value], results: &[Value], properties: &Value) -> String {
    let log = json!({
        "version": "2.1.0",
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [{
            "tool": {"driver": {"name": "Foreshock", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "results": results,
            "columnKind": "unicodeCodePoints",
            "properties": properties,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

/// The checks that the findings are of.
fn rules_of(findings: &[Finding]) -> Vec<Value> {
    let named = |check: &&checks::Check| findings.iter().any(|finding| finding.check == check.name);
    let rule = |check: &checks::Check| {
        json!({
            "id": check.name,
            "shortDescription": {"text": check.summary},
            "help": {"text": check.help},
            "defaultConfiguration": {"level": level_of(check.severity)},
        })
    };
    let waiver = findings.iter().any(|finding| finding.check == checks::WAIVER).then(|| {
        json!({"id": checks::WAIVER, "shortDescription": {"text": "A waiver that is incomplete, out of date or not used."}})
    });
    checks::CHECKS.iter().filter(named).map(rule).chain(waiver).collect()
}

fn level_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result_of(finding: &Finding) -> Value {
    let mut region = json!({"startLine": finding.line, "startColumn": finding.column});
    // What is missing from a file has no extent.
    if (finding.end_line, finding.end_column) > (finding.line, finding.column) {
        region["endLine"] = finding.end_line.into();
        region["endColumn"] = finding.end_column.into();
    }
    let mut result = json!({
        "ruleId": finding.check,
        "level": level_of(finding.severity),
        "message": {"text": format!("{} {}", finding.message, finding.help)},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri(&finding.file)},
            "region": region,
        }}],
        "partialFingerprints": {"finding/v1": format!("{}:{}:{}", finding.file, finding.check, finding.message)},
    });
    let own = finding.fix.iter().flatten().filter(|edit| edit.new_file.is_none());
    let replacements: Vec<Value> = own
        .map(|edit| {
            json!({
                "deletedRegion": {"byteOffset": edit.start, "byteLength": edit.end - edit.start},
                "insertedContent": {"text": edit.text},
            })
        })
        .collect();
    // What a fix puts into a file of its own has no form here.
    if !replacements.is_empty() && finding.fix.iter().flatten().count() == replacements.len() {
        result["fixes"] = json!([{
            "description": {"text": finding.help},
            "artifactChanges": [{"artifactLocation": {"uri": uri(&finding.file)}, "replacements": replacements}],
        }]);
    }
    result
}

fn rule_id(outcome: Outcome) -> String {
    format!("downstream-{}", outcome.word())
}

fn level(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Fails | Outcome::Blocked | Outcome::Dark | Outcome::Wrong => Some("error"),
        Outcome::Catches | Outcome::Stale | Outcome::Unknown => Some("warning"),
        Outcome::Changes => Some("note"),
        Outcome::Safe => None,
    }
}

fn result(review: &Review, change: &Change) -> Option<Value> {
    let mut worst: Option<Outcome> = None;
    let mut counts: BTreeMap<(Outcome, NodeKind), usize> = BTreeMap::new();
    for node in &review.nodes {
        let outcomes = node
            .because
            .iter()
            .filter(|because| because.change.as_ref() == Some(&change.id))
            .map(|because| because.outcome);
        let Some(outcome) = outcomes.min() else { continue };
        worst = Some(worst.map_or(outcome, |worst| worst.min(outcome)));
        *counts.entry((outcome, node.kind)).or_default() += 1;
    }
    let worst = worst?;
    let level = level(worst)?;
    let counted = OUTCOMES.iter().filter_map(|face| {
        let kinds: Vec<String> = NODE_KINDS
            .iter()
            .filter_map(|kind| Some(kind.kind.count(*counts.get(&(face.outcome, kind.kind))?)))
            .collect();
        (!kinds.is_empty() && face.outcome != Outcome::Safe).then(|| format!("{} {}", kinds.join(", "), face.word))
    });
    let text =
        format!("{} ({}): {}.", change.op.replace('_', " "), change.summary, counted.collect::<Vec<_>>().join("; "));
    Some(json!({
        "ruleId": rule_id(worst),
        "level": level,
        "message": {"text": text},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri(&change.file)},
            "region": {"startLine": change.line, "startColumn": change.column_number, "endLine": change.end_line, "endColumn": change.end_column},
        }}],
        "partialFingerprints": {"change/v1": format!("{}:{}:{}:{}", change.file, change.op, change.relation, change.summary)},
    }))
}

/// A path as a relative reference: what is no plain path character is percent-encoded.
fn uri(path: &str) -> String {
    path.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
