//! Executable specifications: Markdown in `tests/specs`, prose round fenced blocks.
//!
//! A `##` heading starts a case. Its blocks describe a small dbt project and a migration, and the outcome they must have:
//!
//! - `source raw.orders`: a relation's columns, one `name type` a line; `source raw.orders loaded_at=at` measures freshness
//! - `older stg_orders`: a model of the manifest before; with any of them there are two manifests, and what differs is shown
//! - `model stg_orders`: SQL; it reads `raw.…` and `dbt.…` relations by those names. `model x (incremental)` is built so
//! - `hook stg_orders`: what dbt runs right after it builds the model
//! - `test accepted_values stg_orders status: a, b` and so on, with the test's own SQL inside
//! - `snapshot orders_history unique_key=id`: SQL, with settings; so can a model have them after its kind
//! - `unit_test stg_orders`: the model that it tests; then a line for each input, `raw.orders: id, status`, and `expect: id`
//! - `exposure sales`: the models that a dashboard reads, one a line; `exposure sales: orders.amount` says what it shows
//! - `migration`: the SQL of the migration; `migration V2` and further ones are files of their own
//! - `ask windows`, `ask reasons`: what is seen in each window, and what the verdict rests on, stand below the outcome too
//! - `outcome`: every node that is reached, one `kind name outcome: why` a line, in order; `(likely)` where it is not certain
//!
//! A first block `adapter` names another adapter than postgres for the whole file.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use foreshock_core::outcome::Certainty;
use foreshock_core::review::{DeployedState, Review};
use foreshock_core::{InputFile, Options, Session};
use serde_json::{Value, json};

/// One case, and the lines of the file that its expected outcome takes.
#[derive(Debug)]
pub struct Case {
    pub heading: String,
    blocks: Vec<Block>,
    pub expected: String,
    /// Lines of the outcome block, without its fences.
    pub lines: std::ops::Range<usize>,
    adapter: String,
}

#[derive(Debug)]
struct Block {
    kind: String,
    name: String,
    body: String,
}

/// The cases of one file.
pub fn cases(markdown: &str) -> Vec<Case> {
    let lines: Vec<&str> = markdown.lines().collect();
    let mut cases = Vec::new();
    let mut heading = String::new();
    let mut adapter = "postgres".to_owned();
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if let Some(text) = lines[at].strip_prefix("## ") {
            text.clone_into(&mut heading);
            blocks.clear();
        }
        if let Some(info) = lines[at].strip_prefix("```").filter(|info| !info.is_empty()) {
            let end = (at + 1..lines.len()).find(|line| lines[*line] == "```").expect("a closed block");
            let body = lines[at + 1..end].join("\n");
            let (kind, name) = info.split_once(' ').unwrap_or((info, ""));
            match kind {
                "adapter" => body.trim().clone_into(&mut adapter),
                "outcome" => cases.push(Case {
                    heading: heading.clone(),
                    blocks: std::mem::take(&mut blocks),
                    expected: body,
                    lines: at + 1..end,
                    adapter: adapter.clone(),
                }),
                _ => blocks.push(Block { kind: kind.to_owned(), name: name.to_owned(), body }),
            }
            at = end;
        }
        at += 1;
    }
    cases
}

impl Case {
    /// What the engine says of the case, in the form of an outcome block.
    pub fn actual(&self) -> String {
        let mut files = vec![
            InputFile::new("manifest.json", self.manifest("model").to_string().into_bytes()),
            InputFile::new("catalog.json", self.catalog().to_string().into_bytes()),
        ];
        let names: BTreeSet<&str> = self.of_kind("migration").map(|block| block.name.as_str()).collect();
        for name in names {
            let own = self.of_kind("migration").filter(|block| block.name == name);
            let text: Vec<&str> = own.map(|block| block.body.as_str()).collect();
            let file = if name.is_empty() { "V1" } else { name };
            files.push(InputFile::new(format!("{file}__migration.sql"), text.join("\n").into_bytes()));
        }
        if self.of_kind("older").next().is_some() {
            files.push(InputFile::new("older.json", self.manifest("older").to_string().into_bytes()));
        }
        let session = Session::read(files, &Options::default(), &mut |_| {});
        match session.review() {
            Ok(review) => {
                let asks = |what| self.of_kind("ask").any(|block| block.name == what);
                let told =
                    [asks("windows").then(|| windows(review)), asks("reasons").then(|| review.reasons.join("\n"))];
                let told = [Some(shown(review))].into_iter().chain(told).flatten().filter(|part| !part.is_empty());
                told.collect::<Vec<_>>().join("\n")
            }
            Err(missing) => missing.message.clone(),
        }
    }

