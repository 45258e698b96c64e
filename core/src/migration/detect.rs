//! Which dialect a script is written in, and by what that is told.

use super::dialect_marks::MARKS;
use super::{Effect, forward_part, script};
use crate::dialect::{DIALECTS, Dialect};

/// A dialect, and the reason why it was chosen, to be said to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detection {
    pub dialect: Dialect,
    pub reason: String,
}

/// How much of a script is looked at.
const HEAD: usize = 48 * 1024;

/// A mark that one engine alone has weighs this much.
const CLEAR: u32 = 3;

/// Where a file's path names an engine, that weighs as much as two clear marks.
const NAMED: u32 = 2 * CLEAR;

/// A path in one pair of backticks is BigQuery's: other engines have few names with dots in them.
const QUOTED_PATH: u32 = CLEAR + 1;

/// Whether there is one: `` `project.dataset.table` ``.
fn has_quoted_path(head: &str) -> bool {
    head.split('`').skip(1).step_by(2).any(|quoted| {
        let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '*');
        quoted.contains('.') && quoted.split('.').all(|part| !part.is_empty() && part.chars().all(is_of_name))
    })
}

/// The dialect that a script's words and its path show; of those that fit equally well the first candidate. A script that
/// shows none is taken for the candidate in which most of its statements can be read.
pub fn detect(path: &str, text: &str, candidates: &[Dialect]) -> Detection {
    let head = normal(text);
    if let Some(found) = by_databases(&head, candidates) {
        return found;
    }
    let mut best: Option<(u32, Dialect, Vec<&str>)> = None;
    let rank = |dialect: Dialect| candidates.iter().position(|other| *other == dialect).unwrap_or(candidates.len());
    for (dialect, marks) in MARKS {
        let found: Vec<&(u32, &str)> = marks.iter().filter(|(_, mark)| head.contains(mark)).collect();
        let named = if is_named(path, *dialect) { NAMED } else { 0 };
        let paths = if *dialect == Dialect::BigQuery && has_quoted_path(&head) { QUOTED_PATH } else { 0 };
        let score = found.iter().map(|(weight, _)| weight).sum::<u32>() + named + paths;
        let is_better = best
            .as_ref()
            .is_none_or(|(most, other, _)| score > *most || score == *most && rank(*dialect) < rank(*other));
        if is_better {
            let mut words: Vec<(u32, &str)> = found.into_iter().copied().collect();
            words.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
            best = Some((score, *dialect, words.into_iter().map(|(_, mark)| mark.trim()).collect()));
        }
    }
    match best {
        Some((score, dialect, words)) if score >= CLEAR => {
            let title = dialect.facts().title;
            let words: Vec<String> = words.iter().take(3).map(|word| format!("\"{word}\"")).collect();
            let reason = match (is_named(path, dialect), words.is_empty()) {
                (true, true) => format!("its path names {title}"),
                (true, false) => format!("its path names {title}, and it has {}", words.join(", ")),
                (false, _) => format!("it has {}, as {title} has", words.join(", ")),
            };
            Detection { dialect, reason }
        }
        _ => by_reading(text, candidates),
    }
}

/// The dialect alone, where the path is not known.
pub fn detect_dialect(text: &str, candidates: &[Dialect]) -> Dialect {
    detect("", text, candidates).dialect
}

/// A Liquibase changelog may say for which databases its parts are. What is written for others says nothing of this one.
fn by_databases(head: &str, candidates: &[Dialect]) -> Option<Detection> {
    const MOST_NAMES: usize = 6;
    let mut named: Vec<Dialect> = Vec::new();
    let values =
        head.match_indices("dbms").filter(|_| head.contains("changeset")).map(|(at, dbms)| &head[at + dbms.len()..]);
    for value in values {
        // A precondition says it as `<dbms type="postgresql"/>`.
        let signs = ['"', '\'', '=', ':', ' '];
        let value = value.trim_start_matches(signs);
        let names = value.strip_prefix("type").unwrap_or(value).trim_start_matches(signs);
        let names = names.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ',' | ' ' | '!'))).next()?;
        for name in names.split(',').take(MOST_NAMES) {
            let mut words = name.split_whitespace();
            named.extend(words.next().and_then(|name| Dialect::from_name(name.trim_start_matches('!'))));
            if words.next().is_some() {
                break;
            }
        }
    }
    let first = *named.first()?;
    if named.iter().all(|other| *other == first) {
        return None;
    }
    let own = candidates.iter().find(|candidate| named.contains(candidate)).unwrap_or(&first);
    let reason = format!("it has parts for several databases, of which {} is the likeliest", own.facts().title);
    Some(Detection { dialect: *own, reason })
}

/// The candidate in which most of the first statements are understood; of equals the first.
fn by_reading(text: &str, candidates: &[Dialect]) -> Detection {
    let head = whole_statements(forward_part(text));
    let mut best: Option<(usize, Dialect)> = None;
    for dialect in candidates {
        let statements = script::read(head, *dialect);
        // A call of what is defined elsewhere reads alike in all of them.
        let is_unread = |effect: &Effect| matches!(effect, Effect::Unknown(why) if !why.starts_with(script::IT_CALLS));
        let unread = statements.iter().filter(|statement| is_unread(&statement.effect)).count();
        if best.is_none_or(|(least, _)| unread < least) {
            best = Some((unread, *dialect));
        }
        if unread == 0 {
            break;
        }
    }
    let dialect = best.map_or(Dialect::Generic, |(_, dialect)| dialect);
    let reason = "nothing in it is particular to an engine, and it reads best so".to_owned();
    Detection { dialect, reason }
}

