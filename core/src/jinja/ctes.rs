//! Ephemeral models: whoever reads one carries its SQL as a CTE.

/// Puts CTEs, in their order, before those that a query has.
pub(super) fn inject(sql: &str, ctes: &[(String, String)]) -> String {
    if ctes.is_empty() {
        return sql.to_owned();
    }
    let ctes: Vec<String> = ctes.iter().map(|(name, sql)| format!(" {name} as (\n{sql}\n)")).collect();
    let ctes = ctes.join(", ");
    let start = start_of(sql);
    let (before, query) = sql.split_at(start);
    let Some(mut after) = without_word(query, "with") else {
        return format!("{before}with{ctes}\n{query}");
    };
    let recursive = after.trim_start();
    if let Some(rest) = without_word(recursive, "recursive") {
        after = rest;
    }
    let with = &query[..query.len() - after.len()];
    format!("{before}{with}{ctes}, {}", after.trim_start())
}

/// Where the first word is, past white space and comments.
fn start_of(sql: &str) -> usize {
    let mut rest = sql;
    loop {
        rest = rest.trim_start();
        if rest.starts_with("--") {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, rest)| rest);
        } else {
            return sql.len() - rest.len();
        }
    }
}

/// What follows a keyword; none where the text does not start with it.
fn without_word<'s>(sql: &'s str, word: &str) -> Option<&'s str> {
    let (start, rest) = sql.split_at_checked(word.len())?;
    let ends = rest.chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '_');
    (start.eq_ignore_ascii_case(word) && ends).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ctes_come_before_those_of_the_query() {
        let ctes = [("a".to_owned(), "select 1".to_owned()), ("b".to_owned(), "select 2".to_owned())];
        let check = |sql: &str| inject(sql, &ctes).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(check("select x"), "with a as ( select 1 ), b as ( select 2 ) select x");
        assert_eq!(
            check("-- why\n WITH c as (select 3)"),
            "-- why WITH a as ( select 1 ), b as ( select 2 ), c as (select 3)"
        );
        assert_eq!(check("with recursive r as ()"), "with recursive a as ( select 1 ), b as ( select 2 ), r as ()");
        assert_eq!(check("without"), "with a as ( select 1 ), b as ( select 2 ) without");
    }
}
