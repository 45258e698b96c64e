//! Tables that the migrations fill with literals: small ones of old and new values, from which a later UPDATE takes the new.
//!
//! Of each the rows are kept as long as all of them are known; anything else that is done to it ends that.

use std::collections::BTreeMap;

use sqlparser::ast::{Insert, SetExpr, Statement as Ast};

use super::mapping::List;
use super::op::{DataChange, Op};
use super::{Effect, PlacedOp};
use crate::dialect::Dialect;
use crate::schema::{RelationName, fold_ident};
use crate::sql::as_text;

/// Filled tables, by the last part of their names.
#[derive(Debug, Clone, Default)]
pub(super) struct Filled(BTreeMap<String, Vec<Rows>>);

#[derive(Debug, Clone, Default)]
struct Rows {
    relation: RelationName,
    columns: Vec<String>,
    /// In the order of the columns. None is what no statement says: a default, a sequence, NULL.
    values: Vec<Vec<Option<String>>>,
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
/// A name that more tables have, each in a schema of its own, is followed in the first of them only.
const MOST_ALIKE: usize = 64;

/// The literals that a statement fills a table with; without columns where it does not name them.
pub(super) fn given(statement: &Ast, code: &str, dialect: Dialect) -> Option<List> {
    if code.len() > LONGEST {
        return None;
    }
    match statement {
        Ast::Insert(insert) => inserted(insert, dialect),
        Ast::CreateTable(create) => {
            let named: Vec<String> = create.columns.iter().map(|column| fold_ident(&column.name, dialect)).collect();
            List::of_query(create.query.as_ref()?, named, dialect)
        }
        Ast::CreateView(create) => {
            let named: Vec<String> = create.columns.iter().map(|column| fold_ident(&column.name, dialect)).collect();
            List::of_query(&create.query, named, dialect)
        }
        _ => None,
    }
}

fn inserted(insert: &Insert, dialect: Dialect) -> Option<List> {
    // Those of these rows that are there already are left out, or change what is there.
    if insert.on.is_some() || insert.or.is_some() || insert.ignore {
        return None;
    }
    let named = insert.columns.iter().map(|column| column.0.last()?.as_ident());
    let columns: Vec<String> = named.map(|column| Some(fold_ident(column?, dialect))).collect::<Option<_>>()?;
    let SetExpr::Values(values) = insert.source.as_ref()?.body.as_ref() else { return None };
    let rows = values.rows.iter().map(|row| row.content.iter().map(as_text).collect());
    Some(List { name: String::new(), columns, rows: rows.collect::<Option<_>>()?, is_whole: true })
}

impl Filled {
    /// The columns of a table whose values are all known, under a name, and whether its rows are all there are.
    pub(super) fn list(&self, table: &RelationName, name: String) -> Option<List> {
        let rows = self.0.get(table.name()).and_then(|same| same.get(meant(same, table)?));
        let rows = rows.filter(|rows| !rows.is_lost && !rows.values.is_empty())?;
        let is_known = |at: &usize| rows.values.iter().all(|row| row.get(*at).is_some_and(Option::is_some));
        let known: Vec<usize> = (0..rows.columns.len()).filter(is_known).collect();
        let columns = known.iter().map(|at| rows.columns[*at].clone()).collect();
        let row = |row: &Vec<Option<String>>| known.iter().filter_map(|at| row[*at].clone()).collect();
        Some(List { name, columns, rows: rows.values.iter().map(row).collect(), is_whole: rows.is_whole })
    }

    /// Takes in what a statement did; `given` is what it fills a table with.
    pub(super) fn after(&mut self, effect: &Effect, given: Option<List>, is_sure: bool) {
        let Effect::Ops(ops) = effect else { return };
        let mut given = given;
        for PlacedOp { op, .. } in ops {
            self.take(op, &mut given, is_sure);
        }
    }

    fn take(&mut self, op: &Op, given: &mut Option<List>, is_sure: bool) {
        let Some(relation) = op.relation() else { return };
        match op {
            Op::CreateRelation { if_not_exists: true, .. } if self.get_mut(relation).is_some() => {}
            Op::CreateRelation { columns, definition, .. } => {
                let columns = columns.iter().map(|column| column.name.clone()).collect();
                let mut rows = Rows { relation: relation.clone(), columns, is_whole: is_sure, ..Rows::default() };
                if definition.is_some() {
                    match given.take() {
                        Some(list) => rows.add(&list),
                        None => rows.lose(),
                    }
                }
                self.put(rows);
            }
            Op::RenameRelation { to, .. } => {
                if let Some(rows) = self.remove(relation) {
                    self.put(Rows { relation: to.clone(), ..rows });
                }
            }
            Op::DropRelation { .. } => drop(self.remove(relation)),
            Op::AddColumn { column, .. } => self.all_meant(relation, |rows| rows.columns.push(column.name.clone())),
            Op::ChangeData(DataChange::Insert { .. }) => {
                if self.get_mut(relation).is_none() && !self.may_be_there(relation) {
                    self.put(Rows { relation: relation.clone(), ..Rows::default() });
                }
                match (self.get_mut(relation), given.take()) {
                    (Some(rows), Some(list)) => {
                        rows.add(&list);
                        rows.is_whole &= is_sure;
                    }
                    _ => self.all_meant(relation, Rows::lose),
                }
            }
            Op::Annotate { .. } | Op::ChangeNullability { .. } | Op::ChangeDefault { .. } => {}
            Op::SwapRelations { with, .. } => {
                self.all_meant(relation, Rows::lose);
                self.all_meant(with, Rows::lose);
            }
            _ => self.all_meant(relation, Rows::lose),
        }
    }

