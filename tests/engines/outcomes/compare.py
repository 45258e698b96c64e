"""Predictions beside the truth: counted by outcome, engine and operation."""

import json
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass

BROKEN = ("fails", "blocked")
HARM = (*BROKEN, "dark", "wrong", "catches", "stale")


@dataclass
class Result:
    case: object
    engine: str
    # Why the engine refused the migration with dbt's views in place.
    refused: str | None
    # What readers of the relations that are there see at once; none where it was refused.
    seen: dict | None
    # None where the engine refuses the migration even without dbt's views.
    truth: dict | None
    review: dict
    built: object
    # What dbt itself says, where it was asked.
    by_dbt: dict | None = None

    def predicted(self):
        return {node["unique_id"]: node["outcome"] for node in self.review["nodes"]}

    def window(self, name):
        """A window of the migration as it is: the views for which it is refused, and what is seen."""
        for step in (step for plan in self.review["windows"] if plan["strategy"] == "as_is" for step in plan["steps"]):
            if step["window"] == name:
                return step["refused_by"], {one["unique_id"]: one["state"] for one in step["seen"]}
        return [], {}


def inputs(home, folder, catalog=True):
    """Manifest and catalog as Foreshock gets them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "catalog.json").unlink(missing_ok=True)
    for name in ("manifest.json", "catalog.json") if catalog else ("manifest.json",):
        (folder / name).write_bytes((home / "target" / name).read_bytes())
    return folder


def predict(target, folder, engine, case):
    """The review of a case as the command line gives it."""
    name = "".join(c if c.isalnum() else "_" for c in case.name)
    migration = folder / f"V1__{name[:120]}.sql"
    migration.write_text(case.on(engine).replace("; ", ";\n") + "\n")
    command = [target / "debug/foreshock", "review", *sorted(folder.glob("*.json")), migration]
    command += ["--dialect", engine, "--format", "json", "--fail-on", "never"]
    done = subprocess.run(command, capture_output=True, check=True)
    return json.loads(done.stdout)


class Score:
    """Right, said and true, of one kind of claim."""

    def __init__(self):
        self.hit = self.false = self.missed = 0

    def add(self, said, so):
        self.hit += said and so
        self.false += said and not so
        self.missed += so and not said

    def precision(self):
        return share(self.hit, self.hit + self.false)

    def recall(self):
        return share(self.hit, self.hit + self.missed)

    def row(self):
        return [self.hit + self.missed, self.hit + self.false, self.precision(), self.recall()]


def share(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "–"


class Report:
    def __init__(self, results, has_catalog=True):
        self.has_catalog = has_catalog
        self.results = [result for result in results if result.truth is not None]
        self.refused = [result for result in results if result.truth is None]
        self.by_outcome = defaultdict(Score)
        self.by_engine = defaultdict(Score)
        self.by_op = defaultdict(Score)
        self.baseline = Score()
        self.agree = defaultdict(Counter)
        self.wrong_known = Score()
        self.at_once = defaultdict(Score)
        self.real, self.real_cases, self.behind_tests = defaultdict(Score), 0, 0
        self.alarms, self.differences = [], []
        self.harmless = self.not_judged = self.harmed = self.called_safe = 0
        for result in self.results:
            self.count(result)

    def count_windows(self, result):
        """What is seen right after the migration, before anything is built again."""
        refused_by, states = result.window("migrated")
        self.at_once["the migration is refused for the sake of a view"].add(bool(refused_by), result.refused is not None)
        note = lambda kind, so, said, key: self.differences.append(
            (kind, so, said, result.case.op, result.case.what, result.engine, key, "at once")
        )
        if refused_by or result.refused is not None:
            if bool(refused_by) != (result.refused is not None):
                note("window", str(result.refused), str(refused_by), "refused")
            return
        for key, so in result.seen.items():
            said = states.get(key, "safe")
            if result.built.nodes[key]["config"]["materialized"] != "view":
                self.at_once["a table is no longer what it was"].add(False, so != "safe")
                continue
            self.at_once["a view cannot be read"].add(said == "dark", so == "fails")
            self.at_once["a view shows other values"].add(said == "wrong", so == "wrong")
            if (said == "dark") != (so == "fails") or (said == "wrong") != (so == "wrong"):
                note("window", so, said, key)
        for key in (key for key in result.built.nodes if key.startswith("exposure.")):
            so = any(result.seen.get(parent) == "fails" for parent in result.built.parents(key))
            said = states.get(key) == "dark"
            self.at_once["a dashboard cannot be read"].add(said, so)
            if so != said:
                note("window", "fails" if so else "safe", states.get(key, "safe"), key)

    def count_real(self, result):
        """dbt's own word, node by node, and what dashboards show after its run."""
        predicted, nodes = result.predicted(), result.by_dbt["nodes"]
        self.real_cases += 1
        failed_tests = {key for key, so in nodes.items() if key.startswith("test.") and so in ("fails", "catches")}
        behind = behind_tests(result, failed_tests)
        for key, so in nodes.items():
            said = predicted.get(key, "safe")
            kind = key.split(".")[0]
            if kind not in ("model", "snapshot", "test"):
                continue
            if key in behind and so == "blocked" and said != "blocked":
                # dbt skips what comes after a test that fails; an outcome speaks of the SQL alone.
                self.behind_tests += 1
                continue
            for outcome in ("fails", "blocked", "catches"):
                if kind == "test" or outcome != "catches":
                    self.real[f"{'test' if kind == 'test' else 'model'}: {outcome}"].add(said == outcome, so == outcome)
            if so != said and {so, said} & {"fails", "blocked", "catches"}:
                because = next((n["because"][0]["message"] for n in result.review["nodes"] if n["unique_id"] == key), "")
                self.differences.append((f"dbt {kind}", so, said, result.case.op, result.case.what, result.engine, key, because))
        _, states = result.window("rebuilt")
        for key, so in result.by_dbt["dashboards"].items():
            parents = result.built.parents(key)
            if any(parent in behind for parent in parents):
                continue
            said = states.get(key, "safe")
            for outcome in ("dark", "stale"):
                self.real[f"dashboard: {outcome}"].add(said == outcome, so == outcome)
            if said != so and {said, so} & {"dark", "stale"}:
                self.differences.append(("dbt dashboard", so, said, result.case.op, result.case.what, result.engine, key, "rebuilt"))

    def count(self, result):
        self.count_windows(result)
        if result.by_dbt and "nodes" in result.by_dbt:
            self.count_real(result)
        predicted, case = result.predicted(), result.case
        self.harmless += case.harmless
        is_harmed = any(so not in ("safe", "changes", None) for so in result.truth.values())
        if case.harmless and not is_harmed and result.review["verdict"] == "block":
            self.alarms.append(f"{case.name} on {result.engine}")
        for key, so in result.truth.items():
            if so is None:
                self.not_judged += 1
                continue
            is_harm = so in HARM
            self.harmed += is_harm
            self.called_safe += is_harm and predicted.get(key, "safe") in ("safe", "changes")
            kind = key.split(".")[0]
            said = predicted.get(key, "safe")
            kind = "model" if kind == "snapshot" else kind
            if kind == "model":
                for outcome in ("fails", "blocked", "wrong", "changes"):
                    self.by_outcome[outcome].add(said == outcome, so == outcome)
                broken = (said in BROKEN, so in BROKEN)
                for score in (self.by_outcome["fails or blocked"], self.by_engine[result.engine], self.by_op[case.op]):
                    score.add(*broken)
                self.baseline.add(key in reach(result), so in BROKEN)
                if so not in BROKEN and case.values:
                    self.wrong_known.add(said == "wrong", so == "wrong")
                agrees = said == so
            else:
                agrees = said == so or (said == "changes" and so == "safe")
            word = "right" if agrees else "said unknown" if said == "unknown" else "differs"
            self.agree[kind][word] += 1
            if not agrees:
                because = next((n["because"][0]["message"] for n in result.review["nodes"] if n["unique_id"] == key), "not reached")
                self.differences.append((kind, so, said, case.op, case.what, result.engine, key, because))

    def tables(self):
        head = ["", "really", "predicted", "precision", "recall"]
        yield "Models and snapshots", head, [[name, *score.row()] for name, score in self.by_outcome.items()] + [
            ["wrong, values named", *self.wrong_known.row()],
            ["table-level reach, for fails or blocked", *self.baseline.row()],
        ]
        yield "Fails or blocked, by engine", head, [[name, *score.row()] for name, score in sorted(self.by_engine.items())]
        yield "Fails or blocked, by operation", head, [[name, *score.row()] for name, score in sorted(self.by_op.items())]
        yield "At once, before dbt runs again", head, [[name, *score.row()] for name, score in sorted(self.at_once.items())]
        if self.real_cases:
            title = f"What dbt itself says: `dbt build --full-refresh` after {self.real_cases} of the migrations"
            yield title, head, [[name, *score.row()] for name, score in sorted(self.real.items())]
        rows = []
        for kind, found in sorted(self.agree.items()):
            whole = sum(found.values())
            rows.append([kind, whole, share(found["right"], whole), found["said unknown"], found["differs"]])
        yield "Every node", ["", "nodes", "right", "said unknown", "differs"], rows

    def broken_bounds(self):
        """What must hold and does not, in sentences. From the manifest alone less is known, and then that is said."""
        whole = self.by_outcome["fails or blocked"]
        rate = lambda hit, other: hit / (hit + other) if hit + other else 1.0
        agreed = lambda kind: rate(self.agree[kind]["right"], self.agree[kind]["differs"] + self.agree[kind]["said unknown"])
        wrong = self.by_outcome["wrong"]
        bounds = [("precision of fails or blocked", rate(whole.hit, whole.false), 0.995),
                  ("harmed and not called safe", rate(self.harmed - self.called_safe, self.called_safe), 0.9995)]
        if self.has_catalog:
            bounds += [
                ("recall of fails or blocked", rate(whole.hit, whole.missed), 1.0),
                ("precision of wrong", rate(wrong.hit, wrong.false), 0.9),
                ("recall of wrong where values are named", rate(self.wrong_known.hit, self.wrong_known.missed), 0.95),
                ("tests", agreed("test"), 0.97),
                ("dashboards", agreed("exposure"), 0.99),
            ]
        broken = [f"{name}: {100 * is_so:.3f} %, and must be {100 * least} %" for name, is_so, least in bounds if is_so < least]
        return broken + [f"harmless and judged `block`: {alarm}" for alarm in self.alarms]

    def markdown(self, bare):
        out = [HEAD]
        runs = len(self.results)
        out.append(f"{runs} runs of migrations; {len(self.refused)} more are refused by the engine itself. Of {self.harmless} that nobody can "
                   f"notice, {len(self.alarms)} are judged `block`. Of {self.harmed} nodes that fail, are blocked, go dark or wrong, or "
                   f"catch something, {self.called_safe} are called safe.\n")
        for title, head, rows in self.tables():
            out += [f"## {title}\n", table([head[0] or " ", *head[1:]], rows)]
        out.append("## From the manifest alone\n")
        out.append("Without a catalog fewer columns and no types are known. What hangs on them is said to be unknown, and is never "
                   f"safe: of the {bare.harmed} harmed nodes {bare.called_safe} are called safe.\n")
        for title, head, rows in bare.tables():
            if title in ("Models and snapshots", "Every node"):
                out.append(table([head[0] or " ", *head[1:]], rows))
        counted = Counter((why(kind, so, said, op, what), kind, so, said, op) for kind, so, said, op, what, *_ in self.differences)
        rows = [[reason, kind, so, said, op.replace("_", " "), count] for (reason, kind, so, said, op), count in sorted(counted.items())]
        out += ["## Where they differ\n", table(["why", "kind", "really", "predicted", "operation", "nodes"], rows)]
        return "\n".join(out)

    def text(self, explain):
        lines = []
        for title, head, rows in self.tables():
            lines += ["", title] + ["  ".join(f"{cell!s:>12}" if at else f"{cell!s:42}" for at, cell in enumerate(row)) for row in [head, *rows]]
        lines += [f"{self.not_judged} dashboards that do not say what they show, on models that lose a column: not judged"]
        lines += ["", f"{len(self.results)} migrations run, {len(self.refused)} refused by the engine even without dbt's views"]
        lines += [f"{self.harmless} harmless ones, judged `block`: {len(self.alarms)}"] + self.alarms
        if explain:
            lines += ["", *("  ".join(row) for row in sorted(self.differences))]
        else:
            kinds = Counter((kind, so, said, op) for kind, so, said, op, *_ in self.differences)
            lines += ["", "differences: kind, truth, prediction, operation"] + [f"{n:5} {' '.join(key)}" for key, n in kinds.most_common(60)]
        return "\n".join(lines)


