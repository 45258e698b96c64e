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
mod trino;
mod tsql;
mod types;
mod words;

pub(super) use pattern::in_database;
pub(super) use words::{Kind, Lexed, Words, is, lex};

use super::Effect;
use super::op::{DataChange, Op};
use super::statement::Reader;
use crate::dialect::Dialect;
use crate::text::Span;

/// The statement with blanks in the place of what an engine adds to a form that upstream knows; none where it adds nothing.
pub(super) fn without_additions(words: Words<'_>) -> Option<String> {
    let mut rest = words;
    let addition = if rest.take("UPDATE") || rest.take("DELETE") {
        let before = rest;
        (rest.take("TOP") && rest.group().is_some()).then_some(())?;
        rest.take("PERCENT");
        between(before, rest)
    } else if rest.take("MERGE") {
        let before = rest;
        rest.take("WITH SCHEMA EVOLUTION").then_some(())?;
        between(before, rest)
    } else if rest.take("RENAME TABLE") {
        rest.skip(rest.find("ON")?);
        rest.is_at(1, "CLUSTER").then_some(())?;
        rest.span()
    } else {
        None
    }?;
    let mut code = words.code.to_owned();
    let range = addition.start as usize..addition.end as usize;
    code.replace_range(range.clone(), &" ".repeat(range.len()));
    Some(code)
}

/// What stands before the rest.
fn between(all: Words<'_>, rest: Words<'_>) -> Option<Span> {
    let end = all.tokens.len().checked_sub(rest.tokens.len())?;
    Words { tokens: all.tokens.get(..end)?, ..all }.span()
}

/// `INSERT ALL INTO a … INTO b … SELECT …`.
fn insert_into_several(mut words: Words<'_>) -> Option<Vec<Op>> {
    words.take("INSERT").then_some(())?;
    words.take("OVERWRITE");
    (words.take("ALL") || words.take("FIRST")).then_some(())?;
    let mut ops = Vec::new();
    while let Some(at) = words.find("INTO") {
        words.skip(at + 1);
        ops.push(Op::ChangeData(DataChange::Insert { relation: words.name()? }));
    }
    (!ops.is_empty()).then_some(ops)
}

/// `ATTACH MASKING POLICY p ON t (a, b) …`.
fn masked_columns(mut words: Words<'_>) -> Option<Vec<Op>> {
    words.take("ATTACH MASKING POLICY").then_some(())?;
    words.name()?;
    words.take("ON").then_some(())?;
    let relation = words.name()?;
    let column = |mut part: Words<'_>| {
        let column = part.name()?.name().to_owned();
        Some(Op::ChangeData(DataChange::Mask { relation: relation.clone(), column }))
    };
    words.group()?.parts().into_iter().map(column).collect()
}

/// `CREATE SECURITY POLICY p ADD FILTER PREDICATE f(a) ON t, …`: who reads decides which rows there are.
fn filtered_tables(mut words: Words<'_>) -> Option<Vec<Op>> {
    (words.take("CREATE SECURITY POLICY") || words.take("ALTER SECURITY POLICY")).then_some(())?;
    let mut ops = Vec::new();
    while let Some(at) = words.find("FILTER") {
        words.skip(at + 1);
        words.take("PREDICATE").then_some(())?;
        if !words.is("ON") {
            words.name()?;
            words.group()?;
        }
        words.take("ON").then_some(())?;
        ops.push(Op::ChangeData(DataChange::Hide { relation: words.name()? }));
    }
    (!ops.is_empty()).then_some(ops)
}

/// Whether a query reads what a table once was: `VERSION AS OF 3`, `FOR SYSTEM_TIME AS OF …`, `AT (OFFSET => -60)`.
pub(super) fn reads_the_past(tokens: &[Lexed]) -> bool {
    const MOMENTS: [&str; 5] = ["TIMESTAMP", "OFFSET", "STATEMENT", "STREAM", "VERSION"];
    let is_as_of = |pair: &[Lexed]| is(&pair[0], "AS") && is(&pair[1], "OF");
    let is_at = |four: &[Lexed]| {
        (is(&four[0], "AT") || is(&four[0], "BEFORE"))
            && is(&four[1], "(")
            && MOMENTS.iter().any(|moment| is(&four[2], moment))
            && is(&four[3], "=>")
    };
    tokens.windows(2).any(is_as_of) || tokens.windows(4).any(is_at)
}

/// The effect of a statement that upstream refuses, or none where this does not know it either.
pub(super) fn read(reader: &Reader<'_>, words: Words<'_>) -> Option<Effect> {
    if let Some(ops) = insert_into_several(words).or_else(|| masked_columns(words)).or_else(|| filtered_tables(words)) {
        return Some(reader.all(ops));
    }
    // ClickHouse's `REPLACE TABLE t (…)`
    if words.is("REPLACE") && words.is_at(1, "TABLE") && reader.dialect == Dialect::ClickHouse {
        return create::read(reader, words);
    }
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
    Some(match does.ops(reader.dialect, matched, |source| reader.copy_of(source, true)) {
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
