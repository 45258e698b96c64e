//! Things that are no relations, and the words that they are called by in CREATE, ALTER, DROP, SHOW and COMMENT ON.

use super::words::Words;
use crate::migration::op::Op;

/// Longer names before those that they begin with.
const KINDS: &[&str] = &[
    "ACCESS CONTROL",
    "ACCOUNT",
    "AGGREGATE",
    "AGGREGATION POLICY",
    "ALERT",
    "API INTEGRATION",
    "APPLICATION PACKAGE",
    "APPLICATION ROLE",
    "APPLICATION",
    "ASSEMBLY",
    "AUTHENTICATION POLICY",
    "CAST",
    "CATALOG INTEGRATION",
    "CERTIFICATE",
    "COLLATION",
    "COMPUTE POOL",
    "CONNECTION",
    "CONTACT",
    "CONVERSION",
    "CORTEX SEARCH SERVICE",
    "CREDENTIAL",
    "DATABASE LINK",
    "DATABASE ROLE",
    "DATABASE SCOPED CONFIGURATION",
    "DATASHARE",
    "DEFAULT PRIVILEGES",
    "DEFAULT",
    "DIRECTORY",
    "DOMAIN",
    "ENDPOINT",
    "EVENT SESSION",
    "EVENT TRIGGER",
    "EVENT",
    "EXTENSION",
    "EXTERNAL ACCESS INTEGRATION",
    "EXTERNAL DATA SOURCE",
    "EXTERNAL FILE FORMAT",
    "EXTERNAL FUNCTION",
    "EXTERNAL LOCATION",
    "EXTERNAL RESOURCE",
    "EXTERNAL VOLUME",
    "FAILOVER GROUP",
    "FILE FORMAT",
    "FILE",
    "FOREIGN DATA WRAPPER",
    "FULLTEXT CATALOG",
    "FULLTEXT STOPLIST",
    "FUNCTION",
    "GIT REPOSITORY",
    "GROUP",
    "IMAGE REPOSITORY",
    "INDEXTYPE",
    "INTEGRATION",
    "JOIN POLICY",
    "LANGUAGE",
    "LARGE OBJECT",
    "LIBRARY",
    "LISTING",
    "LOGFILE GROUP",
    "LOGIN",
    "MACRO TABLE",
    "MACRO",
    "MANAGED ACCOUNT",
    "MASKING POLICY",
    "MASTER KEY",
    "MESSAGE TYPE",
    "MODEL",
    "MUTING RULE",
    "NAMED COLLECTION",
    "NETWORK POLICY",
    "NETWORK RULE",
    "NOTEBOOK",
    "NOTIFICATION INTEGRATION",
    "OPERATOR CLASS",
    "OPERATOR FAMILY",
    "OPERATOR",
    "OUTLINE",
    "PACKAGE BODY",
    "PACKAGES POLICY",
    "PACKAGE",
    "PARTITION FUNCTION",
    "PARTITION SCHEME",
    "PASSWORD POLICY",
    "PIPE",
    "PRIVACY POLICY",
    "PROCEDURAL LANGUAGE",
    "PROCEDURE",
    "PROC",
    "PROFILE",
    "PROJECTION POLICY",
    "PUBLICATION",
    "QUEUE",
    "QUOTA",
    "RECIPIENT",
    "REPLICATION GROUP",
    "REPOSITORY",
    "RESOURCE GROUP",
    "RESOURCE MONITOR",
    "RESOURCE",
    "ROLE",
    "ROLLBACK SEGMENT",
    "ROUTINE",
    "ROW ACCESS POLICY",
    "ROW POLICY",
    "SECRET",
    "SECURITY INTEGRATION",
    "SECURITY POLICY",
    "SEQUENCE",
    "SERVER",
    "SERVICE",
    "SESSION POLICY",
    "SESSION",
    "SETTINGS PROFILE",
    "SHARE",
    "STAGE",
    "STATISTICS",
    "STORAGE CREDENTIAL",
    "STORAGE INTEGRATION",
    "STORAGE LIFECYCLE POLICY",
    "STREAMLIT",
    "STREAM",
    "SUBSCRIPTION",
    "SYMMETRIC KEY",
    "SYSTEM",
    "TABLESPACE",
    "TAG",
    "TASK",
    "TEXT SEARCH CONFIGURATION",
    "TEXT SEARCH DICTIONARY",
    "TEXT SEARCH PARSER",
    "TEXT SEARCH TEMPLATE",
    "TRANSFORM",
    "TYPE BODY",
    "TYPE",
    "USER MAPPING",
    "USER",
    "VOLUME",
    "WAREHOUSE",
    "WORKLOAD GROUP",
    "XML SCHEMA COLLECTION",
];

