"""The dbt projects, each written in one file of `projects/`, and what real dbt makes of them.

A file holds sections, each begun by a line `== …`:

    == raw                                  the source tables and their rows, in SQL that both engines read
    == seed NAME                            a CSV
    == NAME | view unique_key=id | unique:id not_null:id,x accepted_values:c=a,b relationships:c>model.column
    == NAME | table contract: a integer     a model; tests may stand in several parts
    == snapshot NAME | check=a,b unique_key=id
    == test NAME                            a singular test
    == exposure NAME | models | model.column, …
"""

import hashlib
import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass
class Project:
    name: str
    text: str
    raw: str = ""
    files: dict = field(default_factory=dict)
    models: list = field(default_factory=list)
    exposures: list = field(default_factory=list)

    @property
    def database(self):
        return f"o_{self.name}"

    def tables(self):
        """Source tables: name → [(column, type)]."""
        found = re.findall(r"create table raw\.(\w+) \((.*?)\);", self.raw, re.S)
        return {name: [tuple(part.strip().split(" ", 1)) for part in split_commas(body)] for name, body in found}


def every():
    return [read(path) for path in sorted((HERE / "projects").glob("*.sql"))]


def read(path):
    project = Project(path.stem, path.read_text())
    for section in re.split(r"^== ", project.text, flags=re.M)[1:]:
        head, _, body = section.partition("\n")
        parts = [part.strip() for part in head.split(" | ")]
        kind, _, name = parts[0].partition(" ")
        if kind == "raw":
            project.raw = body
        elif kind == "seed":
            project.files[f"seeds/{name}.csv"] = body
        elif kind == "test":
            project.files[f"tests/{name}.sql"] = body
        elif kind == "exposure":
            project.exposures.append((name, words(parts[1]), words(parts[2]) if len(parts) > 2 else []))
        elif kind == "snapshot":
            project.files[f"snapshots/{name}.sql"] = snapshot(name, parts[1], body)
        else:
            settings, _, contract = parts[1].partition(" contract: ")
            materialized, *options = settings.split()
            arguments = [f"materialized='{materialized}'"] + [f"{k}='{v}'" for k, v in (o.split("=") for o in options)]
            project.files[f"models/{kind}.sql"] = f"{{{{ config({', '.join(arguments)}) }}}}\n{body}"
            project.models.append((kind, split_commas(contract) if contract else [], parts[2:]))
    project.files["models/schema.yml"] = json.dumps(schema(project), indent=1)
    project.files["dbt_project.yml"] = json.dumps(
        {"name": project.name, "version": "1.0.0", "profile": "outcomes", "flags": {"send_anonymous_usage_stats": False}}
    )
    return project


def words(text):
    return [word.strip() for word in text.split(",") if word.strip()]


def split_commas(text):
    return re.split(r",\s*(?![^()]*\))", text)


def snapshot(name, settings, body):
    options = dict(part.split("=") for part in settings.split())
    check = f"'{options['check']}'" if options["check"] == "all" else str(options["check"].split(","))
    config = f"strategy='check', check_cols={check}, unique_key='{options['unique_key']}'"
    return f"{{% snapshot {name} %}}{{{{ config({config}) }}}}\n{body}{{% endsnapshot %}}\n"


def schema(project):
    models = []
    for name, contract, tests in project.models:
        columns = {}
        for column in contract:
            column, data_type = column.split(" ", 1)
            columns.setdefault(column, {"name": column, "data_tests": []})["data_type"] = data_type
        for kind, _, of in (test.partition(":") for test in tests):
            for column, test in test_of(kind, of):
                columns.setdefault(column, {"name": column, "data_tests": []})["data_tests"].append(test)
        model = {"name": name, "columns": list(columns.values())}
        if contract:
            model["config"] = {"contract": {"enforced": True}}
        models.append(model)
    exposures = [
        {
            "name": name,
            "type": "dashboard",
            "owner": {"name": "Data"},
            "depends_on": [f"ref('{model}')" for model in reads],
            "config": {"meta": {"referenced_columns": [column_of(one) for one in shown]}} if shown else {},
        }
        for name, reads, shown in project.exposures
    ]
    sources = [{"name": "raw", "schema": "raw", "tables": [{"name": name} for name in project.tables()]}]
    return {"version": 2, "sources": sources, "models": models, "exposures": exposures}


def column_of(text):
    model, column = text.split(".")
    return {"column_name": column, "node": f"ref('{model}')"}


def test_of(kind, of):
    if kind == "accepted_values":
        column, _, values = of.partition("=")
        return [(column, {kind: {"arguments": {"values": values.split(",")}}})]
    if kind == "relationships":
        column, _, to = of.partition(">")
        model, _, field_name = to.partition(".")
        return [(column, {kind: {"arguments": {"to": f"ref('{model}')", "field": field_name}}})]
    return [(column, kind) for column in of.split(",")]


def built(project, engine, folder):
    """What dbt makes of the project on an engine: manifest and catalog, kept until the project changes."""
    mark = hashlib.sha256((project.text + Path(__file__).read_text()).encode()).hexdigest()
    home = folder / f"{project.name}-{engine.name}"
    kept = home / "mark"
    if not (kept.exists() and kept.read_text() == mark):
        shutil.rmtree(home, ignore_errors=True)
        for name, text in project.files.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(text)
        profile = {"outcomes": {"target": "t", "outputs": {"t": engine.profile(project, home)}}}
        (home / "profiles.yml").write_text(json.dumps(profile))
        engine.create(project, home)
        dbt(home, "build", "--full-refresh")
        dbt(home, "docs", "generate")
        dbt(home, "compile", "--full-refresh")
        kept.write_text(mark)
    return home


def dbt(home, *arguments):
    """Runs dbt in the project and gives what became of each node."""
    from dbt.cli.main import dbtRunner

    done = dbtRunner().invoke(["--quiet", *arguments, "--project-dir", str(home), "--profiles-dir", str(home)])
    if done.exception:
        raise done.exception
    return {one.node.unique_id: str(one.status) for one in getattr(done.result, "results", []) if hasattr(one, "node")}
