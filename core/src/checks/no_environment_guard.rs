//! The name of an environment is written into the migration.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "no-environment-guard",
    summary: "The name of an environment is written into the migration.",
    severity: Severity::Warning,
    help: "Use a placeholder of the runner for the database, so that the same file is right everywhere.",
    dialects: ALL,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    // What a template made of its variables is not written into it.
    let is_filled =
        |facts: &Facts<'_>| facts.statement.made.is_some() && facts.statement.span.of(&script.file.text).contains("{{");
    for facts in script.facts.iter().filter(|facts| !is_filled(facts)) {
        let names_database = facts.all.starts("USE") && !facts.all.starts("USE ROLE|WAREHOUSE|SECONDARY");
        let name = if names_database {
            facts.all.words.len().checked_sub(1).map(|last| facts.all.word(last))
        } else {
            facts.name.shown().split_once('.').map(|(first, _)| first)
        };
        let Some(name) = name.map(|name| name.trim_matches(['"', '`', '[', ']']).to_lowercase()) else { continue };
        let is_environment = name.split(['_', '-']).any(|part| {
            matches!(
                part,
                "prod" | "production" | "prd" | "dev" | "develop" | "staging" | "stg" | "uat" | "qa" | "sandbox"
            )
        }) && name != "production";
        // A schema that is called staging is a layer of a warehouse.
        let is_layer = matches!(name.as_str(), "staging" | "stg")
            || name.starts_with("stg_")
            || name.ends_with("_staging")
            || name.ends_with("_stg");
        if is_environment && !is_layer && (facts.what.is_ddl() || facts.what.is_data() || names_database) {
            found.at(
                script,
                facts,
                facts.all.before("("),
                "{} is one environment: run elsewhere, the file changes the wrong database, or fails.",
                &[&name],
            );
            return;
        }
    }
}
