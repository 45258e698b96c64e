//! `foreshock ls`: what an expression means, to try it out.

use std::process::ExitCode;

use anyhow::Result;
use foreshock_core::outcome::NodeKind;
use foreshock_core::select::Selector;

use crate::{LsArgs, run};

pub(crate) fn run(args: &LsArgs) -> Result<ExitCode> {
    let selector = run::selector(&args.selection)?;
    let everything = || Selector::parse::<String>(&[], &[]);
    let selector = selector.map_or_else(everything, Ok)?;
    let session = run::open(&args.input)?;
    let Some(project) = session.project() else {
        eprintln!("error: none of the files is a dbt manifest.json");
        run::say_inputs(&session);
        return Ok(ExitCode::from(run::UNUSABLE));
    };
    let selection = selector.apply(project, session.review().ok())?;
    for unmatched in &selection.unmatched {
        eprintln!("warning: `{}` matches no node of the project", unmatched.expression);
    }
    // As `dbt ls`, which leaves out what is no part of the project's data.
    let is_listed = |kind| !matches!(kind, NodeKind::Analysis | NodeKind::Operation);
    let listed = selection.nodes().filter(|ix| is_listed(project.nodes[*ix].kind));
    run::write(&listed.map(|ix| format!("{}\n", project.id(ix))).collect::<String>(), None)?;
    Ok(ExitCode::SUCCESS)
}
