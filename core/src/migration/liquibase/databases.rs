//! Which databases a change or property is for: `dbms="postgresql, !h2"`.

use super::selection::{CONTEXTS, LABELS};
use crate::dialect::Dialect;
use crate::migration::changelog::Form;

/// Whether the database is among those that are named; none where it was not told which one it is.
pub(super) fn holds(names: &str, form: &Form) -> Option<bool> {
    let own = form.dialect.filter(|_| form.is_told)?;
    let is_own = |name: &str| Dialect::from_name(&name.to_lowercase()) == Some(own);
    let names: Vec<&str> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.iter().any(|name| name.strip_prefix('!').is_some_and(is_own) || name.eq_ignore_ascii_case("none")) {
        return Some(false);
    }
    let mut wanted = names.iter().filter(|name| !name.starts_with('!')).peekable();
    Some(wanted.peek().is_none() || wanted.any(|name| is_own(name) || name.eq_ignore_ascii_case("all")))
}

/// What the conditions of a change or property come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chance {
    Sure,
    /// It hangs on the database, which is not known.
    Open,
    /// It is for other databases, contexts or labels.
    Never,
}

/// By what the attributes say, as `get` finds them.
pub(super) fn chance(get: impl Fn(&str) -> Option<String>, form: &Form) -> Chance {
    let database = get("dbms").map(|names| holds(&names, form));
    let said = |names: &[&str]| names.iter().find_map(|name| get(name)).unwrap_or_default();
    let is_ignored = said(&["ignore"]).trim().eq_ignore_ascii_case("true");
    let is_taken = form.selection.takes(&said(&CONTEXTS), &said(&LABELS));
    if is_ignored || !is_taken || database == Some(Some(false)) {
        return Chance::Never;
    }
    if database == Some(None) { Chance::Open } else { Chance::Sure }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::changelog::Format;

    #[test]
    fn a_database_that_is_told_decides_and_one_that_is_guessed_does_not() {
        let told = |is_told| {
            let dialect = Some(Dialect::Postgres);
            Form { dialect, is_told, ..Form::of(Format::LiquibaseXml) }
        };
        for (names, expected) in [
            ("postgresql", true),
            ("oracle, postgresql", true),
            ("oracle", false),
            ("!oracle", true),
            ("!postgresql", false),
            ("all", true),
            ("none", false),
            ("", true),
        ] {
            assert_eq!(holds(names, &told(true)), Some(expected), "{names}");
            assert_eq!(holds(names, &told(false)), None, "{names}");
        }
    }
}
