//! Statements that change tables, as each dialect writes them.

use super::spelling::{name, relation, text};
use crate::dialect::Dialect;
use crate::schema::RelationName;

/// A change of a schema that all warehouses know, each in its own words.
pub(super) struct Ddl {
    pub(super) dialect: Dialect,
}

impl Ddl {
    /// A relation as a statement has it: databases of one name each need no database in it.
    pub(super) fn relation(&self, of: &RelationName) -> String {
        use Dialect as D;
        let keeps_database =
            matches!(self.dialect, D::Snowflake | D::BigQuery | D::Databricks | D::Trino | D::SqlServer);
        let parts = of.parts();
        let from = if keeps_database { 0 } else { parts.len().saturating_sub(2) };
        relation(&RelationName::new(parts[from..].to_vec()), self.dialect)
    }

    pub(super) fn name(&self, of: &str) -> String {
        name(of, self.dialect)
    }

    pub(super) fn rename_table(&self, from: &RelationName, to: &RelationName) -> String {
        use Dialect as D;
        let (old, new) = (self.relation(from), self.relation(to));
        match self.dialect {
            D::MySql => format!("RENAME TABLE {old} TO {new};"),
            D::SqlServer => format!("EXEC sp_rename {}, {};", text(&old), text(to.name())),
            D::ClickHouse => format!("RENAME TABLE {old} TO {new};"),
            D::StarRocks => format!("ALTER TABLE {old} RENAME {};", self.name(to.name())),
            D::Snowflake | D::Databricks | D::Trino => format!("ALTER TABLE {old} RENAME TO {new};"),
            _ => format!("ALTER TABLE {old} RENAME TO {};", self.name(to.name())),
        }
    }

    pub(super) fn rename_column(&self, of: &RelationName, from: &str, to: &str) -> String {
        let table = self.relation(of);
        match self.dialect {
            Dialect::SqlServer => {
                format!("EXEC sp_rename {}, {}, 'COLUMN';", text(&format!("{table}.{}", self.name(from))), text(to))
            }
            _ => format!("ALTER TABLE {table} RENAME COLUMN {} TO {};", self.name(from), self.name(to)),
        }
    }

    pub(super) fn add_column(&self, of: &RelationName, column: &str, data_type: &str) -> String {
        let word = match self.dialect {
            Dialect::SqlServer | Dialect::Oracle => "ADD",
            _ => "ADD COLUMN",
        };
        format!("ALTER TABLE {} {word} {} {data_type};", self.relation(of), self.name(column))
    }

    pub(super) fn drop_column(&self, of: &RelationName, column: &str) -> String {
        format!("ALTER TABLE {} DROP COLUMN {};", self.relation(of), self.name(column))
    }

    /// `using` is what the new values are made of, where the dialect lets a statement say so.
    pub(super) fn retype(&self, of: &RelationName, column: &str, to: &str, using: &str) -> String {
        use Dialect as D;
        let (table, column) = (self.relation(of), self.name(column));
        match self.dialect {
            D::Postgres | D::DuckDb => format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE {to} USING {using};"),
            D::MySql | D::ClickHouse | D::StarRocks => format!("ALTER TABLE {table} MODIFY COLUMN {column} {to};"),
            D::SqlServer => format!("ALTER TABLE {table} ALTER COLUMN {column} {to};"),
            D::Oracle => format!("ALTER TABLE {table} MODIFY ({column} {to});"),
            D::Snowflake | D::BigQuery | D::Trino => {
                format!("ALTER TABLE {table} ALTER COLUMN {column} SET DATA TYPE {to};")
            }
            _ => format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE {to};"),
        }
    }

    /// A column that always holds what an expression over others gives; none where the dialect has no such thing for a table
    /// that is there.
    pub(super) fn generated(&self, of: &RelationName, column: &str, data_type: &str, sql: &str) -> Option<String> {
        use Dialect as D;
        let (table, column) = (self.relation(of), self.name(column));
        Some(match self.dialect {
            D::Postgres => {
                format!("ALTER TABLE {table} ADD COLUMN {column} {data_type} GENERATED ALWAYS AS ({sql}) STORED;")
            }
            D::MySql => {
                format!("ALTER TABLE {table} ADD COLUMN {column} {data_type} GENERATED ALWAYS AS ({sql}) VIRTUAL;")
            }
            D::SqlServer => format!("ALTER TABLE {table} ADD {column} AS ({sql});"),
            D::Oracle => format!("ALTER TABLE {table} ADD ({column} GENERATED ALWAYS AS ({sql}) VIRTUAL);"),
            D::Snowflake => format!("ALTER TABLE {table} ADD COLUMN {column} {data_type} AS ({sql});"),
            D::ClickHouse => format!("ALTER TABLE {table} ADD COLUMN {column} {data_type} ALIAS {sql};"),
            _ => return None,
        })
    }

    pub(super) fn create_view(&self, of: &RelationName, select: &str) -> String {
        format!("CREATE VIEW {} AS\n{select};", self.relation(of))
    }

    pub(super) fn backup(&self, of: &RelationName, to: &RelationName) -> String {
        let (table, copy) = (self.relation(of), self.relation(to));
        match self.dialect {
            Dialect::SqlServer => format!("SELECT * INTO {copy} FROM {table};"),
            Dialect::Snowflake => format!("CREATE TABLE {copy} CLONE {table};"),
            Dialect::Databricks => format!("CREATE TABLE {copy} DEEP CLONE {table};"),
            Dialect::ClickHouse => {
                format!("CREATE TABLE {copy} ENGINE = MergeTree ORDER BY tuple() AS SELECT * FROM {table};")
            }
            _ => format!("CREATE TABLE {copy} AS SELECT * FROM {table};"),
        }
    }

    /// What opens and closes a transaction, where one can hold changes of a schema.
    pub(super) fn transaction(&self) -> Option<(&'static str, &'static str)> {
        use Dialect as D;
        match self.dialect {
            D::Postgres | D::Redshift | D::Sqlite => Some(("BEGIN;", "COMMIT;")),
            D::DuckDb => Some(("BEGIN TRANSACTION;", "COMMIT;")),
            D::SqlServer => Some(("BEGIN TRANSACTION;", "COMMIT TRANSACTION;")),
            _ => None,
        }
    }

    /// Statements within a transaction, or one after the other where there is none.
    pub(super) fn at_once(&self, statements: &str) -> String {
        match self.transaction() {
            Some((begin, commit)) => format!("{begin}\n\n{statements}\n{commit}\n"),
            None => format!(
                "-- {} commits each statement by itself: stop at the first error.\n\n{statements}",
                self.dialect.facts().title
            ),
        }
    }
}
