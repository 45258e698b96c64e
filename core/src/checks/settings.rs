//! What a person can tell the checks.

use super::runner::Runner;
use super::version::Version;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct CheckSettings {
    pub runner: Option<Runner>,
    /// Whether the runner wraps each file in a transaction; by default what the runner is known to do.
    pub in_transaction: Option<bool>,
    /// The scripts that the runner is told to run outside of a transaction.
    pub without_transaction: Vec<String>,
    pub engine_version: Option<Version>,
    /// How many rows a table has, by its name.
    pub rows: Vec<(String, u64)>,
    pub waivers: Vec<Waiver>,
    /// Checks that are off unless they are named here: `style`.
    pub enabled: Vec<String>,
    /// The day of the check, `2027-01-31`; without it no waiver is out of date.
    pub today: Option<String>,
    /// A new object keeps the grants of the one that it replaces: an account setting of Snowflake's.
    pub replace_keeps_grants: bool,
}

/// Somebody has looked at a finding and takes the risk, until a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiver {
    pub check: String,
    /// The end of a file's path; empty for every file.
    pub file: String,
    /// The first and the last line that it is for; none for the whole file.
    pub lines: Option<(u32, u32)>,
    pub reason: String,
    pub by: String,
    /// The last day on which it holds: `2027-01-31`.
    pub until: String,
}
