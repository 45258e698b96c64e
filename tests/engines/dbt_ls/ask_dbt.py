"""Asks real dbt what each expression selects, and keeps its answers.

    <a virtual environment with dbt-core 1.11 and dbt-duckdb>/bin/python tests/engines/dbt_ls/ask_dbt.py [PROJECT…]

For each project of ../dbt_projects this rewrites two files here:

    PROJECT.manifest.json  the manifest as dbt wrote it, without macros, times and paths of the machine
    PROJECT.json           expressions, each with the ids that `dbt ls` listed, or the error that it gave

The expressions are those of PROJECT.json: add one as {"select": ["…"], "exclude": ["…"]} and run this again. The test
`tests/dbt_ls.rs` holds Foreshock's selectors to the answers; it needs no dbt.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from dbt.cli.main import dbtRunner
from dbt.version import __version__

HERE = Path(__file__).resolve().parent
PROJECTS = HERE.parent / "dbt_projects"
COMMAND = "dbt ls --resource-type all --output json --select … --exclude …"
SECTIONS = ("nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests", "functions")
# What differs from run to run or from machine to machine, and what no selector looks at and weighs most.
LEFT_OUT = {"created_at", "root_path", "build_path", "compiled_path", "raw_code", "unrendered_config", "checksum"}


def main() -> None:
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    for name in sys.argv[1:] or sorted(path.name for path in PROJECTS.iterdir()):
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder).resolve() / name
            shutil.copytree(PROJECTS / name, copy)
            os.chdir(copy)
            ask(name)
            os.chdir(HERE)


def ask(name: str) -> None:
    if Path("packages.yml").exists():
        run(dbtRunner(), ["deps"])
    parsed = run(dbtRunner(), ["parse"])
    runner = dbtRunner(manifest=parsed)
    (HERE / f"{name}.manifest.json").write_text(manifest(json.loads(Path("target/manifest.json").read_text())))
    kept = HERE / f"{name}.json"
    questions = json.loads(kept.read_text())["answers"]
    answers = [answer(runner, one["select"], one.get("exclude", [])) for one in questions]
    head = {"written_by": "ask_dbt.py", "dbt": __version__, "command": COMMAND}
    kept.write_text(lines({**head, "answers": answers}))
    print(f"{name}: {len(answers)} expressions")


def run(runner: dbtRunner, arguments: list):
    result = runner.invoke(["--quiet", *arguments, "--profiles-dir", "."])
    if result.exception:
        raise result.exception
    return result.result


def answer(runner: dbtRunner, select: list, exclude: list) -> dict:
    arguments = ["ls", "--resource-type", "all", "--output", "json", "--output-keys", "unique_id"]
    arguments += ["--select", *select] if select else []
    arguments += ["--exclude", *exclude] if exclude else []
    question = {"select": select, **({"exclude": exclude} if exclude else {})}
    stdout, sys.stdout = sys.stdout, open(os.devnull, "w")
    try:
        ids = run(runner, arguments)
    except Exception as error:
        return {**question, "error": " ".join(str(error).split())}
    finally:
        sys.stdout = stdout
    return {**question, "ids": sorted(json.loads(line)["unique_id"] for line in ids or [])}


def manifest(whole: dict) -> str:
    metadata = {
        key: whole["metadata"][key] for key in ("dbt_schema_version", "dbt_version", "project_name", "adapter_type")
    }
    sections = {key: {id: slim(node) for id, node in sorted(whole[key].items())} for key in SECTIONS}
    return lines({"metadata": metadata, **sections, "groups": whole["groups"], "macros": {}})


def slim(node: dict) -> dict:
    return {key: value for key, value in node.items() if key not in LEFT_OUT}


def lines(whole: dict) -> str:
    """JSON with one line for each entry of the sections, so that a difference can be read."""
    parts = []
    for key, value in whole.items():
        if isinstance(value, dict) and value:
            entries = [f"  {json.dumps(id)}: {json.dumps(entry, ensure_ascii=False)}" for id, entry in value.items()]
            parts.append(f"{json.dumps(key)}: {{\n" + ",\n".join(entries) + "\n}")
        elif isinstance(value, list) and value:
            parts.append(f"{json.dumps(key)}: [\n  " + ",\n  ".join(json.dumps(one, ensure_ascii=False) for one in value) + "\n]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    main()
