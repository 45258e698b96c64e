//! A table without a primary key, or with names or types that make trouble later. Off by default.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "style",
    summary: "A table without a primary key, or with names or types that make trouble later. Off by default.",
    severity: Severity::Info,
    help: "Give the table a key, bare lower-case names and types that do not run out; turn the \
            check on with style = true under [checks] in foreshock.toml.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(What::CreateTable.bit(), look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let elements = facts.elements();
    if elements.is_empty() || facts.is_temporary() {
        return;
    }
    let has_key = facts.rest.has("PRIMARY KEY") || facts.rest.has("DUPLICATE|UNIQUE|AGGREGATE KEY");
    if !has_key && !script.is(S | D | B) {
        found.on(
            script,
            facts,
            "{} has no primary key: rows cannot be told apart, replicated or mended one by one.",
            &[facts.name.shown()],
        );
    }
    for mut element in elements {
        let whole = element;
        let name = element.name();
        if name.shown().starts_with('"') && name.shown().chars().any(|c| c.is_uppercase() || c == ' ') {
            found.at(script, facts, whole, "{} has to be written in quotes for ever.", &[name.shown()]);
        } else if element.starts("SERIAL|INT|INTEGER") && whole.has("PRIMARY KEY") && script.is(P | M) {
            found.at(script, facts, whole, "{} runs out at two thousand million rows.", &[name.shown()]);
        }
    }
}
