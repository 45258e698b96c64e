//! `foreshock publish`: the finished review as a folder of pages.

use std::process::ExitCode;

use anyhow::Result;
use foreshock_core::documents::published;
use foreshock_core::redact::redact;
use foreshock_core::review::Review;

use crate::{PublishArgs, fix, run};

pub(crate) fn run(args: &PublishArgs) -> Result<ExitCode> {
    let session = run::open(&args.input)?;
    let Ok(review) = session.review() else { return Ok(run::nothing_to_review(&session)) };
    let mut review = Review { remedies: session.remedies(), ..review.clone() };
    redact(&mut review, args.redact);
    for (path, text) in published(&review) {
        fix::write(&args.out, &path, &text)?;
    }
    println!("Published to {}; begin with index.html.", args.out.display());
    Ok(ExitCode::SUCCESS)
}
