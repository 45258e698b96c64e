//! What a statement locks, whom that keeps waiting, and what work it does meanwhile: one table of facts for all engines.
//!
//! A row fits by the words that a statement, or an action of an ALTER TABLE, begins with, and by words that stand somewhere
//! in it; the first that fits counts. PostgreSQL's rows are held against a real server (tests/engines/locks), the others
//! are what the engine's documentation says.

use serde::{Deserialize, Serialize};

use super::facts::{Facts, What};
use super::on::{B, D, H, M, P, R, S};
use super::phrase::{Name, Phrase};
use super::script::Script;

/// What a statement costs those who use the table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cost {
    pub file: String,
    pub line: u32,
    /// The table, the index, the view.
    pub relation: String,
    /// The words of the statement that take the lock.
    pub what: String,
    /// The engine's name for the lock.
    pub lock: String,
    /// Whom it keeps waiting.
    pub blocks: String,
    pub work: Work,
    /// Where this is known from.
    pub basis: String,
}

/// In the order of what they take: the last is the longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// A moment, whatever the size.
    Catalogue,
    /// The rows that it names.
    Rows,
    /// It reads the whole table, or builds an index from it.
    Scan,
    /// It writes the whole table anew.
    Rewrite,
}

impl Work {
    pub fn words(self) -> &'static str {
        match self {
            Self::Catalogue => "the catalogue only",
            Self::Rows => "the rows that it names",
            Self::Scan => "reads the whole table",
            Self::Rewrite => "writes the whole table anew",
        }
    }
}

struct Lock {
    name: &'static str,
    blocks: &'static str,
}

const ACCESS_EXCLUSIVE: Lock = Lock { name: "ACCESS EXCLUSIVE", blocks: "reads and writes" };
const EXCLUSIVE: Lock = Lock { name: "EXCLUSIVE", blocks: "writes" };
const SHARE_ROW_EXCLUSIVE: Lock = Lock { name: "SHARE ROW EXCLUSIVE", blocks: "writes" };
const SHARE: Lock = Lock { name: "SHARE", blocks: "writes" };
const SHARE_UPDATE_EXCLUSIVE: Lock = Lock { name: "SHARE UPDATE EXCLUSIVE", blocks: "other changes of the schema" };
const ROW_EXCLUSIVE: Lock = Lock { name: "ROW EXCLUSIVE", blocks: "writes of the same rows" };
const MOMENT: Lock = Lock { name: "metadata lock", blocks: "reads and writes, for a moment" };
const SHARED: Lock = Lock { name: "metadata lock, LOCK=SHARED", blocks: "writes" };
const ROWS: Lock = Lock { name: "row locks", blocks: "writes of the same rows" };
const CATALOGUE: Lock = Lock { name: "none that is held", blocks: "nobody" };
const PARTITIONS: Lock = Lock { name: "table lock for changes of rows", blocks: "other changes of rows" };
const OPTIMISTIC: Lock =
    Lock { name: "none: conflicts are found at the commit", blocks: "writes that run meanwhile fail" };
const JOB: Lock =
    Lock { name: "one schema change job a table", blocks: "other changes of the schema, until the job ends" };
const REDSHIFT: Lock = Lock { name: "AccessExclusiveLock", blocks: "reads and writes" };
const REDSHIFT_ROWS: Lock = Lock { name: "ShareRowExclusiveLock", blocks: "writes" };

struct Row(u16, &'static str, &'static str, Lock, Work);

use Work::{Catalogue, Rewrite, Rows, Scan};

