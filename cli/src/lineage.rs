//! `foreshock lineage`: the columns of a script, statement by statement.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use foreshock_core::lineage::{Script, trace_script};

use crate::{LineageArgs, LineageFormat, run};

pub(crate) fn run(args: &LineageArgs) -> Result<ExitCode> {
    let text = sql(&args.file)?;
    let schema = args.schema.as_deref().map(schema).transpose()?.unwrap_or_default();
    let script = trace_script(&text, args.dialect, &schema);
    let shown = match args.format {
        LineageFormat::Text => shown(&script),
        LineageFormat::Json => serde_json::to_string_pretty(&script)? + "\n",
    };
    run::write(&shown, None)?;
    Ok(ExitCode::SUCCESS)
}

fn sql(file: &Path) -> Result<String> {
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
        bytes
    } else {
        fs::read(file).with_context(|| format!("cannot read {}", file.display()))?
    };
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn schema(file: &Path) -> Result<BTreeMap<String, Vec<String>>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let form = "{\"relation\": [\"column\", …]}";
    serde_json::from_str(&text)
        .with_context(|| format!("{} is no schema: it must be JSON of the form {form}", file.display()))
}

fn shown(script: &Script) -> String {
    let mut out = String::new();
    for statement in &script.statements {
        let writes =
            if statement.writes.is_empty() { String::new() } else { format!(" → {}", statement.writes.join(", ")) };
        let _ = writeln!(out, "{}. {}{writes}", statement.index + 1, statement.kind.replace('_', " "));
        for edge in &statement.columns {
            let made = match edge.made {
                "unchanged" | "renamed" => String::new(),
                made => format!(" ({made})"),
            };
            let _ = writeln!(out, "   {} ← {}.{}{made}", edge.to.column, edge.from.relation, edge.from.column);
        }
        for one in &statement.uses {
            let _ = writeln!(
                out,
                "   {}:{} {} {}.{}",
                one.span.line, one.span.column, one.clause, one.relation, one.column
            );
        }
        for problem in &statement.problems {
            let _ = writeln!(out, "   {}:{} ! {}", problem.line, problem.column, problem.message);
        }
    }
    out
}
