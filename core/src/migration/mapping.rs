//! Old and new values in a list that an UPDATE or a MERGE joins: `FROM (VALUES ('a', 'b'), …) AS m(old, new) WHERE c = m.old`.

use sqlparser::ast::{
    BinaryOperator, Cte, Expr, Ident, JoinConstraint, JoinOperator, Query, Select, SelectItem, SetExpr, SetOperator,
    TableAlias, TableFactor, TableWithJoins,
};

use super::remap::Remap;
use super::statement::Reader;
use crate::dialect::Dialect;
use crate::schema::fold_ident;
use crate::sql::as_text;

/// A list of literals under a name.
pub(super) struct List {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// There are no others.
    pub(super) is_whole: bool,
}

impl List {
    /// What a query makes of literals. The columns have the names given, where there are any.
    pub(super) fn of_query(query: &Query, named: Vec<String>, dialect: Dialect) -> Option<Self> {
        let alias = TableAlias { explicit: false, name: Ident::new(""), columns: Vec::new(), at: None };
        let found = list(query, &alias, None, dialect)?;
        let columns = if named.is_empty() { found.columns } else { named };
        Some(Self { columns, ..found })
    }
}

/// The lists that a statement joins, and the conditions under which it does.
pub(super) struct Mappings<'q> {
    reader: &'q Reader<'q>,
    lists: Vec<List>,
    conditions: Vec<&'q Expr>,
}

impl<'q> Mappings<'q> {
    pub(super) fn new(reader: &'q Reader<'q>) -> Self {
        Self { reader, lists: Vec::new(), conditions: Vec::new() }
    }

    /// An outer join is none of this: where nothing fits, it gives NULL.
    pub(super) fn join(&mut self, table: &'q TableWithJoins, ctes: &[Cte]) {
        self.add(&table.relation, ctes);
        for join in &table.joins {
            if let JoinOperator::Join(constraint) | JoinOperator::Inner(constraint) = &join.join_operator {
                self.add(&join.relation, ctes);
                if let JoinConstraint::On(condition) = constraint {
                    self.conditions.push(condition);
                }
            }
        }
    }

    pub(super) fn on(&mut self, condition: &'q Expr) {
        self.conditions.push(condition);
    }

    pub(super) fn add(&mut self, factor: &TableFactor, ctes: &[Cte]) {
        let dialect = self.reader.dialect;
        let list = match factor {
            TableFactor::Derived { subquery, alias: Some(alias), .. } => list(subquery, alias, None, dialect),
            TableFactor::UNNEST { array_exprs, alias: Some(alias), .. } => structs(array_exprs, alias, dialect),
            TableFactor::Table { name, alias, .. } => {
                let table = self.reader.name(name);
                let is_it = |cte: &&Cte| [fold_ident(&cte.alias.name, dialect)] == *table.parts();
                match ctes.iter().find(is_it) {
                    Some(cte) => list(&cte.query, &cte.alias, alias.as_ref(), dialect),
                    None => {
                        let own = alias.as_ref().map(|alias| fold_ident(&alias.name, dialect));
                        self.reader.filled.list(&table, own.unwrap_or_else(|| table.name().to_owned()))
                    }
                }
            }
            _ => None,
        };
        self.lists.extend(list);
    }

    /// The pairs of `SET column = value`, where the value is a list's and another of its columns is what the column equals; and
    /// whether other values change too.
    pub(super) fn pairs(&self, column: &str, value: &Expr) -> Remap {
        match value {
            Expr::Nested(inner) => self.pairs(column, inner),
            Expr::Subquery(query) => self.looked_up(column, query),
            value => self.joined(column, value),
        }
    }

