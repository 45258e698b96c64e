//! Safety checks: what a careful DBA says of a migration before anyone asks.
//!
//! Migration files and settings in, findings out. A check is a row with its name, its severity, the dialects that it speaks
//! of, and a function; the table below lists all of them, one file each. What every check reads is made once a file (`script`,
//! `facts`). A check sees words and not trees, so that it also sees what the parser refuses, and what stands in blocks.
//!
//! A check never speaks of another engine than the file's, and knows the runner: what is undone as a whole needs no guard.
//! Its page, with why and with examples that are tests, is `docs/checks/NAME.md`.

mod facts;
mod finding;
mod phrase;
mod prelude;
mod runner;
mod script;
mod settings;
mod step;
mod waiver;

pub use finding::{Edit, Finding, apply};
pub use runner::Runner;
pub use settings::{CheckSettings, Waiver, parse_version};

use facts::Facts;
use finding::{Draft, Found};
use script::Script;

use crate::dialect::{DIALECTS, Dialect};
use crate::migration::{Effect, MigrationFile, Role};
use crate::text::Severity;

/// A check, declared once.
pub struct Check {
    pub name: &'static str,
    /// What it catches, in one sentence.
    pub summary: &'static str,
    pub severity: Severity,
    /// What to do, unless a finding says it more exactly.
    pub help: &'static str,
    /// One bit for each dialect that it speaks of.
    dialects: u16,
    look: Look,
}

/// What a check looks at.
enum Look {
    /// Each statement whose kind is in the set.
    Statement(u32, fn(&Script<'_>, &Facts<'_>, &mut Found<'_>)),
    /// Each file that leads forward.
    File(fn(&Script<'_>, &mut Found<'_>)),
    /// All files together.
    Set(fn(&Set<'_>, &mut Found<'_>)),
    /// The driver itself: what was not understood.
    Driver,
}

/// All files that were given.
struct Set<'a> {
    /// Those that lead forward.
    scripts: &'a [Script<'a>],
    files: &'a [MigrationFile],
    /// The place in `files` of each script.
    places: &'a [usize],
}

impl Check {
    pub fn dialects(&self) -> impl Iterator<Item = Dialect> {
        DIALECTS.iter().map(|facts| facts.dialect).filter(|dialect| self.dialects & bit(*dialect) != 0)
    }

    pub fn group(&self) -> &'static str {
        let at = CHECKS.iter().position(|check| check.name == self.name);
        at.map_or("", |at| GROUPS[at])
    }
}

const fn bit(dialect: Dialect) -> u16 {
    1 << dialect as u16
}

/// The dialects by their letters, as a check names them.
mod on {
    use super::{Dialect, bit};
    pub(super) const P: u16 = bit(Dialect::Postgres);
    pub(super) const S: u16 = bit(Dialect::Snowflake);
    pub(super) const D: u16 = bit(Dialect::Databricks);
    pub(super) const R: u16 = bit(Dialect::StarRocks);
    pub(super) const M: u16 = bit(Dialect::MySql);
    pub(super) const H: u16 = bit(Dialect::Redshift);
    pub(super) const B: u16 = bit(Dialect::BigQuery);
    pub(super) const K: u16 = bit(Dialect::DuckDb);
    pub(super) const ALL: u16 = u16::MAX >> 2;
}

/// The table of checks: a module each, in groups.
macro_rules! checks {
    ($($group:literal: $($module:ident)*;)*) => {
        $($(mod $module;)*)*
        pub const CHECKS: &[Check] = &[$($($module::CHECK,)*)*];
        const GROUPS: &[&str] = &[$($({ let _ = $module::CHECK.name; $group },)*)*];
    };
}