    fn of_kind<'c>(&'c self, kind: &'c str) -> impl Iterator<Item = &'c Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    fn manifest(&self, models: &str) -> Value {
        let mut nodes = serde_json::Map::new();
        let snapshots = self.of_kind("snapshot").filter(|_| models == "model");
        for model in self.of_kind(models).chain(snapshots) {
            let kind = if model.kind == "snapshot" { "snapshot" } else { "model" };
            let (head, settings) = settings(&model.name);
            let default = if kind == "snapshot" { "snapshot)" } else { "view)" };
            let (name, materialized) = head.split_once(" (").unwrap_or((head, default));
            let mut config = json!({"materialized": materialized.trim_end_matches(')')});
            for (key, value) in settings {
                config[key] = value;
            }
            let hooks = self.of_kind("hook").filter(|hook| hook.name == name);
            config["post-hook"] = hooks.map(|hook| json!({"sql": hook.body})).collect();
            let id = format!("{kind}.spec.{name}");
            let node = json!({
                "name": name, "resource_type": kind, "original_file_path": format!("models/{name}.sql"),
                "relation_name": format!("db.dbt.{name}"), "config": config,
                "compiled_code": model.body, "depends_on": {"nodes": self.reads(&model.body)},
            });
            nodes.insert(id, node);
        }
        for test in self.of_kind("test") {
            let (facts, values) = test.name.split_once(": ").unwrap_or((&test.name, ""));
            let words: Vec<&str> = facts.split(' ').collect();
            let values: Vec<&str> = values.split(", ").filter(|value| !value.is_empty()).collect();
            let name = words.join("_");
            let node = json!({
                "name": name, "resource_type": "test", "original_file_path": "models/schema.yml",
                "compiled_code": test.body, "depends_on": {"nodes": self.reads(&test.body)},
                "test_metadata": {"name": words[0], "kwargs": {"column_name": words.get(2), "values": values}},
            });
            nodes.insert(format!("test.spec.{name}"), node);
        }
        let sources: serde_json::Map<String, Value> = self
            .of_kind("source")
            .map(|source| {
                let (full, settings) = settings(&source.name);
                let name = full.rsplit('.').next().unwrap_or_default();
                let mut node = json!({
                    "name": name, "resource_type": "source", "source_name": "raw", "relation_name": format!("db.{full}"),
                });
                for (key, value) in settings {
                    node[if key == "loaded_at" { "loaded_at_field" } else { key }] = value;
                }
                (format!("source.spec.{full}"), node)
            })
            .collect();
        let exposures: serde_json::Map<String, Value> = self
            .of_kind("exposure")
            .map(|exposure| {
                let reads: Vec<String> = exposure.body.lines().map(|line| self.id_of(line.trim())).collect();
                let (name, shows) = exposure.name.split_once(": ").unwrap_or((&exposure.name, ""));
                let shows: Vec<Value> = shows
                    .split(", ")
                    .filter_map(|shown| shown.split_once('.'))
                    .map(|(model, column)| json!({"column_name": column, "node": format!("ref('{model}')")}))
                    .collect();
                (
                    format!("exposure.spec.{name}"),
                    json!({
                        "name": name, "type": "dashboard", "depends_on": {"nodes": reads},
                        "meta": {"referenced_columns": shows},
                    }),
                )
            })
            .collect();
        json!({
            "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "adapter_type": self.adapter, "generated_at": if models == "older" { "2024-01-01" } else { "2024-01-02" }, "project_name": "spec"},
            "nodes": nodes, "sources": sources, "exposures": exposures, "unit_tests": self.unit_tests(),
        })
    }

