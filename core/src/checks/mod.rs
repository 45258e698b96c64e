//! Safety checks: what a careful DBA says of a migration before anyone asks.
//!
//! Migration files and settings in, findings out. A check is a row with its name, its severity, the dialects that it speaks
//! of, and a function; the table below lists all of them, one file each. What every check reads is made once a file (`script`,
//! `facts`). A check sees words and not trees, so that it also sees what the parser refuses, and what stands in blocks.
//!
//! A check never speaks of another engine than the file's, and knows the runner: what is undone as a whole needs no guard.
//! Its page, with why and with examples that are tests, is `docs/checks/NAME.md`.

// The machinery.
mod facts;
mod finding;
mod later;
mod locks;
mod mend;
mod phrase;
mod prelude;
mod runner;
mod script;
mod settings;
mod step;
mod version;
mod waiver;
mod weigh;

// The checks.
mod access_rule_change;
mod add_not_null_without_default;
mod alters_not_combined;
mod broad_grant;
mod check_validated_at_once;
mod column_mapping_required;
mod column_reorder;
mod concurrent_async_alter;
mod concurrent_index_left_invalid;
mod constraint_may_fail_on_data;
mod constraint_without_guard;
mod consumed_downstream;
mod contract_without_expand;
mod copy_algorithm;
mod create_without_if_not_exists;
mod ddl_outside_transaction;
mod dependant_blocks_alter;
mod dependent_view;
mod destructive_without_backup;
mod drop_and_add_looks_like_rename;
mod drop_and_recreate;
mod drop_cascade;
mod drop_column;
mod drop_constraint;
mod drop_schema;
mod drop_table;
mod drop_without_if_exists;
mod empty_rollback;
mod enum_reorder;
mod enum_value_change;
mod exclusion_constraint;
mod foreign_key_validated_at_once;
mod foreign_key_without_index;
mod generated_column_rewrites;
mod grants_lost;
mod if_not_exists_hides_difference;
mod index_drop_not_concurrent;
mod index_not_concurrent;
mod inline_references_ignored;
mod insert_without_columns;
mod lossy_type_change;
mod matview_refresh_blocks;
mod migration_log_mismatch;
mod mixed_alter;
mod new_enum_value_same_transaction;
mod new_restriction_on_writers;
mod no_environment_guard;
mod no_header;
mod no_lock_timeout;
mod no_rollback;
mod no_statement_timeout;
mod no_validation_query;
mod nullability_or_default_change;
mod partition_attach_blocks;
mod partition_or_key_column_change;
mod policy_lost;
mod rename_column;
mod rename_other;
mod rename_table;
mod replace_table_over_data;
mod replace_view_removes_columns;
mod retention_cut;
mod rollback_cannot_restore;
mod rollback_drops_unguarded;
mod rollback_incomplete;
mod rollback_loses_writes;
mod rollback_order;
mod runner_flag_wrong;
mod schema_and_backfill_together;
mod secret_in_migration;
mod seed_insert_not_idempotent;
mod select_star_drift;
mod sequence_reset;
mod set_not_null_scans;
mod several_changes_in_changeset;
mod statement_illegal_in_transaction;
mod style;
mod table_rewrite;
mod transaction_around_autocommit_ddl;
mod transaction_inside_runner;
mod transaction_never_committed;
mod trigger_change;
mod truncate;
mod type_change_rewrites;
mod type_change_unsupported;
mod type_widening_required;
mod unbatched_backfill;
mod unique_without_index;
mod unparsed_sql;
mod unresolved_placeholder;
mod update_not_rerunnable;
mod validate_in_same_transaction;
mod version_sequence;
mod volatile_default_rewrites;
mod work_under_exclusive_lock;
mod write_without_where;

pub use finding::{Edit, Finding};
pub use locks::{Cost, Work};
pub use mend::{Mended, apply, mended};
pub use runner::Runner;
pub use settings::{CheckSettings, Waiver};
pub use version::{Since, Version, parse_version};
pub use waiver::WAIVER;

