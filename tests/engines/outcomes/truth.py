"""What becomes of every node of a project when a migration is applied: by running it.

A node `fails` when its own SQL is rejected while every relation upstream still has its last good output, and is `blocked`
when it runs and something upstream failed. One that runs is `wrong` when its values or rows are others than before,
`changes` when only its columns or their types are, `safe` when it is as before. A test `catches` when it passed and fails
now. A view that is created and cannot be read has failed.
"""

import json
import re
from collections import Counter
from datetime import date, datetime
from decimal import Decimal

from engines import Refused


class Built:
    """A project as dbt built it, to be run node by node without dbt."""

    def __init__(self, project, home):
        self.project = project
        self.manifest = json.loads((home / "target" / "manifest.json").read_text())
        nodes = {**self.manifest["nodes"], **self.manifest["exposures"]}
        self.nodes = {key: node for key, node in nodes.items() if node.get("config", {}).get("materialized") != "ephemeral"}
        self.order = in_order(self.nodes, nodes)
        self.seeds = {
            node["unique_id"]: self.project.files[f"seeds/{node['name']}.csv"].strip().splitlines()
            for node in nodes.values()
            if node["resource_type"] == "seed"
        }
        self.before = {}

    def parents(self, key):
        """The nodes it reads, through ephemeral models."""
        found, pending = set(), list(self.manifest["parent_map"].get(key, []))
        while pending:
            parent = pending.pop()
            if parent in self.nodes:
                found.add(parent)
            elif parent.startswith("model."):
                pending += self.manifest["parent_map"].get(parent, [])
        return sorted(found)

    def prepare(self, engine):
        """Brings the healthy state about: what dbt builds, and a copy of each output in the schema `good`."""
        for key in self.order:
            node = self.nodes[key]
            kind, name = node["resource_type"], node["name"]
            if kind == "seed":
                head, *rows = self.seeds[key]
                engine.run(f"create table dbt.{name} ({seed_columns(head, rows)})")
                engine.run(f"insert into dbt.{name} values {seed_rows(rows)}")
            elif kind == "model":
                create(engine, node)
            elif kind == "snapshot":
                engine.run(f"create table dbt.{name} as {first_snapshot(node)}")
            else:
                continue
            engine.run(f"create table good.{name} as select * from dbt.{name}")

    def learn(self, engine):
        """Keeps what the healthy nodes return."""
        for key in self.order:
            node = self.nodes[key]
            if node["resource_type"] in ("model", "snapshot"):
                self.before[key] = engine.query(f"select * from dbt.{node['name']}")
            elif node["resource_type"] == "test":
                self.before[key] = failures(engine, node)
        broken = [key for key, found in self.before.items() if key.startswith("test.") and found]
        assert not broken, f"tests that fail without any migration: {broken}"

    def apply(self, engine, migration):
        """The migration while the views of dbt are there: None, or why the engine refused it."""
        try:
            engine.run(migration)
        except Refused as why:
            return str(why)
        return None

    def drop_views(self, engine):
        for node in self.nodes.values():
            if node["resource_type"] == "model" and node["config"]["materialized"] == "view":
                engine.run(f"drop view if exists dbt.{node['name']} cascade")

    def views(self, engine):
        """What a reader of each existing relation sees before anything is built again."""
        seen = {}
        for key in self.order:
            if self.nodes[key]["resource_type"] == "model":
                seen[key] = self.compared(key, lambda: engine.query(f"select * from dbt.{self.nodes[key]['name']}"))
        return seen

    def rebuild(self, engine):
        """Every node's outcome after a full rebuild."""
        for key in reversed(self.order):
            node = self.nodes[key]
            if node["resource_type"] in ("model", "snapshot"):
                drop(engine, node)
        outcome, lost, values, rows = {}, {}, {}, {}
        for key in self.order:
            node = self.nodes[key]
            kind, name = node["resource_type"], node["name"]
            is_behind = any(outcome.get(parent) in ("fails", "blocked") for parent in self.parents(key))
            if kind in ("model", "snapshot"):
                result = self.compared(key, lambda: self.build(engine, node))
                if result != "fails" and is_behind:
                    result = "blocked"
                if result in ("fails", "blocked"):
                    drop(engine, node)
                    engine.run(f"create table dbt.{name} as select * from good.{name}")
                else:
                    (names, now), (old_names, old) = engine.query(f"select * from dbt.{name}"), self.before[key]
                    values[key] = changed_columns(old_names, old, names, now)
                    rows[key] = len(old) != len(now)
                    lost[key] = {name for name, _ in old_names} - {name for name, _ in names}
                outcome[key] = result
            elif kind == "test":
                try:
                    outcome[key] = "catches" if failures(engine, node) else "safe"
                except Refused:
                    outcome[key] = "fails"
                if outcome[key] != "fails" and is_behind:
                    outcome[key] = "blocked"
            elif kind == "exposure":
                outcome[key] = self.dashboard(key, node, outcome, values, rows, lost)
        return outcome

    def build(self, engine, node):
        if node["resource_type"] == "snapshot":
            snapshot(engine, node)
        else:
            create(engine, node)
        found = engine.query(f"select * from dbt.{node['name']}")
        if node["config"].get("contract", {}).get("enforced"):
            declared = {column for column in node["columns"]}
            # Without lengths, as dbt compares them; DuckDB's decimals are a type for each length.
            bare = lambda columns: {name: kind[0] if isinstance(kind, list) else kind for name, kind in columns}
            kinds, before = bare(found[0]), bare(self.before[node["unique_id"]][0])
            if kinds.keys() != declared or kinds != before:
                raise Refused("the contract is not kept")
        return found

    def compared(self, key, run):
        try:
            names, rows = run()
        except Refused:
            return "fails"
        old_names, old = self.before[key]
        if changed_columns(old_names, old, names, rows) or len(old) != len(rows):
            return "wrong"
        return "safe" if list(names) == list(old_names) else "changes"

    def dashboard(self, key, node, outcome, values, rows, lost):
        parents = self.parents(key)
        if any(outcome.get(parent) in ("fails", "blocked") for parent in parents):
            return "dark"
        shown = (node.get("meta") or node["config"].get("meta") or {}).get("referenced_columns") or []
        shown = {(one["node"].split("'")[1], one["column_name"]) for one in shown}
        gone = {(self.nodes[parent]["name"], column) for parent in parents for column in lost.get(parent, ())}
        if shown & gone:
            return "dark"
        if gone and not shown:
            # Whether it shows a column that is gone, nobody can tell.
            return None
        for parent in parents:
            name = self.nodes[parent]["name"]
            mine = {column for model, column in shown if model == name}
            if outcome.get(parent) == "wrong" and (not shown or rows.get(parent) or mine & values.get(parent, set())):
                return "wrong"
        return "safe"


