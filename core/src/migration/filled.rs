//! Tables that the migrations fill with literals: small ones of old and new values, from which a later UPDATE takes the new.
//!
//! Of each the rows are kept as long as all of them are known; anything else that is done to it ends that.

use std::collections::BTreeMap;

use sqlparser::ast::{SetExpr, Statement as Ast, TableObject};

use super::mapping::List;
use super::op::{DataChange, Op};
use super::statement::parse_one;
use super::{Effect, PlacedOp};
use crate::dialect::Dialect;
use crate::schema::{RelationName, fold_ident};
use crate::sql::as_text;

/// Filled tables, by the last part of their names.
#[derive(Debug, Clone, Default)]
pub(super) struct Filled(BTreeMap<String, Rows>);

#[derive(Debug, Clone, Default)]
struct Rows {
    columns: Vec<String>,
    values: Vec<Vec<String>>,
    /// It was created here, so that there are no others.
    is_whole: bool,
    /// Something was done to it that is not followed.
    is_lost: bool,
    statements: usize,
}

/// A table of more rows, one that takes more statements to fill, or a longer statement, is none of old and new values.
const MOST_ROWS: usize = 1000;
const MOST_STATEMENTS: usize = 64;
const LONGEST: usize = 64 * 1024;

impl Filled {
    /// Its rows under a name, and whether they are all there are.
    pub(super) fn list(&self, table: &RelationName, name: String) -> Option<List> {
        let found = self.0.get(table.name()).filter(|rows| !rows.is_lost && !rows.values.is_empty())?;
        Some(List { name, columns: found.columns.clone(), rows: found.values.clone(), is_whole: found.is_whole })
    }

    /// Takes in what a statement did.
    pub(super) fn after(&mut self, code: &str, effect: &Effect, is_sure: bool, dialect: Dialect) {
        let Effect::Ops(ops) = effect else { return };
        for PlacedOp { op, .. } in ops {
            self.take(code, op, is_sure, dialect);
        }
    }

    fn take(&mut self, code: &str, op: &Op, is_sure: bool, dialect: Dialect) {
        let Some(name) = op.relation().map(|relation| relation.name().to_owned()) else { return };
        match op {
            Op::CreateRelation { columns, definition, .. } => {
                let columns = columns.iter().map(|column| column.name.clone()).collect();
                let mut rows = Rows { columns, is_whole: is_sure, ..Rows::default() };
                if let Some(definition) = definition {
                    let list = Some(&definition.text).filter(|text| text.len() <= LONGEST);
                    let list = list.and_then(|text| List::of_definition(text, dialect));
                    rows.is_lost = list.is_none();
                    (rows.columns, rows.values) = list.map(|list| (list.columns, list.rows)).unwrap_or_default();
                }
                self.0.insert(name, rows);
            }
            Op::RenameRelation { to, .. } => {
                if let Some(rows) = self.0.remove(&name) {
                    self.0.insert(to.name().to_owned(), rows);
                }
            }
            Op::ChangeData(DataChange::Insert { .. }) => {
                let rows = self.0.entry(name).or_default();
                rows.statements += 1;
                let is_small = rows.statements <= MOST_STATEMENTS && code.len() <= LONGEST && !rows.is_lost;
                let added = if is_small { literals(code, &rows.columns, dialect) } else { None };
                match added {
                    Some((columns, added)) if rows.values.len() + added.len() <= MOST_ROWS => {
                        rows.columns = columns;
                        rows.values.extend(added);
                        rows.is_whole &= is_sure;
                    }
                    _ => *rows = Rows { is_lost: true, ..Rows::default() },
                }
            }
            Op::DropRelation { .. } => drop(self.0.remove(&name)),
            Op::ChangeData(_) | Op::RenameColumn { .. } | Op::DropColumn { .. } | Op::SwapRelations { .. } => {
                if let Some(rows) = self.0.get_mut(&name) {
                    *rows = Rows { is_lost: true, ..Rows::default() };
                }
            }
            _ => {}
        }
    }
}

