//! `foreshock lineage`: the columns of a script, statement by statement, or the way of one column.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use foreshock_core::dbt::{NodeIx, Project};
use foreshock_core::dialect::Dialect;
use foreshock_core::explain::{Explanation, Step, explain_in_script, explain_node};
use foreshock_core::lineage::{Script, trace_script};

use crate::{InputArgs, LineageArgs, LineageFormat, run};

pub(crate) fn run(args: &LineageArgs) -> Result<ExitCode> {
    if let Some(column) = &args.column {
        let explanation = explain(args, column)?;
        let text = match args.format {
            LineageFormat::Text => explained(&explanation),
            LineageFormat::Json => serde_json::to_string_pretty(&explanation)? + "\n",
        };
        run::write(&text, None)?;
        return Ok(ExitCode::SUCCESS);
    }
    let text = sql(&args.file)?;
    let schema = args.schema.as_deref().map(schema).transpose()?.unwrap_or_default();
    let script = trace_script(&text, args.dialect.unwrap_or(Dialect::Generic), &schema);
    let shown = match args.format {
        LineageFormat::Text => shown(&script),
        LineageFormat::Json => serde_json::to_string_pretty(&script)? + "\n",
    };
    run::write(&shown, None)?;
    Ok(ExitCode::SUCCESS)
}

/// The way of a column: of a dbt project where the file or folder is one, else of a script.
fn explain(args: &LineageArgs, column: &str) -> Result<Explanation> {
    let (relation, name) = column.rsplit_once('.').map_or((None, column), |(relation, name)| (Some(relation), name));
    let is_script = args.file == Path::new("-") || args.file.extension().is_some_and(|kind| kind == "sql");
    if !is_script {
        let session = run::open(&InputArgs {
            paths: vec![args.file.clone()],
            dialect: None,
            maps: Vec::new(),
            config: None,
            from: None,
            to: None,
        })?;
        if let Some(project) = session.project() {
            let Some(relation) = relation else { bail!("of a dbt project, name the node too: --column NODE.COLUMN") };
            let node = node_of(project, relation)?;
            return explain_node(project, node, name)
                .with_context(|| format!("{} has no column {name}", project.id(node)));
        }
    }
    let text = sql(&args.file)?;
    let schema = args.schema.as_deref().map(schema).transpose()?.unwrap_or_default();
    let file = args.file.display().to_string();
    let dialect = args.dialect.unwrap_or(Dialect::Generic);
    explain_in_script(&file, &text, dialect, &schema, relation, name)
        .with_context(|| format!("no statement reads or writes a column {column}"))
}

/// A node by its id, its name, or the relation that it builds.
fn node_of(project: &Project, wanted: &str) -> Result<NodeIx> {
    if let Some(ix) = project.find(wanted) {
        return Ok(ix);
    }
    let has_columns =
        |ix: &NodeIx| ["model", "seed", "snapshot", "source"].contains(&project.nodes[*ix].kind.face().one);
    let is_called = |ix: &NodeIx| {
        let node = &project.nodes[*ix];
        let relation = node.relation.as_ref().map(ToString::to_string).unwrap_or_default();
        node.name == wanted || node.label == wanted || relation.eq_ignore_ascii_case(wanted)
    };
    let found: Vec<NodeIx> = (0..project.nodes.len()).filter(has_columns).filter(is_called).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => bail!("the project has no node {wanted}"),
        several => {
            let ids: Vec<&str> = several.iter().map(|ix| project.id(*ix)).collect();
            bail!("{wanted} may be any of {}; name one by its id", ids.join(", "))
        }
    }
}

fn explained(explanation: &Explanation) -> String {
    let mut out = format!("{}.{}\n", explanation.column.node, explanation.column.column);
    steps(&mut out, "made of", &explanation.upstream, |step| &step.from);
    steps(&mut out, "goes into", &explanation.downstream, |step| &step.to);
    if !explanation.deciding.is_empty() {
        out += "\ndecides\n";
    }
    for one in &explanation.deciding {
        let place = &one.place;
        let _ = writeln!(out, "  {} in {} ({}:{}:{})", one.clause, one.node, place.file, place.line, place.column);
    }
    for (title, remarks) in [("not known", &explanation.unknown), ("disagreements", &explanation.disagreements)] {
        if !remarks.is_empty() {
            let _ = writeln!(out, "\n{title}");
        }
        for remark in remarks {
            let _ = writeln!(out, "  {}: {}", remark.node, remark.what);
        }
    }
    out
}

fn steps(out: &mut String, title: &str, steps: &[Step], end: fn(&Step) -> &foreshock_core::explain::Point) {
    if !steps.is_empty() {
        let _ = writeln!(out, "\n{title}");
    }
    for step in steps {
        let point = end(step);
        let _ = writeln!(out, "{:>3} {}.{} ({})", step.distance, point.node, point.column, step.made);
        for one in &step.expressions {
            let compiled = if one.place.compiled { " compiled" } else { "" };
            let place = format!("{}:{}:{}{compiled}", one.place.file, one.place.line, one.place.column);
            let text = one.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let _ = writeln!(out, "      {text}  [{place}]");
        }
    }
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
