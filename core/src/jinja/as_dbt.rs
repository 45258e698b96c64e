//! What dbt 1.11 itself printed for these templates, one by one.
#![allow(clippy::needless_raw_string_hashes, reason = "templates hold quotes of either kind")]

use super::tests::sql;

const ROWS: &str = "{% set rows = [{'n': 'b', 'k': 2, 'on': true}, {'n': 'a', 'k': 1, 'on': false}, {'n': 'B', 'k': 3, 'on': true}] %}";

const PRINTED: &[(&str, &str)] = &[
    (
        r##"{{ 10 // 3 }} {{ -10 // 3 }} {{ 10 % 3 }} {{ -10 % 3 }} {{ 7 / 2 }} {{ 6 / 2 }} {{ 2 ** 8 }} {{ 1e20 }} {{ 0.1 + 0.2 }} {{ 1.0 }} {{ 100000000000000000.0 }}"##,
        r##"3 -4 1 2 3.5 3.0 256 1e+20 0.30000000000000004 1.0 1e+17"##,
    ),
    (
        r##"{{ true }} {{ none }} {{ [true, none, 1.5, 'a\'b', "c\"d", 'e\nf', ('t',)] }} {{ {'k': [1, {'n': none}]} }}"##,
        r##"True None [True, None, 1.5, "a'b", 'c"d', 'e\nf', ('t',)] {'k': [1, {'n': None}]}"##,
    ),
    (
        r##"{{ 'a' 'b' }} {{ 'abc' * 2 }} {{ 'x' in 'xyz' }} {{ 1 < 2 < 3 }} {{ 3 not in [1, 2] }} {{ not true or false and true }}"##,
        r##"ab abcabc True True True False"##,
    ),
    (
        r##"{{ "%s-%d-%05d-%.2f" | format('a', 3, 42, 1.005) }} {{ '{}/{1}'.replace('1','') }} {{ '{0}{1}{0}'.format('a', 'b') }} {{ '{:>5}|'.format('a') if false else 'n' }}"##,
        r##"a-3-00042-1.00 {}/{} aba n"##,
    ),
    (
        r##"{{ rows | map(attribute='n') | list }} {{ rows | selectattr('on') | map(attribute='k') | sum }} {{ rows | rejectattr('on') | list | length }}"##,
        r##"['b', 'a', 'B'] 5 1"##,
    ),
    (
        r##"{{ rows | sort(attribute='n') | map(attribute='k') | list }} {{ rows | sort(attribute='k', reverse=true) | map(attribute='k') | join('-') }}"##,
        r##"[1, 2, 3] 3-2-1"##,
    ),
    (
        r##"{{ ['b','A','a','B'] | sort }} {{ ['b','A','a','B'] | unique | list }} {{ [3,1,2] | max }} {{ [3,1,2] | min }} {{ ['a', 'B'] | map('lower') | list }}"##,
        r##"['A', 'a', 'b', 'B'] ['b', 'A'] 3 1 ['a', 'b']"##,
    ),
    (
        r##"{{ 'hello world' | title }} {{ 'HELLO' | capitalize }} {{ '  x ' | trim }} {{ 'abc' | replace('b', 'ZZ') }} {{ 'a,b' .split(',') }} {{ 'abc' | list }}"##,
        r##"Hello World Hello x aZZc ['a', 'b'] ['a', 'b', 'c']"##,
    ),
    (
        r##"{{ 'x' | default('d') }} {{ nope | default('d') }} {{ '' | default('e', true) }} {{ '42' | int + 1 }} {{ '4.7' | float }} {{ 'zz' | int }} {{ 3.7 | int }} {{ 2.675 | round(2) }} {{ 2.5 | round }} {{ -3 | abs }}"##,
        r##"x d e 43 4.7 0 3 2.67 2.0 3"##,
    ),
    (
        r##"{{ [1,2,3] | first }} {{ [1,2,3] | last }} {{ [1,2,3] | reverse | list }} {{ 'abc' | reverse }} {{ [[1,2],[3]] | sum(start=[]) }}"##,
        r##"1 3 [3, 2, 1] cba [1, 2, 3]"##,
    ),
    (
        r##"{{ tojson({'b': 1, 'a': [true, none, 'é"']}) }} {{ tojson({'b': 1, 'a': 2}, sort_keys=true) }} {{ {'b': 1, 'a': '<&>'} | tojson }} {{ fromjson('{"a": [1, 2.5, null]}') }}"##,
        r##"{"b": 1, "a": [true, null, "\u00e9\""]} {"a": 2, "b": 1} {"a": "\u003c\u0026\u003e", "b": 1} {'a': [1, 2.5, None]}"##,
    ),
    (
        r##"{{ 'line1\nline2' | indent(4) }} {{ 'a-b_c'.title() }} {{ 'abc'.find('c') }} {{ 'a b  c'.split() }} {{ 'abcabc'.count('b') }} {{ ' x '.strip() }} {{ 'x'.join(['1','2']) }} {{ 'Abc'.startswith('A') }} {{ 'abc'.endswith(('x', 'c')) }} {{ 'abc'.isalpha() }}"##,
        "line1\n    line2 A-B_C 2 ['a', 'b', 'c'] 2 x 1x2 True True True",
    ),
    (
        r##"{{ zip([1,2],['a','b']) | list }} {{ set([1]) | list }} {{ range(3) | list }} {{ range(5, 0, -2) | list }} {{ dict(a=1, b=2) }} {{ [1, 2] + [3] }} {{ (1, 2) }} {{ [0] * 3 }} {{ 1 is odd }} {{ 4 is divisibleby 2 }} {{ 'a' is string }} {{ {} is mapping }} {{ [] is sequence }} {{ 1 is number }} {{ none is none }} {{ x is undefined }}"##,
        r##"[(1, 'a'), (2, 'b')] [1] [0, 1, 2] [5, 3, 1] {'a': 1, 'b': 2} [1, 2, 3] (1, 2) [0, 0, 0] True True True True True True True True"##,
    ),
    (
        r##"{% filter upper %}shout {{ 'this' }}{% endfilter %} {% set blk %}block {{ 1 + 1 }}{% endset %}{{ blk | upper }} {% with a = 1, b = 2 %}{{ a + b }}{% endwith %} {% raw %}{{ raw }}{% endraw %}"##,
        r##"SHOUT THIS BLOCK 2 3 {{ raw }}"##,
    ),
];

#[test]
fn templates_print_what_dbt_prints() {
    for (template, printed) in PRINTED {
        assert_eq!(sql(&format!("{ROWS}{template}")), *printed, "{template}");
    }
}