/// The actions of ALTER TABLE.
const ACTIONS: &[Row] = &[
    Row(P, "VALIDATE", "", SHARE_UPDATE_EXCLUSIVE, Scan),
    Row(P, "ADD", "FOREIGN KEY _ NOT VALID", SHARE_ROW_EXCLUSIVE, Catalogue),
    Row(P, "ADD CONSTRAINT _ FOREIGN", "NOT VALID", SHARE_ROW_EXCLUSIVE, Catalogue),
    Row(P, "ADD FOREIGN", "NOT VALID", SHARE_ROW_EXCLUSIVE, Catalogue),
    Row(P, "ADD CONSTRAINT _ FOREIGN", "", SHARE_ROW_EXCLUSIVE, Scan),
    Row(P, "ADD FOREIGN", "", SHARE_ROW_EXCLUSIVE, Scan),
    Row(P, "ADD CONSTRAINT|CHECK", "NOT VALID", ACCESS_EXCLUSIVE, Catalogue),
    Row(P, "ADD CONSTRAINT|UNIQUE|PRIMARY", "USING INDEX", ACCESS_EXCLUSIVE, Catalogue),
    Row(P, "ADD CONSTRAINT|CHECK|UNIQUE|PRIMARY|EXCLUDE", "", ACCESS_EXCLUSIVE, Scan),
    Row(P, "ADD", "SERIAL|BIGSERIAL|SMALLSERIAL|IDENTITY|STORED", ACCESS_EXCLUSIVE, Rewrite),
    Row(
        P,
        "ADD",
        "RANDOM|GEN_RANDOM_UUID|UUID_GENERATE_V4|CLOCK_TIMESTAMP|TIMEOFDAY|NEXTVAL",
        ACCESS_EXCLUSIVE,
        Rewrite,
    ),
    Row(P, "ADD", "UNIQUE|PRIMARY|CHECK", ACCESS_EXCLUSIVE, Scan),
    // Narrower or wider cannot be told from the new size alone: narrower writes the table anew.
    Row(P, "ALTER COLUMN? _ TYPE|SET", "VARCHAR|VARYING (", ACCESS_EXCLUSIVE, Rewrite),
    Row(P, "ALTER COLUMN? _ TYPE|SET", "TYPE TEXT|VARCHAR", ACCESS_EXCLUSIVE, Catalogue),
    Row(P, "ALTER COLUMN? _ TYPE", "", ACCESS_EXCLUSIVE, Rewrite),
    Row(P, "ALTER COLUMN? _ SET DATA", "", ACCESS_EXCLUSIVE, Rewrite),
    Row(P, "ALTER COLUMN? _ SET NOT", "", ACCESS_EXCLUSIVE, Scan),
    Row(P, "ALTER COLUMN? _ SET STATISTICS", "", SHARE_UPDATE_EXCLUSIVE, Catalogue),
    Row(P, "SET LOGGED|UNLOGGED|TABLESPACE", "", ACCESS_EXCLUSIVE, Rewrite),
    Row(P, "SET|RESET (", "", SHARE_UPDATE_EXCLUSIVE, Catalogue),
    Row(P, "ATTACH", "", SHARE_UPDATE_EXCLUSIVE, Scan),
    Row(P, "CLUSTER", "", SHARE_UPDATE_EXCLUSIVE, Catalogue),
    Row(P, "DETACH", "CONCURRENTLY", SHARE_UPDATE_EXCLUSIVE, Catalogue),
    Row(P, "ENABLE|DISABLE REPLICA|ALWAYS? TRIGGER", "", SHARE_ROW_EXCLUSIVE, Catalogue),
    Row(P, "_", "", ACCESS_EXCLUSIVE, Catalogue),
    Row(M, "ADD|DROP|MODIFY|CHANGE|ALTER|RENAME", "ALGORITHM =? COPY", SHARED, Rewrite),
    Row(M, "MODIFY|CHANGE", "VARCHAR|VARBINARY|ENUM", MOMENT, Catalogue),
    Row(M, "MODIFY|CHANGE|CONVERT|ENGINE", "", SHARED, Rewrite),
    Row(M, "DROP PRIMARY", "", SHARED, Rewrite),
    Row(M, "ADD CONSTRAINT _ FOREIGN", "", SHARED, Rewrite),
    Row(M, "ADD FOREIGN", "", SHARED, Rewrite),
    Row(M, "ADD", "AUTO_INCREMENT|STORED", SHARED, Rewrite),
    Row(M, "ADD INDEX|KEY|UNIQUE|PRIMARY|CONSTRAINT", "", MOMENT, Scan),
    Row(M, "ADD FULLTEXT|SPATIAL", "", SHARED, Rewrite),
    Row(M, "DROP COLUMN", "", MOMENT, Rewrite),
    Row(M, "_", "", MOMENT, Catalogue),
    Row(R, "RENAME|SET|SWAP|ADD PARTITION", "", CATALOGUE, Catalogue),
    Row(R, "MODIFY|ORDER", "", JOB, Rewrite),
    Row(R, "_", "", JOB, Catalogue),
    Row(S, "_", "", CATALOGUE, Catalogue),
    Row(D, "ALTER COLUMN? _ SET NOT", "", OPTIMISTIC, Scan),
    Row(D, "ADD CONSTRAINT", "", OPTIMISTIC, Scan),
    Row(D, "_", "", OPTIMISTIC, Catalogue),
    Row(H, "ALTER COMPOUND? SORTKEY|DISTKEY|DISTSTYLE", "", REDSHIFT, Rewrite),
    Row(H, "_", "", REDSHIFT, Catalogue),
    Row(B, "_", "", CATALOGUE, Catalogue),
];

