//! Column lineage of whole projects: against the bare parse of the same SQL, and against a peer.
//!
//! The projects are made up or of other people; those are read where they lie, and without them this says so. The peer is
//! sqlglot's column lineage, in Python, over a part of the same models; it needs the interpreter that `FORESHOCK_PYTHON` names, or
//! that of `cargo xtask engines`, with the package sqlglot.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::rc::Rc;

use flate2::read::GzDecoder;
use foreshock_core::dbt::{Project, open_project};
use foreshock_core::explain::trace_project;
use sqlparser::parser::Parser;

use super::{Times, compare, manifest};
use crate::engines::python;
use crate::{process, workspace};

const LIMIT: f64 = 1.5;
/// Where the projects of other people lie, from the repository on.
const CORPUS: &str = "../shared/corpus/manifests";
const PROJECTS: [&str; 2] = ["compiled_spellbook/manifest.json.gz", "fivetran_ad_reporting/manifest.json"];
const MADE_UP: [usize; 2] = [2_000, 10_000];
const PEER: &str = "tests/bench/sqlglot_lineage.py";
/// Of how many models the peer is asked: it takes some 70 ms each.
const ASKED: usize = 60;

/// How many budgets are exceeded.
pub(super) fn run() -> u32 {
    println!();
    let mut exceeded = 0;
    for name in PROJECTS {
        let path = workspace::root().join(CORPUS).join(name);
        match read(&path) {
            Ok(bytes) => exceeded += measure(name.split('/').next().unwrap_or(name), bytes),
            Err(error) => println!("NOT RUN  {}: {error}", path.display()),
        }
    }
    for models in MADE_UP {
        let mut bytes = Vec::new();
        manifest::write(models, &mut bytes).expect("a Vec takes all");
        exceeded += measure(&format!("made-up, {models} models"), bytes);
    }
    exceeded
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let bytes = fs::read(path)?;
    if path.extension().is_some_and(|kind| kind == "gz") {
        let mut unpacked = Vec::new();
        GzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked)?;
        return Ok(unpacked);
    }
    Ok(bytes)
}

fn measure(name: &str, bytes: Vec<u8>) -> u32 {
    let (project, _) = open_project("manifest.json", Rc::new(bytes));
    let Some(project) = project else {
        println!(" OVER  {name}: it is no manifest");
        return 1;
    };
    project.load(0..project.nodes.len());
    // The same nodes for both sides: those with SQL that can be traced.
    let (mut texts, mut columns) = (Vec::new(), 0);
    trace_project(&project, &mut |ix, traced| {
        if let (Ok(lineage), Some(sql)) = (traced, project.sql(ix)) {
            texts.push(sql);
            columns += lineage.outputs.len();
        }
    });
    let Times { ours, baseline } = compare(|| trace_project(&project, &mut |_, _| {}), || parse_all(&project, &texts));
    let ratio = ours.as_secs_f64() / baseline.as_secs_f64();
    let verdict = if ratio <= LIMIT { "ok" } else { "OVER" };
    let each = ours.as_secs_f64() * 1e3 / f64::from(u32::try_from(texts.len().max(1)).unwrap_or(u32::MAX));
    println!(
        "{verdict:>5}  {ratio:.2} × the bare parse of the same SQL, budget {LIMIT} ×: lineage of {name} ({} queries, \
         {columns} columns; {ours:.1?}, {baseline:.1?}; {each:.3} ms each)",
        texts.len()
    );
    ask_peer(&project, &texts);
    u32::from(ratio > LIMIT)
}

fn parse_all(project: &Project, texts: &[&str]) -> usize {
    let parser = project.sql_dialect().parser();
    texts.iter().filter(|text| Parser::parse_sql(parser, text).is_ok()).count()
}

/// What the peer takes for some of the same queries, evenly taken from all.
fn ask_peer(project: &Project, texts: &[&str]) {
    let Ok(Some(python)) = python::find() else {
        println!("       NOT RUN: sqlglot, as there is no interpreter (cargo xtask engines, or FORESHOCK_PYTHON)");
        return;
    };
    let some: Vec<&&str> = texts.iter().step_by((texts.len() / ASKED).max(1)).take(ASKED).collect();
    let asked = serde_json::json!({"dialect": project.sql_dialect().name(), "queries": some});
    let said = workspace::target_folder().and_then(|folder| {
        let path = folder.join("sqlglot_queries.json");
        fs::write(&path, asked.to_string())?;
        process::capture(process::command(python).arg(workspace::root().join(PEER)).arg(&path))
    });
    match said {
        Ok(said) => println!("       {}", said.trim_end()),
        Err(error) => println!("       NOT RUN: sqlglot: {error:#}"),
    }
}
