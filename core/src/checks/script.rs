//! One migration file as checks see it: its statements with their facts, who runs it, and what it has made itself.

use std::collections::BTreeMap;

use super::Way;
use super::facts::{DROPS, Facts, Lexed, What};
use super::runner::Runner;
use super::settings::CheckSettings;
use super::statement_illegal_in_transaction::is_refused_by_postgres;
use super::version::Since;
use crate::dialect::Dialect;
use crate::migration::{MigrationFile, Op, Statement};
use crate::schema::RelationName;
use crate::text::Span;

/// A stretch of a file that is run as one: a changeset, or the whole file.
pub(super) struct Unit {
    pub(super) span: Span,
    /// It runs in the runner's transaction.
    pub(super) wrapped: bool,
}

/// How far a check looks back and ahead, in statements.
const NEAR: usize = 300;

pub(super) struct Script<'a> {
    pub(super) file: &'a MigrationFile,
    /// Its text in lower case, to look for marks in.
    pub(super) lower: String,
    pub(super) settings: &'a CheckSettings,
    pub(super) runner: Runner,
    pub(super) units: Vec<Unit>,
    pub(super) facts: Vec<Facts<'a>>,
    /// By name: the statement that creates it.
    created: BTreeMap<String, usize>,
}

impl<'a> Script<'a> {
    pub(super) fn lex(file: &MigrationFile, statements: &[Statement]) -> Vec<Lexed> {
        statements.iter().map(|statement| Lexed::of(file, statement)).collect()
    }

    /// Reads the statements of a file that lead forward, or those that lead back.
    pub(super) fn read(
        file: &'a MigrationFile,
        statements: &'a [Statement],
        lexed: &'a [Lexed],
        settings: &'a CheckSettings,
    ) -> Self {
        let lower = file.text.to_ascii_lowercase();
        let runner = settings.runner.unwrap_or_else(|| Runner::of(file, &lower));
        let mut facts: Vec<Facts<'a>> = statements
            .iter()
            .zip(lexed)
            .enumerate()
            .map(|(index, (statement, lexed))| Facts::read(index, file, statement, lexed))
            .collect();
        let mut units = units(runner, &lower, settings);
        // golang-migrate sends a file as one query, which PostgreSQL takes for a transaction if it has several statements.
        let is_one_query = runner == Runner::UpDown && file.dialect == Dialect::Postgres && facts.len() > 1;
        let has_own = || facts.iter().any(|facts| facts.what == What::Begin);
        units[0].wrapped |= is_one_query && settings.in_transaction.is_none() && !has_own();
        // Flyway sees by itself where none of a file's statements can run in one.
        let is_outside_by_itself = runner == Runner::Flyway
            && file.dialect == Dialect::Postgres
            && !facts.is_empty()
            && facts.iter().all(is_refused_by_postgres);
        if is_outside_by_itself || settings.without_transaction.contains(&file.name) {
            units.iter_mut().for_each(|unit| unit.wrapped = false);
        }
        let outside = runner.outside(&lower);
        let mut created = BTreeMap::new();
        let mut own = false;
        for (index, facts) in facts.iter_mut().enumerate() {
            let after = units.partition_point(|unit| unit.span.start <= facts.statement.span.start);
            facts.unit = after.saturating_sub(1);
            // A block is a transaction of its own.
            let at = facts.statement.span.start;
            let is_outside = outside.iter().any(|span| (span.start..span.end).contains(&at));
            facts.in_transaction = own || units[facts.unit].wrapped && !is_outside || facts.statement.block.is_some();
            match facts.what {
                What::Begin => own = true,
                What::Commit if !facts.all.has("SAVEPOINT|TO|PREPARED") => own = false,
                What::CreateTable | What::CreateView if !facts.has_adjective("OR REPLACE") => {
                    created.entry(facts.name.key()).or_insert(index);
                }
                _ => {}
            }
        }
        Self { file, lower, settings, runner, units, facts, created }
    }

    /// The statements before this one; of a very long script those that are near, so that time grows with its length alone.
    pub(super) fn before(&self, facts: &Facts<'_>) -> &[Facts<'a>] {
        &self.facts[facts.index.saturating_sub(NEAR)..facts.index]
    }

    pub(super) fn up_to(&self, facts: &Facts<'_>) -> &[Facts<'a>] {
        &self.facts[facts.index.saturating_sub(NEAR)..=facts.index]
    }

    /// This statement and those after it, likewise.
    pub(super) fn after(&self, facts: &Facts<'_>) -> &[Facts<'a>] {
        &self.facts[facts.index..self.facts.len().min(facts.index + NEAR)]
    }

    /// The statements round this one, likewise.
    pub(super) fn near(&self, facts: &Facts<'_>) -> &[Facts<'a>] {
        &self.facts[facts.index.saturating_sub(NEAR)..self.facts.len().min(facts.index + NEAR)]
    }

    /// Each statement of these kinds.
    pub(super) fn each(&self, kinds: u32, mut look: impl FnMut(&Facts<'_>)) {
        self.facts.iter().filter(|facts| kinds & facts.what.bit() != 0).for_each(&mut look);
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.file.dialect
    }

    pub(super) fn is(&self, dialects: u16) -> bool {
        dialects & (1 << self.dialect() as u16) != 0
    }

    /// Whether the relation was made by an earlier statement of the same unit: it holds nothing yet, and nobody waits for it.
    pub(super) fn is_new(&self, key: &str, facts: &Facts<'_>) -> bool {
        let creation = self.created.get(key).map(|index| &self.facts[*index]);
        creation.is_some_and(|creation| creation.index < facts.index && creation.unit == facts.unit)
    }

    /// Whether an earlier statement drops what this one creates, or a later one creates what it drops.
    pub(super) fn is_recreated(&self, key: &str) -> bool {
        let drops = self.facts.iter().any(|facts| {
            matches!(facts.what, What::DropTable | What::DropView) && dropped(facts).any(|name| name == key)
        });
        drops && self.created_anywhere(key)
    }

    fn created_anywhere(&self, key: &str) -> bool {
        let is_it = |facts: &Facts<'_>| {
            matches!(facts.what, What::CreateTable | What::CreateView) && facts.key() == key
                || facts.what == What::AlterTable
                    && facts.actions.iter().any(|action| {
                        let mut action = *action;
                        action.take("RENAME TO") && action.name().key() == key
                    })
        };
        self.facts.iter().any(is_it)
    }

