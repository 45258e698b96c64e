//! What is undone as a whole when it fails needs no guard: nothing is there when it is run again.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "create-without-if-not-exists",
    summary: "A CREATE or ADD that fails when the migration is run a second time.",
    severity: Severity::Warning,
    help: "Write IF NOT EXISTS, or CREATE OR REPLACE where that is meant.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(CREATES | ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let replaces = facts.has_adjective("OR REPLACE|ALTER") || facts.all.is(0, "REPLACE");
    if script.is_atomic(facts) || facts.is_guarded(script.file) || replaces || facts.is_temporary() {
        return;
    }
    if facts.what == What::AlterTable {
        let added: Vec<(Phrase<'_>, Name<'_>)> = facts
            .steps
            .iter()
            .filter_map(|step| match step.does {
                Does::AddColumn { name, if_not_exists: false, .. } => Some((step.action, name)),
                _ => None,
            })
            .collect();
        // Said once: a second run comes no further than the first column.
        let Some((action, name)) = added.first().filter(|_| !script.is_new(facts.key(), facts)) else { return };
        let draft = found.at(script, facts, *action, ALREADY_THERE, &["column", name.shown()]);
        for (action, _) in &added {
            fix(draft, facts, action.before("IF|(").find("ADD COLUMN|COLUMNS"));
        }
        return;
    }
    if facts.if_not_exists {
        return;
    }
    let object = object(facts);
    let word = object.text().to_ascii_lowercase();
    // Types and the like are another check's.
    let is_known = match facts.what {
        What::CreateTable | What::CreateIndex => true,
        What::CreateView => !script.is(P | H | M) || facts.has_adjective("MATERIALIZED"),
        _ => {
            matches!(word.as_str(), "schema" | "database" | "database role" | "sequence" | "extension")
                || word == "type" && script.is(K)
        }
    };
    if is_known && !dropped_before(script, facts) {
        let draft = found.on(script, facts, ALREADY_THERE, &[&word, facts.name.shown()]);
        fix(draft, facts, Some(object));
    }
}

const ALREADY_THERE: &str = "A second run stops here: the {} {} is there already, and what was done before the \
            failure stays.";

/// TABLE, INDEX, SCHEMA: the word before the name.
fn object<'t>(facts: &Facts<'t>) -> Phrase<'t> {
    let found = facts.all.find("DATABASE ROLE");
    let found =
        found.or_else(|| facts.all.find("TABLE|VIEW|INDEX|SCHEMA|DATABASE|SEQUENCE|EXTENSION|TYPE|TRIGGER|FUNCTION"));
    let found = found.unwrap_or(facts.all.before("_"));
    if facts.concurrently { facts.all.find("CONCURRENTLY").unwrap_or(found) } else { found }
}

fn dropped_before(script: &Script<'_>, facts: &Facts<'_>) -> bool {
    let key = facts.key();
    script
        .before(facts)
        .iter()
        .any(|earlier| DROPS & earlier.what.bit() != 0 && dropped(earlier).any(|name| name == key))
}

/// Where the engine has IF NOT EXISTS.
fn fix(draft: &mut Draft, facts: &Facts<'_>, after: Option<Phrase<'_>>) {
    let lacks = match facts.what {
        What::CreateIndex => {
            facts.name.phrase.is_empty()
                || matches!(facts.dialect(), Dialect::MySql | Dialect::Oracle | Dialect::SqlServer)
        }
        What::AlterTable => matches!(
            facts.dialect(),
            Dialect::MySql
                | Dialect::Redshift
                | Dialect::Oracle
                | Dialect::SqlServer
                | Dialect::StarRocks
                | Dialect::Sqlite
        ),
        _ => matches!(facts.dialect(), Dialect::Oracle | Dialect::SqlServer),
    };
    match after.filter(|_| !lacks) {
        Some(after) => {
            draft.insert_after(facts, after, " IF NOT EXISTS");
        }
        None => {
            draft.help(
                "Ask the catalogue first (information_schema), or keep each change in a file of its \
            own.",
                &[],
            );
        }
    }
}
