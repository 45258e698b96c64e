use super::*;

/// Relations `a (id, x, y)`, `b (id, x, z)` and `s.wide (k, v)` are known; `open` is there with columns nobody told of.
fn lookup(dialect: Dialect) -> impl Fn(&RelationName) -> Option<Known> {
    move |name| {
        let columns: &[&str] = match name.name().to_lowercase().as_str() {
            "a" => &["id", "x", "y"],
            "b" => &["id", "x", "z"],
            "wide" => &["k", "v"],
            "gone" => return Some(Known { exists: false, ..Known::default() }),
            _ => return None,
        };
        let columns = columns.iter().map(|name| ((*name).into(), dialect.fold(name, false).into())).collect();
        Some(Known { exists: true, columns, complete: true, ..Known::default() })
    }
}

fn traced(sql: &str, dialect: Dialect) -> Lineage {
    let parsed = Parsed::new(sql, dialect).unwrap_or_else(|problem| panic!("{sql:.80}: {}", problem.message));
    parsed.trace(&lookup(dialect))
}

/// `out = a.x a.y; …` and, if there are more that nobody knows, `…`.
fn outputs(sql: &str) -> String {
    outputs_in(sql, Dialect::Postgres)
}

fn outputs_in(sql: &str, dialect: Dialect) -> String {
    let lineage = traced(sql, dialect);
    let mut columns: Vec<String> = lineage
        .outputs
        .iter()
        .map(|output| {
            let sources: Vec<String> =
                output.sources.iter().map(|source| format!("{}.{}", source.relation.name(), source.column)).collect();
            format!("{} = {}", output.name, sources.join(" "))
        })
        .collect();
    columns.extend(lineage.open.then(|| "…".to_owned()));
    columns.join("; ")
}

