//! `foreshock lineage`: scripts, and the JSON that others build on.

use std::collections::BTreeMap;

use foreshock_core::dialect::Dialect;
use foreshock_core::lineage::{StatementLineage, trace_script};
use serde_json::json;

fn traced(sql: &str) -> Vec<StatementLineage> {
    let columns = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let schema = BTreeMap::from([
        ("db.users".to_owned(), columns(&["id", "name", "active"])),
        ("tgt".to_owned(), columns(&["k", "v"])),
    ]);
    trace_script(sql, Dialect::Postgres, &schema).statements
}

/// `target.column < relation.column`, in the order of the columns.
fn edges(sql: &str) -> Vec<String> {
    let statements = traced(sql);
    let last = statements.last().expect("a statement");
    assert!(last.problems.is_empty(), "{:?}", last.problems);
    let shown = last.columns.iter().map(|edge| {
        let to = edge
            .to
            .relation
            .as_ref()
            .map_or_else(|| edge.to.column.clone(), |relation| format!("{relation}.{}", edge.to.column));
        format!("{to} < {}.{}", edge.from.relation, edge.from.column)
    });
    shown.collect()
}

#[test]
fn an_insert_writes_its_list_or_the_targets_columns_by_position() {
    assert_eq!(
        edges("insert into out (a, b) select name, id from db.users"),
        ["out.a < db.users.name", "out.b < db.users.id"]
    );
    assert_eq!(
        edges("insert into tgt select id, name from db.users"),
        ["tgt.k < db.users.id", "tgt.v < db.users.name"]
    );
    assert_eq!(edges("with x as (select * from db.users) insert into out select id from x"), ["out.id < db.users.id"]);
    assert_eq!(edges("insert into out with x as (select * from db.users) select id from x"), ["out.id < db.users.id"]);
}

#[test]
fn an_update_and_a_merge_write_what_they_set() {
    assert_eq!(edges("update tgt t set v = u.name from db.users u where u.id = t.k"), ["tgt.v < db.users.name"]);
    let merge = "merge into tgt using db.users u on tgt.k = u.id when matched then update set v = u.name || tgt.v when not matched then insert (k, v) values (u.id, u.name)";
    assert_eq!(edges(merge), ["tgt.v < db.users.name", "tgt.v < tgt.v", "tgt.k < db.users.id"]);
}

#[test]
fn what_a_statement_creates_is_known_to_the_next() {
    let script = "create temp table t as select id, upper(name) as n from db.users; select * from t";
    assert_eq!(edges(script), ["id < t.id", "n < t.n"]);
    assert_eq!(traced("create view v as select id from db.users; select nope from v")[1].problems.len(), 1);
}

#[test]
fn bodies_are_read_statement_by_statement() {
    let kinds = |sql: &str, dialect: Dialect| {
        let script = trace_script(sql, dialect, &BTreeMap::new());
        let shown = script.statements.iter().map(|one| format!("{} {}", one.kind, one.writes.join(" ")));
        shown.collect::<Vec<_>>()
    };
    let body = "begin insert into tgt (k) select id from db.users; update tgt set v = 'x'; end";
    let expected = ["insert tgt", "update tgt"];
    for sql in [
        format!("create function f() returns void language plpgsql as $$ {body} $$"),
        format!("create or replace procedure p() as $body$ {body} $body$ language plpgsql"),
        format!("do $$ {body} $$"),
        format!("do language plpgsql $$ {body} $$"),
    ] {
        assert_eq!(kinds(&sql, Dialect::Postgres), expected, "{sql}");
    }
    assert_eq!(kinds(&format!("create procedure p as {body}"), Dialect::SqlServer), expected);
    assert_eq!(kinds(&format!("{body};").replace("tgt", "TGT"), Dialect::BigQuery), expected);
    let place =
        trace_script(&format!("do $$ {body} $$"), Dialect::Postgres, &BTreeMap::new()).statements[0].uses[0].span;
    assert_eq!((place.line, place.column), (1, 40));
}

#[test]
fn every_use_is_told_with_its_clause_and_place_in_the_script() {
    let statements = traced("select 1;\ndelete from tgt using db.users u\n where u.id = tgt.k and u.active");
    let uses: Vec<String> = statements[1]
        .uses
        .iter()
        .map(|one| format!("{}:{} {} {}.{}", one.span.line, one.span.column, one.clause, one.relation, one.column))
        .collect();
    assert_eq!(uses, ["3:10 where db.users.id", "3:19 where tgt.k", "3:27 where db.users.active"]);
}

#[test]
fn unknown_columns_are_a_star_and_a_broken_statement_costs_itself_alone() {
    assert_eq!(edges("select * from elsewhere"), ["* < elsewhere.*"]);
    let statements = traced("select id from db.users; select (; select name from db.users");
    let kinds: Vec<&str> = statements.iter().map(|statement| statement.kind).collect();
    assert_eq!(kinds, ["select", "unparsed", "select"]);
    assert_eq!(statements[1].problems[0].line, 1);
}

#[test]
fn the_json_is_the_contract() {
    let statements = traced("select max(id) from db.users u where name = 'a'");
    let found = serde_json::to_value(&statements).expect("JSON");
    assert_eq!(
        found,
        json!([{
            "index": 0,
            "kind": "select",
            "reads": ["db.users"],
            "writes": [],
            "columns": [{"from": {"relation": "db.users", "column": "id"}, "to": {"relation": null, "column": "max(id)"}, "use": "value", "made": "aggregated"}],
            "outputs": [{"relation": null, "column": "max(id)", "made": "aggregated"}],
            "uses": [
                {"relation": "db.users", "column": "id", "clause": "select", "span": {"line": 1, "column": 12, "end_line": 1, "end_column": 14}},
                {"relation": "db.users", "column": "name", "clause": "where", "span": {"line": 1, "column": 38, "end_line": 1, "end_column": 42}},
            ],
            "problems": [],
        }])
    );
}