HEAD = """# Accuracy

What Foreshock predicts, held against what DuckDB, PostgreSQL and dbt do. This page is written by the command

```sh
python3 tests/engines/outcomes/run.py --real 4 --write
```

Nine dbt projects (`tests/engines/outcomes/projects`), each on both engines, are built by real dbt. Then every migration (operations ×
columns, and stories written by hand) is applied by the engine, every model, snapshot and test is run from its compiled SQL, and
each node is compared with the review of the same files.

- A node **fails** when its own SQL is rejected while everything upstream has its last good output, and is **blocked** when something
  upstream fails. It is **wrong** when it runs and its values or rows differ, and **changes** when only columns or types do. A test
  **catches** when it passed before and fails now.
- A text that shows the same number, date or truth value is the same value: a changed type alone is no changed value.
- *At once* is what somebody sees who reads an existing relation right after the migration, against the window *migrated* of the
  review. PostgreSQL's refusals for the sake of a view count there; the rebuild is then judged without dbt's views.
- What dbt itself says is asked for a sample. There a view is built though it cannot be read, and only what reads it fails; what dbt
  skips because a test failed upstream is left out.
- *Values named* leaves out migrations whose new values are not in their text (`x = x + 1`, deleted or inserted rows).
- *Table-level reach* is what `dbt ls source:table+` gives: everything downstream of a table that the migration names.
- A dashboard that does not say what it shows, on a model that loses a column, is not judged: nobody can tell.
"""


