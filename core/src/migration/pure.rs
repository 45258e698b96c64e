//! Which functions a SELECT calls that may do more than compute.

use super::gaps::{Kind, Words, is};
use crate::dialect::Dialect;

/// Functions that change nothing, or nothing that outlives the statement: those of the engines that people use in scripts.
const PURE: &str = " abs acos any_value approx_count_distinct array array_agg array_append array_cat array_construct array_join array_length \
array_position array_remove array_size array_to_json array_to_string ascii asin atan atan2 avg bit_and bit_or bool_and bool_or btrim \
cardinality cast ceil ceiling char char_length character_length charindex chr coalesce col_length collect_list collect_set columnproperty concat concat_ws \
contains convert cos count count_if countif cume_dist curdate current_account current_database current_date current_role current_schema current_schemas current_setting current_time \
current_timestamp current_user current_version current_warehouse currval database databasepropertyex datalength date date_add date_diff date_format date_part date_sub \
date_trunc dateadd datediff datefromparts datename datepart day dayofmonth dayofweek dayofyear db_name decode dense_rank digest div encode endswith \
every exists exp explode extract file_row_number first first_value flatten floor format format_type from_unixtime gen_random_uuid generate_series generate_subscripts \
generate_uuid get getdate getutcdate greatest group_concat grouping has_schema_privilege has_table_privilege hash hashbytes hour host_name \
iff ifnull iif ilike inet_server_addr initcap instr is_member isdate isjson isnull isnumeric json json_agg json_array json_array_elements \
json_array_length json_build_array json_build_object json_contains json_each json_extract json_extract_path json_extract_path_text json_extract_string \
json_length json_object json_object_agg json_object_keys json_populate_record json_query json_set json_type json_unquote json_valid json_value jsonb_agg jsonb_array_elements \
jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_object_agg \
jsonb_object_keys jsonb_pretty jsonb_set jsonb_strip_nulls jsonb_typeof lag last last_day last_insert_id last_value lcase lead least left len \
length like listagg ln localtime localtimestamp locate log log10 lower lpad ltrim make_date make_interval make_timestamp max max_by md5 median mid min min_by \
minute mod mode month months_between newid newsequentialid now nth_value ntile nullif num_nonnulls num_nulls nvl nvl2 obj_description object_agg object_construct object_definition \
object_id object_name object_schema_name objectproperty octet_length openjson overlay parse_json parse_timestamp parsename patindex percent_rank \
percentile_cont percentile_disc pg_backend_pid pg_column_size pg_database_size pg_encoding_to_char pg_get_constraintdef pg_get_expr pg_get_functiondef pg_get_indexdef \
pg_get_serial_sequence pg_get_userbyid pg_get_viewdef pg_is_in_recovery pg_relation_size pg_size_pretty pg_sleep pg_table_is_visible pg_table_size \
pg_total_relation_size pg_typeof pi position pow power quarter quote_ident quote_literal quote_nullable quotename radians rand random range rank \
regexp_count regexp_extract regexp_extract_all regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr \
repeat replace replicate result_scan reverse right round row row_count row_number row_to_json rownum rpad rtrim safe_cast scope_identity second sequence session_user \
sha1 sha2 sha256 sha512 sign sin size sleep space split split_part sqrt starts_with startswith statement_timestamp std stddev stddev_pop stddev_samp stdev str str_to_date strftime string_agg \
string_split string_to_array strpos struct stuff substr substring substring_index sum suser_name suser_sname sys_context sysdate sysdatetime system_user sysutcdatetime table_exists tan \
time timestamp timestamp_add timestamp_diff timestamp_trunc timestampadd timestampdiff to_array to_ascii to_base64 to_binary to_boolean to_char to_date to_decimal to_hex \
to_json to_json_string to_jsonb to_number to_regclass to_regnamespace to_regproc to_regtype to_timestamp to_timestamp_ntz to_timestamp_tz to_tsquery to_tsvector to_varchar to_variant transaction_timestamp translate trim \
trunc truncate try_cast try_convert try_parse_json try_to_date try_to_number try_to_timestamp type_id type_name typeof ucase unaccent unhex unix_timestamp unixepoch unnest upper user user_name userenv utc_timestamp uuid \
uuid_generate_v1 uuid_generate_v4 uuid_nil uuidv7 variance version week weekday width_bucket xmlagg xmlelement year zeroifnull \
pg_notify pg_advisory_lock pg_advisory_unlock pg_advisory_xact_lock pg_try_advisory_lock txid_current raise_error error_message error_number error_line error_severity error_state error_procedure \
lo_get has_column_privilege col_description clock_timestamp timeofday age isfinite justify_days numrange tsrange tstzrange int4range int8range daterange \
decfloat bigint int integer smallint numeric decimal number varchar nvarchar nchar text string float real double boolean binary varbinary character varying datetime datetime2 bit uuid_to_bin bin_to_uuid variant object map \
create_hypertable set_chunk_time_interval add_compression_policy add_continuous_aggregate_policy create_distributed_table create_reference_table ";

