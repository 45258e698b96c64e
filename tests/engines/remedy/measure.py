"""On how many migrations the staging shim leaves nothing broken, as DuckDB judges, and how often it says so rightly.

    python measure.py --foreshock PATH [--match TEXT] [--every N] [--seconds S]

Takes the projects and migrations of tests/engines/outcomes. A draft holds where every node of the project gives after the
migration, with the drafted models, what it gave before.
"""

import argparse
import copy
import json
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import jinja2

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "outcomes"))
import compare  # noqa: E402
import engines  # noqa: E402
import migrations  # noqa: E402
import projects  # noqa: E402
import truth  # noqa: E402

HARM = {"fails", "blocked", "wrong", "dark", "catches"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--foreshock", required=True)
    parser.add_argument("--work", default="/tmp/foreshock-measure", type=Path)
    parser.add_argument("--match", default="")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=100000)
    chosen = parser.parse_args()
    until = time.monotonic() + chosen.seconds
    everything = projects.every()
    cases = [case for case in migrations.every(everything) if chosen.match in case.name and "duckdb" in case.engines]
    found, told = Counter(), []
    for project in everything:
        own = [case for case in cases if case.project == project.name][:: chosen.every]
        if not own:
            continue
        engine = engines.DuckDb()
        home = projects.built(project, engine, chosen.work / "projects")
        inputs = compare.inputs(home, chosen.work / "inputs" / project.name)
        for case in own:
            if time.monotonic() > until:
                break
            said = judged(chosen, project, engine, home, inputs, case)
            found[said[0]] += 1
            if said[0] in ("says none and is wrong", "leaves some, as it says"):
                told.append(f"{said[0]}: {case.name}: {said[1]}")
    print("\n".join(told))
    for what, count in sorted(found.items()):
        print(f"{count:5} {what}")
    offered = sum(count for what, count in found.items() if what not in ("not offered", "refused by the engine"))
    clean = found["leaves none, as it says"] + found["leaves none, and says some"]
    print(f"offered {offered}; nothing left broken, as DuckDB judges, in {clean} ({100 * clean / max(offered, 1):.1f} %)")


def judged(chosen, project, engine, home, inputs, case):
    name = "".join(c if c.isalnum() else "_" for c in case.name)
    migration = inputs / f"V1__{name[:120]}.sql"
    migration.write_text(case.on("duckdb").replace("; ", ";\n") + "\n")
    command = [chosen.foreshock, "review", inputs / "manifest.json", inputs / "catalog.json", migration]
    done = subprocess.run([*command, "--dialect", "duckdb", "--format", "json", "--fail-on", "never"],
                          capture_output=True, check=True)
    shim = next((one for one in json.loads(done.stdout)["remedies"] if one["kind"] == "staging_shim"), None)
    if shim is None:
        return "not offered", ""
    built = truth.Built(project, home)
    built.nodes = copy.deepcopy(built.nodes)
    written = json.loads((inputs / "manifest.json").read_text())["nodes"].values()
    for file in shim["files"]:
        stem = Path(file["path"]).stem
        for node in written:
            if node["resource_type"] in ("model", "snapshot", "test") and node["name"] == stem:
                replace(built.nodes, node, compiled(project, file["text"]))
    engine.open(project, lambda own: None)
    original = truth.Built(project, home)
    engine.prepare = original.prepare
    engine.begin()
    try:
        original.learn(engine)
        built.before = original.before
        refused = built.apply(engine, case.on("duckdb"))
        if refused:
            return "refused by the engine", refused
        outcomes = built.rebuild(engine)
    finally:
        engine.end()
    left = {key: outcome for key, outcome in outcomes.items() if outcome in HARM}
    says = shim["residual"]["after"] + shim["residual"]["unknown"]
    if not left:
        return ("leaves none, as it says", "") if says == 0 else ("leaves none, and says some", "")
    if says == 0:
        return "says none and is wrong", str(left)[:300]
    return "leaves some, as it says", str(left)[:200] + " / " + "; ".join(shim["decisions"])[:200]


def replace(nodes, node, sql):
    if node["config"]["materialized"] != "ephemeral":
        nodes[node["unique_id"]]["compiled_code"] = sql
        return
    # Its SQL stands in that of its readers.
    old = node["compiled_code"].strip()
    for other in nodes.values():
        if old in (other.get("compiled_code") or ""):
            other["compiled_code"] = other["compiled_code"].replace(old, sql.strip())


def compiled(project, template):
    """As dbt renders these projects' templates, which know no macros."""
    place = lambda source: source.removeprefix("raw_") if source != "raw" else "raw"
    names = {
        "config": lambda **settings: "",
        "source": lambda source, table: f"{project.database}.{place(source)}.{table}",
        "ref": lambda name: f"{project.database}.dbt.{name}",
        "target": {"type": "duckdb", "name": "dev", "schema": "dbt"},
        "is_incremental": lambda: False,
        "this": "dbt.this",
        "var": lambda name, otherwise=None: otherwise,
    }
    text = re.sub(r"\{%-?\s*(end)?snapshot.*?%\}", "", template, flags=re.S)
    return jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(text).render(names)


if __name__ == "__main__":
    main()