    /// `SET c = (SELECT m.new FROM map AS m WHERE m.old = t.c)`: where nothing fits, it gives NULL, unless the UPDATE asks
    /// first whether something does.
    fn looked_up(&self, column: &str, query: &Query) -> Remap {
        let SetExpr::Select(select) = query.body.as_ref() else { return Remap::default() };
        let ([table], Some(condition), [item]) =
            (select.from.as_slice(), &select.selection, select.projection.as_slice())
        else {
            return Remap::default();
        };
        let (SelectItem::UnnamedExpr(value) | SelectItem::ExprWithAlias { expr: value, .. }) = item else {
            return Remap::default();
        };
        let mut inner = Mappings::new(self.reader);
        inner.add(&table.relation, &[]);
        inner.on(condition);
        let found = inner.joined(column, value);
        let is_guard = |condition: &&Expr| matches!(condition, Expr::InSubquery { .. } | Expr::Exists { .. });
        let is_guarded = self.conditions.iter().any(is_guard);
        Remap { others: !found.pairs.is_empty() && (found.others || !is_guarded), ..found }
    }

    fn joined(&self, column: &str, value: &Expr) -> Remap {
        let Some((list, new)) = self.column_of_list(value) else { return Remap::default() };
        let mut pending = self.conditions.clone();
        while let Some(condition) = pending.pop() {
            match condition {
                Expr::Nested(inner) => pending.push(inner),
                Expr::BinaryOp { left, op: BinaryOperator::And, right } => pending.extend([&**left, &**right]),
                Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
                    for (own, other) in [(left, right), (right, left)] {
                        let old = self.column_of_list(other).filter(|(other, _)| *other == list);
                        if let Some((_, old)) =
                            old.filter(|_| self.column_of_list(own).is_none() && self.names(own, column))
                        {
                            let list = &self.lists[list];
                            let pair = |row: &Vec<String>| Some((row.get(old)?.clone(), row.get(new)?.clone()));
                            let pairs: Vec<_> = list.rows.iter().filter_map(pair).collect();
                            return Remap { others: !pairs.is_empty() && !list.is_whole, pairs };
                        }
                    }
                }
                _ => {}
            }
        }
        Remap::default()
    }

    fn names(&self, expr: &Expr, column: &str) -> bool {
        named(expr)
            .is_some_and(|parts| parts.last().is_some_and(|last| fold_ident(last, self.reader.dialect) == column))
    }

    /// `m.new`, or `new` where one list alone has it: the places of the list and of its column.
    fn column_of_list(&self, expr: &Expr) -> Option<(usize, usize)> {
        let parts = named(expr)?;
        let column = fold_ident(parts.last()?, self.reader.dialect);
        let qualifier = parts.len().checked_sub(2).map(|at| fold_ident(&parts[at], self.reader.dialect));
        self.lists.iter().enumerate().find_map(|(at, list)| {
            let is_it = qualifier.as_ref().is_none_or(|qualifier| *qualifier == list.name);
            Some((at, list.columns.iter().position(|own| is_it && *own == column)?))
        })
    }
}

fn named(expr: &Expr) -> Option<&[Ident]> {
    match expr {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => named(inner),
        Expr::Identifier(ident) => Some(std::slice::from_ref(ident)),
        Expr::CompoundIdentifier(parts) => Some(parts),
        _ => None,
    }
}

