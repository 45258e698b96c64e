"""PostgreSQL and DuckDB with the known tables: the whole schema, and one schema for each column that is left out."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from grammar import SQL_TYPES, TABLES


def variants():
    """(schema, table, column) of each column that can be left out."""
    return [(f"no_{table}_{column}", table, column) for table, columns in TABLES.items() for column, _ in columns]


def schema_without(table=None, column=None):
    """Relation to columns, as `foreshock lineage --schema` reads it."""
    return {
        name: [one for one, _ in columns if (name, one) != (table, column)] for name, columns in TABLES.items()
    }


def definitions(table=None, column=None):
    for name, columns in TABLES.items():
        kept = ", ".join(f"{one} {SQL_TYPES[kind]}" for one, kind in columns if (name, one) != (table, column))
        yield name, kept


class DuckDb:
    name = "duckdb"

    def __init__(self):
        import duckdb

        self.connection, self.error = duckdb.connect(), duckdb.Error
        self.version = duckdb.__version__
        for schema, table, column in [("full_schema", None, None), *variants()]:
            self.connection.execute(f"create schema {schema}")
            for name, columns in definitions(table, column):
                self.connection.execute(f"create table {schema}.{name} ({columns})")

    def use(self, schema):
        self.connection.execute(f"set schema = '{schema}'")

    def refusal(self, sql):
        """What the engine says against a query, or None."""
        try:
            self.connection.execute(f"explain {sql}")
        except self.error as error:
            return str(error).split("\n")[0]
        return None

    def close(self):
        self.connection.close()


class Postgres:
    """A cluster of its own in a temporary folder, on a socket there."""

    name = "postgres"

    def __init__(self):
        import psycopg2

        self.folder = Path(tempfile.mkdtemp(prefix="foreshock-lineage-"))
        self.error = psycopg2.Error
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        data, socket = self.folder / "data", self.folder
        self.run("initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{socket}' -c fsync=off"
        self.run("pg_ctl", "-D", str(data), "-w", "-l", str(self.folder / "log"), "-o", options, "start")
        self.connection = psycopg2.connect(host=str(socket), user="postgres", dbname="postgres")
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.cursor.execute("show server_version")
        self.version = self.cursor.fetchone()[0].split(" ")[0]
        for schema, table, column in [("full_schema", None, None), *variants()]:
            self.cursor.execute(f"create schema {schema}")
            for name, columns in definitions(table, column):
                self.cursor.execute(f"create table {schema}.{name} ({columns})")

    def run(self, *command):
        # PostgreSQL refuses to be run by root.
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        subprocess.run([*as_user, *command], check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def use(self, schema):
        self.cursor.execute(f"set search_path to {schema}")

    def refusal(self, sql):
        try:
            self.cursor.execute(f"explain {sql}")
        except self.error as error:
            return str(error).split("\n")[0]
        return None

    def close(self):
        self.connection.close()
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)
