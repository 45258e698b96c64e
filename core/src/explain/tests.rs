use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value, json};

use super::{Explanation, explain_in_script, explain_node};
use crate::dbt::{Project, open_project};
use crate::dialect::Dialect;

fn model(name: &str, parents: &[&str], sql: &str) -> (String, Value) {
    let id = format!("model.shop.{name}");
    let node = json!({
        "unique_id": id, "resource_type": "model", "name": name, "package_name": "shop", "schema": "main",
        "relation_name": format!("\"db\".\"main\".\"{name}\""), "path": format!("{name}.sql"),
        "original_file_path": format!("models/{name}.sql"), "language": "sql", "database": "db",
        "config": {"materialized": "table"}, "compiled_code": sql, "raw_code": sql, "columns": {},
        "depends_on": {"nodes": parents},
    });
    (id, node)
}

fn project(change: impl FnOnce(&mut BTreeMap<String, Value>)) -> Project {
    let mut nodes: BTreeMap<String, Value> = BTreeMap::from([
        model(
            "stg_orders",
            &["source.shop.raw.orders"],
            "with src as (select * from \"db\".\"raw\".\"orders\")\nselect id, amount_cents / 100.0 as amount, status from src",
        ),
        model(
            "customers",
            &["model.shop.stg_orders"],
            "select id, sum(amount) as total\nfrom \"db\".\"main\".\"stg_orders\"\nwhere status = 'paid'\ngroup by id",
        ),
        model("wide", &["model.shop.customers"], "select * from \"db\".\"main\".\"customers\""),
        model(
            "top",
            &["model.shop.wide"],
            "select case when total > 100 then 'big' end as size from \"db\".\"main\".\"wide\"",
        ),
    ]);
    change(&mut nodes);
    let manifest = json!({
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "adapter_type": "postgres"},
        "nodes": nodes,
        "sources": {"source.shop.raw.orders": {
            "unique_id": "source.shop.raw.orders", "resource_type": "source", "name": "orders", "source_name": "raw",
            "package_name": "shop", "schema": "raw", "database": "db", "identifier": "orders",
            "relation_name": "\"db\".\"raw\".\"orders\"",
            "columns": {"id": {"name": "id"}, "amount_cents": {"name": "amount_cents"}},
        }},
        "macros": {}, "exposures": {}, "metrics": {}, "parent_map": {}, "child_map": {},
    });
    open_project("manifest.json", Rc::new(manifest.to_string().into_bytes())).0.expect("a project")
}

fn explain(project: &Project, name: &str, column: &str) -> Explanation {
    let node = project.find(&format!("model.shop.{name}")).expect("the node");
    explain_node(project, node, column).expect("the column")
}

/// `from -> to (made): expression; …`
fn told(steps: &[super::Step]) -> Vec<String> {
    let last = |node: &str| node.rsplit('.').next().unwrap_or_default().to_owned();
    let line = |step: &super::Step| {
        let ways: Vec<&str> = step.expressions.iter().map(|one| one.text.as_str()).collect();
        let (from, to) = (&step.from, &step.to);
        format!(
            "{} {}.{} -> {}.{} ({}): {}",
            step.distance,
            last(&from.node),
            from.column,
            last(&to.node),
            to.column,
            step.made,
            ways.join("; ")
        )
    };
    steps.iter().map(line).collect()
}

#[test]
fn a_column_is_followed_up_to_its_source_and_down_to_the_last_reader() {
    let project = project(|_| {});
    let explained = explain(&project, "customers", "total");
    assert_eq!(
        told(&explained.upstream),
        [
            "1 stg_orders.amount -> customers.total (aggregated): sum(amount) as total",
            "2 orders.amount_cents -> stg_orders.amount (computed): amount_cents / 100.0 as amount",
        ]
    );
    assert_eq!(
        told(&explained.downstream),
        [
            "1 customers.total -> wide.total (unchanged): ",
            "2 wide.total -> top.size (conditional): case when total > 100 then 'big' end as size",
        ]
    );
    let place = &explained.upstream[0].expressions[0].place;
    assert_eq!((place.file.as_str(), place.line, place.column, place.compiled), ("models/customers.sql", 1, 12, true));
}

#[test]
fn what_a_column_decides_is_told_with_its_clause() {
    let explained = explain(&project(|_| {}), "stg_orders", "status");
    let deciding: Vec<(&str, &str, u32)> =
        explained.deciding.iter().map(|one| (one.node.as_str(), one.clause, one.place.line)).collect();
    assert_eq!(deciding, [("model.shop.customers", "where", 3)]);
}

