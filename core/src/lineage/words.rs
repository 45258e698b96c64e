//! Words that stand where a column could, and are none.

use super::Clause;
use super::scope::Aliases;
use crate::dialect::Dialect;

/// Functions that are called without parentheses, and pseudo-columns that every relation has; behind a qualifier only these.
pub(super) fn is_no_column(word: &str, is_qualified: bool) -> bool {
    const FUNCTIONS: [&str; 22] = [
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
        "default",
        "unknown",
    ];
    const COLUMNS: [&str; 26] = [
        "_rowid_",
        "_path",
        "_file",
        "$path",
        "connect_by_isleaf",
        "connect_by_iscycle",
        "column_value",
        "rownum",
        "rowid",
        "level",
        "ctid",
        "tableoid",
        "xmin",
        "xmax",
        "cmin",
        "cmax",
        "oid",
        "_partitiontime",
        "_partitiondate",
        "_table_suffix",
        "_file_name",
        "_metadata",
        "_part",
        "ora_rowscn",
        "infinity",
        "nan",
    ];
    let word = word.to_lowercase();
    let is_pseudo = COLUMNS.contains(&word.as_str()) || word.starts_with("metadata$");
    is_pseudo || (!is_qualified && (FUNCTIONS.contains(&word.as_str()) || word.starts_with(['$', '@'])))
}

/// Words that a relation of which nothing is known has no column for: no engine, or this one, lets a column be called so.
pub(super) fn is_surely_no_column(word: &str, dialect: Dialect) -> bool {
    const WORDS: [&str; 16] = [
        "_partitiondate",
        "_partitiontime",
        "_table_suffix",
        "ctid",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "localtime",
        "localtimestamp",
        "rownum",
        "session_user",
        "sysdate",
        "systimestamp",
    ];
    const ORACLE: [&str; 5] = ["level", "nextval", "rowid", "uid", "user"];
    let is = |names: &[&str]| names.iter().any(|name| word.eq_ignore_ascii_case(name));
    is(&WORDS)
        || (dialect == Dialect::Oracle && is(&ORACLE))
        || (dialect == Dialect::Snowflake && word.get(..9).is_some_and(|head| head.eq_ignore_ascii_case("metadata$")))
}

/// Which argument of a function names a part of a date, if that function takes one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum DatePart {
    /// The first that is such a word.
    First,
    /// The last.
    Last,
}

pub(super) fn takes_date_part(function: &str, dialect: Dialect) -> Option<DatePart> {
    const FIRST: [&str; 20] = [
        "dateadd",
        "datediff",
        "datediff_big",
        "date_diff",
        "date_part",
        "datepart",
        "datename",
        "date_trunc",
        "datetrunc",
        "date_bucket",
        "date_add",
        "date_sub",
        "extract",
        "time_slice",
        "timeadd",
        "timediff",
        "timestampadd",
        "timestampdiff",
        "timestamp_diff",
        "date_format",
    ];
    const LAST: [&str; 15] = [
        "date_diff",
        "date_trunc",
        "datetime_add",
        "datetime_diff",
        "datetime_sub",
        "datetime_trunc",
        "last_day",
        "time_add",
        "time_diff",
        "time_trunc",
        "timestamp_add",
        "timestamp_diff",
        "timestamp_sub",
        "timestamp_trunc",
        "week",
    ];
    let function = function.to_lowercase();
    let is = |names: &[&str]| names.contains(&function.as_str());
    if is(&LAST) && (dialect == Dialect::BigQuery || !is(&FIRST)) {
        Some(DatePart::Last)
    } else if is(&FIRST) {
        Some(DatePart::First)
    } else {
        None
    }
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
    const MORE: [&str; 19] = [
        "sunday",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
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
    const NAMES: &str = " any any_value anylast approx_count_distinct approx_distinct approx_percentile approx_quantiles \
        approx_top_count approx_top_k arbitrary arg_max arg_min argmax argmin array_agg array_concat_agg avg avgif bit_and \
        bit_or bit_xor bitmap_union bool_and bool_or booland_agg boolor_agg collect_list collect_set corr count count_if \
        countif covar_pop covar_samp every first first_value group_concat groupadd grouparray groupuniqarray grouping hll \
        histogram json_agg json_arrayagg json_object_agg json_objectagg jsonb_agg jsonb_object_agg kurtosis last list listagg \
        logical_and logical_or map_agg max max_by maxif median min min_by minif mode multimap_agg ndv object_agg \
        percentile percentile_approx percentile_cont percentile_disc quantile quantile_cont quantiles regr_slope skewness \
        stddev stddev_pop stddev_samp stdev string_agg sum sum_if sumif uniq uniqexact var_pop var_samp variance xmlagg ";
    let name = function.to_lowercase();
    NAMES.split(' ').any(|known| !known.is_empty() && known == name)
}

/// Functions that choose among their arguments, as CASE does.
pub(super) fn is_conditional(function: &str) -> bool {
    ["if", "iff", "iif", "multiif", "decode", "nvl2", "choose"].iter().any(|name| function.eq_ignore_ascii_case(name))
}

/// Whether `->` in an argument of this function can be nothing but a lambda's.
pub(super) fn arrow_is_lambda(function: &str, dialect: Dialect) -> bool {
    const STARTS: [&str; 4] = ["list_", "array_", "map_", "arrays_"];
    const TAKERS: [&str; 12] = [
        "aggregate",
        "all_match",
        "any_match",
        "apply",
        "columns",
        "filter",
        "forall",
        "none_match",
        "reduce",
        "transform",
        "transform_keys",
        "zip_with",
    ];
    let function = function.to_lowercase();
    match dialect {
        Dialect::Trino | Dialect::Databricks | Dialect::Snowflake | Dialect::BigQuery | Dialect::ClickHouse => true,
        Dialect::StarRocks => STARTS.iter().any(|start| function.starts_with(start)),
        Dialect::DuckDb | Dialect::Generic => {
            STARTS.iter().any(|start| function.starts_with(start)) || TAKERS.contains(&function.as_str())
        }
        _ => false,
    }
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
