//! What templates come to, from the outside: small projects in, SQL or refusals out.

use super::{
    Data, InMacro, Incremental, MacroTemplate, ModelTemplate, Project, Refusal, Relation, RelationPlace, Rendered,
    Templates, Why, render,
};

/// A project with the macros of `package.name` and a model of this text.
fn project(macros: &[(&str, &str, &str)], raw: &str) -> Templates {
    let relation = |name: &str, source: Option<&str>| Relation {
        unique_id: source.map_or(format!("model.shop.{name}"), |source| format!("source.shop.{source}.{name}")),
        package: "shop".into(),
        name: name.into(),
        source: source.map(str::to_owned),
        place: RelationPlace {
            relation_name: Some(format!("\"db\".\"dev\".\"{name}\"")),
            database: Some("db".into()),
            schema: Some("dev".into()),
            identifier: Some(name.into()),
            quoted: None,
        },
        ..Relation::default()
    };
    let mut inner = relation("inner", None);
    inner.ephemeral = true;
    inner.place.relation_name = None;
    Templates {
        project: Project { name: "shop".into(), adapter_type: "postgres".into(), ..Project::default() },
        macros: macros
            .iter()
            .map(|(package, name, sql)| MacroTemplate {
                unique_id: format!("macro.{package}.{name}"),
                package: (*package).to_owned(),
                name: (*name).to_owned(),
                sql: (*sql).to_owned(),
            })
            .collect(),
        relations: vec![relation("orders", None), relation("raw_orders", Some("app")), inner, relation("m", None)],
        models: vec![model("m", raw), model("inner", "select 1 as id")],
    }
}

fn model(name: &str, raw: &str) -> ModelTemplate {
    ModelTemplate {
        unique_id: format!("model.shop.{name}"),
        package: "shop".into(),
        name: name.into(),
        resource_type: "model".into(),
        raw_code: raw.into(),
        config: Data::Map(vec![("materialized".into(), Data::Text("incremental".into()))]),
        this: Some(RelationPlace {
            relation_name: Some(format!("\"db\".\"dev\".\"{name}\"")),
            ..RelationPlace::default()
        }),
        ..ModelTemplate::default()
    }
}

fn first(templates: &Templates) -> Result<Rendered, Refusal> {
    render(templates).remove(0).result
}

pub(super) fn with(macros: &[(&str, &str, &str)], raw: &str) -> Result<Rendered, Refusal> {
    first(&project(macros, raw))
}

pub(super) fn sql(raw: &str) -> String {
    with(&[], raw).unwrap_or_else(|refusal| panic!("{raw}: {refusal:?}")).sql
}

fn why(raw: &str) -> Why {
    match with(&[], raw) {
        Ok(rendered) => panic!("{raw}: {rendered:?}"),
        Err(refusal) => refusal.why,
    }
}

#[test]
fn references_print_as_the_names_of_their_relations() {
    assert_eq!(
        sql(
            "select * from {{ ref('orders') }} join {{ source('app', 'raw_orders') }} using (id) where {{ this }} is null"
        ),
        "select * from \"db\".\"dev\".\"orders\" join \"db\".\"dev\".\"raw_orders\" using (id) where \"db\".\"dev\".\"m\" is null"
    );
    assert_eq!(sql("{{ ref('shop', 'orders').include(database=false) }}"), "\"dev\".\"orders\"");
    assert_eq!(why("{{ ref('nowhere') }}"), Why::Undefined);
}

#[test]
fn lists_and_dictionaries_change_in_place() {
    assert_eq!(sql("{% set a = [1] %}{% set b = a %}{% do b.append('x') %}{{ a }}"), "[1, 'x']");
    assert_eq!(
        sql(
            "{% set d = {'a': 1} %}{% do d.update({'b': none}) %}{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}"
        ),
        "a=1;b=None;"
    );
    assert_eq!(sql("{% set l = [] %}{% do l.append(l) %}{{ l | length }}"), "1");
}

#[test]
fn names_have_jinjas_scopes() {
    assert_eq!(sql("{% set x = 1 %}{% for i in [1, 2] %}{% set x = 5 %}{% endfor %}{{ x }}"), "1");
    assert_eq!(sql("{% if true %}{% set x = 1 %}{% endif %}{{ x }}"), "1");
    assert_eq!(
        sql("{% set ns = namespace(n=0) %}{% for i in range(4) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}"),
        "6"
    );
    assert_eq!(sql("{% set x = 1 %}{% macro m() %}{{ x }}{% endmacro %}{% set x = 2 %}{{ m() }}"), "2");
}