checks! {
    "Idempotency":
        create_without_if_not_exists
        drop_without_if_exists
        constraint_without_guard
        if_not_exists_hides_difference
        seed_insert_not_idempotent
        update_not_rerunnable
        concurrent_index_left_invalid;
    "Transactions and runners":
        ddl_outside_transaction
        transaction_never_committed
        transaction_inside_runner
        transaction_around_autocommit_ddl
        statement_illegal_in_transaction
        runner_flag_wrong
        schema_and_backfill_together
        new_enum_value_same_transaction
        work_under_exclusive_lock;
    "Locks and rewrites":
        index_not_concurrent
        index_drop_not_concurrent
        partition_attach_blocks
        matview_refresh_blocks
        no_lock_timeout
        no_statement_timeout
        foreign_key_validated_at_once
        check_validated_at_once
        validate_in_same_transaction
        unique_without_index
        exclusion_constraint
        set_not_null_scans
        type_change_rewrites
        volatile_default_rewrites
        generated_column_rewrites
        table_rewrite
        alters_not_combined
        copy_algorithm
        enum_reorder
        foreign_key_without_index
        trigger_change;
    "Data loss":
        drop_table
        drop_column
        drop_schema
        truncate
        write_without_where
        drop_cascade
        replace_table_over_data
        lossy_type_change
        destructive_without_backup
        retention_cut
        constraint_may_fail_on_data
        add_not_null_without_default
        unbatched_backfill
        drop_constraint
        insert_without_columns
        sequence_reset;
    "Compatibility":
        rename_column
        rename_table
        rename_other
        enum_value_change
        nullability_or_default_change
        new_restriction_on_writers
        dependent_view
        replace_view_removes_columns
        select_star_drift
        drop_and_add_looks_like_rename
        column_reorder
        contract_without_expand
        drop_and_recreate;
    "Operations":
        unresolved_placeholder
        unparsed_sql
        migration_log_mismatch
        version_sequence
        no_environment_guard
        no_validation_query
        no_header
        several_changes_in_changeset;
    "Security":
        secret_in_migration
        broad_grant
        access_rule_change
        grants_lost
        policy_lost;
    "Engine limits":
        column_mapping_required
        type_widening_required
        concurrent_async_alter
        partition_or_key_column_change
        mixed_alter
        type_change_unsupported
        dependant_blocks_alter
        inline_references_ignored;
    "Style":
        style;
}

pub fn check_named(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name)
}

/// A statement that the checks could see the words of, and that was not understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Unparsed {
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    pub reason: String,
}

/// What the checks have to say.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Checked {
    pub findings: Vec<Finding>,
    pub unparsed: Vec<Unparsed>,
}

/// Runs every check over the migrations.
pub fn check(files: &[MigrationFile], settings: &CheckSettings) -> Checked {
    let places: Vec<usize> = (0..files.len()).filter(|index| files[*index].role != Role::Rollback).collect();
    let lexed: Vec<_> = places.iter().map(|index| Script::lex(&files[*index])).collect();
    let scripts: Vec<Script<'_>> =
        places.iter().zip(&lexed).map(|(index, lexed)| Script::read(&files[*index], lexed, settings)).collect();
    let mut drafts: Vec<Draft> = Vec::new();
    for (index, check) in CHECKS.iter().enumerate() {
        let is_on = check.name != "style" || settings.enabled.iter().any(|name| name == check.name);
        if !is_on {
            continue;
        }
        if let Look::Set(look) = check.look {
            look(
                &Set { scripts: &scripts, files, places: &places },
                &mut Found { check: index, file: 0, drafts: &mut drafts },
            );
        }
        for (script, place) in scripts.iter().zip(&places) {
            let mut found = Found { check: index, file: *place, drafts: &mut drafts };
            match check.look {
                _ if !script.is(check.dialects) => {}
                Look::Statement(kinds, look) => {
                    for facts in script.facts.iter().filter(|facts| kinds & facts.what.bit() != 0) {
                        look(script, facts, &mut found);
                    }
                }
                Look::File(look) => look(script, &mut found),
                Look::Set(_) | Look::Driver => {}
            }
        }
    }
    let mut findings: Vec<Finding> = drafts.into_iter().map(|draft| finished(files, draft)).collect();
    waiver::apply(files, settings, &mut findings);
    findings.sort();
    findings.dedup();
    Checked { findings, unparsed: unparsed(files) }
}

fn finished(files: &[MigrationFile], draft: Draft) -> Finding {
    let place = files[draft.file].place(draft.span);
    Finding {
        file: place.file,
        line: place.line,
        column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
        check: CHECKS[draft.check].name.to_owned(),
        severity: draft.severity,
        message: draft.message,
        help: draft.help,
        fix: (!draft.fix.is_empty()).then_some(draft.fix),
    }
}

fn unparsed(files: &[MigrationFile]) -> Vec<Unparsed> {
    let mut unparsed = Vec::new();
    for file in files.iter().filter(|file| file.role != Role::Rollback) {
        for statement in &file.statements {
            let Effect::Unknown(reason) = &statement.effect else { continue };
            let place = file.place(statement.span);
            unparsed.push(Unparsed {
                file: place.file,
                line: place.line,
                column: place.column,
                end_line: place.end_line,
                end_column: place.end_column,
                reason: reason.clone(),
            });
        }
    }
    unparsed
}
