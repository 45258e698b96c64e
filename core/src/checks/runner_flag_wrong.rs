//! The runner is told to run a file without a transaction, and the file needs one, or the flag is that of another runner.

use super::prelude::*;

pub(super) const CHECK: Check = Check {
    name: "runner-flag-wrong",
    summary: "The runner is told to run a file without a transaction, and the file needs one, or \
            the flag is that of another runner.",
    severity: Severity::Error,
    help: "Take the flag out, or move what needs it into a file of its own.",
    dialects: ALL,
    since: &[],
    look: Look::File(look),
};

fn look(script: &Script<'_>, found: &mut Found<'_>) {
    const MARKS: [(&str, Runner); 4] = [
        ("runintransaction", Runner::Liquibase),
        ("executeintransaction", Runner::Flyway),
        ("+goose no transaction", Runner::Goose),
        ("migrate:up transaction:", Runner::Dbmate),
    ];
    let speaks = script.lower.contains("transaction");
    for (mark, owner) in MARKS.into_iter().filter(|_| speaks) {
        let Some(at) = script.lower.find(mark) else { continue };
        let span = Span::new(at, at + mark.len());
        if owner != script.runner {
            found.say(
                span,
                "This is a flag of {}, and {} runs this file: it is a comment to it.",
                &[owner.name(), script.runner.name()],
            );
            continue;
        }
        // Flyway reads it from a file beside the script only.
        if owner == Runner::Flyway {
            found.say(
                span,
                "Flyway reads executeInTransaction from a file NAME.sql.conf beside the script, not \
            from a comment.",
                &[],
            );
        }
    }
    let undoes = script.is(P | H | K);
    for (index, unit) in
        script.units.iter().enumerate().filter(|(_, unit)| undoes && !unit.wrapped && script.runner.wraps())
    {
        let own: Vec<&Facts<'_>> = script
            .facts
            .iter()
            .filter(|facts| facts.unit == index && (facts.what.is_ddl() || facts.what.is_data()))
            .collect();
        let needs = own.iter().any(|facts| {
            facts.all.has("CONCURRENTLY")
                || facts.all.starts("VACUUM|REINDEX")
                || facts.all.starts("ALTER TYPE")
                || facts.all.has("DATABASE|TABLESPACE|SYSTEM")
        });
        let opens = script.facts.iter().any(|facts| facts.unit == index && facts.what == What::Begin);
        if let [first, _, ..] = own.as_slice()
            && !needs
            && !opens
            && script.settings.in_transaction.is_none()
            && unit.span.end > 0
            && script.runner.opts_out(unit.span.of(&script.lower))
        {
            found.on(
                script,
                first,
                "It is run without a transaction, and nothing in it needs that: a failure leaves \
            half of it.",
                &[],
            );
        }
    }
}
