"""DuckDB and PostgreSQL: a database as dbt left it, in which a migration can be tried and undone."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psycopg2


class Refused(Exception):
    """The engine did not run a statement."""


class DuckDb:
    name = "duckdb"
    adapter = "duckdb"

    def profile(self, project, home):
        return {"type": "duckdb", "path": str(home / f"{project.database}.duckdb"), "schema": "dbt", "threads": 2}

    def create(self, project, home):
        (home / f"{project.database}.duckdb").unlink(missing_ok=True)
        with duckdb.connect(str(home / f"{project.database}.duckdb")) as connection:
            connection.execute("create schema raw;" + project.raw)

    def keep(self, project, home):
        """Keeps the database as it is, to be put back."""
        shutil.copy(home / f"{project.database}.duckdb", home / "kept")

    def put_back(self, project, home):
        shutil.copy(home / "kept", home / f"{project.database}.duckdb")

    @contextmanager
    def reading(self, project, home):
        """The database that dbt works on, between two of its runs."""
        other = DuckDb()
        other.connection = duckdb.connect(str(home / f"{project.database}.duckdb"))
        try:
            yield other
        finally:
            other.connection.close()

    def open(self, project, prepare):
        self.project, self.prepare, self.connection = project, prepare, None

    def begin(self):
        self.connection = duckdb.connect(":memory:")
        self.connection.execute(f"attach ':memory:' as {self.project.database}; use {self.project.database}; set threads = 1")
        self.connection.execute("create schema raw; create schema dbt; create schema good;" + self.project.raw)
        self.prepare(self)

    def end(self):
        self.connection.close()

    def run(self, sql):
        try:
            self.connection.execute(sql)
        except duckdb.Error as error:
            raise Refused(str(error).splitlines()[0]) from None

    def query(self, sql):
        try:
            found = self.connection.execute(sql)
            columns = [(one[0], str(one[1])) for one in found.description]
            return columns, found.fetchall()
        except duckdb.Error as error:
            raise Refused(str(error).splitlines()[0]) from None

    def close(self):
        pass


class Postgres:
    """A server of its own in a folder of its own. A case runs in one transaction, which is rolled back."""

    name = "postgres"
    adapter = "postgres"

    def __init__(self):
        self.given = os.environ.get("FORESHOCK_POSTGRES")
        if self.given:
            self.folder, self.superuser = Path(self.given), "foreshock"
            return
        self.superuser = "postgres"
        self.folder = Path(tempfile.mkdtemp(prefix="foreshock-pg-"))
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        self.bin = Path(shutil.which("initdb")).parent if shutil.which("initdb") else found[-1]
        self.user = []
        if os.geteuid() == 0:
            self.user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "env", "HOME=" + str(self.folder)]
            shutil.chown(self.folder, "postgres", "postgres")
        self.tool("initdb", "-D", str(self.folder / "data"), "-U", "postgres", "-A", "trust", "-N")
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=off -c full_page_writes=off"
        self.tool("pg_ctl", "-D", str(self.folder / "data"), "-o", options, "-l", str(self.folder / "log"), "-w", "start")

    def tool(self, name, *arguments):
        subprocess.run([*self.user, str(self.bin / name), *arguments], check=True, cwd=self.folder, stdout=subprocess.DEVNULL)

    def connect(self, database):
        return psycopg2.connect(host=str(self.folder), user=self.superuser, dbname=database)

    def profile(self, project, home):
        place = {"host": str(self.folder), "port": 5432, "user": self.superuser, "password": "x", "dbname": project.database}
        return {"type": "postgres", **place, "schema": "dbt", "threads": 2}

    def create(self, project, home):
        self.fresh(project)
        with self.connect(project.database) as connection, connection.cursor() as cursor:
            cursor.execute("create schema raw;" + project.raw)

    def fresh(self, project, name=None, template="template1"):
        connection = self.connect("postgres")
        connection.autocommit = True
        name = name or project.database
        with connection.cursor() as cursor:
            cursor.execute(f"drop database if exists {name} with (force)")
            cursor.execute(f"create database {name} template {template}")
        connection.close()

    def keep(self, project, home):
        self.fresh(project, f"{project.database}_kept", project.database)

    def put_back(self, project, home):
        self.fresh(project, template=f"{project.database}_kept")

    @contextmanager
    def reading(self, project, home):
        other = object.__new__(Postgres)
        other.connection = self.connect(project.database)
        try:
            yield other
            other.connection.commit()
        finally:
            other.connection.close()

    def open(self, project, prepare):
        self.fresh(project)
        self.connection = self.connect(project.database)
        self.run_plain("create schema raw; create schema dbt; create schema good;" + project.raw)
        prepare(self)
        self.connection.commit()

    def run_plain(self, sql):
        with self.connection.cursor() as cursor:
            cursor.execute(sql)

    def begin(self):
        pass

    def end(self):
        self.connection.rollback()

    def run(self, sql):
        self.query(sql)

    def query(self, sql):
        with self.connection.cursor() as cursor:
            cursor.execute("savepoint s")
            try:
                # psycopg2 leaves percent signs alone where no arguments are given.
                cursor.execute(sql)
                columns = [(one.name, [one.type_code, one.internal_size, one.precision, one.scale]) for one in cursor.description or []]
                rows = cursor.fetchall() if cursor.description else []
                cursor.execute("release savepoint s")
                return columns, rows
            except psycopg2.Error as error:
                cursor.execute("rollback to savepoint s")
                raise Refused(str(error).splitlines()[0]) from None

    def close(self):
        self.connection.close()

    def stop(self):
        if self.given:
            return
        self.tool("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)