    fn catalog(&self) -> Value {
        let tables: serde_json::Map<String, Value> = self
            .of_kind("source")
            .filter(|source| !source.body.trim().is_empty())
            .map(|source| {
                let columns: serde_json::Map<String, Value> = source
                    .body
                    .lines()
                    .enumerate()
                    .map(|(at, line)| {
                        let (name, data_type) = line.trim().split_once(' ').unwrap_or((line.trim(), "text"));
                        (name.to_owned(), json!({"name": name, "type": data_type, "index": at + 1}))
                    })
                    .collect();
                (format!("source.spec.{}", settings(&source.name).0), json!({ "columns": columns }))
            })
            .collect();
        json!({"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"}, "nodes": {}, "sources": tables})
    }

    /// The nodes whose relations a query names.
    fn reads(&self, sql: &str) -> Vec<String> {
        let names = |text: &str, wanted: &str| {
            text.match_indices(wanted)
                .any(|(at, _)| !text[at + wanted.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        let first = |block: &Block| block.name.split(' ').next().unwrap_or_default().to_owned();
        let sources = self.of_kind("source").map(first).filter(|name| names(sql, name));
        let models = self.of_kind("model").chain(self.of_kind("snapshot")).map(first);
        let models = models.filter(|name| names(sql, &format!("dbt.{name}")));
        sources.chain(models).map(|name| self.id_of(&name)).collect()
    }

    fn id_of(&self, name: &str) -> String {
        let is = |kind| self.of_kind(kind).any(|block| block.name.split(' ').next() == Some(name));
        let kind = ["source", "snapshot"].into_iter().find(|kind| is(kind)).unwrap_or("model");
        format!("{kind}.spec.{name}")
    }

    fn unit_tests(&self) -> serde_json::Map<String, Value> {
        let test = |block: &Block| {
            let rows = |columns: &str| {
                let row: serde_json::Map<String, Value> =
                    columns.split(", ").map(|column| (column.to_owned(), json!(1))).collect();
                json!([row])
            };
            let mut given = Vec::new();
            let mut expect = json!({});
            for (input, columns) in block.body.lines().filter_map(|line| line.split_once(": ")) {
                let call = match input.split_once('.') {
                    Some((source, table)) => format!("source('{source}', '{table}')"),
                    None => format!("ref('{input}')"),
                };
                if input == "expect" {
                    expect = json!({"rows": rows(columns)});
                } else {
                    given.push(json!({"input": call, "rows": rows(columns)}));
                }
            }
            let name = format!("{}_unit", block.name);
            let node = json!({
                "name": name, "resource_type": "unit_test", "model": block.name, "given": given, "expect": expect,
                "depends_on": {"nodes": [self.id_of(&block.name)]},
            });
            (format!("unit_test.spec.{name}"), node)
        };
        self.of_kind("unit_test").map(test).collect()
    }
}

/// `orders (table) unique_key=id check_cols=a,b` is a name and its settings.
fn settings(name: &str) -> (&str, Vec<(&str, Value)>) {
    let at = name.find('=').map_or(name.len(), |sign| name[..sign].rfind(' ').unwrap_or(sign));
    let settings = name[at..].trim_start().split(' ').filter_map(|setting| setting.split_once('='));
    let value = |text: &str| match text.split_once(',') {
        Some(_) => json!(text.split(',').collect::<Vec<_>>()),
        None => json!(text),
    };
    (name[..at].trim_end(), settings.map(|(key, text)| (key, value(text))).collect())
}

fn windows(review: &Review) -> String {
    let lines = review
        .windows
        .iter()
        .flat_map(|plan| plan.lines().into_iter().map(|line| format!("{} {line}", plan.strategy)).collect::<Vec<_>>());
    lines.collect::<Vec<_>>().join("\n")
}

fn shown(review: &Review) -> String {
    let mut out = String::new();
    for node in &review.nodes {
        let sure = match node.certainty {
            Certainty::Certain => String::new(),
            less => format!(" ({})", less.word()),
        };
        let why = node.headline().replace("V1__migration.sql:", "line ");
        let _ = writeln!(out, "{} {} {}{sure}: {why}", node.kind.face().word, node.name, node.outcome.word());
    }
    for reason in &review.coverage.reasons {
        let _ = writeln!(out, "not covered: {reason}");
    }
    for line in review.deployed.iter().flat_map(DeployedState::lines) {
        let _ = writeln!(out, "{line}");
    }
    if out.is_empty() {
        out.push_str("nothing is reached\n");
    }
    out.trim_end().to_owned()
}