/// The list that a query is; none where anything in it is computed.
fn list(query: &Query, alias: &TableAlias, other: Option<&TableAlias>, dialect: Dialect) -> Option<List> {
    let (mut columns, mut rows) = (Vec::new(), Vec::new());
    let mut pending = vec![query.body.as_ref()];
    while let Some(part) = pending.pop() {
        match part {
            SetExpr::Query(inner) => pending.push(inner.body.as_ref()),
            SetExpr::SetOperation { op: SetOperator::Union, left, right, .. } => pending.extend([&**right, &**left]),
            SetExpr::Values(values) => {
                for row in &values.rows {
                    rows.push(row.content.iter().map(as_text).collect::<Option<Vec<_>>>()?);
                }
            }
            // `SELECT * FROM (VALUES …) AS m(a, b)` within the parentheses that have the alias.
            SetExpr::Select(select) if is_whole(select) => {
                let [table] = select.from.as_slice() else { return None };
                let TableFactor::Derived { subquery, alias: inner, .. } = &table.relation else { return None };
                let inner = inner.as_ref().filter(|inner| !inner.columns.is_empty());
                columns = inner.map(|inner| named_columns(inner, dialect)).unwrap_or(columns);
                pending.push(subquery.body.as_ref());
            }
            SetExpr::Select(select) if is_of_nothing(select) => {
                let mut row = Vec::new();
                let mut names = Vec::new();
                for item in &select.projection {
                    let (value, name) = match item {
                        SelectItem::UnnamedExpr(value) => (value, String::new()),
                        SelectItem::ExprWithAlias { expr, alias } => (expr, fold_ident(alias, dialect)),
                        _ => return None,
                    };
                    row.push(as_text(value)?);
                    names.push(name);
                }
                // The first of them names the columns.
                if columns.is_empty() {
                    columns = names;
                }
                rows.push(row);
            }
            _ => return None,
        }
    }
    let named = other.filter(|other| !other.columns.is_empty()).unwrap_or(alias);
    if !named.columns.is_empty() {
        columns = named_columns(named, dialect);
    }
    if columns.is_empty() {
        let count = rows.first().map_or(0, Vec::len);
        columns = (1..=count).map(|at| dialect.fold(&format!("column{at}"), false).into_owned()).collect();
    }
    Some(List { name: fold_ident(&other.unwrap_or(alias).name, dialect), columns, rows, is_whole: true })
}

fn named_columns(alias: &TableAlias, dialect: Dialect) -> Vec<String> {
    alias.columns.iter().map(|column| fold_ident(&column.name, dialect)).collect()
}

/// A SELECT of all that one table has.
fn is_whole(select: &Select) -> bool {
    let is_star = matches!(select.projection.as_slice(), [SelectItem::Wildcard(_)]);
    let is_one = matches!(select.from.as_slice(), [table] if table.joins.is_empty());
    is_star && is_one && select.selection.is_none()
}

/// A SELECT of literals alone; Oracle's have to name `dual`.
fn is_of_nothing(select: &Select) -> bool {
    let is_dual = |table: &TableWithJoins| match &table.relation {
        TableFactor::Table { name, .. } => table.joins.is_empty() && name.to_string().eq_ignore_ascii_case("dual"),
        _ => false,
    };
    select.selection.is_none() && select.from.iter().all(is_dual)
}

/// BigQuery's `UNNEST([STRUCT('a' AS old, 'b' AS new), ('x', 'y')]) AS m`.
fn structs(arrays: &[Expr], alias: &TableAlias, dialect: Dialect) -> Option<List> {
    let [Expr::Array(array)] = arrays else { return None };
    let (mut columns, mut rows) = (Vec::new(), Vec::new());
    for row in &array.elem {
        let (Expr::Struct { values, .. } | Expr::Tuple(values)) = row else { return None };
        let mut texts = Vec::new();
        for value in values {
            let (value, name) = match value {
                Expr::Named { expr, name } => (expr.as_ref(), Some(fold_ident(name, dialect))),
                value => (value, None),
            };
            texts.push(as_text(value)?);
            columns.extend(name.filter(|_| rows.is_empty()));
        }
        rows.push(texts);
    }
    Some(List { name: fold_ident(&alias.name, dialect), columns, rows, is_whole: true })
}

#[cfg(test)]
mod tests {
    use crate::dialect::Dialect;
    use crate::migration::MigrationFile;

    fn remaps(sql: &str, dialect: Dialect) -> Vec<String> {
        let (file, _) = MigrationFile::read("V1__x.sql", sql.to_owned(), dialect);
        file.ops().map(|placed| format!("{} {}", placed.op.name(), placed.op.summary())).collect()
    }