#[test]
fn loops_know_where_they_are() {
    let raw = "{% for c in ['a', 'b', 'c'] if c != 'b' %}{{ loop.index }}{{ c }}{{ ', ' if not loop.last }}{% else %}none{% endfor %}";
    assert_eq!(sql(raw), "1a, 2c");
    assert_eq!(sql("{% for x in [] %}{% else %}none{% endfor %}"), "none");
    assert_eq!(
        sql(
            "{% for x in range(9) %}{% if x == 2 %}{% continue %}{% elif x > 3 %}{% break %}{% endif %}{{ x }}{% endfor %}"
        ),
        "013"
    );
}

#[test]
fn values_print_as_in_python() {
    assert_eq!(
        sql("{{ true }} {{ none }} {{ 1.0 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 10 }}"),
        "True None 1.0 3 -4 2 3.5 1024"
    );
    assert_eq!(
        sql("{{ ('a',) }} {{ [true, \"it's\"] }} {{ {'a': 1.5} }} {{ 'x' ~ 1 ~ true }}"),
        "('a',) [True, \"it's\"] {'a': 1.5} x1True"
    );
    assert_eq!(
        sql("{{ 'abc'[1:] }} {{ [1, 2, 3][::-1] }} {{ 'a,b'.split(',') | join('-') | upper }}"),
        "bc [3, 2, 1] A-B"
    );
    assert_eq!(sql("{{ '%s = %d' % ('a', 3) }} {{ '{0}-{b:03d}'.format('x', b=7) }} {{ '{{' }}"), "a = 3 x-007 {{");
}

#[test]
fn filters_and_tests_work_on_lists_of_relations_and_dictionaries() {
    let raw = "{% set rows = [{'n': 'b', 'k': 1}, {'n': 'a', 'k': 2}] %}\
        {{ rows | map(attribute='n') | join(',') }} {{ rows | selectattr('k', 'gt', 1) | map(attribute='n') | list }} \
        {{ rows | sort(attribute='n') | map(attribute='k') | list }} {{ ['B', 'a', 'b'] | unique | list }} {{ [3, 1] | max }}";
    assert_eq!(sql(raw), "b,a ['a'] [2, 1] ['B', 'a'] 3");
    assert_eq!(
        sql("{{ ref('orders') is mapping }} {{ x is defined }} {{ 'a' in 'cat' }} {{ 1 is not none }}"),
        "True False True True"
    );
}

#[test]
fn a_macro_returns_a_value_of_any_type() {
    let macros = [
        (
            "shop",
            "columns",
            "{% macro columns(more=[]) %}text that nobody sees{{ return(['a', 'b'] + more) }}{% endmacro %}",
        ),
        ("shop", "first", "{% macro first() %}{% for c in columns() %}{% do return(c) %}{% endfor %}{% endmacro %}"),
    ];
    let rendered = with(&macros, "{% for c in columns(['c']) %}{{ c }};{% endfor %}{{ first() }}").expect("renders");
    assert_eq!(rendered.sql, "a;b;c;a");
}

#[test]
fn macros_take_defaults_names_and_what_is_left_over() {
    let macros = [
        ("shop", "m", "{% macro m(a, b=a ~ '!', c='z') %}{{ a }}{{ b }}{{ c }}{% endmacro %}"),
        ("shop", "rest", "{% macro rest(a) %}{{ varargs | join('+') }}{{ kwargs }}{% endmacro %}"),
        ("shop", "wrap", "{% macro wrap(tag) %}<{{ tag }}>{{ caller('x') }}</{{ tag }}>{% endmacro %}"),
    ];
    let raw = "{{ m(1) }} {{ m(1, c=2) }} {{ rest(1, 2, 3, k='v') }} {% call(y) wrap('b') %}{{ y }}{% endcall %}";
    assert_eq!(with(&macros, raw).expect("renders").sql, "11!z 11!2 2+3{'k': 'v'} <b>x</b>");
    assert_eq!(with(&macros, "{{ m(1, 2, 3, 4) }}").expect_err("too many").why, Why::Failed);
}

