"""Runs scripts twice on DuckDB, each on tables of its own, and says whether the second run changes nothing.

    python twice.py < cases.json > answers.json

The input is {"tables": …, "scripts": […]}; an answer is null where the second run leaves the database as the first one did,
else the error, or what is not the same.
"""

import json
import sys

import duckdb

# What the catalogue says, without numbers that every object has of its own.
CATALOGUE = [
    "select schema_name, table_name, column_name, data_type, is_nullable, column_default from duckdb_columns() order by all",
    "select schema_name, view_name, sql from duckdb_views() where not internal order by all",
    "select schema_name, index_name, sql from duckdb_indexes() order by all",
    "select schema_name, sequence_name from duckdb_sequences() order by all",
    "select schema_name from duckdb_schemas() where not internal order by all",
    "select schema_name, type_name, labels from duckdb_types() where not internal order by all",
    "select schema_name, table_name, constraint_text from duckdb_constraints() order by all",
]


def picture(connection):
    said = [connection.execute(query).fetchall() for query in CATALOGUE]
    tables = connection.execute("select schema_name, table_name from duckdb_tables() where not internal order by all")
    rows = [connection.execute(f'select * from "{schema}"."{name}" order by all').fetchall() for schema, name in tables.fetchall()]
    return said, rows


def twice(tables, script):
    connection = duckdb.connect()
    connection.execute(tables)
    connection.execute(script)
    once = picture(connection)
    try:
        connection.execute(script)
    except duckdb.Error as error:
        return str(error)
    return None if picture(connection) == once else "rows or catalogue are not the same"


if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump([twice(given["tables"], script) for script in given["scripts"]], sys.stdout)
