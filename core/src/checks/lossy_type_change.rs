//! A change to a type that may not hold every value.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "lossy-type-change",
    summary: "A change to a type that may not hold every value.",
    severity: Severity::Error,
    help: "Look for values that do not fit before (SELECT count(*) …), and write into a new \
            column beside the old one.",
    dialects: ALL,
    since: &[],
    look: Look::Statement(ALTER_TABLE, look),
};

fn look(script: &Script<'_>, facts: &Facts<'_>, found: &mut Found<'_>) {
    if script.is_new(facts.key(), facts) {
        return;
    }
    for step in &facts.steps {
        let Does::Retype { name, to } = step.does else { continue };
        let narrow = to.starts("SMALLINT|TINYINT|INT2|DATE|BOOLEAN|BOOL|CHAR|REAL|FLOAT4|MEDIUMINT")
            || to.has("USING LEFT|SUBSTRING|SUBSTR|CAST|ROUND");
        let sized = to.starts("VARCHAR|NVARCHAR|CHARACTER|VARCHAR2|STRING|DECIMAL|NUMERIC|VARBINARY VARYING? (")
            && size(to).is_some_and(|size| size < 20);
        // A value of the old type may be no number of the new one.
        let converts = to.starts("INT|INTEGER|BIGINT|UUID|JSONB") && to.has("USING");
        if narrow || sized || converts {
            found.at(
                script,
                facts,
                step.action,
                "Values of {}.{} that do not fit are cut off, rounded, or stop the migration.",
                &[facts.name.shown(), name.shown()],
            );
        }
    }
}

/// The number in the first parentheses.
fn size(to: Phrase<'_>) -> Option<u32> {
    let mut at = to;
    at.take("_");
    at.take("VARYING");
    at.group()?.word(0).parse().ok()
}
