//! Who runs the migrations, and in what transaction: told from the form and the names of the files, unless it is set.

use serde::{Deserialize, Serialize};

use crate::migration::{FileName, MigrationFile};
use crate::text::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Runner {
    Flyway,
    Liquibase,
    Alembic,
    Goose,
    Dbmate,
    /// golang-migrate and others whose files are called `.up.sql` and `.down.sql`.
    UpDown,
    Schemachange,
    /// A hook of dbt's.
    Dbt,
    Psql,
    /// A plain script.
    None,
}

struct RunnerFacts {
    runner: Runner,
    names: &'static str,
    /// It runs each unit in a transaction, unless told otherwise.
    wraps: bool,
    /// It keeps a way back in a place of its own, so that a missing one can be seen.
    has_rollbacks: bool,
    /// How a unit is told to run without the transaction.
    opts_out: &'static [&'static str],
    /// The same, for people.
    how: &'static str,
    /// What applies a file, with `{version}` and `{file}`; empty where it hangs on the engine.
    apply: &'static str,
}

const fn row(
    runner: Runner,
    names: &'static str,
    wraps: bool,
    has_rollbacks: bool,
    opts_out: &'static [&'static str],
    how: &'static str,
    apply: &'static str,
) -> RunnerFacts {
    RunnerFacts { runner, names, wraps, has_rollbacks, opts_out, how, apply }
}

const RUNNERS: [RunnerFacts; 10] = [
    row(
        Runner::Flyway,
        "flyway",
        true,
        false,
        &["executeintransaction=false"],
        "executeInTransaction=false in the script's .conf file",
        "flyway migrate -target={version}",
    ),
    row(
        Runner::Liquibase,
        "liquibase",
        true,
        true,
        &[
            "runintransaction:false",
            "runintransaction=\"false\"",
            "runintransaction: false",
            "runintransaction\": false",
        ],
        "runInTransaction:false on the changeset",
        "liquibase update",
    ),
    row(
        Runner::Alembic,
        "alembic",
        true,
        true,
        &[],
        "op.get_context().autocommit_block()",
        "alembic upgrade {version}",
    ),
    row(
        Runner::Goose,
        "goose",
        true,
        true,
        &["+goose no transaction"],
        "-- +goose NO TRANSACTION",
        "goose up-to {version}",
    ),
    row(Runner::Dbmate, "dbmate", true, true, &["transaction:false"], "-- migrate:up transaction:false", "dbmate up"),
    row(Runner::UpDown, "golang-migrate", false, true, &[], "a file of its own", "migrate goto {version}"),
    row(Runner::Schemachange, "schemachange", false, false, &[], "a file of its own", "schemachange deploy"),
    row(Runner::Dbt, "dbt", true, false, &[], "a hook with transaction: false", "dbt build"),
    row(
        Runner::Psql,
        "psql",
        false,
        false,
        &[],
        "a file of its own, without --single-transaction",
        "psql -v ON_ERROR_STOP=1 -f {file}",
    ),
    row(Runner::None, "none", false, false, &[], "a file of its own", ""),
];

impl Runner {
    pub fn from_name(name: &str) -> Option<Self> {
        RUNNERS.iter().find(|row| row.names.eq_ignore_ascii_case(name)).map(|row| row.runner)
    }

