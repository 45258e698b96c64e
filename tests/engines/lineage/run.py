"""Holds `foreshock lineage` to real engines: a column is used if and only if the engine refuses the query without it.

    python tests/engines/lineage/run.py [--quick] [--engine duckdb|postgres] [--seed N] [--queries N] [--foreshock PATH]

It needs Python with duckdb and psycopg2, and `initdb` and `pg_ctl` on PATH. For each engine it takes the queries of
`queries/*.sql` and those that `grammar.py` makes, drops those that the engine refuses from the start (few may be), and asks
for every column of every table that a query names, in a database where only that column is missing:

- *use*: the engine refuses the query exactly where lineage lists the column among its uses (or, for a statement that
  writes, among the columns that it sets).
- *problem*: the engine refuses the query exactly where lineage, told the schema without the column, reports a problem.

A use is a name in the text. Two things happen without one, or in spite of one; both are counted, and each is accepted only
where the lineage of the smaller schema says the same:

- *captured*: the engine runs the query although a name of the column stands in it, and lineage says that the same name at
  the same place then means another column (of the query round it, of an alias, of the other side of a NATURAL join). Where
  it stands in an aggregate, that aggregate then belongs to the query round it too, which an engine may refuse since that
  query is not grouped, or may not be able to run: what lineage says of the names is right.
- *star*: the engine refuses the query although no name of the column stands in it, since a `*` no longer gives as many
  columns as the place needs, and lineage reports that.

Prints a table, and exits with 1 if anything disagrees.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from engines import DuckDb, Postgres, schema_without, variants
from grammar import TABLES, Maker

# Queries of which the rule cannot be true, each with the reason.
CONVENTIONS = {
    "select * rename (name as n) from customers": "DuckDB renames nothing where there is no such column",
    "select n from (select * rename (name as n) from customers)": "as above, and the name is then looked for in vain",
}

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]


def main():
    arguments = parsed()
    failed = False
    print(f"{'engine':<20}{'queries':>8}{'refused':>8}{'unread':>8}{'checks':>8}{'used':>8}{'captured':>9}{'star':>6}{'wrong':>7}")
    for kind in (DuckDb, Postgres):
        if arguments.engine not in (None, kind.name):
            continue
        engine = kind()
        try:
            failed |= compare(engine, arguments)
        finally:
            engine.close()
    sys.exit(1 if failed else 0)


def parsed():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a quarter of the queries")
    parser.add_argument("--engine", choices=["duckdb", "postgres"])
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--queries", type=int, default=1200, help="made for each engine")
    parser.add_argument("--foreshock", default=str(REPOSITORY / "target/release/foreshock"))
    parser.add_argument("--show", type=int, default=20, help="how many disagreements to print")
    return parser.parse_args()


def compare(engine, arguments):
    maker = Maker(arguments.seed, engine.name == "duckdb")
    count = arguments.queries // 4 if arguments.quick else arguments.queries
    made = [maker.statement() for _ in range(count)]
    candidates = written(engine.name) + made
    engine.use("full_schema")
    refused = [(sql, said) for sql in candidates if (said := engine.refusal(sql))]
    without_refused = {sql for sql, _ in refused}
    queries = [sql for sql in candidates if sql not in without_refused]
    wrong = []
    if len(refused) * 20 > len(candidates):
        wrong.append(f"{len(refused)} queries do not run at all, such as: {refused[0]}")
    wrong.extend(f"written by hand, but refused: {said}\n    {sql}" for sql, said in refused if sql in set(written(engine.name)))
    full = lineage(arguments.foreshock, engine.name, queries, schema_without())
    for sql, found in zip(queries, full):
        if found["kind"] == "unparsed":
            print(f"  not read: {found['problems'][0]['message']}: {sql}")
            continue
        wrong.extend(f"a problem in a query that runs: {one['message']}\n    {sql}" for one in found["problems"])
    unread = [at for at, found in enumerate(full) if found["kind"] == "unparsed"]
    for at in reversed(unread):
        del queries[at], full[at]
    if unread:
        wrong.append(f"{len(unread)} queries are not read")
    tally = {"checks": 0, "used": 0, "captured": 0, "star": 0}
    for schema, table, column in variants():
        named = [at for at, sql in enumerate(queries) if re.search(rf"\b{table}\b", sql)]
        engine.use(schema)
        said = [engine.refusal(queries[at]) for at in named]
        smaller = lineage(arguments.foreshock, engine.name, [queries[at] for at in named], schema_without(table, column))
        for at, refusal, after in zip(named, said, smaller):
            verdict = judged(queries[at], full[at], after, (table, column), refusal)
            tally["checks"] += 1
            tally["used"] += refusal is not None
            if verdict and queries[at] in CONVENTIONS:
                continue
            if verdict in tally:
                tally[verdict] += 1
            elif verdict:
                wrong.append(f"{verdict}: without {table}.{column} the engine says {refusal}\n    {queries[at]}")
    title = f"{engine.name} {engine.version}"
    print(
        f"{title:<20}{len(queries):>8}{len(refused):>8}{len(unread):>8}{tally['checks']:>8}{tally['used']:>8}"
        f"{tally['captured']:>9}{tally['star']:>6}{len(wrong):>7}",
        flush=True,
    )
    for one in sorted(wrong, key=len)[: arguments.show]:
        print(f"  {one}")
    return bool(wrong)


def judged(sql, before, after, column, refusal):
    """What a check comes to: nothing where all agree, a convention's name, or what is wrong."""
    reports, refused = bool(after["problems"]), refusal is not None
    places = {place for place, one in uses(before) if one == column}
    if refused and not reports and re.search("GROUP BY|aggregate|Not implemented", refusal) and places <= {place for place, _ in uses(after)}:
        return "captured"
    if reports != refused:
        return "a problem that is none" if reports else "a problem that lineage does not see"
    listed = bool(places) or column in sets(before)
    if listed == refused:
        return None
    if listed:
        now = {place for place, _ in uses(after)}
        # An alias of a constant has no column to list.
        is_alias = re.search(rf"\bas {column[1]}\b", sql)
        return "captured" if places <= now or is_alias else "a use that is none"
    by_count = all(" columns" in one["message"] for one in after["problems"])
    return "star" if by_count else "a use that lineage does not list"


def uses(statement):
    """Each use with its place in the query, which stands in one line of the script."""
    return {
        ((one["span"]["column"], one["span"]["end_column"]), (one["relation"], one["column"])) for one in statement["uses"]
    }


def sets(statement):
    """The columns that a statement writes, of a table that is there before."""
    if statement["kind"] not in ("insert", "update", "merge"):
        return set()
    return {(relation, one["column"]) for relation in statement["writes"] for one in statement["outputs"]}


def written(engine):
    queries = []
    for name in ("both", engine):
        path = HERE / "queries" / f"{name}.sql"
        text = "\n".join(line for line in path.read_text().splitlines() if not line.startswith("--"))
        queries.extend(" ".join(part.split()) for part in text.split(";") if part.strip())
    return queries


def lineage(binary, dialect, queries, schema):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "schema.json"
        file.write_text(json.dumps(schema))
        command = [binary, "lineage", "-", "--dialect", dialect, "--schema", str(file), "--format", "json"]
        script = ";\n".join(queries)
        done = subprocess.run(command, input=script, capture_output=True, text=True, check=True)
    statements = json.loads(done.stdout)["statements"]
    assert len(statements) == len(queries), f"{len(queries)} queries came to {len(statements)} statements"
    return statements


if __name__ == "__main__":
    main()