use facts::{Facts, Lexed};
use finding::{Draft, Found};
use script::Script;

use crate::dialect::{DIALECTS, Dialect};
use crate::migration::{Effect, MigrationFile, Op, PlacedOp, Role, Rollback, Statement, rollbacks};
use crate::review::Review;
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
    /// The versions of an engine at which what it says turns.
    pub since: &'static [Since],
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
    /// What the review knows: who reads what changes.
    Review,
}

/// All files that were given.
struct Set<'a> {
    /// Those that lead forward, and the place of each in `files`.
    scripts: &'a [(usize, Script<'a>)],
    /// What leads back, likewise.
    backs: &'a [(usize, Script<'a>)],
    /// The operations that lead forward, with how each is taken back.
    ways: &'a [Way<'a>],
    files: &'a [MigrationFile],
}

impl<'a> Set<'a> {
    /// The operations of a file: they stand together.
    fn ways_of(&self, file: usize) -> &'a [Way<'a>] {
        let start = self.ways.partition_point(|way| way.file < file);
        let end = self.ways.partition_point(|way| way.file <= file);
        &self.ways[start..end]
    }

    fn script(&self, file: usize) -> Option<&'a Script<'a>> {
        of_file(self.scripts, file)
    }

    fn back(&self, file: usize) -> Option<&'a Script<'a>> {
        of_file(self.backs, file)
    }
}

fn of_file<'s, 'a>(scripts: &'s [(usize, Script<'a>)], file: usize) -> Option<&'s Script<'a>> {
    let at = scripts.binary_search_by_key(&file, |(place, _)| *place).ok()?;
    Some(&scripts[at].1)
}

/// An operation, and how it is taken back.
struct Way<'a> {
    file: usize,
    statement: &'a Statement,
    placed: &'a PlacedOp,
    rollback: Rollback,
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

/// The table of checks, in groups. A module that is missing here is dead code to the compiler.
macro_rules! table {
    ($($group:literal: $($module:ident)*;)*) => {
        pub const CHECKS: &[Check] = &[$($($module::CHECK,)*)*];
        const GROUPS: &[&str] = &[$($({ let _ = $module::CHECK.name; $group },)*)*];
    };
}

table! {
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
        drop_and_recreate
        consumed_downstream;
    "Rollback":
        no_rollback
        empty_rollback
        rollback_incomplete
        rollback_order
        rollback_drops_unguarded
        rollback_loses_writes
        rollback_cannot_restore;
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
    /// What each statement locks, whom that keeps waiting, and what work it does.
    pub costs: Vec<Cost>,
    /// Who runs the files that lead forward, if it is one for all of them.
    #[serde(skip)]
    pub runner: Option<Runner>,
}

