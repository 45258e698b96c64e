//! What a fix leaves to a migration of its own: a file beside this one, under a free version, as its runner wants it.

use super::finding::Edit;
use super::runner::Runner;
use crate::migration::{FileName, MigrationFile, Role};
use crate::text::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Later {
    /// Right after this one, outside of any transaction.
    Afterwards,
    /// With a later release.
    Contract,
}

impl Later {
    fn word(self) -> &'static str {
        match self {
            Self::Afterwards => "afterwards",
            Self::Contract => "contract",
        }
    }
}

/// The edits that put a statement into the file that comes later; `at` is the place that it had.
pub(super) fn edits(
    files: &[MigrationFile],
    place: usize,
    runner: Runner,
    at: u32,
    later: Later,
    sql: &str,
) -> Vec<Edit> {
    let name = name(files, place, runner, later);
    let title = name.rsplit('/').next().unwrap_or_default().split('.').next().unwrap_or_default();
    let is_outside = later == Later::Afterwards;
    let head = match (runner, is_outside) {
        (Runner::Goose, true) => "-- +goose NO TRANSACTION\n-- +goose Up\n".to_owned(),
        (Runner::Goose, false) => "-- +goose Up\n".to_owned(),
        (Runner::Dbmate, true) => "-- migrate:up transaction:false\n".to_owned(),
        (Runner::Dbmate, false) => "-- migrate:up\n".to_owned(),
        (Runner::Liquibase, _) => {
            let flag = if is_outside { " runInTransaction:false" } else { "" };
            format!("--liquibase formatted sql\n\n--changeset foreshock:{title}{flag}\n")
        }
        _ => String::new(),
    };
    let own = files[place].name.rsplit('/').next().unwrap_or_default();
    let why = match later {
        Later::Afterwards => format!("-- After {own}, outside of a transaction: what would hold its locks for long.\n"),
        Later::Contract => format!("-- With a later release than {own}, when nothing reads what this takes away.\n"),
    };
    let piece = |start: u32, text: String, name: &str| Edit {
        new_file: Some(name.to_owned()),
        ..Edit::new(Span { start, end: start }, text)
    };
    let mut edits = vec![piece(0, head + &why, &name), piece(at + 1, format!("\n{sql};\n"), &name)];
    if runner == Runner::Flyway && is_outside {
        edits.push(piece(0, "executeInTransaction=false\n".to_owned(), &format!("{name}.conf")));
    }
    edits
}

fn name(files: &[MigrationFile], place: usize, runner: Runner, later: Later) -> String {
    let path = files[place].name.as_str();
    let (folder, base) = path.split_at(path.rfind('/').map_or(0, |at| at + 1));
    let ending = [".up.sql", ".sql.jinja", ".sql"].into_iter().find(|ending| base.ends_with(ending)).unwrap_or("");
    let stem = base.strip_suffix(ending).unwrap_or(base);
    let (head, title) = stem.split_at(stem.find("__").or_else(|| stem.find(['_', '-'])).unwrap_or(0));
    let digits = head.trim_start_matches(['V', 'v']);
    let letter = &head[..head.len() - digits.len()];
    let version = match runner {
        _ if digits.is_empty() || FileName::parse(path).version.is_empty() => String::new(),
        Runner::Flyway | Runner::Schemachange => below(files, folder, digits, later),
        _ => after(files, place, digits, later).unwrap_or_default(),
    };
    let (letter, title) = if version.is_empty() { ("", stem) } else { (letter, title) };
    format!("{folder}{letter}{version}{title}_{}{ending}", later.word())
}

/// `7.1`: between this version and the next.
fn below(files: &[MigrationFile], folder: &str, digits: &str, later: Later) -> String {
    let is_free = |candidate: &String| {
        let version = FileName::parse(&format!("V{candidate}__x.sql")).version;
        files
            .iter()
            .filter(|file| file.name.starts_with(folder))
            .all(|file| FileName::parse(&file.name).version != version)
    };
    let first = 1 + later as usize;
    let candidates = (first..=first + files.len()).map(|number| format!("{digits}.{number}"));
    let mut free = candidates.filter(is_free);
    free.next().unwrap_or_else(|| format!("{digits}.{first}"))
}

/// `0008`: after all that were given, for each file and step another.
fn after(files: &[MigrationFile], place: usize, digits: &str, later: Later) -> Option<String> {
    let number = |file: &MigrationFile| match FileName::parse(&file.name).version.as_slice() {
        [only] => only.parse::<u64>().ok(),
        _ => None,
    };
    let last = files.iter().filter_map(number).max()?;
    let before = files[..place].iter().filter(|file| file.role == Role::Forward).count();
    let next = last.checked_add(u64::try_from(before * 2 + 1 + later as usize).ok()?)?;
    Some(format!("{next:0width$}", width = digits.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    fn named(names: &[&str], place: usize, runner: Runner, later: Later) -> String {
        let read = |name: &&str| MigrationFile::read(name, String::new(), Dialect::Postgres).0;
        name(&names.iter().map(read).collect::<Vec<_>>(), place, runner, later)
    }

    #[test]
    fn a_later_file_has_a_version_that_no_other_has() {
        use Later::{Afterwards, Contract};
        let flyway = ["db/V7__day.sql", "db/V7.1__x.sql", "db/V8__y.sql"];
        assert_eq!(named(&flyway, 0, Runner::Flyway, Afterwards), "db/V7.2__day_afterwards.sql");
        assert_eq!(named(&flyway, 2, Runner::Flyway, Contract), "db/V8.2__y_contract.sql");
        let numbered = ["0007_day.up.sql", "0007_day.down.sql", "0008_2fa.up.sql"];
        assert_eq!(named(&numbered, 0, Runner::UpDown, Afterwards), "0009_day_afterwards.up.sql");
        assert_eq!(named(&numbered, 2, Runner::UpDown, Contract), "0012_2fa_contract.up.sql");
        assert_eq!(named(&["orders.sql"], 0, Runner::None, Contract), "orders_contract.sql");
        assert_eq!(named(&["20260101120000_a.sql"], 0, Runner::Goose, Afterwards), "20260101120001_a_afterwards.sql");
    }
}