#[test]
fn a_chain_through_ctes_shows_every_expression_of_it_and_no_other() {
    let sql = "with a as (select id, amount * 2 as twice, amount as other from \"db\".\"main\".\"stg_orders\"),\n\
               b as (select id, twice + 1 as more, other from a)\nselect id, more as total from b";
    let project = project(|nodes| {
        let (id, node) = model("customers", &["model.shop.stg_orders"], sql);
        nodes.insert(id, node);
    });
    let explained = explain(&project, "customers", "total");
    assert_eq!(
        told(&explained.upstream)[0],
        "1 stg_orders.amount -> customers.total (computed): amount * 2 as twice; twice + 1 as more; more as total"
    );
}

#[test]
fn columns_that_only_the_artifacts_tell_of_go_through_a_star_by_their_names() {
    let explained = explain(&project(|_| {}), "stg_orders", "status");
    assert_eq!(told(&explained.upstream), ["1 orders.status -> stg_orders.status (unchanged): status"]);
}

#[test]
fn a_model_that_is_not_analysed_is_bounded_by_its_documented_columns() {
    let project = project(|nodes| {
        let (id, mut node) = model("customers", &["model.shop.stg_orders"], "def model(dbt, session): pass");
        node["language"] = json!("python");
        node["compiled_code"] = Value::Null;
        node["columns"] = json!({"total": {"name": "total"}});
        nodes.insert(id, node);
    });
    let explained = explain(&project, "top", "size");
    assert_eq!(explained.upstream.len(), 2, "{:?}", told(&explained.upstream));
    assert_eq!(explained.upstream[1].from.node, "model.shop.customers");
    let why: Vec<&str> = explained.unknown.iter().map(|remark| remark.what.as_str()).collect();
    assert!(
        why.contains(&"it is written in python, which is not analysed; 1 columns are known from the artifacts"),
        "{why:?}"
    );
}

#[test]
fn a_snapshot_has_columns_of_its_own() {
    let project = project(|nodes| {
        let (_, mut node) = model("history", &["model.shop.customers"], "select * from \"db\".\"main\".\"customers\"");
        node["resource_type"] = json!("snapshot");
        node["unique_id"] = json!("snapshot.shop.history");
        nodes.insert("snapshot.shop.history".to_owned(), node);
        let sql = "select total, dbt_valid_from as since from \"db\".\"main\".\"history\"";
        let (id, node) = model("reader", &["snapshot.shop.history"], sql);
        nodes.insert(id, node);
    });
    let since = explain(&project, "reader", "since");
    assert_eq!(told(&since.upstream), ["1 history.dbt_valid_from -> reader.since (renamed): dbt_valid_from as since"]);
    assert!(since.unknown.is_empty() && since.disagreements.is_empty());
    let total = explain(&project, "reader", "total");
    assert_eq!(total.upstream.len(), 4, "{:?}", told(&total.upstream));
}

#[test]
fn documented_columns_that_the_sql_does_not_give_are_a_disagreement() {
    let project = project(|nodes| {
        let (id, mut node) = model("customers", &[], "select 1 as id, 2 as total");
        node["columns"] = json!({"id": {"name": "id"}, "totl": {"name": "totl"}});
        nodes.insert(id, node);
    });
    let explained = explain(&project, "customers", "total");
    let what: Vec<&str> = explained.disagreements.iter().map(|remark| remark.what.as_str()).collect();
    assert_eq!(what, ["its documentation has a column totl, which its SQL does not give"]);
}

#[test]
fn a_column_that_is_not_there_is_no_answer() {
    let project = project(|_| {});
    let node = project.find("model.shop.customers").expect("the node");
    assert_eq!(explain_node(&project, node, "nope"), None);
}

#[test]
fn a_script_is_followed_through_the_tables_that_it_makes() {
    let text = "create temp table a as select id, upper(name) as n from raw.people;\n\
                insert into out (label) select n || '!' from a where id > 1;";
    let explain =
        |relation, column| explain_in_script("x.sql", text, Dialect::Postgres, &BTreeMap::new(), relation, column);
    let explained = explain(Some("out"), "label").expect("the column");
    assert_eq!(
        told(&explained.upstream),
        ["1 a.n -> out.label (computed): n || '!'", "2 people.name -> a.n (computed): upper(name) as n",]
    );
    let id = explain(Some("people"), "id").expect("the column");
    assert_eq!(told(&id.downstream), ["1 people.id -> a.id (unchanged): id"]);
    assert_eq!(explain(None, "label"), None);
}

#[test]
fn a_circle_of_models_ends() {
    let project = project(|nodes| {
        for (name, parent) in [("one", "two"), ("two", "one")] {
            let sql = format!("select x from \"db\".\"main\".\"{parent}\"");
            let (id, node) = model(name, &[&format!("model.shop.{parent}")], &sql);
            nodes.insert(id, node);
        }
    });
    let explained = explain(&project, "one", "x");
    assert_eq!((explained.upstream.len(), explained.downstream.len()), (2, 2));
}