def table(head, rows):
    cells = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in cells) + "\n"


def behind_tests(result, failed):
    """What dbt skips because a test of something upstream fails."""
    pending = [parent for test in failed for parent in result.built.manifest["parent_map"].get(test, [])]
    found = set()
    while pending:
        for child in result.built.manifest["child_map"].get(pending.pop(), []):
            if child not in found and child not in failed:
                found.add(child)
                pending.append(child)
    return found


def reach(result):
    """What table-level lineage says: everything downstream of a table that the migration names."""
    if not hasattr(result, "reached"):
        children = result.built.manifest["child_map"]
        text = result.case.on(result.engine)
        pending = [key for key, source in result.built.manifest["sources"].items() if f"raw.{source['name']}" in text.replace(";", " ").split() or f"raw.{source['name']}." in text]
        found = set()
        while pending:
            for child in children.get(pending.pop(), []):
                if child not in found:
                    found.add(child)
                    pending.append(child)
        result.reached = found
    return result.reached


def why(kind, so, said, op, what):
    """The reason of a disagreement that is left, by the first rule that fits."""
    if kind.startswith("dbt "):
        return "a view that is built and cannot be read, as dbt tells it"
    if kind == "window":
        is_bound = "maps" in what and said == "safe"
        return "at once: a view that PostgreSQL binds to the renamed table shows its new values" if is_bound else "at once: hangs on the data"
    if "case of a bare name" in what:
        return "the case of a name is taken not to matter, since replication keeps none: a gap where engine and project are one"
    if said == "unknown":
        return "said to depend on the data, or on what a dashboard shows"
    if so in BROKEN or so == "dark":
        return "the new values cannot be cast or united, which only the data tells"
    if said in ("wrong", "catches") and so in ("safe", "changes"):
        return "values or rows change and do not matter to these rows"
    if so == "wrong" and op in ("delete_rows", "story"):
        return "the migration does not name its values"
    return "a shape that differs in its types alone" if "changes" in (so, said) else "not explained"
