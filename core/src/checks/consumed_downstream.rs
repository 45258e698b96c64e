//! Said from the review, which follows every column to its readers: without a manifest nobody is known to read anything.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "consumed-downstream",
    summary: "A change after which dbt models, tests or dashboards fail or go wrong.",
    severity: Severity::Error,
    help: "Move the readers first, or keep what they read: foreshock review says of each what becomes of it and why.",
    dialects: ALL,
    since: &[],
    look: Look::Review,
};
