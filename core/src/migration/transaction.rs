//! What a ROLLBACK takes back does not happen, and what SET LOCAL sets ends with its transaction.

use super::op::Op;
use super::{Effect, PlacedOp, Statement};
use crate::dialect::Dialect;

/// A transaction that is open.
struct Open<'t> {
    /// The first statement that a ROLLBACK would take back.
    from: usize,
    savepoints: Vec<(&'t str, usize)>,
    /// The search path before it, where it was set for this transaction alone.
    path: Option<Vec<String>>,
}

/// Goes over the statements of a script in order.
pub(super) fn settle(statements: &mut [Statement], text: &str, dialect: Dialect) {
    let mut open: Option<Open<'_>> = None;
    let mut path: Vec<String> = Vec::new();
    for at in 0..statements.len() {
        let statement = &statements[at];
        let code = statement.span.of(text);
        if let Effect::Ops(ops) = &statement.effect {
            for placed in ops {
                if let Op::SetSearchPath { schemas } = &placed.op {
                    let before = std::mem::replace(&mut path, schemas.clone());
                    if let Some(open) = open.as_mut().filter(|_| word(code, 1).eq_ignore_ascii_case("local")) {
                        open.path.get_or_insert(before);
                    }
                }
                // In many engines a change of the schema ends the transaction.
                if let Some(open) = open.as_mut().filter(|_| commits_by_itself(&placed.op, dialect)) {
                    open.from = at + 1;
                    open.savepoints.clear();
                }
            }
            continue;
        }
        if !matches!(statement.effect, Effect::Nothing) {
            continue;
        }
        let is = |nth: usize, wanted: &str| word(code, nth).eq_ignore_ascii_case(wanted);
        let begins = is(0, "begin") || is(0, "start") && is(1, "transaction");
        let goes_back = is(0, "rollback") || is(0, "abort");
        if begins && open.is_none() {
            open = Some(Open { from: at + 1, savepoints: Vec::new(), path: None });
        } else if is(0, "savepoint") || is(0, "save") {
            let name = word(code, if is(0, "save") { 2 } else { 1 });
            open.iter_mut().for_each(|open| open.savepoints.push((name, at + 1)));
        } else if goes_back && code.split_whitespace().any(|word| word.eq_ignore_ascii_case("to")) {
            let name = code.split_whitespace().next_back().unwrap_or_default();
            let Some(open) = &mut open else { continue };
            let Some(kept) = open.savepoints.iter().rposition(|(own, _)| own.eq_ignore_ascii_case(name)) else {
                continue;
            };
            open.savepoints.truncate(kept + 1);
            take_back(statements, open.savepoints[kept].1, at);
        } else if goes_back {
            let Some(ended) = open.take() else { continue };
            take_back(statements, ended.from, at);
            path = ended.path.unwrap_or(path);
        } else if (is(0, "commit") || is(0, "end"))
            && let Some(before) = open.take().and_then(|open| open.path)
        {
            path.clone_from(&before);
            let span = statement.span;
            let op = Op::SetSearchPath { schemas: before };
            statements[at].effect = Effect::Ops(vec![PlacedOp { op, span }]);
        }
    }
}

/// What lies between does not happen; or, if it is not sure that it is taken back, may not.
fn take_back(statements: &mut [Statement], from: usize, at: usize) {
    let is_sure = !statements[at].conditional;
    for statement in &mut statements[from..at] {
        if !matches!(statement.effect, Effect::Ops(_)) {
            continue;
        }
        if is_sure {
            statement.effect = Effect::Nothing;
        } else {
            statement.conditional = true;
        }
    }
}

fn commits_by_itself(op: &Op, dialect: Dialect) -> bool {
    let keeps_all = matches!(
        dialect,
        Dialect::Postgres | Dialect::Redshift | Dialect::DuckDb | Dialect::SqlServer | Dialect::Sqlite
    );
    !keeps_all && !matches!(op, Op::ChangeData(_) | Op::SetSearchPath { .. })
}

fn word(code: &str, nth: usize) -> &str {
    code.split_whitespace().nth(nth).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::MigrationFile;

    fn ops(sql: &str, dialect: Dialect) -> Vec<String> {
        let (file, _) = MigrationFile::read("V1__x.sql", sql.to_owned(), dialect);
        file.ops().map(|placed| format!("{} {}", placed.op.name(), placed.op.summary())).collect()
    }

    #[test]
    fn what_is_rolled_back_does_not_happen() {
        let sql =
            "BEGIN; DROP TABLE a; ROLLBACK; BEGIN; DROP TABLE b; SAVEPOINT s; DROP TABLE c; ROLLBACK TO SAVEPOINT s;
            DROP TABLE d; COMMIT; ROLLBACK";
        assert_eq!(ops(sql, Dialect::Postgres), ["drop_table b", "drop_table d"]);
    }

    #[test]
    fn an_engine_that_commits_before_each_change_of_the_schema_takes_back_what_comes_after() {
        let sql = "START TRANSACTION; DELETE FROM a; DROP TABLE b; DELETE FROM c; ROLLBACK";
        assert_eq!(ops(sql, Dialect::MySql), ["delete_rows a", "drop_table b"]);
    }

    #[test]
    fn a_path_that_is_reset_is_that_of_the_beginning() {
        for reset in ["RESET search_path", "RESET ALL", "DISCARD ALL", "SET search_path TO DEFAULT"] {
            let sql = format!("SET search_path = a; {reset}");
            assert_eq!(ops(&sql, Dialect::Postgres), ["set_search_path a", "set_search_path "], "{reset}");
        }
    }

    #[test]
    fn a_path_of_a_transaction_ends_with_it() {
        let sql = "SET search_path = a; BEGIN; SET LOCAL search_path = b; COMMIT";
        assert_eq!(ops(sql, Dialect::Postgres), ["set_search_path a", "set_search_path b", "set_search_path a"]);
    }
}
