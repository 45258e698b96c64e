//! Which engine's forms are tried: its own first. For SQL of no known dialect, all of them.

use super::pattern::Rule;
use super::{
    bigquery, clickhouse, databricks, duckdb, mysql, oracle, postgres, redshift, snowflake, sqlite, starrocks, trino,
    tsql,
};
use crate::dialect::Dialect;

pub(super) fn rules(dialect: Dialect) -> Vec<&'static [Rule]> {
    match dialect {
        Dialect::Postgres => vec![postgres::RULES],
        Dialect::Redshift => vec![redshift::RULES, postgres::RULES],
        Dialect::Snowflake => vec![snowflake::RULES],
        Dialect::Databricks => vec![databricks::RULES],
        Dialect::StarRocks => vec![starrocks::RULES, mysql::RULES],
        Dialect::MySql => vec![mysql::RULES],
        Dialect::BigQuery => vec![bigquery::RULES],
        Dialect::DuckDb => vec![duckdb::RULES],
        Dialect::SqlServer => vec![tsql::RULES],
        Dialect::Oracle => vec![oracle::RULES],
        Dialect::ClickHouse => vec![clickhouse::RULES],
        Dialect::Sqlite => vec![sqlite::RULES],
        Dialect::Trino => vec![trino::RULES],
        Dialect::Generic => vec![
            postgres::RULES,
            snowflake::RULES,
            databricks::RULES,
            mysql::RULES,
            starrocks::RULES,
            redshift::RULES,
            bigquery::RULES,
            tsql::RULES,
            oracle::RULES,
            clickhouse::RULES,
            duckdb::RULES,
            sqlite::RULES,
            trino::RULES,
        ],
    }
}
