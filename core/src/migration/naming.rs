//! What a migration's file name says: its version, and whether it leads forward or back.

use std::cmp::Ordering;

/// Which way a file leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Forward,
    /// Flyway's `R__`: applied again whenever it changes, after all versioned ones.
    Repeatable,
    /// schemachange's `A__`: applied every time, after all others.
    Always,
    /// `U…__`, `V…__rollback_…`, `….down.sql`: never read as forward.
    Rollback,
}

/// A name taken apart: `V042__accounts_migration.sql`, `0003_add.up.sql`, `accounts.sql`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    pub role: Role,
    /// The numbers of the version, empty where the name has none.
    pub version: Vec<String>,
    /// Flyway's `B…__`: what a new database begins with, in place of all up to its version.
    pub baseline: bool,
    pub title: String,
}

impl FileName {
    pub fn parse(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let lower = name.to_ascii_lowercase();
        let lower = lower.strip_suffix(".jinja").unwrap_or(&lower);
        let mut stem = lower.strip_suffix(".sql").unwrap_or(lower);
        let mut role = Role::Forward;
        for (suffix, means) in [
            (".down", Role::Rollback),
            (".undo", Role::Rollback),
            ("_down", Role::Rollback),
            (".up", Role::Forward),
            ("_up", Role::Forward),
        ] {
            if let Some(rest) = stem.strip_suffix(suffix) {
                (stem, role) = (rest, means);
                break;
            }
        }
        let (head, title) = match stem.split_once("__") {
            Some((head, title)) => (head, title),
            None => stem.split_once(['_', '-']).filter(|(head, _)| is_version(head)).unwrap_or(("", stem)),
        };
        let mut baseline = false;
        let version = match head.as_bytes().first() {
            Some(b'v') if is_version(&head[1..]) => &head[1..],
            Some(b'u') if is_version(&head[1..]) => {
                role = Role::Rollback;
                &head[1..]
            }
            Some(b'b') if stem.contains("__") && is_version(&head[1..]) => {
                baseline = true;
                &head[1..]
            }
            Some(b'r') if head.len() == 1 => {
                role = Role::Repeatable;
                ""
            }
            Some(b'a') if head.len() == 1 => {
                role = Role::Always;
                ""
            }
            _ if is_version(head) => head,
            _ => "",
        };
        let is_versioned = !matches!(role, Role::Repeatable | Role::Always);
        let title = if version.is_empty() && is_versioned { stem } else { title };
        // sqitch keeps the ways back in a folder of their own.
        let folder = path.rsplit('/').nth(1).map(str::to_ascii_lowercase);
        if folder.is_some_and(|folder| matches!(folder.as_str(), "revert" | "rollback" | "rollbacks" | "undo" | "down"))
        {
            role = Role::Rollback;
        }
        if title.split(['_', '-', '.', ' ']).any(|word| matches!(word, "rollback" | "undo" | "revert" | "downgrade")) {
            role = Role::Rollback;
        }
        let version = version
            .split(['.', '_'])
            .filter(|part| !part.is_empty())
            .map(|part| part.trim_start_matches('0').to_owned())
            .collect();
        Self { role, version, baseline, title: title.to_owned() }
    }

    /// `V1__x.sql`, `R__x.sql`: named as only those who run migrations name files.
    pub fn is_of_a_runner(path: &str) -> bool {
        let file = Self::parse(path);
        path.contains("__") && (!file.version.is_empty() || matches!(file.role, Role::Repeatable | Role::Always))
    }

    /// The name of a script that comes right after one of this name: the next version, or else the next in the alphabet.
    pub fn next(path: &str, title: &str) -> String {
        let name = path.rsplit('/').next().unwrap_or(path);
        let folder = &path[..path.len() - name.len()];
        let stem = name.split('.').next().unwrap_or(name);
        if Self::parse(path).version.is_empty() {
            return format!("{folder}{stem}_{title}.sql");
        }
        let (head, separator) = match name.split_once("__") {
            Some((head, _)) => (head, "__"),
            None => (stem.split(['_', '-']).next().unwrap_or(stem), "_"),
        };
        let digits = head.len() - head.bytes().rev().take_while(u8::is_ascii_digit).count();
        match head[digits..].parse::<u128>() {
            Ok(number) => {
                let width = head.len() - digits;
                format!("{folder}{}{:0width$}{separator}{title}.sql", &head[..digits], number.saturating_add(1))
            }
            Err(_) => format!("{folder}{stem}_{title}.sql"),
        }
    }

    /// By which files sort as a runner applies them: by version, then the repeatable ones, then those of every run; then by name.
    pub fn order(path: &str) -> impl Ord + use<> {
        let Self { role, version, .. } = Self::parse(path);
        let last = (role == Role::Always, role == Role::Repeatable, version.is_empty());
        (last, version.into_iter().map(Number).collect::<Vec<_>>(), path.to_owned())
    }
}

/// A number of any length, without leading zeros: the longer is the greater.
#[derive(PartialEq, Eq)]
struct Number(String);

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        compare_numbers(&self.0, &other.0)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn compare_numbers(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn is_version(text: &str) -> bool {
    !text.is_empty()
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '_'))
}

pub(crate) fn compare_versions(a: &[String], b: &[String]) -> Ordering {
    let by_number = |(left, right): (&String, &String)| compare_numbers(left, right);
    a.iter().zip(b).map(by_number).find(|order| order.is_ne()).unwrap_or_else(|| a.len().cmp(&b.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_next_is_named_so_that_it_comes_next() {
        for (name, next) in [
            ("V042__accounts_migration.sql", "V043__new.sql"),
            ("db/V1.9__a.sql", "db/V1.10__new.sql"),
            ("db/change.sql", "db/change_new.sql"),
            ("0009_add.up.sql", "0010_new.sql"),
            ("20240131235959_x.sql", "20240131235960_new.sql"),
            ("accounts.sql", "accounts_new.sql"),
            ("R__views.sql", "R__views_new.sql"),
            ("db.changelog.xml", "db_new.sql"),
        ] {
            assert_eq!(FileName::next(name, "new"), next, "{name}");
            assert!(FileName::order(name) < FileName::order(next), "{name}");
        }
    }

    #[test]
    fn a_way_back_is_never_read_as_forward() {
        for name in [
            "U042__accounts_migration.sql",
            "V042__rollback_accounts.sql",
            "db/0003_add.down.sql",
            "20200101_x_down.sql",
            "V7__accounts-rollback.sql",
            "db/revert/accounts.sql",
        ] {
            assert_eq!(FileName::parse(name).role, Role::Rollback, "{name}");
        }
        for name in
            ["V042__accounts_migration.sql", "0003_add.up.sql", "R2__x.sql", "users.sql", "V1__undone_orders.sql"]
        {
            assert_eq!(FileName::parse(name).role, Role::Forward, "{name}");
        }
        assert_eq!(FileName::parse("R__views.sql").role, Role::Repeatable);
    }

    #[test]
    fn versions_sort_as_numbers_and_repeatable_files_last() {
        let mut names =
            ["A__grants.sql", "R__views.sql", "V10__c.sql", "V2.1__b.sql", "V2__a.sql", "V20260101120000__d.sql"];
        names.sort_by_cached_key(|name| FileName::order(name));
        let sorted =
            ["V2__a.sql", "V2.1__b.sql", "V10__c.sql", "V20260101120000__d.sql", "R__views.sql", "A__grants.sql"];
        assert_eq!(names, sorted);
    }
}