    #[test]
    fn a_joined_list_tells_old_and_new_values() {
        let expected = ["remap_values t.c: a → b, x → y"];
        for sql in [
            "UPDATE t SET c = m.new FROM (VALUES ('a', 'b'), ('x', 'y')) AS m(old, new) WHERE t.c = m.old",
            "UPDATE t SET c = new FROM (SELECT 'a' AS old, 'b' AS new UNION ALL SELECT 'x', 'y') m WHERE m.old = c AND d > 1",
            "WITH m(old, new) AS (VALUES ('a', 'b'), ('x', 'y')) UPDATE t SET c = n.new FROM m AS n WHERE t.c = n.old",
            "MERGE INTO t USING (VALUES ('a', 'b'), ('x', 'y')) AS m(old, new) ON t.c = m.old WHEN MATCHED THEN UPDATE SET c = m.new",
        ] {
            assert_eq!(remaps(sql, Dialect::Postgres), expected, "{sql}");
        }
        let sql =
            "UPDATE t JOIN (SELECT 'a' AS old, 'b' AS new UNION ALL SELECT 'x', 'y') m ON t.c = m.old SET t.c = m.new";
        assert_eq!(remaps(sql, Dialect::MySql), expected);
    }

    #[test]
    fn each_engine_writes_its_lists_in_its_own_way() {
        let expected = ["remap_values t.c: a → b, x → y"];
        for (sql, dialect) in [
            (
                "MERGE INTO t USING (SELECT * FROM VALUES ('a', 'b'), ('x', 'y') AS m(o, n)) m ON t.c = m.o WHEN MATCHED THEN UPDATE SET c = m.n",
                Dialect::Databricks,
            ),
            (
                "MERGE INTO t USING (SELECT 'a' o, 'b' n FROM dual UNION ALL SELECT 'x', 'y' FROM dual) m ON (t.c = m.o) WHEN MATCHED THEN UPDATE SET t.c = m.n",
                Dialect::Oracle,
            ),
            (
                "MERGE t USING UNNEST([STRUCT('a' AS o, 'b' AS n), ('x', 'y')]) m ON t.c = m.o WHEN MATCHED THEN UPDATE SET c = m.n",
                Dialect::BigQuery,
            ),
            (
                "UPDATE o SET o.c = m.n FROM t o INNER JOIN (VALUES ('a', 'b'), ('x', 'y')) AS m(o, n) ON o.c = m.o",
                Dialect::SqlServer,
            ),
            (
                "ALTER TABLE t ON CLUSTER x UPDATE c = transform(c, ['a', 'x'], ['b', 'y'], c) WHERE 1",
                Dialect::ClickHouse,
            ),
        ] {
            let found: Vec<String> = remaps(sql, dialect).iter().map(|found| found.to_lowercase()).collect();
            assert_eq!(found, expected, "{sql}");
        }
    }

    #[test]
    fn a_change_of_rows_is_one_of_the_table_that_an_alias_stands_for() {
        for (sql, dialect, expected) in [
            ("DELETE o FROM dbo.orders o JOIN bad b ON b.id = o.id", Dialect::SqlServer, "delete_rows orders"),
            (
                "WITH d AS (SELECT *, 1 rn FROM dbo.orders) DELETE FROM d WHERE rn > 1",
                Dialect::SqlServer,
                "delete_rows orders",
            ),
            (
                "UPDATE TOP (10) dbo.orders SET c = 'b' WHERE c = 'a'",
                Dialect::SqlServer,
                "remap_values orders.c: a → b",
            ),
            (
                "UPDATE o SET c = 'b' FROM dbo.orders AS o WHERE o.c = 'a'",
                Dialect::SqlServer,
                "remap_values orders.c: a → b",
            ),
        ] {
            assert_eq!(remaps(sql, dialect), [expected], "{sql}");
        }
    }

    #[test]
    fn what_may_give_other_values_tells_none() {
        for sql in [
            "UPDATE t SET c = m.new FROM m WHERE t.c = m.old",
            "UPDATE t SET c = m.new FROM (VALUES ('a', 'b')) AS m(old, new) WHERE t.d = m.old",
            "UPDATE t SET c = m.new FROM (VALUES ('a', upper('b'))) AS m(old, new) WHERE t.c = m.old",
        ] {
            assert_eq!(remaps(sql, Dialect::Postgres), ["update_values t.c"], "{sql}");
        }
        let sql = "UPDATE t LEFT JOIN (SELECT 'a' AS old, 'b' AS new) m ON t.c = m.old SET t.c = m.new";
        assert_eq!(remaps(sql, Dialect::MySql), ["update_values t.c"]);
    }
}
