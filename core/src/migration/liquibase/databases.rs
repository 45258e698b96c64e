//! Which databases a change or property is for: `dbms="postgresql, !h2"`.

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
    /// A context or label decides, or a database that is not known.
    Open,
    /// It is for other databases.
    Never,
}

/// By what the attributes say, as `get` finds them.
pub(super) fn chance(get: impl Fn(&str) -> Option<String>, form: &Form) -> Chance {
    let database = get("dbms").map(|names| holds(&names, form));
    if database == Some(Some(false)) {
        return Chance::Never;
    }
    let filters = ["context", "contexts", "contextFilter", "labels", "labelFilter"];
    if database == Some(None) || filters.iter().any(|name| get(name).is_some()) { Chance::Open } else { Chance::Sure }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::changelog::Format;

    #[test]
    fn a_database_that_is_told_decides_and_one_that_is_guessed_does_not() {
        let told = |is_told| {
            let (dialect, properties) = (Some(Dialect::Postgres), Vec::new());
            Form { format: Format::LiquibaseXml, dialect, is_told, properties }
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
