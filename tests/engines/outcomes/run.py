"""Holds the predicted outcomes to what DuckDB, PostgreSQL and dbt really do.

    python3 tests/engines/outcomes/run.py [--project NAME] [--engine NAME] [--match TEXT] [--explain] [--without-catalog] [--write]

Needs `initdb` and the other programs of PostgreSQL; everything else is installed below target/. `--write` keeps the
result in docs/accuracy.md, beside what is predicted from the manifest alone. What really happened is kept below target/ and asked again only for what is new.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
NEEDS = ["dbt-core>=1.11,<1.12", "dbt-duckdb>=1.10,<2", "dbt-postgres>=1.10,<2", "psycopg2-binary"]


def with_tools():
    """Runs itself again in an environment of its own, made once."""
    try:
        import dbt.cli.main, duckdb, psycopg2  # noqa: E401, F401
    except ImportError:
        home = TARGET / "engines" / "venv"
        if not (home / "done").exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
            subprocess.run([str(home / "bin/python"), "-m", "pip", "install", "--quiet", *NEEDS], check=True)
            (home / "done").touch()
        os.execv(home / "bin/python", [str(home / "bin/python"), *sys.argv])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--project")
    parser.add_argument("--engine")
    parser.add_argument("--match", default="")
    parser.add_argument("--explain", action="store_true", help="print every node on which prediction and truth differ")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--without-catalog", action="store_true", help="give Foreshock the manifest alone")
    parser.add_argument("--built", action="store_true", help="take the command line that was built before")
    parser.add_argument("--real", type=int, default=0, metavar="N", help="let dbt itself build N cases of each project and engine")
    parser.add_argument("--hold", action="store_true", help="fail where a bound is not kept")
    chosen = parser.parse_args()
    with_tools()
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"

    import compare
    import engines
    import migrations
    import projects

    if not chosen.built:
        subprocess.run(["cargo", "build", "--quiet", "-p", "foreshock-cli"], check=True, cwd=ROOT)
    all_projects = projects.every()
    all_cases = migrations.every(all_projects)
    cases = [case for case in all_cases if chosen.match in case.name]
    server = Lazily(engines.Postgres)

    def report(has_catalog):
        results = []
        for project in all_projects:
            for engine in (engines.DuckDb, server):
                name = engine.name if engine is server else engines.DuckDb.name
                if chosen.project not in (None, project.name) or chosen.engine not in (None, name):
                    continue
                own = [case for case in cases if case.project == project.name and name in case.engines]
                results += compared(project, name, engine, own, has_catalog, chosen.real)
        return compare.Report(results, has_catalog)

    try:
        found = report(not chosen.without_catalog)
        print(found.text(chosen.explain))
        if chosen.write:
            (ROOT / "docs" / "accuracy.md").write_text(found.markdown(report(has_catalog=False)))
    finally:
        server.stop()
    broken = found.broken_bounds()
    print("\n".join(broken))
    if chosen.hold and broken:
        sys.exit(1)


class Lazily:
    """A server that is started only when a truth is not known yet."""

    name = "postgres"

    def __init__(self, start):
        self.start, self.started = start, None

    def __call__(self):
        self.started = self.started or self.start()
        return self.started

    def stop(self):
        if self.started:
            self.started.stop()


def compared(project, name, engine, cases, has_catalog, real):
    """What really happens, found out once and kept below target/, beside what is predicted now."""
    import compare
    import projects
    import truth

    folder = TARGET / "engines"
    mark = hashlib.sha256(project.text.encode())
    for file in ("projects.py", "engines.py", "truth.py"):
        mark.update((HERE / file).read_bytes())
    kept = folder / "truth" / f"{project.name}-{name}-{mark.hexdigest()[:16]}.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    missing = [case for case in cases if case.on(name) not in known]
    home = folder / "projects" / f"{project.name}-{name}"
    if missing or not (home / "target" / "manifest.json").exists():
        started = engine()
        home = projects.built(project, started, folder / "projects")
        built = truth.Built(project, home)
        known |= {case.on(name): found for case, found in tried(started, project, built, missing)}
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(known))
    built = truth.Built(project, home)
    by_dbt = really(project, name, engine, cases, built, home, real)
    inputs = compare.inputs(home, folder / "inputs" / f"{project.name}-{name}", has_catalog)
    with ThreadPoolExecutor(2) as pool:
        reviews = pool.map(lambda case: compare.predict(TARGET, inputs, name, case), cases)
        found = zip(cases, reviews)
        return [compare.Result(case, name, *known[case.on(name)], review, built, by_dbt.get(case.on(name))) for case, review in found]


def really(project, name, engine, cases, built, home, size):
    """What dbt itself says of a sample of the cases; kept like the rest, and told again where it was asked before."""
    import real

    folder = TARGET / "engines"
    mark = hashlib.sha256(project.text.encode())
    for file in ("projects.py", "engines.py", "real.py"):
        mark.update((HERE / file).read_bytes())
    kept = folder / "truth" / f"{project.name}-{name}-real-{mark.hexdigest()[:16]}.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    missing = [case for case in real.sample(cases, size) if case.on(name) not in known] if size else []
    if missing:
        warehouse = real.Warehouse(engine(), project, built, home, folder / "real" / f"{project.name}-{name}")
        known |= {case.on(name): warehouse.tried(case.on(name)) for case in missing}
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(known))
    return known


def tried(engine, project, built, cases):
    """Runs migrations one after the other: why it was refused, what readers see at once, what a rebuild comes to."""
    engine.open(project, built.prepare)
    engine.begin()
    built.learn(engine)
    engine.end()
    for case in cases:
        sql = case.on(engine.name)
        engine.begin()
        refused = built.apply(engine, sql)
        seen = None if refused else built.views(engine)
        why = refused
        if refused and engine.name == "postgres":
            # The views of dbt are in the way of the migration: the rebuild is judged without them.
            engine.end()
            engine.begin()
            built.drop_views(engine)
            why = built.apply(engine, sql)
        outcomes = None if why else built.rebuild(engine)
        engine.end()
        yield case, (refused, seen, outcomes)
    engine.close()


if __name__ == "__main__":
    main()
