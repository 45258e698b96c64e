//! A manifest as dbt writes it for a project of many models: layers of staging, intermediate and mart models, each
//! with its raw and compiled SQL, documented columns and tests, some 18 kB a model, and the macros and maps that a reader
//! has to step over. Written entry by entry: the largest one is larger than memory may be.

use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// A project has areas that have nothing to do with each other, so that a change reaches one in twenty models at most. How many
/// sources there are for one hundred models, and how far back in its area a model reaches for its parents.
const AREAS: usize = 20;
const SOURCES_PER_HUNDRED: usize = 10;
const REACH: usize = 8;
const COLUMNS: usize = 36;
const TESTS: usize = 3;
const MACROS: usize = 600;

pub(super) fn write(models: usize, to: &mut impl Write) -> io::Result<()> {
    let sources = sources(models);
    let metadata = json!({
        "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
        "dbt_version": "1.10.4",
        "adapter_type": "snowflake",
        "project_name": "shop",
    });
    write!(to, "{{\"metadata\": {metadata}")?;
    let tests = |index| (0..TESTS).map(move |column| (test_id(index, column), test(index, column)));
    let nodes =
        (0..models).flat_map(|index| std::iter::once((model_id(index), model(index, sources))).chain(tests(index)));
    section(to, "nodes", nodes)?;
    section(to, "sources", (0..sources).map(|index| (source_id(index), source(index))))?;
    section(to, "macros", (0..MACROS).map(|index| (format!("macro.shop.macro_{index}"), macro_(index))))?;
    section(
        to,
        "exposures",
        (0..models / 50).map(|index| (format!("exposure.shop.dashboard_{index}"), exposure(index, models))),
    )?;
    section(to, "parent_map", (0..models).map(|index| (model_id(index), json!(parents(index, sources)))))?;
    for empty in [
        "docs",
        "metrics",
        "groups",
        "selectors",
        "disabled",
        "child_map",
        "semantic_models",
        "saved_queries",
        "unit_tests",
    ] {
        section(to, empty, std::iter::empty())?;
    }
    to.write_all(b"}\n")
}

/// A migration that reaches nearly all of one area: it changes the sources that the area's later models come from.
pub(super) fn migration(models: usize) -> String {
    let rename = |source| format!("ALTER TABLE raw.raw_table_{source} RENAME COLUMN customer_id TO account_id;\n");
    let sources_of_area = sources(models) / AREAS;
    (sources_of_area - REACH..sources_of_area).map(|number| rename(number * AREAS)).collect()
}

fn sources(models: usize) -> usize {
    (models * SOURCES_PER_HUNDRED / 100).max(AREAS * REACH)
}

fn section(to: &mut impl Write, name: &str, entries: impl Iterator<Item = (String, Value)>) -> io::Result<()> {
    write!(to, ", \"{name}\": {{")?;
    for (number, (id, entry)) in entries.enumerate() {
        write!(to, "{}\"{id}\": {entry}", if number == 0 { "" } else { ", " })?;
    }
    write!(to, "}}")
}

fn model_id(index: usize) -> String {
    format!("model.shop.model_{index}")
}

fn test_id(index: usize, column: usize) -> String {
    format!("test.shop.not_null_model_{index}_measure_{column}.{index:010x}")
}

fn source_id(index: usize) -> String {
    format!("source.shop.raw.raw_table_{index}")
}

