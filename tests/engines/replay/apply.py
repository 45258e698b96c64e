"""Applies scripts to a real engine, each to an empty database, and says what the catalogue then holds.

    python apply.py postgres|duckdb < cases.json > answers.json

A case is {"name": …, "sql": …, "statements": [[last line, text], …]}. Its answer has the statements that the engine refused, by the line on which each of them
ends, and the relations: [schema, name, kind, [[column, type, is not null], …]]. A refused statement does nothing, within a
transaction too, and what follows is applied.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

import duckdb
import psycopg2

IN_POSTGRES = """
select n.nspname, c.relname, c.relkind::text,
       coalesce(json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull) order by a.attnum)
                filter (where a.attname is not null), '[]')
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e')
group by 1, 2, 3 order by 1, 2
"""
KINDS = {"r": "table", "p": "table", "f": "table", "v": "view", "m": "materialized view"}

IN_DUCKDB = """
select t.schema_name, t.name, t.kind, list([c.column_name, c.data_type, (not c.is_nullable)::varchar] order by c.column_index)
from (select schema_name, table_name as name, 'table' as kind, table_oid as oid from duckdb_tables() where not temporary and not internal
      union all
      select schema_name, view_name, 'view', view_oid from duckdb_views() where not temporary and not internal) t
left join duckdb_columns() c on c.table_oid = t.oid and c.table_name = t.name and c.schema_name = t.schema_name
group by all order by 1, 2
"""


def main() -> None:
    apply = {"postgres": in_postgres, "duckdb": in_duckdb}[sys.argv[1]]
    json.dump([apply(case) for case in json.load(sys.stdin)], sys.stdout)


def in_postgres(case: dict) -> dict:
    at = {"host": os.environ["FORESHOCK_POSTGRES"], "user": "foreshock"}
    admin = psycopg2.connect(dbname="postgres", **at)
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute("drop database if exists replayed")
        cursor.execute("create database replayed template template0")
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "script.sql")
        with open(script, "w", encoding="utf-8") as file:
            file.write(case["sql"])
        said = subprocess.run(
            ["psql", "-X", "-q", "-h", at["host"], "-U", at["user"], "-d", "replayed", "-v", "ON_ERROR_ROLLBACK=on",
             "-v", "VERBOSITY=terse", "-f", script],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False,
        ).stderr.decode("utf-8", "replace")
    refused = [[int(line), message] for line, message in re.findall(r"^psql:[^\n]*?:(\d+): ERROR:\s+(.*)$", said, re.M)]
    connection = psycopg2.connect(dbname="replayed", **at)
    with connection.cursor() as cursor:
        cursor.execute(IN_POSTGRES)
        relations = [[schema, name, KINDS[kind], columns] for schema, name, kind, columns in cursor.fetchall()]
    connection.close()
    admin.close()
    return {"name": case["name"], "refused": refused, "relations": relations}


def in_duckdb(case: dict) -> dict:
    connection = duckdb.connect()
    refused = []
    for line, statement in case["statements"]:
        try:
            connection.execute(statement)
        except duckdb.Error as error:
            refused.append([line, str(error).splitlines()[0]])
    relations = [
        [schema, name, kind, [[column, kind_of, not_null == "true"] for column, kind_of, not_null in columns]]
        for schema, name, kind, columns in connection.execute(IN_DUCKDB).fetchall()
    ]
    return {"name": case["name"], "refused": refused, "relations": relations}


main()