def in_order(nodes, every):
    done, order = set(), []

    def visit(key):
        if key in done or key not in every:
            return
        done.add(key)
        for parent in sorted(every[key].get("depends_on", {}).get("nodes", [])):
            visit(parent)
        if key in nodes:
            order.append(key)

    for key in sorted(every, key=lambda key: (every[key]["resource_type"] in ("test", "exposure"), key)):
        visit(key)
    return order


def create(engine, node):
    kind = "view" if node["config"]["materialized"] == "view" else "table"
    engine.run(f"create {kind} dbt.{node['name']} as (\n{node['compiled_code'].strip().rstrip(';')}\n)")


def drop(engine, node):
    for kind in ("view", "table"):
        try:
            engine.run(f"drop {kind} if exists dbt.{node['name']} cascade")
        except Refused:
            continue


def first_snapshot(node):
    stamp = "timestamp '2024-06-01 00:00:00'"
    return (
        f"select s.*, 'k' as dbt_scd_id, {stamp} as dbt_updated_at, {stamp} as dbt_valid_from, "
        f"cast(null as timestamp) as dbt_valid_to from ({node['compiled_code']}) s"
    )


def snapshot(engine, node):
    """What dbt's check strategy does: compares, adds columns, inserts the rows that are new or changed, ends the old."""
    name, key = node["name"], node["config"]["unique_key"]
    columns, _ = engine.query(f"select * from ({node['compiled_code']}) s where false")
    engine.run(f"create table dbt.{name} as select * from good.{name}")
    columns = [(column.lower(), kind) for column, kind in columns] if engine.name == "duckdb" else columns
    new, old = dict(columns), dict(engine.query(f"select * from dbt.{name} where false")[0])
    check = node["config"]["check_cols"]
    kept = [column for column in old if not column.startswith("dbt_")]
    compared = [column for column in kept if column in new] if check == "all" else check
    differs = " or ".join(f"n.{column} is distinct from o.{column}" for column in compared)
    # As dbt has it: a column that is new makes every row a changed one, one that is gone is not compared.
    if check == "all" and set(new) - set(kept):
        differs = "true"
    for column in new.keys() - old.keys():
        engine.run(f"alter table dbt.{name} add column {column} varchar")
    engine.run(
        f"create table dbt.{name}__new as select n.* from ({node['compiled_code']}) n left join dbt.{name} o "
        f"on o.{key} = n.{key} and o.dbt_valid_to is null where o.{key} is null or {differs}"
    )
    engine.run(f"update dbt.{name} set dbt_valid_to = timestamp '2024-07-01 00:00:00' where exists (select 1 from dbt.{name}__new n where n.{key} = {name}.{key})")
    names = ", ".join(new)
    engine.run(f"insert into dbt.{name} ({names}, dbt_scd_id) select {names}, 'n' from dbt.{name}__new")
    engine.run(f"drop table dbt.{name}__new")


def failures(engine, node):
    return engine.query(f"select count(*) from (\n{node['compiled_code']}\n) dbt_test")[1][0][0]


def changed_columns(old_names, old, names, rows):
    """The columns whose values are others than before; those that came or went are none of them."""
    at = {name: index for index, (name, _) in enumerate(names)}
    changed = set()
    common = [(name, index, at[name]) for index, (name, _) in enumerate(old_names) if name in at]
    for name, was, now in common:
        if Counter(plain(row[was]) for row in old) != Counter(plain(row[now]) for row in rows):
            changed.add(name)
    together = lambda found, which: Counter(tuple(plain(row[one[which]]) for one in common) for row in found)
    if not changed and common and together(old, 1) != together(rows, 2):
        changed.update(name for name, _, _ in common)
    return changed


def plain(value):
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float, Decimal)):
        return f"{float(value):.6g}"
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00"
    return value if value is None else as_shown(str(value))


def as_shown(text):
    """A text that shows a number, a date or a truth value is that value: a change of type alone is no change of values."""
    if re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text):
        return f"{float(text):.6g}"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return f"{text} 00:00:00"
    return text.capitalize() if text in ("true", "false") else text


def seed_columns(head, rows):
    kinds = ["boolean" if value in ("true", "false") else "varchar(40)" for value in rows[0].split(",")]
    return ", ".join(f"{name} {kind}" for name, kind in zip(head.split(","), kinds))


def seed_rows(rows):
    value = lambda text: text if text in ("true", "false") else f"'{text}'"
    return ", ".join(f"({', '.join(value(text) for text in row.split(','))})" for row in rows)