/// Runs every check over the migrations. Where they were reviewed, the findings are weighed by who reads what they change.
pub fn check(files: &[MigrationFile], settings: &CheckSettings, review: Option<&Review>) -> Checked {
    let (forward, back) = (leading(files, false), leading(files, true));
    let routines: Vec<Leading<'_>> =
        forward.iter().map(|one| Leading { statements: &one.file.routines, ..*one }).collect();
    let (forward_words, back_words, routine_words) = (lex(&forward), lex(&back), lex(&routines));
    let (scripts, backs) = (read(&forward, &forward_words, settings), read(&back, &back_words, settings));
    let routines = read(&routines, &routine_words, settings);
    let ways = ways(files);
    let set = Set { scripts: &scripts, backs: &backs, ways: &ways, files };
    let mut drafts: Vec<Draft> = Vec::new();
    let is_on = |check: &Check| check.name != "style" || settings.enabled.iter().any(|name| name == check.name);
    for (index, check) in CHECKS.iter().enumerate().filter(|(_, check)| is_on(check)) {
        let mut found = Found { check: index, file: 0, drafts: &mut drafts };
        if let Look::Set(look) = check.look {
            look(&set, &mut found);
        }
        for (place, script) in scripts.iter().filter(|(_, script)| script.is(check.dialects)) {
            found.file = *place;
            match check.look {
                Look::Statement(kinds, look) => script.each(kinds, |facts| look(script, facts, &mut found)),
                Look::File(look) => look(script, &mut found),
                Look::Set(_) | Look::Review => {}
            }
        }
    }
    // A routine that is made here and called later locks nothing now; what it loses it will lose.
    for (index, check) in
        CHECKS.iter().enumerate().filter(|(_, check)| matches!(check.group(), "Data loss" | "Security"))
    {
        let Look::Statement(kinds, look) = check.look else { continue };
        for (place, script) in routines.iter().filter(|(_, script)| script.is(check.dialects)) {
            let mut found = Found { check: index, file: *place, drafts: &mut drafts };
            script.each(kinds, |facts| look(script, facts, &mut found));
        }
    }
    let mut findings: Vec<Finding> = drafts.into_iter().map(|draft| finished(&set, draft)).collect();
    if let Some(review) = review {
        weigh::weigh(&mut findings, review);
    }
    waiver::apply(files, settings, &mut findings);
    findings.sort();
    findings.dedup();
    let costs = scripts.iter().flat_map(|(_, script)| locks::costs(script)).collect();
    let mut runners = scripts.iter().map(|(_, script)| script.runner);
    let runner = runners.next().filter(|first| *first != Runner::None && runners.all(|runner| runner == *first));
    Checked { findings, unparsed: unparsed(files), costs, runner }
}

/// A file, and its statements that lead forward or back; it may hold both.
struct Leading<'a> {
    place: usize,
    file: &'a MigrationFile,
    statements: &'a [Statement],
}

fn leading(files: &[MigrationFile], back: bool) -> Vec<Leading<'_>> {
    let of = |(place, file)| {
        let file: &MigrationFile = file;
        let is_back = file.role == Role::Rollback;
        let statements = if is_back == back { &file.statements } else { &file.back };
        let leads = is_back == back || back && !file.back.is_empty();
        leads.then_some(Leading { place, file, statements })
    };
    files.iter().enumerate().filter_map(of).collect()
}

fn lex(leading: &[Leading<'_>]) -> Vec<Vec<Lexed>> {
    leading.iter().map(|one| Script::lex(one.file, one.statements)).collect()
}

fn read<'a>(leading: &[Leading<'a>], words: &'a [Vec<Lexed>], settings: &'a CheckSettings) -> Vec<(usize, Script<'a>)> {
    let pairs = leading.iter().zip(words);
    pairs.map(|(one, words)| (one.place, Script::read(one.file, one.statements, words, settings))).collect()
}

fn ways(files: &[MigrationFile]) -> Vec<Way<'_>> {
    let forward = files.iter().enumerate().filter(|(_, file)| file.role != Role::Rollback);
    let ops = forward.flat_map(|(file, migration)| {
        migration.statements.iter().flat_map(move |statement| match &statement.effect {
            Effect::Ops(ops) => ops.iter().map(|placed| (file, statement, placed)).collect(),
            Effect::Nothing | Effect::Unknown(_) => Vec::new(),
        })
    });
    let ops = ops.filter(|(_, _, placed)| !matches!(placed.op, Op::SetSearchPath { .. }));
    let pair = |((file, statement, placed), rollback)| Way { file, statement, placed, rollback };
    ops.zip(rollbacks(files)).map(pair).collect()
}

fn finished(set: &Set<'_>, mut draft: Draft) -> Finding {
    let file = &set.files[draft.file];
    let place = file.place(draft.span);
    let runner = set.script(draft.file).map_or(Runner::None, |script| script.runner);
    for (later, sql) in &draft.later {
        draft.fix.extend(later::edits(set.files, draft.file, runner, draft.span.start, *later, sql));
    }
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
        diff: (!draft.fix.is_empty()).then(|| mend::diff(file, &draft.fix)),
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
