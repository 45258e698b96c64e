//! Statements that sqlparser does not parse, read from its tokens. Upstream's gaps are closed here and nowhere else.
//!
//! What has to be looked into has a reader of its own (`alter`, `create`); everything else is tables of forms, one an engine.

mod alter;
mod ansi;
mod bigquery;
mod clickhouse;
mod column;
mod create;
mod databricks;
mod duckdb;
mod engines;
mod flow;
mod mysql;
mod objects;
mod oracle;
mod pattern;
mod postgres;
mod redshift;
mod snowflake;
mod sqlite;
mod starrocks;
mod tsql;
mod types;
mod words;

pub(super) use pattern::in_database;
pub(super) use words::{Kind, Words, is, lex};

use super::Effect;
use super::op::Op;
use super::statement::Reader;

/// The effect of a statement that upstream refuses, or none where this does not know it either.
pub(super) fn read(reader: &Reader<'_>, words: Words<'_>) -> Option<Effect> {
    let known = by_rules(reader, words);
    if known.is_some() {
        return known;
    }
    let mut rest = words;
    if rest.take("ALTER") {
        if let Some(effect) = alter::read(reader, rest) {
            return Some(effect);
        }
        return types::alter(rest).or_else(|| objects::read("alter", rest)).map(|ops| reader.all(ops));
    }
    if rest.take("CREATE") {
        if let Some(effect) = create::read(reader, rest) {
            return Some(effect);
        }
        rest.take("OR REPLACE");
        return objects::read("create", rest).map(|ops| reader.all(ops));
    }
    if rest.take("DROP") {
        return objects::read("drop", rest).map(|ops| reader.all(ops));
    }
    None
}

fn by_rules(reader: &Reader<'_>, words: Words<'_>) -> Option<Effect> {
    let tables = engines::rules(reader.dialect);
    let in_block = if reader.in_block { flow::RULES } else { &[] };
    let (does, matched) =
        tables.into_iter().chain([in_block, ansi::RULES]).find_map(|rules| pattern::find(rules, words))?;
    Some(match does.ops(reader.dialect, matched, |source| reader.copy_of(source)) {
        Ok(ops) => reader.all(ops),
        Err(why) => Effect::Unknown(why),
    })
}

impl Reader<'_> {
    /// A known form without operations is a known no-op.
    fn all(&self, ops: Vec<Op>) -> Effect {
        if ops.is_empty() { Effect::Nothing } else { self.many(ops.into_iter().map(|op| (op, None))) }
    }
}