    pub fn name(self) -> &'static str {
        self.facts().names
    }

    pub fn names() -> impl Iterator<Item = &'static str> {
        RUNNERS.iter().map(|row| row.names)
    }

    fn facts(self) -> &'static RunnerFacts {
        &RUNNERS[self as usize]
    }

    pub(super) fn wraps(self) -> bool {
        self.facts().wraps
    }

    pub(super) fn has_rollbacks(self) -> bool {
        self.facts().has_rollbacks
    }

    pub(super) fn how_to_opt_out(self) -> &'static str {
        self.facts().how
    }

    /// The command that applies a file, as far as its name tells it.
    pub fn command(self, file: &str) -> Option<String> {
        let version = FileName::parse(file).version.join(".");
        let apply = self.facts().apply;
        if apply.is_empty() || version.is_empty() && apply.contains("{version}") {
            return None;
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
        let quoted =
            || if file.chars().all(is_plain) { file.to_owned() } else { format!("'{}'", file.replace('\'', "'\\''")) };
        Some(apply.replace("{version}", &version).replace("{file}", &quoted()))
    }

    /// Whether two files cannot have one version.
    pub(super) fn counts_versions(self) -> bool {
        matches!(self, Self::Flyway | Self::UpDown | Self::Schemachange | Self::Goose | Self::Dbmate)
    }

    /// Whether this stretch of a file, in lower case, asks to run without the transaction.
    pub(super) fn opts_out(self, unit: &str) -> bool {
        self.facts().opts_out.iter().any(|mark| unit.contains(mark))
    }

    /// The stretches of a file, in lower case, that run outside of its transaction: what stands in Alembic's `with` block.
    pub(super) fn outside(self, lower: &str) -> Vec<Span> {
        const MARK: &str = "autocommit_block()";
        if self != Self::Alembic || !lower.contains(MARK) {
            return Vec::new();
        }
        let indent = |line: &str| line.len() - line.trim_start().len();
        let (mut at, mut open, mut outside) = (0, None, Vec::new());
        for line in lower.split_inclusive('\n') {
            let is_blank = line.trim().is_empty();
            if let Some((from, depth)) = open.filter(|(_, depth)| !is_blank && indent(line) <= *depth) {
                let _: usize = depth;
                outside.push(Span::new(from, at));
                open = None;
            }
            if open.is_none() && line.contains(MARK) {
                open = Some((at, indent(line)));
            }
            at += line.len();
        }
        outside.extend(open.map(|(from, _)| Span::new(from, at)));
        outside
    }

    /// Told from what a file is called and what its lines are.
    pub(super) fn of(file: &MigrationFile, lower: &str) -> Self {
        let base = file.name.rsplit('/').next().unwrap_or(&file.name).to_ascii_lowercase();
        let head = lower.trim_start();
        let is_versioned = base.contains("__") && base.starts_with(['v', 'u', 'r', 'b']);
        let extension = base.rsplit('.').next().unwrap_or_default();
        match () {
            () if extension == "py" => Self::Alembic,
            () if matches!(extension, "xml" | "yaml" | "yml" | "json") => Self::Liquibase,
            () if head.strip_prefix("--").is_some_and(|head| head.trim_start().starts_with("liquibase formatted")) => {
                Self::Liquibase
            }
            // A sign is found faster than words, and most files have none of these.
            () if lower.contains('+') && lower.contains("-- +goose up") => Self::Goose,
            () if lower.contains(':') && lower.contains("-- migrate:up") => Self::Dbmate,
            () if is_versioned && file.dialect == crate::dialect::Dialect::Snowflake && base.contains('.') => {
                Self::Schemachange
            }
            () if is_versioned => Self::Flyway,
            () if base.contains(".up.") || base.contains(".down.") => Self::UpDown,
            () if lower.contains('\\') && (lower.contains("\n\\") || lower.starts_with('\\')) => Self::Psql,
            () => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    #[test]
    fn rows_stand_where_their_runner_says() {
        for row in &RUNNERS {
            assert_eq!(row.runner.facts().names, row.names);
        }
    }

    #[test]
    fn a_command_names_the_version_or_the_file_and_nothing_can_leave_its_quotes() {
        assert_eq!(Runner::Flyway.command("db/V042__a.sql").as_deref(), Some("flyway migrate -target=42"));
        assert_eq!(Runner::Flyway.command("R__views.sql"), None);
        assert_eq!(Runner::Psql.command("a.sql").as_deref(), Some("psql -v ON_ERROR_STOP=1 -f a.sql"));
        let hostile = Runner::Psql.command("a'; rm -rf ~ #.sql").expect("a command");
        assert_eq!(hostile, r"psql -v ON_ERROR_STOP=1 -f 'a'\''; rm -rf ~ #.sql'");
    }

    #[test]
    fn a_runner_is_told_from_names_and_marks() {
        let of = |name: &str, text: &str| {
            let (file, _) = MigrationFile::read(name, text.to_owned(), Dialect::Postgres);
            Runner::of(&file, &text.to_lowercase())
        };
        assert_eq!(of("V1__a.sql", ""), Runner::Flyway);
        assert_eq!(of("a.sql", "--liquibase formatted sql\n"), Runner::Liquibase);
        assert_eq!(of("1.sql", "-- +goose Up\nselect 1;"), Runner::Goose);
        assert_eq!(of("1_a.up.sql", ""), Runner::UpDown);
        assert_eq!(of("a.sql", "select 1;\n\\i b.sql"), Runner::Psql);
        assert_eq!(of("a.sql", "select 1;"), Runner::None);
    }
}