/// Words before a parenthesis that are no functions.
const KEYWORDS: &str = " in values and or not select from where on using as over with exists any some all case when then else end by having limit between \
union except intersect join left right inner outer cross lateral table partition order group distinct filter within recursive materialized is like similar to set return if \
if elsif elseif while into interval array rollup cube sets top percent offset fetch unpivot pivot apply identifier unique key primary tablesample sample option nolock for path openquery window rows groups escape except qualify ";

/// Whether no function of the engine can change anything in a query, whoever wrote it.
pub(super) fn only_computes(words: &Words<'_>) -> bool {
    match words.dialect {
        Dialect::BigQuery | Dialect::ClickHouse | Dialect::Databricks | Dialect::StarRocks | Dialect::Trino => true,
        // `SELECT * FROM TABLE(procedure())`
        Dialect::Snowflake => !words.tokens.windows(2).any(|pair| is(&pair[0], "TABLE") && is(&pair[1], "(")),
        // `SELECT * FROM postgres_execute('db', 'DROP TABLE t')`
        Dialect::DuckDb => !words.tokens.iter().any(|token| {
            let name = token.value.to_ascii_lowercase();
            ["_execute", "_attach", "_query"].iter().any(|end| name.ends_with(end))
        }),
        _ => false,
    }
}

/// A call of a function: its name in lower case, and what is given to it.
pub(super) struct Call<'t> {
    pub(super) name: String,
    pub(super) arguments: Vec<Words<'t>>,
}

/// The calls in a query of functions that are not known to be pure.
pub(super) fn impure_calls<'t>(words: &Words<'t>) -> Vec<Call<'t>> {
    let mut calls = Vec::new();
    for (at, pair) in words.tokens.windows(2).enumerate() {
        let [token, next] = pair else { continue };
        if !is(next, "(") || !matches!(token.kind, Kind::Bare | Kind::Quoted) {
            continue;
        }
        let before = at.checked_sub(1).map(|at| &words.tokens[at]);
        let is_alias = before.is_some_and(|before| {
            is(before, "AS") || is(before, ")") || before.kind == Kind::Bare && !is_keyword(&before.value)
        });
        let name = token.value.to_lowercase();
        if is_alias || token.kind == Kind::Bare && is_keyword(&name) || listed(PURE, &name) || names_a_query(words, at)
        {
            continue;
        }
        let mut rest = *words;
        rest.skip(at + 1);
        let arguments = rest.group().map(|group| group.parts()).unwrap_or_default();
        calls.push(Call { name, arguments });
    }
    calls
}

fn is_keyword(word: &str) -> bool {
    listed(KEYWORDS, &word.to_lowercase())
}

fn listed(list: &str, name: &str) -> bool {
    !name.contains(' ') && list.contains(&format!(" {name} "))
}

/// `WITH name (a, b) AS (…)`.
fn names_a_query(words: &Words<'_>, at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| &words.tokens[at]);
    if !before.is_some_and(|before| is(before, "WITH") || is(before, "RECURSIVE") || is(before, ",")) {
        return false;
    }
    let mut rest = *words;
    rest.skip(at + 1);
    rest.group().is_some() && rest.is("AS")
}
