"""Applies the drafts of `foreshock fix` for the reference incident to real engines.

    python run.py postgres|duckdb [--foreshock PATH]

On PostgreSQL: the staging shim, the compatibility layer, the rollback, and the steps of expand and contract, each followed
by a `dbt build` that has to be green and give the same rows, revenue and segments as before the migration. On DuckDB: the
staging shim. Needs dbt-core, dbt-duckdb, dbt-postgres, psycopg2, git, and on PATH initdb and pg_ctl.
"""

import argparse
import contextlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PROJECT = ROOT / "tests/engines/dbt_projects/acme_analytics"
EXAMPLE = ROOT / "public/example"
MODELS = ["stg_customers", "stg_orders", "stg_order_items", "stg_payments", "stg_products", "stg_web_events",
          "dim_customers", "dim_products", "fct_orders", "fct_revenue_daily"]
RAW = ["raw_customers", "raw_products", "raw_orders", "raw_order_items", "raw_payments", "raw_web_events"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine", choices=["postgres", "duckdb"])
    parser.add_argument("--foreshock", help="the command; built where it is not given")
    chosen = parser.parse_args()
    if not chosen.foreshock:
        subprocess.run(["cargo", "build", "--quiet", "-p", "foreshock-cli"], check=True, cwd=ROOT)
        chosen.foreshock = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug/foreshock"
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    with tempfile.TemporaryDirectory(prefix="foreshock-remedy-") as home:
        home = Path(home)
        home.chmod(0o755)
        {"postgres": on_postgres, "duckdb": on_duckdb}[chosen.engine](home, chosen.foreshock)
    print("all held")


# The states of the project and what is asked of them


def project_at(home, name, profile):
    folder = home / name
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("target", "logs"))
    (folder / "profiles.yml").write_text(f"acme_analytics:\n  target: prod\n  outputs:\n    prod:\n{profile}")
    return folder


def dbt(folder, *arguments):
    done = subprocess.run([Path(sys.executable).parent / "dbt", *arguments, "--profiles-dir", "."],
                          cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"dbt {' '.join(arguments)} in {folder.name}:\n{done.stdout[-6000:]}{done.stderr}")


def fix(foreshock, folder, out, *migrations):
    dbt(folder, "docs", "generate")
    target = folder / "target"
    done = subprocess.run([foreshock, "fix", target / "manifest.json", target / "catalog.json", *migrations,
                           folder / "models", "--out", out], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"foreshock fix: {done.stdout}{done.stderr}")
    return done.stdout


def patched(home, name, profile, patch):
    folder = project_at(home, name, profile)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "apply", patch], cwd=folder, check=True)
    # What git takes, patch takes.
    subprocess.run(["git", "apply", "-R", patch], cwd=folder, check=True)
    subprocess.run(["patch", "-s", "-p1", "-i", patch], cwd=folder, check=True)
    return folder


def totals(ask):
    """Rows of every model, revenue, and what each segment is worth."""
    found = {model: ask(f"select count(*) from {schema_of(model)}.{model}") for model in MODELS}
    found["revenue"] = ask("select sum(revenue), sum(premium_revenue), sum(enterprise_revenue), sum(us_revenue) "
                           "from analytics_marts.fct_revenue_daily")
    found["segments"] = ask("select customer_segment, segment_rank, count(*), sum(lifetime_value) "
                            "from analytics_marts.dim_customers group by 1, 2 order by 1, 2")
    found["customers"] = ask("select * from analytics_staging.stg_customers order by customer_id")
    return found


def schema_of(model):
    return "analytics_staging" if model.startswith("stg_") else "analytics_marts"


def same(what, expected, found):
    for key, value in expected.items():
        if found[key] != value:
            sys.exit(f"{what}: {key} is {str(found[key])[:400]}, and was {str(value)[:400]}")
    print(f"  {what}: dbt build green; rows of {len(MODELS)} models, revenue {expected['revenue'][0][0]}, "
          f"{len(expected['segments'])} segments as before")