    /// Whether the rows are known to be few: then locks and scans are short.
    pub(super) fn is_small(&self, key: &str) -> bool {
        const SMALL: u64 = 100_000;
        // What a person says stands before what a catalog counted.
        let mut rows = self.settings.rows.iter();
        let known = rows.find(|(name, _)| name.rsplit('.').next().unwrap_or(name).eq_ignore_ascii_case(key));
        known.is_some_and(|(_, rows)| *rows < SMALL)
    }

    /// Whether others use the table while this runs: neither new nor known to be small.
    pub(super) fn is_live(&self, facts: &Facts<'_>) -> bool {
        let key = facts.key();
        !self.is_new(key, facts) && !self.is_small(key) && !facts.is_temporary()
    }

    /// Whether the engine undoes a change of the schema with its transaction.
    pub(super) fn undoes_ddl(&self) -> bool {
        use Dialect as D;
        matches!(self.dialect(), D::Postgres | D::Redshift | D::DuckDb | D::SqlServer | D::Sqlite | D::Generic)
    }

    /// Whether a failure leaves nothing behind: all of the unit is undone, or it is one statement.
    pub(super) fn is_atomic(&self, facts: &Facts<'_>) -> bool {
        let others = self.facts.iter().filter(|other| other.unit == facts.unit);
        let acts = others.filter(|other| other.what.is_ddl() || other.what.is_data() || other.what == What::Access);
        self.undoes_ddl() && facts.in_transaction || acts.take(2).count() < 2
    }

    /// Whether the engine is older than this; not where its version is not known.
    pub(super) fn is_before(&self, since: &Since) -> bool {
        self.dialect() == since.dialect && self.settings.engine_version.is_some_and(|version| version < since.version)
    }

    /// Whether the engine is known to be this one or newer.
    pub(super) fn is_since(&self, since: &Since) -> bool {
        self.dialect() == since.dialect && self.settings.engine_version.is_some_and(|version| version >= since.version)
    }

    /// What an earlier statement of the file sets: `lock_timeout`.
    pub(super) fn sets(&self, setting: &str, before: usize) -> bool {
        self.facts[..before].iter().any(|facts| {
            matches!(facts.what, What::Set | What::Query) && facts.all.code.to_ascii_lowercase().contains(setting)
        })
    }
}

/// The names that a DROP names.
pub(super) fn dropped<'f>(facts: &'f Facts<'_>) -> impl Iterator<Item = String> + 'f {
    let more = facts.rest.parts().into_iter().skip(usize::from(!facts.rest.is(0, ",")));
    std::iter::once(facts.name.key()).chain(more.map(|mut part| part.name().key()))
}

/// The changesets of a Liquibase file; any other file is one unit.
fn units(runner: Runner, lower: &str, settings: &CheckSettings) -> Vec<Unit> {
    const MARKS: [&str; 4] = ["--changeset", "-- changeset", "<changeset", "changeset\":"];
    let mut starts = vec![0];
    if runner == Runner::Liquibase {
        starts.extend(MARKS.iter().flat_map(|mark| lower.match_indices(mark)).map(|(at, _)| at));
        starts.extend(lower.match_indices("- changeset:").map(|(at, _)| at));
        starts.sort_unstable();
    }
    let ends = starts.iter().skip(1).copied().chain([lower.len()]);
    let unit = |(start, end): (usize, usize)| {
        let wraps = settings.in_transaction.unwrap_or_else(|| runner.wraps());
        Unit { span: Span::new(start, end), wrapped: wraps && !runner.opts_out(&lower[start..end]) }
    };
    starts.iter().copied().zip(ends).map(unit).collect()
}

impl Script<'_> {
    /// Whether a statement only takes away what a failed run of this file may have left: it is created right after.
    fn is_leftover(&self, statement: &Statement) -> bool {
        let at = self.facts.partition_point(|facts| facts.statement.span.start < statement.span.start);
        let Some(facts) = self.facts.get(at).filter(|facts| facts.if_exists && DROPS & facts.what.bit() != 0) else {
            return false;
        };
        let key = facts.key();
        self.after(facts).iter().any(|later| later.what == What::CreateIndex && later.key() == key)
    }

    /// Whether an operation changes something that was there before this file.
    pub(super) fn is_felt(&self, way: &Way<'_>) -> bool {
        let op = &way.placed.op;
        if self.is_leftover(way.statement) {
            return false;
        }
        let is_new = |name: &RelationName| {
            self.created
                .get(&name.name().to_lowercase())
                .is_some_and(|index| self.facts[*index].statement.span.start < way.statement.span.start)
        };
        let is_log = |name: &RelationName| name.name().to_lowercase().contains("migration");
        let changes = match op {
            Op::Annotate { what, .. } => !what.contains("comment") && !what.contains("owner"),
            Op::Other { what, .. } => what.starts_with("create") || what.starts_with("drop"),
            _ => true,
        };
        changes && !op.relation().is_some_and(|name| is_new(name) || is_log(name))
    }
}
