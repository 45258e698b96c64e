"""How long sqlglot takes for the lineage of all columns of some queries: reads {"dialect", "queries"} from a file, prints a line."""

import json
import logging
import sys
import time
from pathlib import Path

import sqlglot
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

NAMES = {"sqlserver": "tsql", "generic": ""}


def main():
    logging.disable(logging.CRITICAL)
    asked = json.loads(Path(sys.argv[1]).read_text())
    dialect = NAMES.get(asked["dialect"], asked["dialect"])
    columns, refused = 0, 0
    started = time.perf_counter()
    for sql in asked["queries"]:
        try:
            columns += traced(sql, dialect)
        except Exception:  # It raises what it raises; each costs one query.
            refused += 1
    took = (time.perf_counter() - started) * 1e3
    each = took / max(1, len(asked["queries"]))
    print(
        f"sqlglot {sqlglot.__version__}: {each:.1f} ms each for {len(asked['queries'])} of the queries "
        f"({columns} columns, {refused} refused)"
    )


def traced(sql, dialect):
    """As its own callers do it for many columns: qualified once, one scope for all."""
    query = qualify(sqlglot.parse_one(sql, dialect=dialect), dialect=dialect, validate_qualify_columns=False, identify=False)
    scope = build_scope(query)
    names = query.named_selects
    for name in names:
        if name != "*":
            lineage(name, query, schema={}, dialect=dialect, scope=scope, trim_selects=False)
    return len(names)


main()