/// Things that belong to a relation, which comes after ON.
const PARTS: &[&str] = &["INDEX", "TRIGGER", "POLICY", "RULE", "STATISTICS"];

/// Words that may stand before the kind.
const BEFORE: &[&str] = &[
    "OR REPLACE",
    "OR ALTER",
    "TEMPORARY",
    "TEMP",
    "SECURE",
    "UNIQUE",
    "FULLTEXT",
    "SPATIAL",
    "CLUSTERED",
    "NONCLUSTERED",
    "COLUMNSTORE",
    "HYPOTHETICAL",
    "BITMAP",
    "CONSTRAINT",
    "PUBLIC",
    "PRIVATE",
    "TRUSTED",
    "EDITIONABLE",
    "NONEDITIONABLE",
    "GLOBAL",
    "LOCAL",
    "PRIMARY",
    "XML",
    "VECTOR",
    "SEARCH",
    "CAPTURE",
    "PERSISTENT",
    "EXTERNAL",
    "ASYNC",
    "SHADOW",
    "MANAGED",
    "INVERTED",
    "PROCEDURAL",
    "USING HASH",
];

/// CREATE, ALTER or DROP of something that is no relation.
pub(super) fn read(verb: &str, mut words: Words<'_>) -> Option<Vec<Op>> {
    let mut definer = words;
    if verb == "create" && definer.take("DEFINER") {
        let kind = definer.tokens.iter().position(|token| {
            ["TRIGGER", "FUNCTION", "PROCEDURE", "EVENT"].iter().any(|kind| super::words::is(token, kind))
        })?;
        words = definer;
        words.skip(kind);
    }
    let as_given = words;
    loop {
        if let Some(kind) = PARTS.iter().find(|kind| words.take(kind)) {
            return Some(vec![part(verb, kind, words)]);
        }
        if let Some(kind) = KINDS.iter().find(|kind| words.take(kind)) {
            words.take_if_exists();
            return Some(vec![Op::Other { what: what(verb, kind), name: named(words) }]);
        }
        if !BEFORE.iter().any(|word| words.take(word)) {
            break;
        }
    }
    words = as_given;
    let _ = words.take("OR REPLACE");
    None
}

/// An index and the like: said of its relation, where the statement names it.
fn part(verb: &str, kind: &str, mut words: Words<'_>) -> Op {
    words.take("CONCURRENTLY");
    words.take_if_exists();
    let name = if words.is("ON") { String::new() } else { named(words) };
    let what = what(verb, kind);
    let on = words.find("ON").and_then(|at| {
        let mut after = words;
        after.skip(at + 1);
        after.take("ONLY");
        after.name()
    });
    match (on, noted(&what)) {
        (Some(relation), Some(what)) => Op::Annotate { relation, what, name },
        _ => Op::Other { what, name },
    }
}

fn noted(what: &str) -> Option<&'static str> {
    [
        "create_index",
        "drop_index",
        "alter_index",
        "create_trigger",
        "drop_trigger",
        "alter_trigger",
        "create_policy",
        "drop_policy",
        "alter_policy",
        "create_statistics",
        "drop_rule",
        "enable_trigger",
        "disable_trigger",
    ]
    .into_iter()
    .find(|known| *known == what)
}

fn what(verb: &str, kind: &str) -> String {
    format!("{verb}_{}", kind.to_lowercase().replace(' ', "_"))
}

fn named(mut words: Words<'_>) -> String {
    let start = words.start();
    words.name().map_or(start, |name| name.to_string())
}