#[test]
fn dispatch_takes_the_projects_macro_then_the_adapters_then_the_default() {
    let mut macros = vec![
        ("utils", "now", "{% macro now() %}{{ adapter.dispatch('now', 'utils')() }}{% endmacro %}"),
        ("utils", "default__now", "{% macro default__now() %}default{% endmacro %}"),
    ];
    assert_eq!(with(&macros, "{{ utils.now() }}").expect("renders").sql, "default");
    macros.push(("utils", "postgres__now", "{% macro postgres__now() %}postgres{% endmacro %}"));
    assert_eq!(with(&macros, "{{ utils.now() }}").expect("renders").sql, "postgres");
    macros.push(("shop", "default__now", "{% macro default__now() %}ours{% endmacro %}"));
    assert_eq!(with(&macros, "{{ utils.now() }}").expect("renders").sql, "ours");
    let mut templates = project(&macros, "{{ utils.now() }}");
    templates.project.dispatch = vec![("utils".into(), vec!["utils".into()])];
    assert_eq!(first(&templates).expect("renders").sql, "postgres");
}

#[test]
fn a_projects_macro_takes_the_place_of_dbts_function() {
    let macros = [(
        "shop",
        "ref",
        "{% macro ref(name) %}{% do return(builtins.ref(name).include(database=false)) %}{% endmacro %}",
    )];
    assert_eq!(with(&macros, "{{ ref('orders') }}").expect("renders").sql, "\"dev\".\"orders\"");
}

#[test]
fn an_incremental_model_has_two_texts() {
    let macros =
        [("dbt", "is_incremental", "{% macro is_incremental() %}{% do return(load_relation(this)) %}{% endmacro %}")];
    let raw = "select 1{% if is_incremental() %} where at > (select max(at) from {{ this }}){% endif %}";
    let rendered = with(&macros, raw).expect("renders");
    assert_eq!(rendered.sql, "select 1");
    assert_eq!(
        rendered.incremental,
        Some(Incremental::Sql("select 1 where at > (select max(at) from \"db\".\"dev\".\"m\")".into()))
    );
    assert_eq!(with(&macros, "select {{ is_incremental() is defined }}").expect("renders").incremental, None);
    assert!(with(&[], raw).expect("renders without dbt's macros").incremental.is_some());
}

#[test]
fn an_ephemeral_model_comes_along_as_a_cte() {
    let rendered = with(&[], "with a as (select 2) select * from {{ ref('inner') }}, a").expect("renders");
    assert_eq!(
        rendered.sql.split_whitespace().collect::<Vec<_>>().join(" "),
        "with __dbt__cte__inner as ( select 1 as id ), a as (select 2) select * from __dbt__cte__inner, a"
    );
}

#[test]
fn a_default_is_taken_and_said_and_one_that_reads_other_relations_is_refused() {
    let raw = "{% if var('all', false) %}{{ ref('orders') }}{% endif %}select {{ env_var('X', 'y') }}";
    let mut templates = project(&[], raw);
    let rendered = first(&templates).expect("renders");
    assert_eq!(rendered.sql, "select y");
    assert_eq!(
        rendered.assumed,
        ["the environment variable 'X' has its default", "the variable 'all' has its default"]
    );

    templates.models[0].depends_on = vec!["model.shop.orders".into()];
    assert_eq!(first(&templates).expect_err("the project says otherwise").why, Why::NotInManifest);
    templates.project.vars = vec![("all".into(), Data::Bool(true))];
    assert_eq!(first(&templates).expect("renders").sql, "\"db\".\"dev\".\"orders\"select y");
}

#[test]
fn a_variable_may_be_a_template() {
    let mut templates = project(&[], "select * from {{ var('orders') }}");
    assert_eq!(first(&templates).expect_err("no default").why, Why::NotInManifest);
    templates.project.vars = vec![("orders".into(), Data::Text("{{ source('app', 'raw_orders') }}".into()))];
    assert_eq!(first(&templates).expect("renders").sql, "select * from \"db\".\"dev\".\"raw_orders\"");

    templates.project.vars = vec![("orders".into(), Data::Text("{{ '\\d' ~ nowhere }}".into()))];
    let refusal = first(&templates).expect_err("undefined");
    assert_eq!((refusal.why, refusal.line, refusal.column), (Why::Undefined, 1, 18));
}

