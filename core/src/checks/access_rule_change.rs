//! Rights are revoked, or rules for rows and columns are changed.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "access-rule-change",
    summary: "Rights are revoked, or rules for rows and columns are changed.",
    severity: Severity::Warning,
    help: "Let the owner of the data look at it, and try a query as one of those whom it concerns.",
    dialects: P | S | D,
    since: &[],
    look: Look::Statement(ANY, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    const ACTIONS: &str = "ENABLE|DISABLE|FORCE ROW LEVEL SECURITY";
    let part = match facts.what {
        What::Access => facts.all.starts("REVOKE").then_some(facts.all),
        What::AlterTable => facts
            .all
            .find(ACTIONS)
            .or_else(|| facts.all.find("NO FORCE ROW LEVEL"))
            .or_else(|| facts.all.find("SET|UNSET|DROP|ADD MASKING|ROW POLICY|FILTER|ACCESS"))
            .or_else(|| facts.all.find("SET|UNSET|DROP MASK")),
        What::CreateOther | What::DropOther | What::AlterOther => {
            let is_policy = facts.all.starts("CREATE|DROP|ALTER OR? REPLACE? MASKING? ROW? ACCESS? POLICY");
            let definer = facts.all.find("SECURITY DEFINER");
            if is_policy { Some(facts.all.before("USING|AS|(")) } else { definer }
        }
        _ => None,
    };
    if let Some(part) = part.filter(|_| !script.is_new(facts.key(), facts)) {
        found.at(
            script,
            facts,
            part,
            "Who sees which rows changes: readers get fewer, or more, without an error.",
            &[],
        );
    }
}
