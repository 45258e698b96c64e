//! `run_results.json`: what a real run reported.

use super::broken_json;
use super::tolerant::{List, Text, tolerant};
use crate::review::{Run, RunResult};
use crate::text::Diagnostic;

tolerant! {
    struct RunResultsJson {
        metadata: MetadataJson = "metadata",
        args: ArgsJson = "args",
        results: List<ResultJson> = "results",
    }
}

tolerant! {
    struct MetadataJson {
        generated_at: Text = "generated_at",
    }
}

tolerant! {
    struct ArgsJson {
        which: Text = "which",
    }
}

tolerant! {
    struct ResultJson {
        unique_id: Text = "unique_id",
        status: Text = "status",
        message: Text = "message",
        failures: Text = "failures",
        timing: List<TimingJson> = "timing",
    }
}

tolerant! {
    struct TimingJson {
        completed_at: Text = "completed_at",
    }
}

pub fn read_run_results(bytes: &[u8], file: &str) -> (Option<Run>, Vec<Diagnostic>) {
    let json: RunResultsJson = match serde_json::from_slice(bytes) {
        Ok(json) => json,
        Err(error) => return (None, vec![broken_json(file, &error)]),
    };
    let mut results: Vec<RunResult> = json.results.0.into_iter().filter_map(result).collect();
    results.sort();
    let run = Run {
        file: file.to_owned(),
        command: json.args.which.or_empty(),
        generated_at: json.metadata.generated_at.or_empty(),
        results,
    };
    let mut diagnostics = Vec::new();
    if run.results.is_empty() {
        diagnostics.push(Diagnostic::warning("empty-run", file, "these run results hold no result"));
    }
    (Some(run), diagnostics)
}

fn result(json: ResultJson) -> Option<RunResult> {
    let completed_at = json.timing.0.into_iter().filter_map(|timing| timing.completed_at.given()).max();
    Some(RunResult {
        unique_id: json.unique_id.given()?,
        status: json.status.or_empty(),
        completed_at: completed_at.unwrap_or_default(),
        message: json.message.or_empty(),
        failures: json.failures.0.and_then(|count| count.parse().ok()),
    })
}
