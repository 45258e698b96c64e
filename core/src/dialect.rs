//! The SQL dialects: one table, from which names, parsing and identifier rules derive.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use sqlparser::dialect as sql;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    Postgres,
    Snowflake,
    Databricks,
    StarRocks,
    MySql,
    Redshift,
    BigQuery,
    DuckDb,
    Trino,
    SqlServer,
    Oracle,
    ClickHouse,
    Sqlite,
    Generic,
}

/// What a bare (unquoted) identifier becomes, and whether quotes keep the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// Bare names fold to lower case; quoted ones are taken as written.
    Lower,
    /// Bare names fold to upper case; quoted ones are taken as written.
    Upper,
    /// Names are the same whatever their case, quoted or not.
    Insensitive,
    /// Names differ by case, quoted or not.
    Sensitive,
}

pub struct DialectFacts {
    pub dialect: Dialect,
    /// The name on the command line, in JSON and in `foreshock.toml`.
    pub name: &'static str,
    pub title: &'static str,
    /// Other names that people and dbt adapters use.
    pub aliases: &'static [&'static str],
    pub case: Case,
    /// The schema that an unqualified name means unless something else says so.
    pub default_schema: Option<&'static str>,
    /// A view holds on to what it reads: that can be renamed, and not dropped or retyped.
    pub binds_views: bool,
}

pub const DIALECTS: [DialectFacts; 14] = [
    DialectFacts {
        dialect: Dialect::Postgres,
        name: "postgres",
        title: "PostgreSQL",
        aliases: &["postgresql", "pg", "alloydb", "materialize", "greenplum", "risingwave"],
        case: Case::Lower,
        default_schema: Some("public"),
        binds_views: true,
    },
    DialectFacts {
        dialect: Dialect::Snowflake,
        name: "snowflake",
        title: "Snowflake",
        aliases: &[],
        case: Case::Upper,
        default_schema: None,
        binds_views: false,
    },
    DialectFacts {
        dialect: Dialect::Databricks,
        name: "databricks",
        title: "Databricks",
        aliases: &["spark", "sparksql", "hive", "fabricspark"],
        case: Case::Insensitive,
        default_schema: None,
        binds_views: false,
    },
    DialectFacts {
        dialect: Dialect::StarRocks,
        name: "starrocks",
        title: "StarRocks",
        aliases: &["doris"],
        case: Case::Insensitive,
        default_schema: None,
        binds_views: false,
    },
    DialectFacts {
        dialect: Dialect::MySql,
        name: "mysql",
        title: "MySQL",
        aliases: &["mariadb", "singlestore", "tidb"],
        case: Case::Insensitive,
        default_schema: None,
        binds_views: false,
    },
    DialectFacts {
        dialect: Dialect::Redshift,
        name: "redshift",
        title: "Redshift",
        aliases: &[],
        case: Case::Insensitive,
        default_schema: Some("public"),
        binds_views: true,
    },
    DialectFacts {
        dialect: Dialect::BigQuery,
        name: "bigquery",
        title: "BigQuery",
        aliases: &[],
        case: Case::Insensitive,
        default_schema: None,
        binds_views: false,
    },
    DialectFacts {
        dialect: Dialect::DuckDb,
        name: "duckdb",
        title: "DuckDB",
        aliases: &["motherduck"],
        case: Case::Insensitive,
        default_schema: Some("main"),
        binds_views: false,
    },
    DialectFacts {
        dialect: Dialect::Trino,
        name: "trino",
        title: "Trino",
        aliases: &["presto", "athena", "dremio"],
        case: Case::Insensitive,
        default_schema: None,
        binds_views: false,
    },
    DialectFacts {
        dialect: Dialect::SqlServer,
        name: "sqlserver",
        title: "SQL Server",
        aliases: &["tsql", "mssql", "synapse", "fabric"],
        case: Case::Insensitive,
        default_schema: Some("dbo"),
        binds_views: false,
    },
    DialectFacts {
        dialect: Dialect::Oracle,
        name: "oracle",
        title: "Oracle",
        aliases: &[],
        case: Case::Upper,
        default_schema: None,
        binds_views: false,
    },
    DialectFacts {
        dialect: Dialect::ClickHouse,
        name: "clickhouse",
        title: "ClickHouse",
        aliases: &[],
        case: Case::Sensitive,
        default_schema: None,
        binds_views: false,
    },
    DialectFacts {
        dialect: Dialect::Sqlite,
        name: "sqlite",
        title: "SQLite",
        aliases: &[],
        case: Case::Insensitive,
        default_schema: Some("main"),
        binds_views: false,
    },
    DialectFacts {
        dialect: Dialect::Generic,
        name: "generic",
        title: "generic SQL",
        aliases: &["ansi"],
        case: Case::Insensitive,
        default_schema: None,
        binds_views: false,
    },
];