/// The rows of an INSERT of literals, in the order of the table's columns; those of the INSERT where they are not known.
fn literals(code: &str, known: &[String], dialect: Dialect) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let Ok(Ast::Insert(insert)) = parse_one(code, dialect) else { return None };
    let (TableObject::TableName(_), None) = (&insert.table, &insert.on) else { return None };
    let named = insert.columns.iter().filter_map(|column| column.0.last()?.as_ident());
    let named: Vec<String> = named.map(|column| fold_ident(column, dialect)).collect();
    let columns = if known.is_empty() { named.clone() } else { known.to_vec() };
    let SetExpr::Values(values) = insert.source.as_ref()?.body.as_ref() else { return None };
    let row = |row: &[sqlparser::ast::Expr]| {
        let texts: Option<Vec<String>> = row.iter().map(as_text).collect();
        let texts = texts?;
        if named.is_empty() || named == columns {
            return Some(texts);
        }
        let place = |column: &String| named.iter().position(|own| own == column).and_then(|at| texts.get(at).cloned());
        Some(columns.iter().map(|column| place(column).unwrap_or_default()).collect())
    };
    let rows: Option<Vec<Vec<String>>> = values.rows.iter().map(|one| row(&one.content)).collect();
    Some((columns, rows?))
}

#[cfg(test)]
mod tests {
    use crate::dialect::Dialect;
    use crate::migration::{Known, MigrationFile};

    /// The remaps of several files, one after the other.
    fn remaps(files: &[&str]) -> Vec<String> {
        let mut known = Known::default();
        let mut found = Vec::new();
        for sql in files {
            let (file, _) = MigrationFile::read_knowing("V1__x.sql", (*sql).to_owned(), Dialect::Postgres, &mut known);
            let changes = file.ops().filter(|placed| placed.op.name().ends_with("_values"));
            found.extend(changes.map(|placed| format!("{} {}", placed.op.name(), placed.op.summary())));
        }
        found
    }

    const CREATED: &str = "CREATE TABLE map (old text, new text)";
    const FILLED: &str = "INSERT INTO map (new, old) VALUES ('x', 'a'), ('y', 'b')";
    const JOINED: &str = "UPDATE t SET c = m.new FROM map m WHERE t.c = m.old";

    #[test]
    fn a_table_filled_before_tells_old_and_new_values_in_the_same_file_or_in_another() {
        assert_eq!(remaps(&[&[CREATED, FILLED, JOINED].join(";")]), ["remap_values t.c: a → x, b → y"]);
        assert_eq!(remaps(&[CREATED, FILLED, JOINED]), ["remap_values t.c: a → x, b → y"]);
        let selected = "CREATE TABLE map AS SELECT * FROM (VALUES ('a', 'x')) AS v(old, new)";
        assert_eq!(remaps(&[selected, JOINED]), ["remap_values t.c: a → x"]);
    }

    #[test]
    fn a_table_that_was_there_before_may_hold_more() {
        assert_eq!(remaps(&[FILLED, JOINED]), ["remap_values t.c: a → x, b → y, others too"]);
    }

    #[test]
    fn one_whose_rows_are_not_all_known_tells_nothing() {
        for then in [
            "UPDATE map SET new = upper(new)",
            "INSERT INTO map SELECT a, b FROM c",
            "DELETE FROM map WHERE old = 'a'",
            "ALTER TABLE map RENAME COLUMN old TO older",
            "COPY map FROM STDIN;\na\tb\n\\.\n",
        ] {
            let found = remaps(&[CREATED, FILLED, then, JOINED]);
            assert_eq!(found.last().map(String::as_str), Some("update_values t.c"), "{then}");
        }
    }

    #[test]
    fn a_subquery_may_look_the_new_value_up() {
        let looked_up = "UPDATE t SET c = (SELECT m.new FROM map m WHERE m.old = t.c)";
        assert_eq!(remaps(&[CREATED, FILLED, looked_up]), ["remap_values t.c: a → x, b → y, others too"]);
        let guarded = format!("{looked_up} WHERE c IN (SELECT old FROM map)");
        assert_eq!(remaps(&[CREATED, FILLED, &guarded]), ["remap_values t.c: a → x, b → y"]);
    }
}
