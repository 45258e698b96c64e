"""What dbt itself says of a sample: the project is built, the migration applied, and `dbt build --full-refresh` run for real.

The relations that are there when it begins are those that dbt left, as in a warehouse, so that what is seen afterwards is
what a dashboard shows: a relation that was not built anew is stale, or cannot be read.
"""

import json
import os
import shutil
import subprocess
import sys
from zlib import crc32

from engines import Refused
from truth import changed_columns

STATUS = {"error": "fails", "skipped": "blocked", "fail": "catches", "runtime error": "fails"}


def sample(cases, size):
    """As many operations as there are, the same ones in every run."""
    chosen, seen = [], set()
    for case in sorted((case for case in cases if not case.harmless), key=lambda case: crc32(case.name.encode())):
        if len(chosen) < size and (case.op not in seen or case.op == "story"):
            seen.add(case.op)
            chosen.append(case)
    return chosen


class Warehouse:
    """A project as dbt built it, in a warehouse that can be put back."""

    def __init__(self, engine, project, built, home, folder):
        self.engine, self.project, self.built, self.home = engine, project, built, folder
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(home, folder, ignore=shutil.ignore_patterns("target", "*.duckdb", "logs"))
        profile = {"outcomes": {"target": "t", "outputs": {"t": engine.profile(project, folder)}}}
        (folder / "profiles.yml").write_text(json.dumps(profile))
        engine.create(project, folder)
        self.build()
        engine.keep(project, folder)

    def build(self):
        command = [sys.executable, "-m", "dbt.cli.main", "--quiet", "build", "--full-refresh", "--no-partial-parse"]
        command += ["--project-dir", str(self.home), "--profiles-dir", str(self.home)]
        subprocess.run(command, capture_output=True, cwd=self.home, env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"})
        results = json.loads((self.home / "target" / "run_results.json").read_text())["results"]
        return {one["unique_id"]: STATUS.get(one["status"], "safe") for one in results}

    def tried(self, migration):
        """What dbt says of each node, and what each dashboard shows then; why the engine refused it, otherwise."""
        self.engine.put_back(self.project, self.home)
        try:
            with self.engine.reading(self.project, self.home) as connection:
                before = self.shown(connection)
                connection.run(migration)
        except Refused as why:
            return {"refused": str(why)}
        said = self.build()
        with self.engine.reading(self.project, self.home) as connection:
            after = self.shown(connection)
        dashboards = {key: self.dashboard(key, said, before, after) for key in self.built.nodes if key.startswith("exposure.")}
        return {"nodes": said, "dashboards": dashboards}

    def shown(self, connection):
        seen = {}
        for key, node in self.built.nodes.items():
            if node["resource_type"] == "model":
                try:
                    seen[key] = connection.query(f"select * from dbt.{node['name']}")
                except Refused:
                    seen[key] = None
        return seen

    def dashboard(self, key, said, before, after):
        parents = [parent for parent in self.built.parents(key) if parent in before]
        if any(after[parent] is None for parent in parents):
            return "dark"
        if any(said.get(parent) in ("fails", "blocked") for parent in parents):
            return "stale"
        differs = lambda parent: changed_columns(*before[parent], *after[parent]) or len(before[parent][1]) != len(after[parent][1])
        return "wrong" if any(differs(parent) for parent in parents) else "safe"