def rows():
    """The raw rows, invented and always the same."""
    chance = random.Random(42)
    start = datetime(2025, 1, 1)
    customers = [(n, f"First{n}", f"Last{n}", f"User{n}@example.com", f"{n} Main St, City{n % 17}, ST {10000 + n}", start,
                  start + timedelta(days=n), n % 9 != 0, ["premium", "standard", "enterprise"][n % 3], f"+1-555-{n:04d}",
                  ["us", "ca", "gb", "de"][n % 4]) for n in range(1, 201)]
    products = [(n, f"Product {n}", ["home", "office", "outdoor"][n % 3], 5 + n * 1.25, n % 11 == 0) for n in range(1, 31)]
    orders, items, payments = [], [], []
    for order in range(1, 601):
        customer, day, total = chance.randint(1, 200), start + timedelta(days=chance.randint(0, 120)), 0
        for _ in range(chance.randint(1, 4)):
            product, quantity = chance.randint(1, 30), chance.randint(1, 5)
            total += quantity * (5 + product * 1.25)
            items.append((len(items) + 1, order, product, quantity, 5 + product * 1.25))
        status = chance.choice(["Placed", "Shipped", "Completed", "Returned"])
        orders.append((order, customer, day.date(), status, round(total, 2), day))
        if chance.random() < 0.9:
            method = chance.choice(["credit_card", "bank_transfer", "gift_card", "coupon"])
            payments.append((len(payments) + 1, order, customer, method, round(total, 2), day))
    events = [(n, chance.randint(1, 200), chance.choice(["view", "click", "checkout"]), f"/p/{n % 30}",
               start + timedelta(minutes=n * 37)) for n in range(1, 1001)]
    return {"raw_customers": customers, "raw_products": products, "raw_orders": orders, "raw_order_items": items,
            "raw_payments": payments, "raw_web_events": events}


# PostgreSQL


def on_postgres(home, foreshock):
    import psycopg2

    with server(home) as socket:
        first = psycopg2.connect(host=socket, dbname="postgres", user="foreshock")
        first.autocommit = True
        first.cursor().execute("create database remedy")
        connection = psycopg2.connect(host=socket, dbname="remedy", user="foreshock")
        connection.autocommit = True

        def ask(query):
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall() if cursor.description else []

        def run(path):
            ask(Path(path).read_text())

        def without_dbt():
            for schema in ("analytics_staging", "analytics_marts"):
                ask(f"drop schema if exists {schema} cascade")

        def answers(path):
            return ask(Path(path).read_text())

        def columns():
            return ask("select table_name, column_name, data_type from information_schema.columns "
                       "where table_schema = 'raw' and table_name not like '%\\_before' order by 1, 2")

        profile = (f"      type: postgres\n      host: {socket}\n      port: 5432\n      user: foreshock\n      password: none\n"
                   "      dbname: remedy\n      schema: analytics\n      threads: 1\n")
        run(ROOT / "tests/fixtures/reference/V001__baseline.sql")
        with connection.cursor() as cursor:
            for table, of_it in rows().items():
                if table in RAW:
                    marks = ", ".join(["%s"] * len(of_it[0]))
                    cursor.executemany(f"insert into raw.{table} values ({marks})", of_it)
        project = project_at(home, "as_it_is", profile)
        dbt(project, "build")
        before, shape = totals(ask), columns()
        out = home / "drafts"
        said = fix(foreshock, project, out, EXAMPLE / "V042__accounts_migration.sql", EXAMPLE / "U042__accounts_migration.sql")
        print(said, end="")
        ask("create role reader")
        ask("grant select on raw.raw_customers to reader")

        run(out / "rollback/1_copy_before.sql")
        asked = answers(out / "validation/postgres/before.sql")
        without_dbt()
        run(EXAMPLE / "V042__accounts_migration.sql")
        told = answers(out / "validation/postgres/after.sql")
        if asked != told:
            sys.exit(f"validation differs: {[pair for pair in zip(asked, told) if pair[0] != pair[1]]}")
        print(f"  validation: {len(asked)} questions have the same answers before and after")

        run(out / "compatibility/postgres/create.sql")
        if not ask("select has_table_privilege('reader', 'raw.raw_customers', 'select')")[0][0]:
            sys.exit("who could read the table cannot read the view")
        dbt(project, "build")
        same("compatibility layer, project unchanged", before, totals(ask))
        without_dbt()
        run(out / "compatibility/postgres/remove.sql")

        edited = patched(home, "patched", profile, out / "fix.patch")
        dbt(edited, "build")
        same("staging shim", before, totals(ask))
        shutil.copytree(out / "guards/tests", edited / "tests")
        dbt(edited, "test", "--select", "tag:source_contract")
        print("  guards: run and pass on the migrated schema")

        without_dbt()
        run(out / "rollback/2_roll_back.sql")
        for query in (out / "rollback/3_prove.sql").read_text().split(";"):
            if query.strip() and ask(query):
                sys.exit(f"rows that did not come back: {ask(query)[:5]}")
        if [row[:2] for row in columns()] != [row[:2] for row in shape]:
            sys.exit(f"columns after the rollback: {columns()}")
        dbt(project, "build")
        same("rollback, project unchanged", before, totals(ask))

        run(out / "expand_contract/1_expand.sql")
        run(out / "expand_contract/2_fill.sql")
        for query in (out / "expand_contract/3_check.sql").read_text().split(";"):
            if query.strip() and ask(query)[0][1] != 0:
                sys.exit(f"old and new differ: {ask(query)}")
        dbt(project, "build")
        same("expanded, project unchanged", before, totals(ask))
        without_dbt()
        run(out / "expand_contract/5_contract.sql")
        dbt(edited, "build")
        same("contracted, with the shim", before, totals(ask))
        connection.close()