/// Other statements.
const STATEMENTS: &[Row] = &[
    Row(P, "CREATE UNIQUE? INDEX CONCURRENTLY", "", SHARE_UPDATE_EXCLUSIVE, Scan),
    Row(P, "CREATE UNIQUE? INDEX", "", SHARE, Scan),
    Row(P, "DROP INDEX CONCURRENTLY", "", SHARE_UPDATE_EXCLUSIVE, Catalogue),
    Row(P, "DROP INDEX|TABLE|MATERIALIZED|VIEW", "", ACCESS_EXCLUSIVE, Catalogue),
    Row(P, "TRUNCATE", "", ACCESS_EXCLUSIVE, Catalogue),
    Row(P, "CREATE OR? REPLACE? CONSTRAINT? TRIGGER", "", SHARE_ROW_EXCLUSIVE, Catalogue),
    Row(P, "DROP TRIGGER", "", ACCESS_EXCLUSIVE, Catalogue),
    Row(P, "VACUUM FULL", "", ACCESS_EXCLUSIVE, Rewrite),
    Row(P, "CLUSTER", "", ACCESS_EXCLUSIVE, Rewrite),
    Row(P, "VACUUM", "", SHARE_UPDATE_EXCLUSIVE, Scan),
    // It reads some of the rows.
    Row(P, "ANALYZE", "", SHARE_UPDATE_EXCLUSIVE, Rows),
    Row(P, "REINDEX", "CONCURRENTLY", SHARE_UPDATE_EXCLUSIVE, Scan),
    Row(P, "REINDEX", "", SHARE, Scan),
    Row(P, "REFRESH MATERIALIZED VIEW CONCURRENTLY", "", EXCLUSIVE, Scan),
    Row(P, "REFRESH", "", ACCESS_EXCLUSIVE, Rewrite),
    Row(P, "UPDATE|DELETE|INSERT|MERGE|COPY", "", ROW_EXCLUSIVE, Rows),
    Row(P, "COMMENT ON TABLE|COLUMN|INDEX|VIEW", "", SHARE_UPDATE_EXCLUSIVE, Catalogue),
    Row(P, "CREATE OR REPLACE VIEW", "", ACCESS_EXCLUSIVE, Catalogue),
    Row(P, "ALTER INDEX", "RENAME TO", SHARE_UPDATE_EXCLUSIVE, Catalogue),
    Row(P, "ALTER INDEX|VIEW|MATERIALIZED", "", ACCESS_EXCLUSIVE, Catalogue),
    Row(P, "CREATE|ALTER|DROP POLICY", "", ACCESS_EXCLUSIVE, Catalogue),
    Row(P, "LOCK", "", ACCESS_EXCLUSIVE, Catalogue),
    Row(M, "CREATE UNIQUE? INDEX", "", MOMENT, Scan),
    Row(M, "CREATE FULLTEXT|SPATIAL", "", SHARED, Rewrite),
    Row(M, "DROP INDEX|TABLE|VIEW|TRIGGER", "", MOMENT, Catalogue),
    Row(M, "CREATE TRIGGER", "", MOMENT, Catalogue),
    Row(M, "CREATE OR REPLACE VIEW", "", MOMENT, Catalogue),
    Row(M, "ANALYZE", "", MOMENT, Scan),
    Row(M, "TRUNCATE|RENAME", "", MOMENT, Catalogue),
    Row(M, "OPTIMIZE", "", MOMENT, Rewrite),
    Row(M, "UPDATE|DELETE|INSERT|REPLACE", "", ROWS, Rows),
    Row(S, "UPDATE|DELETE|MERGE", "", PARTITIONS, Rewrite),
    Row(S, "INSERT|COPY", "", CATALOGUE, Rows),
    Row(S, "DROP|TRUNCATE|UNDROP|ALTER", "", CATALOGUE, Catalogue),
    Row(S, "CREATE OR REPLACE TABLE", "SELECT", CATALOGUE, Rewrite),
    Row(S, "CREATE OR REPLACE TABLE|VIEW|SECURE", "", CATALOGUE, Catalogue),
    Row(D, "UPDATE|DELETE|MERGE", "", OPTIMISTIC, Rewrite),
    Row(D, "INSERT|COPY", "", OPTIMISTIC, Rows),
    Row(D, "OPTIMIZE|REORG", "", OPTIMISTIC, Rewrite),
    Row(D, "VACUUM", "", CATALOGUE, Scan),
    Row(D, "DROP|TRUNCATE|RESTORE|ALTER", "", OPTIMISTIC, Catalogue),
    Row(D, "CREATE OR REPLACE TABLE|VIEW", "SELECT", OPTIMISTIC, Rewrite),
    Row(D, "CREATE OR REPLACE TABLE|VIEW", "", OPTIMISTIC, Catalogue),
    Row(R, "UPDATE|DELETE", "", PARTITIONS, Rows),
    Row(R, "CREATE INDEX", "", JOB, Scan),
    Row(R, "INSERT", "", CATALOGUE, Rows),
    Row(R, "DROP INDEX", "", JOB, Catalogue),
    Row(R, "DROP|TRUNCATE|ALTER", "", CATALOGUE, Catalogue),
    Row(R, "REFRESH", "", CATALOGUE, Rewrite),
    Row(H, "UPDATE|DELETE|INSERT|COPY|MERGE", "", REDSHIFT_ROWS, Rows),
    Row(H, "DROP|TRUNCATE", "", REDSHIFT, Catalogue),
    Row(H, "CREATE OR REPLACE VIEW", "", REDSHIFT, Catalogue),
    Row(H, "VACUUM", "", REDSHIFT_ROWS, Rewrite),
    Row(H, "ANALYZE", "", CATALOGUE, Scan),
    Row(B, "UPDATE|DELETE|MERGE", "", OPTIMISTIC, Rewrite),
    Row(B, "INSERT", "", CATALOGUE, Rows),
    Row(B, "CREATE OR REPLACE TABLE", "SELECT", CATALOGUE, Rewrite),
    Row(B, "CREATE OR REPLACE TABLE|VIEW", "", CATALOGUE, Catalogue),
    Row(B, "DROP|TRUNCATE|ALTER", "", CATALOGUE, Catalogue),
];

