//! A change of a column's type that rewrites the table.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "type-change-rewrites",
    summary: "A change of a column's type that rewrites the table.",
    severity: Severity::Error,
    help: "Add a column of the new type, fill it in batches, and switch over in a later migration.",
    dialects: P | M | H,
    since: &[SAME_MOMENT],
    look: Look::Statement(ALTER_TABLE, look),
};

const SAME_MOMENT: Since = Since::new(
    Dialect::Postgres,
    (12, 0, 0),
    "timestamp becomes timestamptz without a rewrite where the session's zone is UTC.",
);

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if !script.is_live(facts) {
        return;
    }
    for step in &facts.steps {
        let Does::Retype { name, to } = step.does else { continue };
        // Redshift changes only the size of a VARCHAR; MODIFY in MySQL may change no more than a comment or default.
        let may_stay = match script.dialect() {
            Dialect::Postgres => {
                let is_moment = to.starts("TIMESTAMPTZ") && !script.is_before(&SAME_MOMENT);
                (is_moment || to.starts("TEXT|VARCHAR|CHARACTER|NUMERIC|DECIMAL|INTERVAL|VARBIT"))
                    && !to.has("USING")
                    && !to.starts("VARCHAR ( 1|2|3|4|5|6|7|8|9 )")
            }
            Dialect::Redshift => to.starts("VARCHAR|CHARACTER|NVARCHAR"),
            _ => to.starts("VARCHAR|VARBINARY|ENUM|SET") || to.has("COMMENT"),
        };
        if !may_stay {
            found.at(
                script,
                facts,
                step.action,
                "{} may be written anew, row by row, while others wait: the type of {} changes.",
                &[facts.name.shown(), name.shown()],
            );
        }
    }
}
