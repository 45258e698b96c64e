//! `foreshock`: paths in, a verdict out. The engine is the page's; this crate knows files, arguments and exit codes.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to its caller")]

mod check;
mod files;
mod fix;
mod lineage;
mod ls;
mod minutes;
mod publish;
mod run;
mod unpack;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use foreshock_core::Mapping;
use foreshock_core::checks::{Runner, Version, parse_version};
use foreshock_core::dialect::{DIALECTS, Dialect};
use foreshock_core::redact::Redaction;

/// A review is made of many small texts, which this allocator is made for.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// See what a schema migration breaks downstream, before it ships.
#[derive(Parser)]
#[command(name = "foreshock", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Review migrations against a dbt project.
    ///
    /// Exit code 0 below the threshold, 1 at or above it, 2 when the input cannot be used.
    Review(ReviewArgs),
    /// Write the deployment checklist (Markdown).
    Checklist(DocumentArgs),
    /// Write the postmortem (Markdown); give the failed run_results.json too.
    Postmortem(DocumentArgs),
    /// Draft the fix: edited models and sources, as files and one patch, each with what is still broken once it is in place; and
    /// the migrations with the edits of the checks, which need no dbt.
    Fix(FixArgs),
    /// Write the finished review as a folder of pages for any file host, to be read without any program.
    Publish(PublishArgs),
    /// List the dbt nodes that an expression selects, one id a line.
    Ls(LsArgs),
    /// Look for what is unsafe in migrations; no dbt needed, but with a manifest.json it is ranked by who reads the data.
    ///
    /// Exit code 0 without a finding at the threshold, 1 with one, 2 when the input cannot be used.
    Check(CheckArgs),
    /// Show the page of one check; without a name, list all of them.
    Explain(ExplainArgs),
    /// Trace the columns of one query or script; no dbt needed.
    Lineage(LineageArgs),
}

#[derive(Args)]
struct InputArgs {
    /// manifest.json, catalog.json, run_results.json, migrations; files or folders, in any mix and under any name.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The SQL dialect of the migrations; told from their statements when not given.
    #[arg(long, value_name = "D", value_parser = dialect)]
    dialect: Option<Dialect>,
    /// What a name in the migrations is in the warehouse, such as public.*=raw.app.*; may be given several times.
    #[arg(long = "map", value_name = "FROM=TO", value_parser = Mapping::parse)]
    maps: Vec<Mapping>,
    /// A foreshock.toml.
    #[arg(long, value_name = "F")]
    config: Option<PathBuf>,
    /// The first pending migration: a version, a revision, the name of a change or file. What comes before it is applied
    /// already: it tells the schema, and is not judged.
    #[arg(long, value_name = "V")]
    from: Option<String>,
    /// The last pending migration; what comes after it is left out.
    #[arg(long, value_name = "V")]
    to: Option<String>,
}

#[derive(Args)]
struct SelectArgs {
    /// Keep to these nodes, in dbt's grammar: tag:finance+ path:models/marts. They can be outcome:, op: and owner: too.
    #[arg(long, value_name = "EXPR", num_args = 1..)]
    select: Vec<String>,
    /// Leave these nodes out.
    #[arg(long, value_name = "EXPR", num_args = 1..)]
    exclude: Vec<String>,
}

#[derive(Args)]
struct LsArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    selection: SelectArgs,
}

#[derive(Args)]
struct ReviewArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    selection: SelectArgs,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write to a file instead of the terminal.
    #[arg(short, long, value_name = "F")]
    output: Option<PathBuf>,
    /// The verdict at which the exit code is 1.
    #[arg(long, value_enum, default_value_t = FailOn::Block)]
    fail_on: FailOn,
}

#[derive(Args)]
struct DocumentArgs {
    #[command(flatten)]
    input: InputArgs,
    /// A template of your own (Jinja), in the place of the document's usual form.
    #[arg(long, value_name = "F")]
    template: Option<PathBuf>,
    /// Write to a file instead of the terminal; as HTML where its name ends in .html.
    #[arg(short, long, value_name = "F")]
    output: Option<PathBuf>,
}

#[derive(Args)]
struct FixArgs {
    #[command(flatten)]
    input: InputArgs,
    /// The folder to write the drafts to.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Args)]
struct PublishArgs {
    #[command(flatten)]
    input: InputArgs,
    /// The folder to write the pages to.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What outsiders do not get to see: sql, names, owners; several with commas between.
    #[arg(long, value_name = "WHAT", value_parser = redaction, default_value = "")]
    redact: Redaction,
}

#[derive(Args)]
struct LineageArgs {
    /// A file of SQL, or - for standard input; with --column also a manifest.json or a folder with one.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The SQL dialect of a script; generic when not given. A dbt project has its own.
    #[arg(long, value_name = "D", value_parser = dialect)]
    dialect: Option<Dialect>,
    /// Follow one column, up to what it is made of and down to what is made of it: NODE.COLUMN.
    #[arg(long, value_name = "NODE.COLUMN")]
    column: Option<String>,
    /// The columns of relations, as JSON: {"relation": ["column", …]}.
    #[arg(long, value_name = "F")]
    schema: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = LineageFormat::Text)]
    format: LineageFormat,
}

#[derive(Args)]
struct CheckArgs {
    #[command(flatten)]
    input: InputArgs,
    /// The version of the engine, such as 15 or 8.0.
    #[arg(long, value_name = "V", value_parser = version)]
    engine_version: Option<Version>,
    /// Each file runs in one transaction, whatever the runner is known to do.
    #[arg(long)]
    in_transaction: bool,
    /// Who runs the migrations; told from the names of the files when not given.
    #[arg(long, value_name = "R", value_parser = runner)]
    runner: Option<Runner>,
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    format: CheckFormat,
    /// Write to a file instead of the terminal.
    #[arg(short, long, value_name = "F")]
    output: Option<PathBuf>,
    /// The severity at which the exit code is 1.
    #[arg(long, value_enum, default_value_t = FailOnFinding::Error)]
    fail_on: FailOnFinding,
}

#[derive(Args)]
struct ExplainArgs {
    /// A check, such as drop-column.
    #[arg(value_name = "CHECK")]
    name: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum CheckFormat {
    Text,
    Json,
    Sarif,
    /// Annotations as GitHub Actions shows them.
    Github,
    /// All fixes as one patch, for git apply or patch -p1.
    Diff,
}

#[derive(Clone, Copy, ValueEnum)]
enum FailOnFinding {
    Error,
    Warning,
    Info,
    Never,
}

fn version(text: &str) -> Result<Version, String> {
    parse_version(text).ok_or_else(|| "not a version such as 15 or 8.0".to_owned())
}

fn runner(name: &str) -> Result<Runner, String> {
    let known = || Runner::names().collect::<Vec<_>>().join(", ");
    Runner::from_name(name).ok_or_else(|| format!("no such runner; known are {}", known()))
}

#[derive(Clone, Copy, ValueEnum)]
enum LineageFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
    Sarif,
    Html,
}

#[derive(Clone, Copy, ValueEnum)]
enum FailOn {
    Block,
    Review,
    Never,
}

fn redaction(words: &str) -> Result<Redaction, String> {
    Redaction::from_words(words).ok_or_else(|| "only sql, names and owners can be hidden".to_owned())
}

fn dialect(name: &str) -> Result<Dialect, String> {
    let known = || DIALECTS.iter().map(|facts| facts.name).collect::<Vec<_>>().join(", ");
    Dialect::from_name(name).ok_or_else(|| format!("no such dialect; known are {}", known()))
}

fn main() -> ExitCode {
    match run::run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(run::UNUSABLE)
        }
    }
}
