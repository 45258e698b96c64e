//! History or partitions that are thrown away.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "retention-cut",
    summary: "History or partitions that are thrown away.",
    severity: Severity::Warning,
    help: "Ask who reads the old rows or needs time travel; keep what the rules of the house \
            demand, and copy the rest away first.",
    dialects: P | S | D | B | R | M,
    since: &[],
    look: Look::Statement(ALTERS | What::Maintain.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    const PATTERNS: [&str; 9] = [
        "RETAIN 0",
        "DATA_RETENTION_TIME_IN_DAYS = 0",
        "DROP IF? EXISTS? TEMPORARY? PARTITION|PARTITIONS",
        "TRUNCATE PARTITION",
        "EXPIRATION_TIMESTAMP =",
        "PARTITION_EXPIRATION_DAYS =",
        "DELTA . DELETEDFILERETENTIONDURATION",
        "DETACH PARTITION",
        "DEFAULT_TABLE_EXPIRATION_DAYS =",
    ];
    let part = PATTERNS.iter().find_map(|pattern| facts.all.find(pattern));
    let quoted =
        facts.what == What::AlterTable && facts.all.code.to_ascii_lowercase().contains("deletedfileretentionduration");
    let part = part.or_else(|| quoted.then_some(facts.all));
    if let Some(part) = part.filter(|_| !script.is_new(facts.key(), facts)) {
        found.at(script, facts, part, "Rows, or the history by which rows could be brought back, are taken away.", &[]);
    }
}
