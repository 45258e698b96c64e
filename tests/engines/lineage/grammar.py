"""Makes SQL queries by chance over known tables, for PostgreSQL and DuckDB, from a seed.

A query is built with the columns in reach and their types, so that nearly all of them run. What stands in it is chosen by
`Maker`; a feature that one engine alone has asks `self.duckdb`.
"""

import random

TABLES = {
    "customers": [("id", "int"), ("name", "text"), ("region", "text"), ("tier", "text"), ("joined", "date")],
    "orders": [("id", "int"), ("customer_id", "int"), ("amount", "num"), ("status", "text"), ("placed", "date")],
    "items": [("order_id", "int"), ("product", "text"), ("quantity", "int"), ("price", "num")],
    "stores": [("id", "int"), ("region", "text"), ("manager", "text"), ("opened", "date")],
}
SQL_TYPES = {"int": "integer", "num": "double precision", "text": "text", "date": "date"}
LITERALS = {
    "int": ["1", "42", "-7"],
    "num": ["0.5", "100.0"],
    "text": ["'gold'", "'eu'", "'it''s'"],
    "date": ["date '2024-01-31'"],
    "bool": ["true", "false"],
}
TYPES = ["int", "num", "text", "date"]


class Source:
    """Something in FROM: its alias and its columns."""

    def __init__(self, alias, columns):
        self.alias, self.columns = alias, columns


class Scope:
    def __init__(self, outer=None):
        self.sources, self.merged, self.outer = [], [], outer

    def references(self):
        """(text, type) of each column that can be named here."""
        found = [(name, kind) for name, kind in self.merged]
        merged = {name for name, _ in self.merged}
        names = [name for source in self.sources for name, _ in source.columns]
        for source in self.sources:
            for name, kind in source.columns:
                if source.alias and names_once(source.columns, name):
                    found.append((f"{source.alias}.{name}", kind))
                if names.count(name) == 1 and name not in merged:
                    found.append((name, kind))
        return found


def names_once(columns, name):
    return [one for one, _ in columns].count(name) == 1