#[test]
fn what_the_database_says_may_be_held_but_not_used() {
    assert_eq!(
        sql("{% set columns = adapter.get_columns_in_relation(this) %}{% do log(columns) %}select 1"),
        "select 1"
    );
    let refusal =
        with(&[], "select\n{% set rows = load_result('x').table.rows %}\n{% for row in rows %}{{ row }}{% endfor %}");
    let refusal = refusal.expect_err("it asks the database");
    assert_eq!((refusal.why, refusal.line, refusal.column), (Why::Database, 2, 15));
    assert_eq!(refusal.message, "'load_result' asks the database");
}

#[test]
fn a_refusal_names_the_call_and_the_place_in_the_macro() {
    let macros = [
        ("shop", "outer", "{% macro outer() %}\n{{ inner() }}\n{% endmacro %}"),
        ("shop", "inner", "{% macro inner() %}\n  {{ nothing }}\n{% endmacro %}"),
    ];
    let refusal = with(&macros, "select\n  {{ outer() }}").expect_err("undefined");
    assert_eq!((refusal.why, refusal.message.as_str()), (Why::Undefined, "'nothing' is not defined"));
    assert_eq!((refusal.line, refusal.column), (2, 6));
    assert_eq!(refusal.inside, Some(InMacro { unique_id: "macro.shop.inner".into(), line: 2, column: 3 }));
}

#[test]
fn what_is_not_defined_is_refused_and_never_printed_as_nothing() {
    for raw in [
        "{{ x }}",
        "{{ x() }}",
        "{{ x ~ 'a' }}",
        "{{ {}.a }}",
        "{{ [].b.c }}",
        "{{ x | upper }}",
        "{{ [1][3] }}",
        "{% for a in x %}{% endfor %}",
    ] {
        assert_eq!(why(raw), Why::Undefined, "{raw}");
    }
    assert_eq!(sql("{{ 'a' if x }}{{ x | default('d') }}{{ x is defined }}"), "dFalse");
}

#[test]
fn a_projects_own_error_is_its_message() {
    let refusal = with(&[], "{{ exceptions.raise_compiler_error('no such  thing: ' ~ 3) }}").expect_err("raised");
    assert_eq!((refusal.why, refusal.message.as_str()), (Why::Raised, "no such thing: 3"));
}

#[test]
fn a_generic_test_renders_with_its_arguments() {
    let macros = [(
        "dbt",
        "test_accepted",
        "{% test accepted(model, column_name, values) %}\nselect {{ column_name }} from {{ model }} where x in ({{ values | join(',') }})\n{% endtest %}",
    )];
    let mut templates =
        project(&macros, "{{ test_accepted(**_dbt_generic_test_kwargs) }}{{ config(severity='warn') }}");
    templates.models[0].test_kwargs = Some(Data::Map(vec![
        ("model".into(), Data::Text("{{ ref('orders') }}".into())),
        ("column_name".into(), Data::Text("status".into())),
        ("values".into(), Data::List(vec![Data::Text("'a'".into()), Data::Int(3)])),
    ]));
    assert_eq!(
        first(&templates).expect("renders").sql.trim(),
        "select status from \"db\".\"dev\".\"orders\" where x in ('a',3)"
    );
}

#[test]
fn a_snapshots_block_is_taken_off_and_places_stay() {
    assert_eq!(sql("{% snapshot s %}\nselect 1\n{% endsnapshot %}").trim(), "select 1");
    let refusal = with(&[], "{% snapshot s %}\n select {{ x }}\n{% endsnapshot %}").expect_err("undefined");
    assert_eq!((refusal.line, refusal.column), (2, 9));
}

#[test]
fn dates_are_reckoned_from_the_run_of_the_manifest() {
    let raw = "{{ (run_started_at - modules.datetime.timedelta(days=1)).strftime('%Y-%m-%d') }}";
    let mut templates = project(&[], raw);
    assert_eq!(first(&templates).expect_err("no time").why, Why::NotInManifest);
    templates.project.run_started_at = Some("2024-03-01T08:00:00.5Z".into());
    assert_eq!(first(&templates).expect("renders").sql, "2024-02-29");
}

#[test]
fn plain_data_goes_there_and_back() {
    let templates = project(&[("shop", "a", "{% macro a() %}1{% endmacro %}")], "{{ a() }}{{ x }}");
    let json = serde_json::to_string(&templates).expect("JSON");
    let back: Templates = serde_json::from_str(&json).expect("JSON");
    assert_eq!(back, templates);
    let rendered = render(&back);
    let json = serde_json::to_string(&rendered).expect("JSON");
    assert_eq!(serde_json::from_str::<Vec<super::Rendering>>(&json).expect("JSON"), rendered);
}
