//! A constraint that rows which are there may break, with no look at them before.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "constraint-may-fail-on-data",
    summary: "A constraint that rows which are there may break, with no look at them before.",
    severity: Severity::Warning,
    help: "Count the rows that break it first (SELECT count(*) … WHERE …), and mend them in an earlier migration.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    let key = facts.key();
    let prepared = script.before(facts).iter().any(|earlier| {
        matches!(earlier.what, What::Update | What::Delete | What::Query | What::Merge)
            && earlier.all.code.to_ascii_lowercase().contains(key)
    });
    if prepared || script.is_new(key, facts) || script.is_small(key) || facts.statement.conditional {
        return;
    }
    for step in &facts.steps {
        let what = match step.does {
            Does::AddConstraint { constraint }
                if step.action.has("NOT VALID|ENFORCED") || constraint.has("USING INDEX") =>
            {
                continue;
            }
            Does::AddConstraint { constraint } if constraint.starts("UNIQUE|PRIMARY|EXCLUDE") => "are alike",
            Does::AddConstraint { constraint } if constraint.is(0, "CHECK") => "do not pass",
            Does::AddConstraint { .. } => "refer to nothing",
            Does::SetNotNull { .. } => "hold NULL",
            _ => continue,
        };
        // These engines do not look at the rows.
        let checked = !script.is(S | H | B) || matches!(step.does, Does::SetNotNull { .. });
        if checked {
            found.at(
                script,
                facts,
                step.action,
                "It stops the deployment if rows of {} {}.",
                &[facts.name.shown(), what],
            );
        }
    }
}
