//! A manifest as dbt writes it for a project of many models: layers of staging, intermediate and mart models, each
//! with its raw and compiled SQL, documented columns, tests, and the bulk that a reader has to step over.

use serde_json::{Map, Value, json};

/// How many sources there are for one hundred models, and how far back a model reaches for its parents.
const SOURCES_PER_HUNDRED: usize = 10;
const REACH: usize = 40;

pub(super) fn generate(models: usize) -> Vec<u8> {
    let sources = (models * SOURCES_PER_HUNDRED / 100).max(1);
    let mut nodes = Map::new();
    for index in 0..models {
        nodes.insert(model_id(index), model(index, sources));
        nodes.insert(format!("test.shop.not_null_model_{index}_customer_id.{index:010x}"), test(index));
    }
    let manifest = json!({
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "dbt_version": "1.10.4",
            "adapter_type": "snowflake",
            "project_name": "shop",
        },
        "nodes": nodes,
        "sources": (0..sources).map(|index| (source_id(index), source(index))).collect::<Map<_, _>>(),
        "macros": (0..models / 10).map(|index| (format!("macro.shop.macro_{index}"), macro_(index))).collect::<Map<_, _>>(),
        "docs": {}, "exposures": {}, "metrics": {}, "groups": {}, "selectors": {}, "disabled": {},
        "parent_map": (0..models).map(|index| (model_id(index), json!(parents(index, sources)))).collect::<Map<_, _>>(),
        "child_map": {}, "semantic_models": {}, "saved_queries": {}, "unit_tests": {},
    });
    serde_json::to_vec(&manifest).expect("a JSON value without odd keys can be written")
}

fn model_id(index: usize) -> String {
    format!("model.shop.model_{index}")
}

fn source_id(index: usize) -> String {
    format!("source.shop.raw.raw_table_{index}")
}

/// The first models read sources, the others two models before them: deterministic, spread by an odd factor.
fn parents(index: usize, sources: usize) -> Vec<String> {
    if index < sources {
        return vec![source_id(index)];
    }
    let back = |factor: usize| model_id(index - 1 - (index * factor) % REACH.min(index));
    vec![back(7), back(13)]
}

fn relation(id: &str) -> String {
    let (schema, name) = if id.starts_with("source.") { ("raw", "raw_table_") } else { ("analytics", "model_") };
    let number = id.rsplit('_').next().unwrap_or_default();
    format!("prod.{schema}.{name}{number}")
}

fn model(index: usize, sources: usize) -> Value {
    let parents = parents(index, sources);
    let compiled = compiled_sql(index, &parents);
    json!({
        "resource_type": "model", "unique_id": model_id(index), "name": format!("model_{index}"),
        "package_name": "shop", "database": "prod", "schema": "analytics", "alias": format!("model_{index}"),
        "relation_name": format!("prod.analytics.model_{index}"),
        "path": format!("marts/area_{}/model_{index}.sql", index % 20),
        "original_file_path": format!("models/marts/area_{}/model_{index}.sql", index % 20),
        "fqn": ["shop", "marts", format!("area_{}", index % 20), format!("model_{index}")],
        "checksum": { "name": "sha256", "checksum": format!("{index:064x}") },
        "language": "sql", "tags": ["nightly"], "description": "One row for each customer and day, with the order figures.",
        "config": { "enabled": true, "materialized": if index.is_multiple_of(3) { "view" } else { "table" }, "tags": ["nightly"], "meta": { "owner": format!("team_{}", index % 12) } },
        "columns": (0..12).map(|column| (format!("measure_{column}"), json!({
            "name": format!("measure_{column}"), "description": "Sum over the day, in the currency of the order.",
            "data_type": "number", "meta": {}, "tags": [], "constraints": [],
        }))).collect::<Map<_, _>>(),
        "depends_on": { "macros": ["macro.dbt.is_incremental"], "nodes": parents },
        "refs": [], "sources": [], "metrics": [], "created_at": 1_760_000_000.5,
        "raw_code": compiled.replace("prod.analytics.", "{{ ref('").replace(" as p", "') }} as p"),
        "compiled": true, "compiled_code": compiled,
    })
}

/// Common table expressions, joins, a window, a CASE over values: about the length of real models.
fn compiled_sql(index: usize, parents: &[String]) -> String {
    let left = relation(&parents[0]);
    let right = relation(parents.last().unwrap_or(&parents[0]));
    let measures: Vec<String> = (0..12)
        .map(|column| format!("    sum(coalesce(p1.measure_{column}, 0)) over (partition by p1.customer_id order by p1.day) as measure_{column}"))
        .collect();
    format!(
        "-- model {index}\nwith base as (\n  select *\n  from {left} as p1\n  where p1.day >= dateadd(day, -{}, current_date)\n),\n\
         joined as (\n  select\n    p1.customer_id,\n    p1.day,\n    case p2.customer_segment when 'gold' then 1 when 'silver' then 2 else 3 end as segment_rank,\n{}\n  \
         from base as p1\n  left join {right} as p2\n    on p1.customer_id = p2.customer_id and p1.day = p2.day\n)\nselect * from joined\nqualify row_number() over (partition by customer_id, day order by segment_rank) = 1\n",
        30 + index % 60,
        measures.join(",\n"),
    )
}

fn test(index: usize) -> Value {
    json!({
        "resource_type": "test", "unique_id": format!("test.shop.not_null_model_{index}_customer_id.{index:010x}"),
        "name": format!("not_null_model_{index}_customer_id"), "package_name": "shop", "column_name": "customer_id",
        "test_metadata": { "name": "not_null", "kwargs": { "column_name": "customer_id", "model": "{{ get_where_subquery(ref('model')) }}" } },
        "database": "prod", "schema": "analytics_audit", "alias": format!("not_null_model_{index}"), "path": "not_null.sql",
        "original_file_path": "models/marts/schema.yml", "fqn": ["shop"], "tags": [], "config": { "enabled": true, "severity": "ERROR" }, "columns": {},
        "depends_on": { "macros": ["macro.dbt.test_not_null"], "nodes": [model_id(index)] },
        "raw_code": "{{ test_not_null(**_dbt_generic_test_kwargs) }}", "compiled": true,
        "compiled_code": format!("select customer_id\nfrom prod.analytics.model_{index}\nwhere customer_id is null"),
    })
}

fn source(index: usize) -> Value {
    json!({
        "resource_type": "source", "unique_id": source_id(index), "name": format!("raw_table_{index}"),
        "source_name": "raw", "identifier": format!("raw_table_{index}"), "package_name": "shop", "database": "prod", "schema": "raw",
        "relation_name": format!("prod.raw.raw_table_{index}"), "path": "models/sources.yml", "original_file_path": "models/sources.yml",
        "fqn": ["shop", "raw"], "columns": {}, "tags": [], "config": { "enabled": true }, "description": "As the application's database has it.",
    })
}

/// Macros are a third of many manifests, and a review needs none of them.
fn macro_(index: usize) -> Value {
    json!({
        "unique_id": format!("macro.shop.macro_{index}"), "name": format!("macro_{index}"), "package_name": "shop", "path": "macros/m.sql",
        "macro_sql": "{% macro cents(column) %}\n  ({{ column }} / 100)::numeric(16, 2)\n{% endmacro %}\n".repeat(20),
        "depends_on": { "macros": [] }, "arguments": [], "description": "", "meta": {},
    })
}