/// The first models read sources, the others two models of their area before them: deterministic, spread by an odd factor.
fn parents(index: usize, sources: usize) -> Vec<String> {
    if index < sources {
        return vec![source_id(index)];
    }
    let back = |factor: usize| model_id(index - AREAS * (1 + index / AREAS * factor % REACH));
    vec![back(3), back(5)]
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
        "path": format!("marts/area_{}/model_{index}.sql", index % AREAS),
        "original_file_path": format!("models/marts/area_{}/model_{index}.sql", index % AREAS),
        "fqn": ["shop", "marts", format!("area_{}", index % AREAS), format!("model_{index}")],
        "checksum": { "name": "sha256", "checksum": format!("{index:064x}") },
        "language": "sql", "tags": ["nightly"], "description": "One row for each customer and day, with the order figures.",
        "config": { "enabled": true, "materialized": if index.is_multiple_of(3) { "view" } else { "table" }, "tags": ["nightly"], "meta": { "owner": format!("team_{}", index % 12) } },
        "columns": (0..COLUMNS).map(|column| (format!("measure_{column}"), json!({
            "name": format!("measure_{column}"), "description": "Sum over the day, in the currency of the order.",
            "data_type": "number", "meta": {}, "tags": [], "constraints": [], "quote": null, "granularity": null,
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
    let measures: Vec<String> = (0..COLUMNS)
        .map(|column| format!("    sum(coalesce(p1.measure_{column}, 0)) over (partition by p1.customer_id order by p1.day) as measure_{column}"))
        .collect();
    format!(
        "-- model {index}\nwith base as (\n  select *\n  from {left} as p1\n  where p1.day >= dateadd(day, -{}, current_date)\n),\n\
         joined as (\n  select\n    p1.customer_id,\n    p1.day,\n    p2.customer_segment,\n    case p2.customer_segment when 'gold' then 1 when 'silver' then 2 else 3 end as segment_rank,\n{}\n  \
         from base as p1\n  left join {right} as p2\n    on p1.customer_id = p2.customer_id and p1.day = p2.day\n)\nselect * from joined\nqualify row_number() over (partition by customer_id, day order by segment_rank) = 1\n",
        30 + index % 60,
        measures.join(",\n"),
    )
}

fn test(index: usize, number: usize) -> Value {
    let column = format!("measure_{number}");
    json!({
        "resource_type": "test", "unique_id": test_id(index, number),
        "name": format!("not_null_model_{index}_{column}"), "package_name": "shop", "column_name": column,
        "test_metadata": { "name": "not_null", "kwargs": { "column_name": column, "model": "{{ get_where_subquery(ref('model')) }}" } },
        "database": "prod", "schema": "analytics_audit", "alias": format!("not_null_model_{index}"), "path": "not_null.sql",
        "original_file_path": "models/marts/schema.yml", "fqn": ["shop"], "tags": [], "config": { "enabled": true, "severity": "ERROR" }, "columns": {},
        "depends_on": { "macros": ["macro.dbt.test_not_null"], "nodes": [model_id(index)] },
        "raw_code": "{{ test_not_null(**_dbt_generic_test_kwargs) }}", "compiled": true,
        "compiled_code": format!("select {column}\nfrom prod.analytics.model_{index}\nwhere {column} is null"),
    })
}

fn source(index: usize) -> Value {
    json!({
        "resource_type": "source", "unique_id": source_id(index), "name": format!("raw_table_{index}"),
        "source_name": "raw", "identifier": format!("raw_table_{index}"), "package_name": "shop", "database": "prod", "schema": "raw",
        "relation_name": format!("prod.raw.raw_table_{index}"), "path": "models/sources.yml", "original_file_path": "models/sources.yml",
        "fqn": ["shop", "raw"], "columns": source_columns(), "tags": [], "config": { "enabled": true }, "description": "As the application's database has it.",
    })
}

fn exposure(index: usize, models: usize) -> Value {
    json!({
        "resource_type": "exposure", "unique_id": format!("exposure.shop.dashboard_{index}"), "name": format!("dashboard_{index}"),
        "label": format!("Dashboard {index}"), "type": "dashboard", "package_name": "shop", "path": "exposures.yml",
        "original_file_path": "models/exposures.yml", "fqn": ["shop"], "tags": [], "config": { "enabled": true },
        "owner": { "name": format!("Team {}", index % 37), "email": "team@shop.example" }, "description": "", "refs": [],
        "depends_on": { "macros": [], "nodes": [model_id(models - 1 - index)] },
    })
}

fn source_columns() -> Map<String, Value> {
    let names = ["customer_id", "day", "customer_segment"].map(str::to_owned);
    let measures = (0..COLUMNS).map(|column| format!("measure_{column}"));
    names.into_iter().chain(measures).map(|name| (name.clone(), json!({ "name": name, "description": "" }))).collect()
}

/// Macros are a third of many manifests, and a review needs none of them.
fn macro_(index: usize) -> Value {
    json!({
        "unique_id": format!("macro.shop.macro_{index}"), "name": format!("macro_{index}"), "package_name": "shop", "path": "macros/m.sql",
        "macro_sql": "{% macro cents(column) %}\n  ({{ column }} / 100)::numeric(16, 2)\n{% endmacro %}\n".repeat(20),
        "depends_on": { "macros": [] }, "arguments": [], "description": "", "meta": {},
    })
}
