//! VACUUM FULL, CLUSTER, SET UNLOGGED and others that write the whole table anew.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "table-rewrite",
    summary: "VACUUM FULL, CLUSTER, SET UNLOGGED and others that write the whole table anew.",
    severity: Severity::Warning,
    help: "Leave it to maintenance in a quiet hour (pg_repack does it without the lock), not to a migration.",
    dialects: P | H,
    since: &[],
    look: Look::Statement(What::Maintain.bit() | ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    const REWRITES: &str = "A whole table is written anew, under a lock that nobody can read or write through.";
    if facts.what == What::Maintain {
        let is_full =
            facts.all.starts("VACUUM FULL") || facts.all.starts("VACUUM ( FULL") || facts.all.starts("CLUSTER _");
        if is_full && script.dialect() == Dialect::Postgres
            || facts.all.starts("VACUUM REINDEX|FULL|SORT") && script.dialect() == Dialect::Redshift
        {
            found.at(script, facts, facts.all, REWRITES, &[]);
        }
        return;
    }
    for action in &facts.actions {
        let rewrites = action.starts("SET UNLOGGED|LOGGED|TABLESPACE|ACCESS") && script.dialect() == Dialect::Postgres
            || action.starts("ALTER COMPOUND? SORTKEY|DISTKEY|DISTSTYLE") && script.dialect() == Dialect::Redshift;
        if rewrites && script.is_live(facts) {
            found.at(script, facts, *action, REWRITES, &[]);
        }
    }
}