    fn put(&mut self, rows: Rows) {
        let same = self.0.entry(rows.relation.name().to_owned()).or_default();
        same.retain(|other| other.relation != rows.relation);
        if same.len() < MOST_ALIKE {
            same.push(rows);
        }
    }

    fn get_mut(&mut self, relation: &RelationName) -> Option<&mut Rows> {
        let same = self.0.get_mut(relation.name())?;
        meant(same, relation).map(|at| &mut same[at])
    }

    fn remove(&mut self, relation: &RelationName) -> Option<Rows> {
        let same = self.0.get_mut(relation.name())?;
        meant(same, relation).map(|at| same.remove(at))
    }

    fn may_be_there(&self, relation: &RelationName) -> bool {
        self.0.get(relation.name()).is_some_and(|same| same.iter().any(|rows| may_be(&rows.relation, relation)))
    }

    /// The one that a name means, or all that it may mean.
    fn all_meant(&mut self, relation: &RelationName, change: impl Fn(&mut Rows)) {
        let Some(same) = self.0.get_mut(relation.name()) else { return };
        match meant(same, relation) {
            Some(at) => change(&mut same[at]),
            None => same.iter_mut().filter(|rows| may_be(&rows.relation, relation)).for_each(change),
        }
    }
}

/// The one of this name, or the only one that may be meant by it.
fn meant(same: &[Rows], relation: &RelationName) -> Option<usize> {
    let exact = same.iter().position(|rows| rows.relation == *relation);
    exact.or_else(|| {
        let mut found = (0..same.len()).filter(|at| may_be(&same[*at].relation, relation));
        found.next().filter(|_| found.next().is_none())
    })
}

/// Whether two names differ only in what one of them leaves out.
fn may_be(one: &RelationName, other: &RelationName) -> bool {
    one.ends_with(other) || other.ends_with(one)
}

impl Rows {
    fn lose(&mut self) {
        (self.is_lost, self.values) = (true, Vec::new());
    }

    /// Rows of literals more. Where they name no columns, they begin with the table's first.
    fn add(&mut self, list: &List) {
        self.statements += 1;
        if self.columns.is_empty() {
            self.columns.clone_from(&list.columns);
        }
        let width = if list.columns.is_empty() { self.columns.len() } else { list.columns.len() };
        let is_small = self.statements <= MOST_STATEMENTS && self.values.len() + list.rows.len() <= MOST_ROWS;
        if self.is_lost || !is_small || self.columns.is_empty() || list.rows.iter().any(|row| row.len() > width) {
            return self.lose();
        }
        let places: Vec<Option<usize>> = match list.columns.as_slice() {
            [] => (0..width).map(Some).collect(),
            named => self.columns.iter().map(|column| named.iter().position(|own| own == column)).collect(),
        };
        let whole = |row: &Vec<String>| places.iter().map(|place| row.get((*place)?).cloned()).collect();
        self.values.extend(list.rows.iter().map(whole));
    }
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

    #[test]
    fn tables_of_one_name_in_two_schemas_are_two() {
        let others = ["CREATE TABLE b.map (old text, new text)", "INSERT INTO b.map VALUES ('a', 'z')"];
        let own = ["CREATE TABLE a.map (old text, new text)", "INSERT INTO a.map VALUES ('a', 'x')"];
        let of = |table: &str| format!("UPDATE t SET c = m.new FROM {table} m WHERE t.c = m.old");
        let files = [own[0], own[1], others[0], others[1], &of("a.map")];
        assert_eq!(remaps(&files), ["remap_values t.c: a → x"]);
        assert_eq!(remaps(&[own[0], own[1], &of("map")]), ["remap_values t.c: a → x"]);
        assert_eq!(remaps(&[own[0], own[1], others[0], others[1], &of("map")]), ["update_values t.c"]);
    }

    #[test]
    fn what_an_insert_leaves_out_is_not_known() {
        let joined = "UPDATE t SET c = m.note FROM map m WHERE t.c = m.old";
        let created = "CREATE TABLE map (id serial, old text, new text, note text DEFAULT 'none')";
        let filled = "INSERT INTO map (old, new) VALUES ('a', 'x')";
        assert_eq!(remaps(&[created, filled, joined]), ["update_values t.c"]);
        assert_eq!(remaps(&[created, filled, JOINED]), ["remap_values t.c: a → x"]);
        let later = ["ALTER TABLE map ADD COLUMN note text DEFAULT 'none'", "INSERT INTO map VALUES ('b', 'y', 'n')"];
        assert_eq!(remaps(&[CREATED, FILLED, later[0], joined]), ["update_values t.c"]);
        assert_eq!(
            remaps(&[CREATED, "INSERT INTO map (old, new) VALUES ('a', 'x')", later[0], later[1], JOINED]),
            ["remap_values t.c: a → x, b → y"]
        );
    }

    #[test]
    fn rows_that_may_not_be_taken_in_are_not_known() {
        let ignored = "INSERT INTO map VALUES ('a', 'z') ON CONFLICT DO NOTHING";
        assert_eq!(remaps(&[CREATED, FILLED, ignored, JOINED]), ["update_values t.c"]);
    }

    #[test]
    fn a_table_that_is_there_is_not_created_again() {
        let again = "CREATE TABLE IF NOT EXISTS map (old text, new text)";
        assert_eq!(remaps(&[CREATED, FILLED, again, JOINED]), ["remap_values t.c: a → x, b → y"]);
    }
}
