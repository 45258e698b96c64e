//! `run_results.json` and `sources.json`: what a real run reported.

use super::broken::say;
use crate::review::{Run, RunResult};
use crate::text::Diagnostic;
use foreshock_artifacts::bytes::Stream;
use foreshock_artifacts::tolerant;
use foreshock_artifacts::tolerant::{List, Text};
use foreshock_artifacts::walk::Walk;

tolerant! {
    struct MetadataJson {
        generated_at: Text = b"generated_at",
    }
}

tolerant! {
    struct ArgsJson {
        which: Text = b"which",
    }
}

tolerant! {
    struct ResultJson {
        unique_id: Text = b"unique_id",
        status: Text = b"status",
        message: Text = b"message",
        failures: Text = b"failures",
        timing: List<TimingJson> = b"timing",
    }
}

tolerant! {
    struct TimingJson {
        completed_at: Text = b"completed_at",
    }
}

pub(crate) fn read_run_results(stream: &mut Stream<'_>, file: &str) -> (Option<Run>, Vec<Diagnostic>) {
    let bytes = stream.bytes().clone();
    let mut run =
        Run { file: file.to_owned(), command: String::new(), generated_at: String::new(), results: Vec::new() };
    let read = Walk::new(stream).and_then(|mut walk| {
        walk.file(|walk, key| match key.as_str() {
            "metadata" => {
                run.generated_at = walk.value::<MetadataJson>()?.0.generated_at.or_empty();
                Ok(())
            }
            "args" => {
                run.command = walk.value::<ArgsJson>()?.0.which.or_empty();
                Ok(())
            }
            "results" => walk.items(|json| run.results.extend(result(json))),
            _ => walk.skip_section(),
        })
    });
    if let Err(broken) = read {
        return (None, vec![say(&broken, file, bytes.as_ref())]);
    }
    run.results.sort();
    let mut diagnostics = Vec::new();
    if run.results.is_empty() {
        diagnostics.push(Diagnostic::warning("empty-run", file, "these run results hold no result"));
    }
    (Some(run), diagnostics)
}

/// `sources.json` is what `dbt source freshness` reported; it does not say its command.
pub(crate) fn read_freshness(stream: &mut Stream<'_>, file: &str) -> (Option<Run>, Vec<Diagnostic>) {
    let (run, diagnostics) = read_run_results(stream, file);
    (run.map(|run| Run { command: "source freshness".to_owned(), ..run }), diagnostics)
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