/// What each statement of a script costs; none of tables that it has made itself.
pub(super) fn costs(script: &Script<'_>) -> Vec<Cost> {
    script.facts.iter().filter_map(|facts| cost(script, facts)).collect()
}

fn cost(script: &Script<'_>, facts: &Facts<'_>) -> Option<Cost> {
    let is_new = matches!(facts.what, What::CreateTable | What::CreateView) && !facts.has_adjective("OR REPLACE");
    if is_new || matches!(facts.what, What::Set | What::Query | What::Begin | What::Commit | What::Access) {
        return None;
    }
    let name = held(facts);
    if script.is_new(&name.key(), facts) || facts.is_temporary() {
        return None;
    }
    let (row, action) = match facts.what {
        // Of several actions the strongest lock counts, and the longest work.
        What::AlterTable => facts
            .actions
            .iter()
            .filter_map(|action| Some((fitting(ACTIONS, script, *action)?, Some(action.text()))))
            .max_by_key(|(row, _)| (row.3.blocks.starts_with("reads"), row.4)),
        _ => fitting(STATEMENTS, script, facts.all).map(|row| (row, None)),
    }?;
    let Row(_, _, _, lock, work) = row;
    // A filter leaves rows alone, and an engine that writes files anew leaves those alone in which no row fits.
    let work = match facts.what {
        what if what.is_data() && facts.all.has("WHERE|ON") => (*work).min(Rows),
        What::Update | What::Delete if *work == Rows && !facts.all.has("LIMIT|TOP") => Rewrite,
        _ => *work,
    };
    let end = name.phrase.span().end as usize;
    let head = facts.all.code.get(..end).unwrap_or_default();
    Some(Cost {
        file: script.file.name.clone(),
        line: script.file.place(facts.statement.span).line,
        relation: name.shown().to_owned(),
        what: shortened(action.unwrap_or(if head.is_empty() { facts.all.text() } else { head })),
        lock: lock.name.to_owned(),
        blocks: lock.blocks.to_owned(),
        work,
        basis: if script.is(P) { "measured on PostgreSQL 15" } else { "the engine's documentation" }.to_owned(),
    })
}

/// Some words, on one line.
fn shortened(words: &str) -> String {
    const MOST: usize = 60;
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut cut: String = line.chars().take(MOST).collect();
    if cut.len() < line.len() {
        cut.push('…');
    }
    cut
}

/// What the lock is on: the table of an index, a trigger or a policy; else what the statement names.
fn held<'t>(facts: &Facts<'t>) -> Name<'t> {
    let is_on_table = facts.what == What::CreateIndex
        || facts.all.starts("CREATE OR? REPLACE? CONSTRAINT? TRIGGER|POLICY")
        || facts.all.starts("ALTER|DROP TRIGGER|POLICY");
    let mut rest = facts.all;
    if is_on_table {
        return facts.table_of_index().unwrap_or(facts.name);
    }
    if rest.take("COMMENT ON _") {
        return rest.name();
    }
    if facts.what != What::Maintain {
        return facts.name;
    }
    loop {
        if rest.group().is_none()
            && !rest.take("VACUUM|ANALYZE|CLUSTER|REINDEX|REFRESH|OPTIMIZE|REORG")
            && !rest.take("FULL|FREEZE|VERBOSE|TABLE|INDEX|MATERIALIZED|VIEW|CONCURRENTLY|LOCAL")
        {
            return rest.name();
        }
    }
}

fn fitting(rows: &'static [Row], script: &Script<'_>, phrase: Phrase<'_>) -> Option<&'static Row> {
    rows.iter().find(|Row(dialects, starts, has, ..)| {
        script.is(*dialects) && phrase.starts(starts) && (has.is_empty() || phrase.has(has))
    })
}