/// `where a.x, join b.id`: clause and what it stands for, in order of the text.
fn uses(sql: &str) -> String {
    let lineage = traced(sql, Dialect::Postgres);
    let shown = lineage.uses.iter().map(|one| {
        let sources: Vec<String> =
            one.sources.iter().map(|source| format!("{}.{}", source.relation.name(), source.column)).collect();
        assert_eq!(one.span.of(sql).trim_matches('"').to_lowercase(), one.name.to_lowercase(), "the span is the name");
        format!("{} {}", one.clause.word(), sources.join("+"))
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn problems(sql: &str) -> Vec<ProblemKind> {
    traced(sql, Dialect::Postgres).problems.into_iter().map(|problem| problem.kind).collect()
}

#[test]
fn outputs_are_followed_through_ctes_subqueries_and_stars() {
    assert_eq!(outputs("with c as (select id, x as renamed from a) select * from c"), "id = a.id; renamed = a.x");
    assert_eq!(outputs("select q.n from (select x || y as n from a) q"), "n = a.x a.y");
    assert_eq!(outputs("with c (p, q, r) as (select * from a) select q from c"), "q = a.x");
    assert_eq!(outputs("with a as (select z from b) select * from a"), "z = b.z");
    assert_eq!(outputs("select a.*, z from a join b on a.id = b.id"), "id = a.id; x = a.x; y = a.y; z = b.z");
}

#[test]
fn recursive_queries_read_their_own_first_part() {
    let sql = "with recursive t as (select id, x from a union all select b.id, t.x from b join t on t.id = b.id) select x from t";
    assert_eq!(outputs(sql), "x = a.x");
    assert!(problems(sql).is_empty());
}

#[test]
fn using_and_natural_make_one_column_of_two() {
    assert_eq!(outputs("select * from a join b using (id)"), "id = a.id b.id; x = a.x; y = a.y; x = b.x; z = b.z");
    assert_eq!(outputs("select id, y, z from a natural join b"), "id = a.id b.id; y = a.y; z = b.z");
    assert!(problems("select id from a join b using (id)").is_empty());
}

#[test]
fn set_operations_unite_by_position_or_by_name() {
    assert_eq!(outputs("select id, x from a union all select z, id from b"), "id = a.id b.z; x = a.x b.id");
    assert_eq!(
        outputs_in("select id, x from a union all by name select x, z from b", Dialect::DuckDb),
        "id = a.id; x = a.x b.x; z = b.z"
    );
    assert_eq!(
        problems("select id from a union all select id, x from b"),
        [ProblemKind::UnequalSides { left: 1, right: 2 }]
    );
}

#[test]
fn stars_take_away_replace_and_rename() {
    assert_eq!(outputs_in("select * except (x) from a", Dialect::BigQuery), "id = a.id; y = a.y");
    assert_eq!(outputs_in("select * exclude (x) from a", Dialect::DuckDb), "id = a.id; y = a.y");
    assert_eq!(outputs_in("select * replace (y as x) from a", Dialect::DuckDb), "id = a.id; x = a.y; y = a.y");
    assert_eq!(outputs_in("select * rename (x as w) from a", Dialect::Snowflake), "id = A.ID; w = A.X; y = A.Y");
}

#[test]
fn every_clause_is_told() {
    let sql = "select count(*) over (partition by y order by id) from a join b on a.id = b.id where b.z > 1 group by a.y, a.id having max(a.x) > 0 order by y limit 3";
    assert_eq!(
        uses(sql),
        "window a.y, window a.id, join a.id, join b.id, where b.z, group a.y, group a.id, having a.x, order a.y"
    );
}

#[test]
fn names_in_subqueries_reach_outward_only_where_nothing_nearer_fits() {
    assert_eq!(
        uses("select id from a where exists (select 1 from b where z = y)"),
        "select a.id, where b.z, where a.y"
    );
    let lineage = traced("select id from a where id in (select y from b)", Dialect::Postgres);
    let found = lineage.uses.iter().find(|one| one.name == "y").expect("the name");
    assert_eq!(found.outward, 1);
}

#[test]
fn aliases_come_before_columns_in_order_by_and_after_them_in_group_by() {
    assert_eq!(uses("select y as x from a order by x"), "select a.y, order a.y");
    assert_eq!(uses("select y as x from a group by x"), "select a.y, group a.x");
    assert_eq!(uses("select y as n from a group by n"), "select a.y, group a.y");
}

#[test]
fn lateral_aliases_exist_where_the_dialect_has_them() {
    assert_eq!(outputs_in("select x as p, p || y as q from a", Dialect::DuckDb), "p = a.x; q = a.x a.y");
    assert_eq!(problems("select x as p, p || y as q from a"), [ProblemKind::MissingColumn { name: "p".to_owned() }]);
}

#[test]
fn literals_that_a_column_is_compared_with_are_told() {
    let compared = |sql: &str| {
        traced(sql, Dialect::Postgres).uses.iter().map(|one| Some(one.compared.clone()?.literals)).collect::<Vec<_>>()
    };
    let list = |values: &[&str]| Some(values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>());
    assert_eq!(compared("select 1 from a where x = 'p' and y <> x"), [list(&["p"]), None, None]);
    assert_eq!(compared("select case x when 'p' then 1 when 'q' then 2 end from a"), [list(&["p", "q"])]);
    assert_eq!(compared("select sum(case when x in ('p', 'q') then 1 end) from a"), [list(&["p", "q"])]);
    assert_eq!(compared("select x is distinct from 'p' from a"), [list(&["p"])]);
}

#[test]
fn how_a_value_is_made_is_told() {
    let how = |sql: &str| traced(sql, Dialect::Postgres).outputs[0].sources[0].how;
    assert_eq!(how("select x from (select x from a) q"), How::Unchanged);
    assert_eq!(how("select x::int as n from a"), How::Cast);
    assert_eq!(how("select case when x = 'p' then 1 end from a"), How::Conditional);
    assert_eq!(how("select upper(x) from a"), How::Computed);
    assert_eq!(how("select sum(n) from (select x::int as n from a) q"), How::Aggregated);
}

#[test]
fn date_parts_functions_without_parentheses_and_parameters_are_no_columns() {
    for (sql, dialect) in [
        ("select date_trunc(month, x), datediff(day, x, y), dateadd(hour, 1, x) from a", Dialect::Snowflake),
        ("select extract(year from x), current_date, current_timestamp from a", Dialect::Postgres),
        ("select list_transform([1], v -> v + 1) from a", Dialect::DuckDb),
        (
            "select transform(sequence(1, 2), v -> v.f + v.g), reduce(x, 0, (s, v) -> s + v, s -> s) from a",
            Dialect::Trino,
        ),
        ("select timestamp_diff(x, y, day), last_day(x, month) from a", Dialect::BigQuery),
        ("select interval '1' day + x from a", Dialect::Trino),
        ("select t from a t", Dialect::Postgres),
        ("select g from generate_series(1, 3) g", Dialect::Postgres),
        ("select item from a, unnest(x) as item", Dialect::BigQuery),
        ("select e from wide lateral view explode(v) t as e", Dialect::Databricks),
        ("select f.value from a, lateral flatten(input => x) f", Dialect::Snowflake),
    ] {
        assert_eq!(traced(sql, dialect).problems, [], "{sql}");
    }
}

#[test]
fn quoted_names_keep_their_case_where_the_engine_does() {
    assert_eq!(problems("select \"X\" from a"), [ProblemKind::MissingColumn { name: "X".to_owned() }]);
    assert!(problems("select X from A").is_empty());
    assert_eq!(traced("select \"x\" from a", Dialect::DuckDb).problems, []);
    assert_eq!(traced("select \"x\" from a", Dialect::Snowflake).problems.len(), 1);
}

#[test]
fn what_is_not_there_is_told_with_its_kind() {
    assert_eq!(problems("select nope from a"), [ProblemKind::MissingColumn { name: "nope".to_owned() }]);
    assert_eq!(problems("select a.nope from a"), [ProblemKind::MissingColumn { name: "nope".to_owned() }]);
    assert_eq!(problems("select t.x from a"), [ProblemKind::UnknownQualifier { name: "t".to_owned() }]);
    let relations = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(problems("select x from a, b"), [ProblemKind::AmbiguousColumn { name: "x".to_owned(), relations }]);
    let relation = RelationName::parse("s.gone", Dialect::Postgres);
    assert_eq!(problems("select x from s.gone"), [ProblemKind::MissingRelation { relation }]);
}

#[test]
fn a_relation_nobody_told_of_may_have_any_column() {
    assert_eq!(outputs("select p, q from open"), "p = open.p; q = open.q");
    assert_eq!(outputs("select * from open"), "…");
    assert_eq!(outputs("with c as (select * from open) select p from c"), "p = open.p");
    assert_eq!(outputs("select x, p from a join open on true"), "x = a.x; p = open.p");
}

#[test]
fn a_column_known_to_be_lost_is_missing_even_where_the_rest_is_not_known() {
    let lookup = |_: &RelationName| Some(Known { exists: true, lost: vec!["p".to_owned()], ..Known::default() });
    let parsed = Parsed::new("with c as (select * from t) select p, q from c", Dialect::Postgres).expect("it parses");
    let kinds: Vec<ProblemKind> = parsed.trace(&lookup).problems.into_iter().map(|problem| problem.kind).collect();
    assert_eq!(kinds, [ProblemKind::MissingColumn { name: "p".to_owned() }]);
}

#[test]
fn fields_of_structs_belong_to_their_column() {
    assert_eq!(outputs_in("select x.deep.er as f from a", Dialect::BigQuery), "f = a.x");
    assert_eq!(outputs_in("select x:deep.er::string as f from a", Dialect::Snowflake), "f = A.X");
    assert_eq!(outputs_in("select a.x['k'] as f from a", Dialect::DuckDb), "f = a.x");
}

#[test]
fn long_chains_and_many_unions_need_no_stack() {
    let chain = format!("select {} as n from a", vec!["x"; 900].join(" || "));
    assert_eq!(outputs(&chain), "n = a.x");
    let conditions = format!("select id from a where {}", vec!["x = 'p'"; 900].join(" or "));
    assert_eq!(traced(&conditions, Dialect::Postgres).uses.len(), 901);
    let unions = vec!["select x from a"; 900].join(" union all ");
    assert_eq!(outputs(&unions), "x = a.x");
}