impl Dialect {
    /// PostgreSQL and what was made of it.
    pub fn is_postgres_like(self) -> bool {
        matches!(self, Self::Postgres | Self::Redshift)
    }

    pub fn facts(self) -> &'static DialectFacts {
        &DIALECTS[self as usize]
    }

    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The dialect by its name or an alias, or by a dbt adapter's name.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        DIALECTS
            .iter()
            .find(|facts| facts.name == name || facts.aliases.contains(&name.as_str()))
            .map(|facts| facts.dialect)
    }

    /// How sqlparser reads it. Dialects it does not know are read as their nearest relative.
    pub fn parser(self) -> &'static dyn sql::Dialect {
        match self {
            Self::Postgres => &sql::PostgreSqlDialect {},
            Self::Snowflake => &sql::SnowflakeDialect {},
            Self::Databricks => &sql::DatabricksDialect {},
            Self::StarRocks | Self::MySql => &sql::MySqlDialect {},
            Self::Redshift => &sql::RedshiftSqlDialect {},
            Self::BigQuery => &sql::BigQueryDialect {},
            Self::DuckDb => &sql::DuckDbDialect {},
            Self::SqlServer => &sql::MsSqlDialect {},
            Self::Oracle => &sql::OracleDialect {},
            Self::ClickHouse => &sql::ClickHouseDialect {},
            Self::Sqlite => &sql::SQLiteDialect {},
            Self::Trino | Self::Generic => &sql::GenericDialect {},
        }
    }

    /// A name in the quotes that keep it as it is.
    pub fn quoted(self, name: &str) -> String {
        match self {
            Self::MySql | Self::StarRocks | Self::Databricks | Self::BigQuery => format!("`{name}`"),
            _ => format!("\"{name}\""),
        }
    }

    /// The form under which two spellings of one name are equal.
    pub fn fold<'a>(self, name: &'a str, quoted: bool) -> Cow<'a, str> {
        let lower = |name: &'a str| {
            if name.chars().any(char::is_uppercase) { Cow::Owned(name.to_lowercase()) } else { Cow::Borrowed(name) }
        };
        match (self.facts().case, quoted) {
            (Case::Insensitive, _) | (Case::Lower, false) => lower(name),
            (Case::Upper, false) => Cow::Owned(name.to_uppercase()),
            (Case::Sensitive, _) | (Case::Lower | Case::Upper, true) => Cow::Borrowed(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_is_found_by_its_name_and_aliases() {
        for facts in &DIALECTS {
            assert_eq!(facts.dialect.name(), facts.name);
            for name in facts.aliases.iter().chain([&facts.name]) {
                assert_eq!(Dialect::from_name(name), Some(facts.dialect));
            }
        }
        assert_eq!(Dialect::from_name("Spark"), Some(Dialect::Databricks));
        assert_eq!(Dialect::from_name("cobol"), None);
    }

    #[test]
    fn folding_follows_the_engine() {
        assert_eq!(Dialect::Postgres.fold("Users", false), "users");
        assert_eq!(Dialect::Postgres.fold("Users", true), "Users");
        assert_eq!(Dialect::Snowflake.fold("Users", false), "USERS");
        assert_eq!(Dialect::DuckDb.fold("Users", true), "users");
    }
}
