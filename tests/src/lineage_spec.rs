//! Executable specifications of lineage: Markdown in `tests/specs/lineage`, prose round fenced blocks.
//!
//! A block `schema` tells relations with their columns, one `relation: column, …` a line, for all blocks after it. A block
//! `sql DIALECT` is a script. Behind each statement stands what lineage says of it:
//!
//! - `--> column <- relation.column (made) …; …`: what the statement gives, in order, each with what it is made of and how;
//!   before it the relation that is written, if one is
//! - `--  clause relation.column …; …`: every use, in order of the text
//! - `--! message`: what an engine would refuse

use std::collections::BTreeMap;
use std::fmt::Write as _;

use foreshock_core::dialect::Dialect;
use foreshock_core::lineage::{StatementLineage, trace_script};
use foreshock_core::sql;

/// A block of SQL with its expectations, and the lines of the file that it takes.
#[derive(Debug)]
pub struct Block {
    pub dialect: Dialect,
    pub schema: BTreeMap<String, Vec<String>>,
    pub expected: String,
    pub lines: std::ops::Range<usize>,
}

/// The blocks of one file.
pub fn blocks(markdown: &str) -> Vec<Block> {
    let lines: Vec<&str> = markdown.lines().collect();
    let mut schema = BTreeMap::new();
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if let Some(info) = lines[at].strip_prefix("```").filter(|info| !info.is_empty()) {
            let end = (at + 1..lines.len()).find(|line| lines[*line] == "```").expect("a closed block");
            match info.split_once(' ').unwrap_or((info, "")) {
                ("schema", _) => schema = lines[at + 1..end].iter().map(|line| relation(line)).collect(),
                ("sql", dialect) => blocks.push(Block {
                    dialect: Dialect::from_name(dialect).unwrap_or_else(|| panic!("{dialect} is no dialect")),
                    schema: schema.clone(),
                    expected: lines[at + 1..end].join("\n"),
                    lines: at + 1..end,
                }),
                _ => {}
            }
            at = end;
        }
        at += 1;
    }
    blocks
}

fn relation(line: &str) -> (String, Vec<String>) {
    let (name, columns) = line.split_once(": ").expect("relation: columns");
    (name.to_owned(), columns.split(", ").map(str::to_owned).collect())
}

impl Block {
    /// The script with what lineage says of it, and how many statements it holds.
    pub fn actual(&self) -> (String, usize) {
        let is_sql = |line: &&str| !["--> ", "--  ", "--! "].iter().any(|mark| line.starts_with(mark));
        let text: String = self.expected.lines().filter(is_sql).collect::<Vec<_>>().join("\n");
        let script = trace_script(&text, self.dialect, &self.schema);
        let mut out = String::new();
        for (piece, statement) in sql::split(&text, self.dialect).zip(&script.statements) {
            let _ = writeln!(out, "{};\n{}", piece.span.of(&text).trim_end(), said(statement));
        }
        (out.trim_end().to_owned(), script.statements.len())
    }
}

fn said(statement: &StatementLineage) -> String {
    let mut lines = Vec::new();
    let outputs = statement.outputs.iter().map(|output| {
        let edges = statement.columns.iter();
        let own = edges.filter(|edge| edge.to.column == output.column && edge.to.relation == output.relation);
        let from: Vec<String> = own
            .map(|edge| {
                let made = if edge.made == "unchanged" || edge.made == "renamed" {
                    String::new()
                } else {
                    format!(" ({})", edge.made)
                };
                format!("{}.{}{made}", edge.from.relation, edge.from.column)
            })
            .collect();
        let from = if from.is_empty() { output.made.to_owned() } else { from.join(", ") };
        match output.relation.as_ref().filter(|relation| statement.writes.first() != Some(*relation)) {
            Some(relation) => format!("{relation}.{} <- {from}", output.column),
            None => format!("{} <- {from}", output.column),
        }
    });
    let outputs = outputs.collect::<Vec<_>>().join("; ");
    let writes = statement.writes.first().filter(|_| statement.kind != "select");
    let target = writes.map_or_else(String::new, |target| format!("{target}: "));
    lines.push(format!("--> {target}{outputs}").trim_end().to_owned());
    let mut uses: Vec<(&str, Vec<String>)> = Vec::new();
    for one in &statement.uses {
        let name = format!("{}.{}", one.relation, one.column);
        match uses.last_mut() {
            Some((clause, names)) if *clause == one.clause => names.push(name),
            _ => uses.push((one.clause, vec![name])),
        }
    }
    if !uses.is_empty() {
        let shown: Vec<String> = uses.iter().map(|(clause, names)| format!("{clause} {}", names.join(" "))).collect();
        lines.push(format!("--  {}", shown.join("; ")));
    }
    lines.extend(statement.problems.iter().map(|problem| format!("--! {}", problem.message)));
    lines.join("\n")
}
