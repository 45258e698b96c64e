//! A made-up project of the size that makes a worker sweat: 1,500 models in layers, about 20 MB of manifest, and a
//! migration whose renamed column most of them use.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

pub(crate) const MODELS: usize = 1_500;
pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const MIGRATION: &str = "V007__rename_customer_key.sql";
const SOURCES: usize = 150;
const MEASURES: usize = 40;

/// Writes the manifest and the migration into the folder.
pub(crate) fn write(folder: &Path) -> Vec<PathBuf> {
    let files = [(MANIFEST, manifest()), (MIGRATION, migration())];
    let write = |(name, text): (&str, String)| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    };
    files.into_iter().map(write).collect()
}

fn migration() -> String {
    let rename = |source| format!("ALTER TABLE raw.raw_{source} RENAME COLUMN customer_id TO account_id;\n");
    (0..SOURCES).step_by(3).map(rename).collect()
}

fn manifest() -> String {
    let mut nodes = Map::new();
    for index in 0..MODELS {
        nodes.insert(model_id(index), model(index));
        if index % 5 == 0 {
            nodes.insert(test_id(index), test(index));
        }
    }
    let sources: Map<_, _> = (0..SOURCES).map(|index| (source_id(index), source(index))).collect();
    let exposures: Map<_, _> = (0..MODELS / 50).map(|index| (exposure_id(index), exposure(index))).collect();
    json!({
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "dbt_version": "1.11.16", "adapter_type": "postgres", "project_name": "big_shop",
        },
        "nodes": nodes, "sources": sources, "exposures": exposures, "macros": {}, "docs": {}, "metrics": {},
        "groups": {}, "selectors": {}, "disabled": {}, "parent_map": {}, "child_map": {},
        "semantic_models": {}, "saved_queries": {}, "unit_tests": {},
    })
    .to_string()
}

fn model_id(index: usize) -> String {
    format!("model.big_shop.model_{index:04}")
}

fn source_id(index: usize) -> String {
    format!("source.big_shop.backend.raw_{index}")
}

fn test_id(index: usize) -> String {
    format!("test.big_shop.not_null_model_{index:04}_customer_id.{index:010x}")
}

fn exposure_id(index: usize) -> String {
    format!("exposure.big_shop.dashboard_{index}")
}

/// The first models read a source each, the others two models of the layer before: deterministic and evenly spread.
fn parents(index: usize) -> [usize; 2] {
    let back = |factor: usize| index - SOURCES + (index * factor) % (SOURCES - 1);
    [back(7), back(13)]
}

fn model(index: usize) -> Value {
    let name = format!("model_{index:04}");
    let (depends_on, relations) = if index < SOURCES {
        (vec![source_id(index)], [0, 0].map(|_| format!("\"shop\".\"raw\".\"raw_{index}\"")))
    } else {
        let parents = parents(index);
        (parents.map(model_id).to_vec(), parents.map(|parent| format!("\"shop\".\"marts\".\"model_{parent:04}\"")))
    };
    let columns = (0..MEASURES).map(|measure| {
        let name = format!("measure_{measure}");
        let column = json!({
            "name": name, "data_type": "numeric", "meta": {}, "tags": [], "constraints": [],
            "description": "Sum over the day, in the currency of the order.",
        });
        (name, column)
    });
    json!({
        "resource_type": "model", "unique_id": model_id(index), "name": name, "alias": name, "package_name": "big_shop",
        "database": "shop", "schema": "marts", "relation_name": format!("\"shop\".\"marts\".\"{name}\""),
        "path": format!("area_{}/{name}.sql", index % 20), "original_file_path": format!("models/area_{}/{name}.sql", index % 20),
        "fqn": ["big_shop", format!("area_{}", index % 20), name], "language": "sql", "tags": [], "refs": [], "sources": [],
        "description": "One row for each customer and day, with the order figures.",
        "checksum": { "name": "sha256", "checksum": format!("{index:064x}") },
        "config": { "enabled": true, "materialized": "table", "meta": { "owner": format!("Team {}", index % 12) } },
        "columns": columns.collect::<Map<_, _>>(),
        "depends_on": { "macros": [], "nodes": depends_on },
        "raw_code": sql(index, &["{{ left }}".to_owned(), "{{ right }}".to_owned()]),
        "compiled": true, "compiled_code": sql(index, &relations),
    })
}

/// Common table expressions, joins, a window, a CASE over values.
fn sql(index: usize, [left, right]: &[String; 2]) -> String {
    let measures = |measure| {
        format!("        sum(coalesce(base.measure_{measure}, 0)) over (partition by base.day) as measure_{measure}")
    };
    let measures: Vec<String> = (0..MEASURES).map(measures).collect();
    format!(
        "-- model {index}: one row for each customer and day\n\
         with base as (\n    select *\n    from {left}\n    where day >= current_date - {}\n),\n\n\
         joined as (\n    select\n        base.customer_id,\n        base.day,\n        \
         case other.segment when 'gold' then 1 when 'silver' then 2 else 3 end as segment_rank,\n        other.segment,\n\
         {}\n    from base\n    left join {right} as other\n        \
         on base.customer_id = other.customer_id and base.day = other.day\n)\n\n\
         select * from joined\n",
        30 + index % 60,
        measures.join(",\n"),
    )
}

fn test(index: usize) -> Value {
    json!({
        "resource_type": "test", "unique_id": test_id(index), "name": format!("not_null_model_{index:04}_customer_id"),
        "package_name": "big_shop", "column_name": "customer_id", "tags": [], "columns": {},
        "test_metadata": { "name": "not_null", "kwargs": { "column_name": "customer_id" } },
        "database": "shop", "schema": "audit", "alias": format!("not_null_model_{index:04}"), "path": "not_null.sql",
        "original_file_path": "models/schema.yml", "fqn": ["big_shop"], "config": { "enabled": true, "severity": "ERROR" },
        "depends_on": { "macros": [], "nodes": [model_id(index)] }, "raw_code": "", "compiled": true,
        "compiled_code": format!("select customer_id\nfrom \"shop\".\"marts\".\"model_{index:04}\"\nwhere customer_id is null"),
    })
}

fn source(index: usize) -> Value {
    let measures = (0..MEASURES).map(|measure| format!("measure_{measure}"));
    let columns = ["customer_id", "day", "segment"].map(str::to_owned).into_iter().chain(measures);
    json!({
        "resource_type": "source", "unique_id": source_id(index), "source_name": "backend", "name": format!("raw_{index}"),
        "identifier": format!("raw_{index}"), "package_name": "big_shop", "database": "shop", "schema": "raw",
        "relation_name": format!("\"shop\".\"raw\".\"raw_{index}\""), "path": "models/sources.yml",
        "original_file_path": "models/sources.yml", "fqn": ["big_shop", "backend"], "tags": [], "config": { "enabled": true },
        "description": "As the application's database has it.",
        "columns": columns.map(|name| (name.clone(), json!({ "name": name, "description": "" }))).collect::<Map<_, _>>(),
    })
}

fn exposure(index: usize) -> Value {
    json!({
        "resource_type": "exposure", "unique_id": exposure_id(index), "name": format!("dashboard_{index}"),
        "label": format!("Dashboard {index}"), "type": "dashboard", "package_name": "big_shop", "path": "exposures.yml",
        "original_file_path": "models/exposures.yml", "fqn": ["big_shop"], "tags": [], "config": { "enabled": true },
        "owner": { "name": format!("Team {}", index % 12), "email": "team@shop.example" }, "description": "", "refs": [],
        "depends_on": { "macros": [], "nodes": [model_id(MODELS - 1 - index * 3)] },
    })
}
