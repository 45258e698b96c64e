//! Words that stand where a column could, and are none.

use super::Clause;
use super::scope::Aliases;
use crate::dialect::Dialect;

/// Functions that are called without parentheses, and pseudo-columns that every relation has.
pub(super) fn is_no_column(word: &str) -> bool {
    const NAMES: [&str; 38] = [
        "current_catalog",
        "current_date",
        "current_datetime",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "localtime",
        "localtimestamp",
        "session_user",
        "system_user",
        "user",
        "sysdate",
        "systimestamp",
        "sysdatetime",
        "getdate",
        "utc_date",
        "utc_time",
        "utc_timestamp",
        "rownum",
        "rowid",
        "level",
        "ctid",
        "tableoid",
        "xmin",
        "xmax",
        "cmin",
        "cmax",
        "_partitiontime",
        "_partitiondate",
        "_table_suffix",
        "_file_name",
        "_metadata",
        "default",
        "unknown",
        "infinity",
        "nan",
    ];
    let word = word.to_lowercase();
    NAMES.contains(&word.as_str()) || word.starts_with("metadata$") || word.starts_with('$') || word.starts_with('@')
}

/// Whether a bare word in this function's arguments names a part of a date.
pub(super) fn takes_date_part(function: &str) -> bool {
    let function = function.to_lowercase();
    let name = function.rsplit('.').next().unwrap_or(&function);
    ["date", "time", "last_day", "next_day", "trunc", "extract", "add_months", "to_days"]
        .iter()
        .any(|part| name.contains(part))
}

pub(super) fn is_date_part(word: &str) -> bool {
    const PARTS: [&str; 32] = [
        "year",
        "years",
        "yy",
        "yyyy",
        "quarter",
        "quarters",
        "qtr",
        "month",
        "months",
        "mm",
        "mon",
        "week",
        "weeks",
        "isoweek",
        "isoyear",
        "weekday",
        "day",
        "days",
        "dd",
        "dayofweek",
        "dayofyear",
        "dow",
        "doy",
        "hour",
        "hours",
        "hh",
        "minute",
        "minutes",
        "second",
        "seconds",
        "millisecond",
        "microsecond",
    ];
    const MORE: [&str; 12] = [
        "milliseconds",
        "microseconds",
        "nanosecond",
        "epoch",
        "epoch_second",
        "mi",
        "ss",
        "ms",
        "decade",
        "century",
        "millennium",
        "nanoseconds",
    ];
    let word = word.to_lowercase();
    PARTS.contains(&word.as_str()) || MORE.contains(&word.as_str())
}

pub(super) fn is_aggregate(function: &str) -> bool {
    const NAMES: [&str; 40] = [
        "sum",
        "count",
        "avg",
        "min",
        "max",
        "any_value",
        "array_agg",
        "string_agg",
        "listagg",
        "group_concat",
        "stddev",
        "stddev_pop",
        "stddev_samp",
        "variance",
        "var_pop",
        "var_samp",
        "median",
        "mode",
        "percentile_cont",
        "percentile_disc",
        "approx_count_distinct",
        "approx_percentile",
        "bool_and",
        "bool_or",
        "every",
        "bit_and",
        "bit_or",
        "corr",
        "covar_pop",
        "covar_samp",
        "count_if",
        "countif",
        "sum_if",
        "sumif",
        "first",
        "last",
        "json_agg",
        "jsonb_agg",
        "object_agg",
        "hll",
    ];
    let name = function.to_lowercase();
    NAMES.contains(&name.as_str())
}

/// What an alias of the SELECT list means in a clause.
pub(super) fn aliases_in(dialect: Dialect, clause: Clause) -> Aliases {
    use Dialect as D;
    let is_known = match clause {
        Clause::Order => return Aliases::BeforeColumns,
        // Further on in the list itself.
        Clause::Select | Clause::Window => {
            matches!(dialect, D::Snowflake | D::Databricks | D::Redshift | D::DuckDb | D::ClickHouse | D::Generic)
        }
        Clause::Where => {
            matches!(dialect, D::Snowflake | D::DuckDb | D::ClickHouse | D::Sqlite | D::Generic)
        }
        Clause::Group => !matches!(dialect, D::SqlServer | D::Trino),
        Clause::Having => !matches!(dialect, D::Postgres | D::SqlServer | D::Trino | D::Oracle),
        Clause::Qualify => true,
        _ => false,
    };
    if is_known { Aliases::AfterColumns } else { Aliases::None }
}

/// Whether GROUP BY and ORDER BY know an alias only as a whole item, not within an expression.
pub(super) fn takes_alias_alone(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Postgres | Dialect::Redshift | Dialect::SqlServer)
}

/// Whether the engine looks at a CTE only where something reads it.
pub(super) fn ignores_unread_ctes(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::DuckDb | Dialect::Sqlite)
}
