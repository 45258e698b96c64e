//! Lines that are for the client: psql's backslash commands, SQL*Plus, SQLite's dot commands.

use super::op::{DataChange, Op};
use super::{Effect, PlacedOp};
use crate::dialect::Dialect;
use crate::schema::RelationName;
use crate::text::Span;

/// What a client's command does; none for SQL.
pub(super) fn read(code: &str, dialect: Dialect, span: Span) -> Option<Effect> {
    let is_command = code.starts_with('\\')
        || code.starts_with('.')
        || dialect == Dialect::SqlServer && code.starts_with(':')
        || dialect == Dialect::Oracle && is_sqlplus(code);
    if !is_command {
        return None;
    }
    let mut words = code.split_whitespace();
    let command = words.next().unwrap_or_default().to_ascii_lowercase();
    let runs = |what: &str| Some(Effect::Unknown(format!("it runs {what}, which is not part of this script")));
    match command.trim_end_matches(';') {
        "\\i" | "\\ir" | "\\include" | "\\include_relative" | ".read" | ":r" | "start" => runs("another file"),
        at if at.starts_with('@') => runs("another file"),
        "\\gexec" => runs("what the query before it gives"),
        "\\!" | ":!!" | ".shell" | ".system" | "host" => runs("a command of the system"),
        ".import" | ".restore" => runs("an import"),
        "\\copy" => {
            let target = words.next().unwrap_or_default().trim_end_matches(',');
            let reads = words.any(|word| word.eq_ignore_ascii_case("from"));
            if !reads || target.starts_with('(') {
                return Some(Effect::Nothing);
            }
            let name = target.split('(').next().unwrap_or_default();
            let op = Op::ChangeData(DataChange::Insert { relation: RelationName::parse(name, dialect) });
            Some(Effect::Ops(vec![PlacedOp { op, span }]))
        }
        _ => Some(Effect::Nothing),
    }
}

fn is_sqlplus(code: &str) -> bool {
    const COMMANDS: [&str; 18] = [
        "prompt", "spool", "whenever", "rem", "remark", "define", "undefine", "ttitle", "btitle", "pause", "accept",
        "clear", "host", "exit", "quit", "connect", "start", "set",
    ];
    let first = code.split_whitespace().next().unwrap_or_default().trim_end_matches(';').to_ascii_lowercase();
    let is_setting = first != "set" || !code.to_ascii_lowercase().starts_with("set transaction");
    code.starts_with('@') || is_setting && COMMANDS.contains(&first.as_str())
}
