//! Templates that mean harm, and templates put together at random: none panics, none goes on forever.

use proptest::prelude::*;

use super::Why;
use super::tests::with;

#[test]
fn hostile_templates_end_in_a_refusal() {
    let macros = [
        ("shop", "a", "{% macro a() %}{{ b() }}{% endmacro %}"),
        ("shop", "b", "{% macro b() %}{{ a() }}{% endmacro %}"),
        (
            "shop",
            "twice",
            "{% macro twice(n) %}{% if n %}{{ twice(n - 1) }}{{ twice(n - 1) }}{% endif %}{% endmacro %}",
        ),
    ];
    let doubling = format!("{{% set x = 'a' %}}{}{{{{ x }}}}", "{% set x = x ~ x %}".repeat(60));
    let nested = format!("{{% set x = [1] %}}{}{{{{ x }}}}", "{% set x = [x, x] %}".repeat(60));
    let deep = |open: &str, close: &str| format!("{{{{ {}1{} }}}}", open.repeat(20_000), close.repeat(20_000));
    let blocks = format!("{}{}", "{% if 1 %}".repeat(20_000), "{% endif %}".repeat(20_000));
    let elifs = format!("{{% if 0 %}}{}{{% endif %}}", "{% elif 0 %}".repeat(20_000));
    let cases = [
        "{% for i in range(10**9) %}{% endfor %}",
        "{% for i in range(3000) %}{% for j in range(3000) %}{% endfor %}{% endfor %}",
        "{{ 'a' * 10**9 }}",
        "{{ [0] * 10**9 }}",
        "{{ [[]] * 10**9 }}",
        "{{ 'ab' | replace('', 'c' * 10**7) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '{:>999999999}'.format(1) }}",
        "{{ '1'.zfill(10**9) }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ a() }}",
        "{{ twice(60) }}",
        "{% set l = [] %}{% for i in range(10**6) %}{% do l.append(l) %}{% endfor %}{{ l }}",
        "{% set ns = namespace(x=[]) %}{% for i in range(10**6) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        &doubling,
        &nested,
        &deep("(", ")"),
        &deep("[", "]"),
        &deep("not ", ""),
        &deep("-", ""),
        &deep("1 + ", ""),
        &deep("'' ~ ", ""),
        &deep("x if y else ", ""),
        &blocks,
        &elifs,
        "{{ 'a'",
        "{% if %}",
        "{% endif %}",
        "{{ self.x() }}",
        "{% include 'x' %}",
    ];
    for raw in cases {
        let refusal = with(&macros, raw).expect_err(&raw[..raw.len().min(60)]);
        assert!(
            matches!(refusal.why, Why::TooMuch | Why::Syntax | Why::Unsupported | Why::Failed | Why::Undefined),
            "{}: {refusal:?}",
            &raw[..raw.len().min(60)]
        );
    }
}

/// Pieces of templates, so that what is put together at random often reads.
fn piece() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("x"),
        Just("1"),
        Just("-1"),
        Just("'a{}%s'"),
        Just("[1, 'b', [2]]"),
        Just("{'a': 1, 2: none}"),
        Just("none"),
        Just("true"),
        Just("ref('orders')"),
        Just("this"),
        Just("range(5)"),
        Just("namespace(a=1)"),
        Just("adapter.x()"),
        Just("loop"),
        Just("1.5"),
        Just("var('v', 'w')"),
        Just("(1, 2)"),
        Just("set([1])"),
        Just("model"),
        Just("config"),
        Just("target.schema"),
        Just("m"),
    ];
    let after = prop_oneof![
        Just(""),
        Just(" | list"),
        Just(" | length"),
        Just(" | join(',')"),
        Just(" | sort"),
        Just(" | map('upper')"),
        Just(" | tojson"),
        Just(" | int"),
        Just(" | round(2)"),
        Just(" | first"),
        Just(" | unique"),
        Just("[0]"),
        Just("[-9]"),
        Just("[1:]"),
        Just("[::-2]"),
        Just(".items()"),
        Just(".append(x)"),
        Just(".get('a')"),
        Just(".a"),
        Just("()"),
        Just(".split('a')"),
        Just(".format(1)"),
        Just(" is mapping"),
        Just(" + x"),
        Just(" ~ x"),
        Just(" % 2"),
        Just(" * 3"),
        Just(" // 0"),
        Just(" in x"),
        Just(" < 2"),
        Just(" if x else 1"),
        Just(" and x"),
        Just(".pop()"),
        Just(".update(x)"),
        Just(" | indent"),
        Just(" | default('')"),
    ];
    (value, after.clone(), after, 0..8_u8).prop_map(|(value, first, second, shape)| {
        let e = format!("{value}{first}{second}");
        match shape {
            0 => format!("{{% set x = {e} %}}"),
            1 => format!("{{% if {e} %}}a{{% endif %}}"),
            2 => format!("{{% for x in {e} %}}{{{{ x }}}}{{% endfor %}}"),
            3 => format!("{{% do [].append({e}) %}}"),
            4 => format!("{{% macro m(a={e}) %}}{{{{ a }}}}{{% endmacro %}}"),
            5 => format!("{{% set x %}}{{{{ {e} }}}}{{% endset %}}"),
            _ => format!("{{{{ {e} }}}}"),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_template_panics(pieces in prop::collection::vec(piece(), 1..6)) {
        let _ = with(&[], &pieces.concat());
    }

    #[test]
    fn no_text_panics(raw in "[{}%#a-c('\\[\\])|~.\\-+ \\n:é\"]{0,60}", sql in "[{}% a-m()]{0,40}") {
        let _ = with(&[("shop", "a", &sql)], &raw);
        let _ = with(&[("shop", "a", &sql)], "{{ a() }}");
    }
}