class Maker:
    def __init__(self, seed, duckdb):
        self.random, self.duckdb, self.ctes, self.count = random.Random(seed), duckdb, [], 0

    def chance(self, part):
        return self.random.random() < part

    def fresh(self, stem):
        self.count += 1
        return f"{stem}{self.count}"

    def statement(self):
        self.ctes, self.count = [], 0
        return self.query(self.random.choice([1, 1, 2, 2, 2, 3]), None)[0]

    # Queries

    def query(self, depth, outer, kinds=None):
        """SQL, and the columns that it gives. `kinds` are the types that it must have, for a set operation."""
        known = len(self.ctes)
        with_ = self.with_(depth, outer) if depth > 1 and self.chance(0.4) else ""
        if depth > 1 and self.chance(0.2):
            kinds = kinds or [self.random.choice(TYPES) for _ in range(self.random.randint(1, 3))]
            sql, columns = self.set_operation(depth, outer, kinds)
        else:
            sql, columns = self.select(depth, outer, kinds)
        del self.ctes[known:]
        return with_ + sql, columns

    def with_(self, depth, outer):
        parts = []
        recursive = self.chance(0.15)
        for _ in range(self.random.randint(1, 2)):
            name = self.fresh("c")
            if recursive and self.chance(0.6):
                first, _ = self.select(1, None, ["int", "text"], plain=True)
                table = "customers"
                parts.append(
                    f"{name} (k, v) as ({first} union all select {name}.k + 1, t.name from {name} join {table} t "
                    f"on t.id = {name}.k where {name}.k < 5)"
                )
                self.ctes.append((name, [("k", "int"), ("v", "text")]))
                continue
            sql, columns = self.query(depth - 1, outer if self.chance(0.3) else None)
            names = [column for column, _ in columns]
            if self.chance(0.25) or len(set(names)) < len(names):
                columns = [(f"{name}_{at}", kind) for at, (_, kind) in enumerate(columns)]
                parts.append(f"{name} ({', '.join(column for column, _ in columns)}) as ({sql})")
            else:
                parts.append(f"{name} as ({sql})")
            self.ctes.append((name, columns))
        return f"with {'recursive ' if recursive else ''}{', '.join(parts)} "

    def set_operation(self, depth, outer, kinds):
        left, columns = self.select(depth - 1, outer, kinds, plain=True)
        for _ in range(self.random.randint(1, 2)):
            operator = self.random.choice(["union all", "union", "except", "intersect"])
            right, _ = self.select(depth - 1, outer, kinds, plain=True)
            if self.chance(0.3):
                right = f"({right} limit 5)"
            left = f"{left} {operator} {right}"
        if self.chance(0.3):
            left += f" order by {self.random.choice(['1', columns[0][0]])}"
        return left, columns

    def select(self, depth, outer, kinds=None, plain=False):
        scope = Scope(outer)
        from_ = self.from_(depth, scope)
        if not plain and kinds is None and self.chance(0.12):
            return self.star(depth, scope, from_)
        grouped = not plain and self.chance(0.3)
        kinds = kinds or [self.random.choice(TYPES) for _ in range(self.random.randint(1, 4))]
        keys = []
        window_clause = ""
        items, columns, lateral = [], [], []
        if grouped:
            for _ in range(self.random.randint(1, 2)):
                keys.append(self.any_column(scope))
        for at, kind in enumerate(kinds):
            if grouped:
                expr = self.grouped_item(depth, scope, keys, kind)
            elif lateral and self.duckdb and self.chance(0.3) and (same := [n for n, k in lateral if k == kind]):
                expr = self.combine(self.random.choice(same), self.expr(1, scope, kind), kind)
            elif not plain and self.chance(0.15):
                expr = self.window(depth, scope, kind)
            else:
                expr = self.expr(depth, scope, kind)
            bare = expr.split(".")[-1]
            taken = [name for name, _ in columns]
            if bare.isidentifier() and bare not in taken and self.chance(0.4):
                items.append(expr)
                columns.append((bare, kind))
            else:
                name = self.fresh("x")
                items.append(f"{expr} as {name}")
                columns.append((name, kind))
                lateral.append((name, kind))
        distinct = ""
        if not plain and not grouped:
            if self.chance(0.08):
                distinct = "distinct "
            elif self.chance(0.08):
                on = self.any_column(scope)
                distinct = f"distinct on ({on}) "
        where = f" where {self.condition(depth, scope)}" if self.chance(0.5) else ""
        sql = f"select {distinct}{', '.join(items)}{from_}{where}"
        if grouped:
            sql += self.group_by(keys)
            if self.chance(0.3):
                sql += f" having {self.aggregate(depth, scope, 'int')} > {self.random.choice(['1', '2'])}"
        sql += window_clause
        if self.duckdb and not plain and not grouped and not distinct and self.chance(0.12):
            over = f"over (partition by {self.any_column(scope)} order by {self.any_column(scope)})"
            sql += f" qualify row_number() {over} = 1"
        if not plain and not distinct and self.chance(0.3):
            sql += self.order_by(scope, keys, columns, grouped)
            if self.chance(0.5):
                sql += f" limit {self.random.randint(1, 9)}"
        return sql, columns

    def star(self, depth, scope, from_):
        named = [source for source in scope.sources if source.alias]
        if self.chance(0.4) and named:
            source = self.random.choice(named)
            columns, star = source.columns, f"{source.alias}.*"
        elif len(scope.sources) == 1 and not scope.merged:
            columns, star = scope.sources[0].columns, "*"
        else:
            columns, star = None, "*"
        if self.duckdb and columns and len(columns) > 1 and self.chance(0.5):
            at = self.random.randrange(len(columns))
            name, kind = columns[at]
            if self.chance(0.5):
                star += f" exclude ({name})"
                columns = columns[:at] + columns[at + 1 :]
            else:
                star += f" replace ({self.expr(1, scope, kind)} as {name})"
        where = f" where {self.condition(depth, scope)}" if self.chance(0.5) else ""
        if columns is None:
            # What a star over a join gives has names twice; the query round it takes one column alone.
            expr = self.expr(1, scope, "int")
            return f"select {expr} as n{from_}{where}", [("n", "int")]
        return f"select {star}{from_}{where}", list(columns)

    def group_by(self, keys):
        if self.chance(0.15):
            return f" group by {self.random.choice(['rollup', 'cube'])} ({', '.join(keys)})"
        if self.chance(0.1):
            return f" group by grouping sets (({keys[0]}), ())" if len(keys) == 1 else f" group by grouping sets (({', '.join(keys)}), ({keys[0]}), ({keys[1]}))"
        return f" group by {', '.join(keys)}"

    def order_by(self, scope, keys, columns, grouped):
        pick = self.random.random()
        if pick < 0.3 or not scope.references():
            term = "1"
        elif pick < 0.6:
            term = columns[-1][0]
        elif grouped:
            term = keys[0]
        else:
            term = self.any_column(scope)
        return f" order by {term}{self.random.choice(['', ' desc', ' desc nulls last'])}"

    # FROM

    def from_(self, depth, scope):
        sql = self.source(depth, scope, first=True)
        for _ in range(self.random.choice([0, 0, 0, 1, 1, 2]) if depth else 0):
            sql = self.join(depth, scope, sql)
        return f" from {sql}"

    def source(self, depth, scope, first=False, lateral=False):
        pick = self.random.random()
        if self.ctes and pick < 0.35:
            name, columns = self.random.choice(self.ctes)
            return self.named(scope, name, columns, must=any(s.alias == name for s in scope.sources))
        if depth > 1 and pick < 0.55:
            if lateral and self.chance(0.4):
                sql, columns = self.query(depth - 1, scope)
                return "lateral " + self.derived(scope, sql, columns)
            sql, columns = self.query(depth - 1, scope.outer)
            return self.derived(scope, sql, columns)
        if pick < 0.58 and not first:
            alias = self.fresh("v")
            columns = [(f"{alias}_a", "int"), (f"{alias}_b", "text")]
            scope.sources.append(Source(alias, columns))
            return f"(values (1, 'x'), (2, 'y')) as {alias} ({alias}_a, {alias}_b)"
        if lateral and pick < 0.64 and not self.duckdb:
            alias = self.fresh("g")
            end = self.column(scope, "int")
            scope.sources.append(Source(alias, [(f"{alias}_n", "int")]))
            return f"generate_series(1, {end}) as {alias} ({alias}_n)"
        name = self.random.choice(sorted(TABLES))
        return self.named(scope, name, TABLES[name], must=any(s.alias == name for s in scope.sources))

    def named(self, scope, name, columns, must):
        if must or self.chance(0.6):
            alias = self.fresh("t")
            if self.chance(0.1):
                columns = [(f"{alias}_{at}", kind) for at, (_, kind) in enumerate(columns)]
                listed = ", ".join(column for column, _ in columns)
                scope.sources.append(Source(alias, columns))
                return f"{name} as {alias} ({listed})"
            scope.sources.append(Source(alias, list(columns)))
            return f"{name} {self.random.choice(['as ', ''])}{alias}"
        scope.sources.append(Source(name, list(columns)))
        return name

    def derived(self, scope, sql, columns):
        alias = self.fresh("q")
        names = [name for name, _ in columns]
        if len(set(names)) < len(names) or self.chance(0.1):
            columns = [(f"{alias}_{at}", kind) for at, (_, kind) in enumerate(columns)]
            scope.sources.append(Source(alias, columns))
            return f"({sql}) as {alias} ({', '.join(name for name, _ in columns)})"
        scope.sources.append(Source(alias, columns))
        return f"({sql}) as {alias}"

    def join(self, depth, scope, left):
        before = len(scope.sources)
        mark = scope.references()
        right = self.source(depth, scope, lateral=True)
        source = scope.sources[-1]
        is_lateral = right.startswith("lateral") or right.startswith("generate_series")
        left_names = {}
        for other in scope.sources[:before]:
            for name, kind in other.columns:
                left_names.setdefault(name, []).append(kind)
        shared = [n for n, k in source.columns if left_names.get(n) == [k] and n not in dict(scope.merged)]
        shared = [n for n in shared if names_once(source.columns, n)]
        pick = self.random.random()
        if shared and pick < 0.3 and not is_lateral:
            name = self.random.choice(shared)
            scope.merged.append((name, dict(source.columns)[name]))
            kind = self.random.choice(["join", "left join", "full join", "inner join"])
            return f"{left} {kind} {right} using ({name})"
        if pick < 0.4 or is_lateral:
            return f"{left} cross join {right}"
        if pick < 0.45:
            return f"{left}, {right}" if "join" not in left else f"{left} cross join {right}"
        kinds = [kind for _, kind in source.columns]
        pairs = [(a, f"{source.alias}.{n}") for a, k in mark for n, k2 in source.columns if k == k2 and names_once(source.columns, n)]
        if not pairs or not kinds:
            return f"{left} cross join {right}"
        a, b = self.random.choice(pairs)
        merged = {name for name, _ in scope.merged}
        if "." not in a and a in dict(source.columns) and a not in merged:
            a, b = self.random.choice([pair for pair in pairs if "." in pair[0]] or [("1", "1")])
        if "." not in a and a != "1" and a in dict(source.columns):
            a, b = "1", "1"
        kind = self.random.choice(["join", "left join", "inner join", "right join"])
        if self.duckdb and self.chance(0.15) and source.alias:
            kind = self.random.choice(["semi join", "anti join"])
            scope.sources.pop()
        extra = f" and {b} is not null" if self.chance(0.2) and b != "1" else ""
        return f"{left} {kind} {right} on {a} = {b}{extra}"

    # Expressions

    def any_column(self, scope):
        """A column, not a literal: engines refuse to order or group by one."""
        return self.random.choice(scope.references())[0]

    def column(self, scope, kind):
        own = [text for text, one in scope.references() if one == kind]
        outer = scope.outer
        if outer is not None and (not own or self.chance(0.25)):
            # A bare name would mean the nearest column of that name, so outer ones are named with their alias.
            near = {source.alias for source in scope.sources}
            far = [t for t, one in outer.references() if one == kind and "." in t and t.split(".")[0] not in near]
            if far:
                return self.random.choice(far)
        return self.random.choice(own) if own else self.literal(kind)

    def literal(self, kind):
        text = self.random.choice(LITERALS[kind])
        return f"cast({text} as text)" if kind == "text" else text

    def combine(self, a, b, kind):
        if kind == "int":
            return f"{a} {self.random.choice(['+', '-', '*'])} {b}"
        if kind == "num":
            return f"({a} + {b})"
        if kind == "text":
            return f"{a} || {b}"
        return f"greatest({a}, {b})"

    def expr(self, depth, scope, kind):
        pick = self.random.random()
        inner = max(depth - 1, 0)
        if depth <= 0 or pick < 0.35:
            return self.column(scope, kind)
        if pick < 0.42:
            return self.literal(kind)
        if pick < 0.5:
            return f"coalesce({self.expr(inner, scope, kind)}, {self.literal(kind)})"
        if pick < 0.62:
            else_ = f" else {self.expr(inner, scope, kind)}" if self.chance(0.6) else ""
            when = " ".join(
                f"when {self.condition(inner, scope)} then {self.expr(inner, scope, kind)}"
                for _ in range(self.random.randint(1, 2))
            )
            return f"case {when}{else_} end"
        if pick < 0.68:
            text = self.column(scope, "text")
            return f"case {text} when 'gold' then {self.expr(inner, scope, kind)} when 'x' then {self.literal(kind)} end"
        if pick < 0.76 and depth > 1:
            return self.scalar_subquery(depth, scope, kind)
        return self.function(inner, scope, kind)

    def function(self, depth, scope, kind):
        one = lambda other: self.expr(depth, scope, other)
        choices = {
            "int": [
                lambda: f"length({one('text')})",
                lambda: f"abs({one('int')})",
                lambda: f"cast({one('num')} as integer)",
                lambda: f"cast(extract(year from {one('date')}) as integer)",
                lambda: f"(({one('int')}) + {one('int')})",
                lambda: f"nullif({one('int')}, 0)",
                lambda: f"position('a' in {one('text')})",
            ],
            "num": [
                lambda: f"(({one('num')}) * {one('num')})",
                lambda: f"cast({one('int')} as double precision)",
                lambda: f"round({one('num')})",
                lambda: f"-({one('num')})",
            ],
            "text": [
                lambda: f"upper({one('text')})",
                lambda: f"trim({one('text')})",
                lambda: f"substring({one('text')} from 1 for 3)",
                lambda: f"(({one('text')}) || {one('text')})",
                lambda: f"cast({one('int')} as text)",
                lambda: f"replace({one('text')}, 'a', {one('text')})",
                lambda: f"({one('date')})::text",
            ],
            "date": [
                lambda: f"cast(date_trunc('month', {one('date')}) as date)",
                lambda: f"greatest({one('date')}, {one('date')})",
                lambda: f"cast(({one('date')}) + interval '1 day' as date)",
            ],
        }
        return self.random.choice(choices[kind])()

    def scalar_subquery(self, depth, scope, kind):
        inner = Scope(scope)
        known = len(self.ctes)
        from_ = self.from_(depth - 2, inner)
        aggregate = self.aggregate(0, inner, kind, own=True)
        where = f" where {self.condition(0, inner)}" if self.chance(0.7) else ""
        del self.ctes[known:]
        return f"(select {aggregate}{from_}{where})"

    def aggregate(self, depth, scope, kind, own=False):
        def argument(other):
            if own:
                found = [text for text, one in scope.references() if one == other]
                return self.random.choice(found) if found else self.literal(other)
            return self.column(scope, other) if depth < 2 else self.case(scope, other)

        filter_ = f" filter (where {self.comparison(0, scope)})" if not own and self.chance(0.2) else ""
        if kind == "int":
            made = self.random.choice([
                lambda: f"count(*){filter_}", lambda: f"count({argument('text')}){filter_}",
                lambda: f"count(distinct {argument('int')}){filter_}", lambda: f"max({argument('int')}){filter_}",
            ])()
            return f"cast({made} as integer)"
        if kind == "num":
            return f"{self.random.choice(['sum', 'avg', 'min'])}({argument('num')}){filter_}"
        if kind == "text" and self.chance(0.3):
            return f"string_agg({argument('text')}, ',' order by {argument('date')}){filter_}"
        return f"max({argument(kind)}){filter_}"

    def case(self, scope, kind):
        return f"case when {self.comparison(0, scope)} then {self.column(scope, kind)} end"

    def grouped_item(self, depth, scope, keys, kind):
        refs = dict(scope.references())
        fitting = [key for key in keys if refs.get(key) == kind]
        if fitting and self.chance(0.6):
            return self.random.choice(fitting)
        return self.aggregate(depth, scope, kind)

    def window(self, depth, scope, kind):
        by = f"partition by {self.any_column(scope)}" if self.chance(0.7) else ""
        order = f"order by {self.any_column(scope)}"
        frame = self.random.choice(["", "", " rows between unbounded preceding and current row"])
        over = f"over ({' '.join(part for part in (by, order) if part)}{frame})"
        if kind == "int":
            return f"cast({self.random.choice(['row_number()', 'count(*)', 'dense_rank()'])} over ({' '.join(p for p in (by, order) if p)}) as integer)"
        name = self.random.choice(["max", "min", "lag", "first_value"])
        if name == "lag":
            over = f"over ({' '.join(part for part in (by, order) if part)})"
        return f"{name}({self.expr(0, scope, kind)}) {over}"

    # Conditions

    def condition(self, depth, scope):
        pick = self.random.random()
        if depth > 0 and pick < 0.15:
            joined = f" {self.random.choice(['and', 'or'])} ".join(self.condition(depth - 1, scope) for _ in range(2))
            return f"({joined})"
        if depth > 1 and pick < 0.28:
            return self.exists(depth, scope)
        if depth > 1 and pick < 0.4:
            return self.in_subquery(depth, scope)
        if depth > 0 and pick < 0.45:
            return f"not ({self.condition(depth - 1, scope)})"
        return self.comparison(depth, scope)

    def comparison(self, depth, scope):
        kind = self.random.choice(TYPES)
        column = self.column(scope, kind)
        pick = self.random.random()
        if pick < 0.3:
            return f"{column} {self.random.choice(['=', '<>', '<', '>='])} {self.literal(kind)}"
        if pick < 0.5:
            return f"{column} = {self.expr(min(depth, 1), scope, kind)}"
        if pick < 0.6:
            return f"{column} is {self.random.choice(['', 'not '])}null"
        if pick < 0.7:
            return f"{column} in ({self.literal(kind)}, {self.literal(kind)})"
        if pick < 0.8:
            return f"{column} between {self.literal(kind)} and {self.column(scope, kind)}"
        if pick < 0.9 and kind == "text":
            return f"{column} {self.random.choice(['like', 'not like', 'ilike'])} 'a%'"
        return f"{column} is distinct from {self.literal(kind)}"

    def exists(self, depth, scope):
        inner = Scope(scope)
        from_ = self.from_(depth - 2, inner)
        return f"{self.random.choice(['', 'not '])}exists (select 1{from_} where {self.comparison(0, inner)})"

    def in_subquery(self, depth, scope):
        kind = self.random.choice(TYPES)
        sql, _ = self.select(depth - 1, scope, [kind], plain=True)
        return f"{self.column(scope, kind)} {self.random.choice(['in', 'not in'])} ({sql})"