/// The first stretch of a script, up to the end of a statement.
fn whole_statements(text: &str) -> &str {
    if text.len() <= HEAD {
        return text;
    }
    let head = &text[..boundary(text)];
    head.rfind(";\n").map_or(head, |end| &head[..=end])
}

fn boundary(text: &str) -> usize {
    (0..=HEAD.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The head in lower case, without comment lines, with single blanks, and with one before it.
fn normal(text: &str) -> String {
    let head = forward_part(&text[..boundary(text)]);
    let mut normal = String::with_capacity(head.len() + 1);
    for line in head.lines().filter(|line| !line.trim_start().starts_with("--")) {
        for word in line.split_whitespace() {
            normal.push(' ');
            normal.push_str(&word.to_lowercase());
        }
    }
    normal.push(' ');
    normal
}

/// Whether a part of the path is a name of the dialect: `migrations/mysql/V1.sql`, `x.postgres.up.sql`.
fn is_named(path: &str, dialect: Dialect) -> bool {
    let facts = &DIALECTS[dialect as usize];
    path.to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word == facts.name || facts.aliases.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANDIDATES: [Dialect; 3] = [Dialect::Postgres, Dialect::Snowflake, Dialect::MySql];

    #[test]
    fn a_script_shows_its_dialect_by_its_words() {
        for (text, dialect) in [
            ("CREATE TABLE a (id SERIAL, b JSONB)", Dialect::Postgres),
            ("CREATE TABLE `a` (id INT AUTO_INCREMENT) ENGINE=InnoDB", Dialect::MySql),
            ("ALTER TABLE [dbo].[a] ADD b NVARCHAR(9)\nGO", Dialect::SqlServer),
            ("CREATE TABLE a (b VARCHAR2(9))", Dialect::Oracle),
            ("CREATE TABLE a (b INT) DUPLICATE KEY(b) DISTRIBUTED BY HASH(b)", Dialect::StarRocks),
            ("CREATE TABLE a (b STRING) USING DELTA", Dialect::Databricks),
            ("CREATE TABLE a (b INT64) OPTIONS(x = 1)", Dialect::BigQuery),
            ("CREATE TABLE a (b UInt8) ENGINE = MergeTree", Dialect::ClickHouse),
            ("USE WAREHOUSE w; ALTER TABLE a SWAP WITH b", Dialect::Snowflake),
            ("ALTER TABLE a ADD COLUMN b int", Dialect::Postgres),
            ("ALTER TABLE `my-proj.raw.ga` DROP COLUMN name", Dialect::BigQuery),
            ("ALTER TABLE `ga` DROP COLUMN name", Dialect::MySql),
        ] {
            assert_eq!(detect("V1.sql", text, &CANDIDATES).dialect, dialect, "{text}");
        }
    }

    #[test]
    fn of_signs_that_several_engines_have_the_projects_own_counts() {
        for dialect in [Dialect::BigQuery, Dialect::Databricks, Dialect::StarRocks] {
            let candidates = [Dialect::Postgres, dialect, Dialect::MySql];
            assert_eq!(detect("V1.sql", "ALTER TABLE `a` DROP COLUMN `b`", &candidates).dialect, dialect);
        }
    }

    #[test]
    fn a_changelog_for_several_databases_is_not_told_by_what_is_for_another() {
        let text = "<databaseChangeLog><property name=\"t\" value=\"NVARCHAR2(9)\" dbms=\"oracle\"/>
            <property name=\"t\" value=\"text\" dbms=\"h2,postgresql\"/><changeSet id=\"1\" author=\"a\"/>";
        assert_eq!(detect("c.xml", text, &CANDIDATES).dialect, Dialect::Postgres);
        let text = "<databaseChangeLog><preConditions><dbms type=\"postgresql\"/></preConditions>
            <changeSet id=\"1\" author=\"a\" dbms=\"oracle,mysql\"/>";
        assert_eq!(detect("c.xml", text, &CANDIDATES).dialect, Dialect::Postgres);
        let text =
            "databaseChangeLog:\n- changeSet:\n    dbms: mysql\n    id: 1\n- changeSet:\n    dbms: 'snowflake'\n";
        assert_eq!(detect("c.yaml", text, &CANDIDATES).dialect, Dialect::Snowflake);
    }

    #[test]
    fn a_path_that_names_an_engine_decides_and_the_reason_says_so() {
        let found = detect("db/mysql/0001_x.up.sql", "ALTER TABLE a ADD COLUMN b int;", &CANDIDATES);
        assert_eq!((found.dialect, found.reason.as_str()), (Dialect::MySql, "its path names MySQL"));
        let found = detect("V1.sql", "CREATE TABLE a (b JSONB)", &CANDIDATES);
        assert_eq!(found.reason, "it has \"jsonb\", as PostgreSQL has");
        let found = detect("V1.sql", "DROP TABLE a", &CANDIDATES);
        assert_eq!(found.reason, "nothing in it is particular to an engine, and it reads best so");
    }
}