@contextlib.contextmanager
def server(home):
    """A PostgreSQL of its own, or the one that is given."""
    if given := os.environ.get("FORESHOCK_POSTGRES"):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="fs-pg-", dir="/tmp"))
    as_user = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    control = [*as_user, "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*as_user, "initdb", "-U", "foreshock", "-A", "trust", "-E", "UTF8", "--locale=C", folder / "data"],
                   check=True, cwd="/", **quiet)
    try:
        subprocess.run([*control, "-o", f"-k {folder} -c listen_addresses= -c fsync=off", "start"], check=True, cwd="/", **quiet)
        yield str(folder)
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], cwd="/", check=False, **quiet)
        shutil.rmtree(folder, ignore_errors=True)


# DuckDB


def on_duckdb(home, foreshock):
    import duckdb

    path = home / "acme.duckdb"
    profile = f"      type: duckdb\n      path: {path}\n      schema: analytics\n      threads: 1\n"

    def ask(query):
        with duckdb.connect(str(path)) as connection:
            return connection.execute(query).fetchall()

    baseline = (ROOT / "tests/fixtures/reference/V001__baseline.sql").read_text()
    for serial, plain in (("BIGSERIAL PRIMARY KEY", "BIGINT"), ("SERIAL PRIMARY KEY", "INTEGER")):
        baseline = baseline.replace(serial, plain)
    lines = baseline.split("CREATE INDEX")[0]
    lines = re.sub(r" REFERENCES [a-z_.]+(\(\w+\))?| NOT NULL| UNIQUE| CONSTRAINT \w+\s+CHECK \([^)]*\)\)", "", lines)
    ask(lines)
    with duckdb.connect(str(path)) as connection:
        for table, of_it in rows().items():
            connection.executemany(f"insert into raw.{table} values ({', '.join('?' * len(of_it[0]))})", of_it)
    project = project_at(home, "as_it_is", profile)
    dbt(project, "build")
    before = totals(ask)
    out = home / "drafts"
    print(fix(foreshock, project, out, HERE / "accounts_migration.sql", EXAMPLE / "U042__accounts_migration.sql"), end="")
    asked = ask((out / "validation/duckdb/before.sql").read_text())
    ask((HERE / "accounts_migration.sql").read_text())
    told = ask((out / "validation/duckdb/after.sql").read_text())
    if asked != told:
        sys.exit(f"validation differs: {[pair for pair in zip(asked, told) if pair[0] != pair[1]]}")
    edited = patched(home, "patched", profile, out / "fix.patch")
    dbt(edited, "build")
    same("staging shim", before, totals(ask))
    ask((out / "compatibility/duckdb/create.sql").read_text())
    dbt(project, "build")
    same("compatibility layer, project unchanged", before, totals(ask))


if __name__ == "__main__":
    main()
