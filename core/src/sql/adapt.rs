//! SQL that is valid and that the parser refuses, in words that it takes: same names, same places, same meaning for columns.
//!
//! Looked at only after the parser has refused a text. Tokens keep their spans, so what is found in them lies where it was
//! written.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use super::{heads, rewrites};
use crate::dialect::Dialect;

/// Words that say nothing about columns, and what must follow for them to be these words and no names. `?` is any one token,
/// `()` what stands in parentheses.
const DROPPED: [(&[&str], &[&str]); 39] = [
    (&["approximate"], &["count", "percentile_disc"]),
    (&["lock", "in", "share", "mode"], &[]),
    (&["into", "outfile", "?"], &[]),
    (&["into", "dumpfile", "?"], &[]),
    (&["overriding", "?", "value"], &[]),
    (&["exclude", "ties"], &[]),
    (&["exclude", "group"], &[")"]),
    (&["exclude", "no", "others"], &[]),
    (&["exclude", "current", "row"], &[]),
    (&["option", "()"], &["", ";"]),
    (&["siblings"], &["by"]),
    (&["indexed", "by", "?"], &[]),
    (&["not", "indexed"], &[]),
    (&["multiset"], &["("]),
    (&["cursor"], &["("]),
    (&["as", "of", "timestamp", "()"], &[]),
    (&["as", "of", "scn", "?"], &[]),
    (&["versions", "between", "?", "?", "and", "?"], &[]),
    (&["search", "depth", "first", "by", "?", "set", "?"], &[]),
    (&["search", "breadth", "first", "by", "?", "set", "?"], &[]),
    (&["cycle", "?", "set", "?", "using", "?"], &[]),
    (&["with", "()"], &["as"]),
    (&["loop"], &["join"]),
    (&["hash"], &["join"]),
    (&["merge"], &["join"]),
    (&["remote"], &["join"]),
    (&["by", "position"], &["select", "from", "with", "values", "("]),
    (&["ignore", "nulls"], &[]),
    (&["respect", "nulls"], &[]),
    (&["positional"], &["join"]),
    (&["asof"], &["join", "left", "inner"]),
    (&["global"], &["in", "not", "join", "left", "inner", "any", "all"]),
    (&["any"], &["left", "right", "inner", "join"]),
    (&["all"], &["left", "right", "inner", "join"]),
    (&["any"], &["full"]),
    (&["paste"], &["join"]),
    (&["with", "no", "schema", "binding"], &[]),
    (&["with", "ties"], &[]),
    (&["final"], &["where", "prewhere", "join", "left", "inner", "group", "order", "limit"]),
];

/// The tokens with what the parser does not know replaced or left out; none where there is nothing to replace.
pub(super) fn adapted(tokens: Vec<TokenWithSpan>, dialect: Dialect) -> Option<Vec<TokenWithSpan>> {
    let mut tokens: Vec<TokenWithSpan> =
        tokens.into_iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
    let before = tokens.len();
    let mut changed = rewrites::rewritten(&mut tokens, dialect);
    changed |= heads::plain_create(&mut tokens, dialect);
    let mut at = 0;
    for name in untyped_columns(&tokens).into_iter().rev() {
        let span = tokens[name].span;
        tokens.insert(name + 1, TokenWithSpan { token: keyword("TEXT", Keyword::TEXT), span });
        changed = true;
    }
    let tables = comma_tables(&tokens);
    for comma in tables.into_iter().rev() {
        let span = tokens[comma].span;
        let with = [keyword("CROSS", Keyword::CROSS), keyword("JOIN", Keyword::JOIN)];
        tokens.splice(comma..=comma, with.map(|token| TokenWithSpan { token, span }));
        changed = true;
    }
    while at < tokens.len() {
        let length = dropped(&tokens, at).or_else(|| sample(&tokens, at)).or_else(|| version(&tokens, at)).unwrap_or(0);
        if length > 0 {
            for token in &mut tokens[at..at + length] {
                token.token = nothing();
            }
            at += length;
            continue;
        }
        if is_word(&tokens, at, "by") && is_word(&tokens, at + 1, "name") && is_insert(&tokens[..at]) {
            let span = tokens[at].span;
            let with = [keyword("PARTITION", Keyword::PARTITION), Token::LParen, by_name(), Token::RParen];
            tokens.splice(at..at + 2, with.map(|token| TokenWithSpan { token, span }));
            changed = true;
        }
        changed |= replace(&mut tokens, at, dialect);
        at += 1;
    }
    tokens.retain(|token| !matches!(token.token, Token::Whitespace(_)));
    (changed || tokens.len() < before).then_some(tokens)
}

/// Blank tokens are left out at the end.
pub(super) fn nothing() -> Token {
    Token::Whitespace(sqlparser::tokenizer::Whitespace::Space)
}

pub(super) fn is_word(tokens: &[TokenWithSpan], at: usize, wanted: &str) -> bool {
    word(tokens, at).is_some_and(|found| found.eq_ignore_ascii_case(wanted))
}

/// The bare word at this place.
pub(super) fn word(tokens: &[TokenWithSpan], at: usize) -> Option<&str> {
    match tokens.get(at).map(|token| &token.token) {
        Some(Token::Word(word)) if word.quote_style.is_none() => Some(&word.value),
        _ => None,
    }
}

pub(super) fn is(tokens: &[TokenWithSpan], at: usize, wanted: &Token) -> bool {
    tokens.get(at).is_some_and(|token| token.token == *wanted)
}

fn dropped(tokens: &[TokenWithSpan], at: usize) -> Option<usize> {
    word(tokens, at)?;
    // Spark's `CREATE TABLE t USING delta AS …`.
    if is_word(tokens, at, "using") && is_word(tokens, 0, "create") && word(tokens, at + 1).is_some() {
        return Some(2);
    }
    // `a.any`, `x as final` are names.
    if at > 0 && (is(tokens, at - 1, &Token::Period) || is_word(tokens, at - 1, "as")) {
        return None;
    }
    DROPPED.iter().find_map(|(words, before)| {
        let end = words.iter().try_fold(at, |end, wanted| match *wanted {
            "?" => (end < tokens.len()).then_some(end + 1),
            "()" => is(tokens, end, &Token::LParen).then(|| closed(tokens, end)),
            wanted => is_word(tokens, end, wanted).then_some(end + 1),
        })?;
        let follows = |next: &&str| match *next {
            "" => end >= tokens.len() || is(tokens, end, &Token::EOF),
            "(" => is(tokens, end, &Token::LParen),
            ")" => is(tokens, end, &Token::RParen),
            ";" => is(tokens, end, &Token::SemiColon),
            next => is_word(tokens, end, next),
        };
        (before.is_empty() || before.iter().any(follows)).then_some(end - at)
    })
}

/// `TABLESAMPLE …` and `USING SAMPLE …`: how many rows are read, in any of the forms that engines have.
fn sample(tokens: &[TokenWithSpan], at: usize) -> Option<usize> {
    let mut end = match word(tokens, at)? {
        first if first.eq_ignore_ascii_case("tablesample") => at + 1,
        first if first.eq_ignore_ascii_case("using") && is_word(tokens, at + 1, "sample") => at + 2,
        first if first.eq_ignore_ascii_case("sample") && at > 0 => at + 1,
        _ => return None,
    };
    for method in ["bernoulli", "system", "reservoir", "block", "row"] {
        end += usize::from(is_word(tokens, end, method));
    }
    match tokens.get(end).map(|token| &token.token) {
        Some(Token::Number(..)) => {
            end += 1;
            let is_unit =
                is(tokens, end, &Token::Mod) || is_word(tokens, end, "percent") || is_word(tokens, end, "rows");
            end += usize::from(is_unit);
            if is(tokens, end, &Token::LParen) {
                end = closed(tokens, end);
            }
        }
        Some(Token::LParen) => end = closed(tokens, end),
        _ => return None,
    }
    if (is_word(tokens, end, "repeatable") || is_word(tokens, end, "seed")) && is(tokens, end + 1, &Token::LParen) {
        end = closed(tokens, end + 1);
    }
    Some(end - at)
}

/// `FOR TIMESTAMP AS OF …`: which state of a table is read.
fn version(tokens: &[TokenWithSpan], at: usize) -> Option<usize> {
    const KINDS: [&str; 4] = ["system_time", "system_version", "timestamp", "version"];
    let is_version = is_word(tokens, at, "for")
        && KINDS.iter().any(|kind| is_word(tokens, at + 1, kind))
        && is_word(tokens, at + 2, "as")
        && is_word(tokens, at + 3, "of");
    let end = at + 5;
    match tokens.get(end).map(|token| &token.token) {
        _ if !is_version || end > tokens.len() => None,
        Some(Token::LParen) => Some(closed(tokens, end) - at),
        Some(Token::SingleQuotedString(_)) => Some(end + 1 - at),
        _ => Some(end - at),
    }
}

/// The place behind the parenthesis, bracket or brace that closes the one here.
pub(super) fn closed(tokens: &[TokenWithSpan], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.token {
            Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
            Token::RParen | Token::RBracket | Token::RBrace => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// Puts other tokens in the place of those that the parser does not take there.
fn replace(tokens: &mut [TokenWithSpan], at: usize, dialect: Dialect) -> bool {
    let is_duckdb = dialect == Dialect::DuckDb;
    match &tokens[at].token {
        // `TRIM(LEADING FROM x)`
        Token::Word(found) if matches!(found.keyword, Keyword::LEADING | Keyword::TRAILING | Keyword::BOTH) => {
            let is_bare = is_word(tokens, at + 1, "from");
            if is_bare {
                tokens[at + 1].token = nothing();
            }
            is_bare
        }
        Token::Word(found) if found.keyword == Keyword::IN && is_duckdb && at + 1 < tokens.len() => {
            // A list stands there as it is: `x IN [1, 2]`, `x IN names`.
            if is(tokens, at + 1, &Token::LParen) || is_word(tokens, at + 1, "unnest") {
                return false;
            }
            if at > 0 && is_word(tokens, at - 1, "not") {
                tokens[at - 1].token = nothing();
            }
            tokens[at].token = Token::Eq;
            true
        }
        Token::Word(found) if found.value.eq_ignore_ascii_case("glob") && !is(tokens, at + 1, &Token::LParen) => {
            tokens[at].token = keyword("LIKE", Keyword::LIKE);
            true
        }
        // `2 ** 3`
        Token::Mul if is(tokens, at + 1, &Token::Mul) => {
            tokens[at].token = nothing();
            true
        }
        // DuckDB's `* LIKE 'a%'`
        Token::Word(found)
            if found.keyword == Keyword::LIKE && is_duckdb && at > 0 && is(tokens, at - 1, &Token::Mul) =>
        {
            tokens[at].token = keyword("ILIKE", Keyword::ILIKE);
            true
        }
        // MySQL's `JOIN (a, b)`
        Token::LParen
            if dialect == Dialect::MySql
                && at > 0
                && is_word(tokens, at - 1, "join")
                && !is_word(tokens, at + 1, "select") =>
        {
            let (end, mut depth, mut changed) = (closed(tokens, at), 0_usize, false);
            for token in &mut tokens[at..end] {
                match token.token {
                    Token::LParen => depth += 1,
                    Token::RParen => depth = depth.saturating_sub(1),
                    Token::Comma if depth == 1 => {
                        token.token = keyword("STRAIGHT_JOIN", Keyword::STRAIGHT_JOIN);
                        changed = true;
                    }
                    _ => {}
                }
            }
            changed
        }
        // DuckDB's `#1` is a column of FROM by its place.
        Token::Sharp if is_duckdb => {
            let Some(Token::Number(place, _)) = tokens.get(at + 1).map(|token| &token.token) else { return false };
            tokens[at + 1].token = Token::make_word(&format!("#{place}"), Some('"'));
            tokens[at].token = nothing();
            true
        }
        // `MERGE … USING s USING (id)`: as a condition that names the columns of both.
        Token::Word(found)
            if found.keyword == Keyword::USING && is_word(tokens, 0, "merge") && is(tokens, at + 1, &Token::LParen) =>
        {
            tokens[at].token = keyword("ON", Keyword::ON);
            true
        }
        // `KEEP (DENSE_RANK LAST ORDER BY x)` orders as WITHIN GROUP does.
        Token::Word(found) if found.value.eq_ignore_ascii_case("keep") && is_word(tokens, at + 2, "dense_rank") => {
            tokens[at].token = keyword("WITHIN", Keyword::WITHIN);
            tokens[at + 2].token = Token::LParen;
            tokens[at + 1].token = keyword("GROUP", Keyword::GROUP);
            tokens[at + 3].token = nothing();
            true
        }
        // SQLite's `a IS b`
        Token::Word(found) if found.keyword == Keyword::IS && dialect == Dialect::Sqlite => {
            let is_not = is_word(tokens, at + 1, "not");
            let next = word(tokens, at + 1 + usize::from(is_not)).unwrap_or_default();
            if ["null", "true", "false", "distinct", "not"].iter().any(|word| next.eq_ignore_ascii_case(word)) {
                return false;
            }
            if is_not {
                tokens[at + 1].token = nothing();
            }
            tokens[at].token = Token::Eq;
            true
        }
        // ClickHouse's `t.1` and `t.:Int64` are parts of what stands before them, and `SEMI LEFT JOIN` is LEFT SEMI JOIN.
        Token::Number(text, _) if dialect == Dialect::ClickHouse && text.starts_with('.') => {
            tokens[at].token = nothing();
            true
        }
        Token::Period if dialect == Dialect::ClickHouse && is(tokens, at + 1, &Token::Colon) => {
            tokens.iter_mut().skip(at).take(3).for_each(|token| token.token = nothing());
            true
        }
        Token::Word(found)
            if matches!(found.keyword, Keyword::SEMI | Keyword::ANTI) && dialect == Dialect::ClickHouse =>
        {
            let is_before = is_word(tokens, at + 1, "left") || is_word(tokens, at + 1, "right");
            if is_before {
                let side = tokens[at + 1].token.clone();
                tokens[at + 1].token = std::mem::replace(&mut tokens[at].token, side);
            }
            is_before
        }
        // StarRocks' hint `[shuffle]`
        Token::LBracket
            if dialect == Dialect::StarRocks
                && is(tokens, at + 2, &Token::RBracket)
                && is_word(tokens, at + 3, "join") =>
        {
            tokens.iter_mut().skip(at).take(3).for_each(|token| token.token = nothing());
            true
        }
        // MySQL's `a MOD b`
        Token::Word(found)
            if found.value.eq_ignore_ascii_case("mod")
                && dialect == Dialect::MySql
                && !is(tokens, at + 1, &Token::LParen) =>
        {
            tokens[at].token = Token::Mod;
            true
        }
        // Trino's `CAST(x AS array(row(…)))`
        Token::Word(found) if found.keyword == Keyword::AS && dialect == Dialect::Trino => {
            let is_type = ["array", "row", "map"].iter().any(|word| is_word(tokens, at + 1, word));
            let is_nested = is_type && is(tokens, at + 2, &Token::LParen);
            if is_nested {
                let end = closed(tokens, at + 2);
                tokens[at + 1].token = keyword("TEXT", Keyword::TEXT);
                tokens[at + 2..end].iter_mut().for_each(|token| token.token = nothing());
            }
            is_nested
        }
        // PostgreSQL's `XMLELEMENT(NAME x, …)`
        Token::Word(found)
            if found.value.eq_ignore_ascii_case("name") && at > 1 && is_word(tokens, at - 2, "xmlelement") =>
        {
            let length = if is(tokens, at + 2, &Token::Comma) { 3 } else { 2 };
            tokens.iter_mut().skip(at).take(length).for_each(|token| token.token = nothing());
            true
        }
        // BigQuery's `ML.PREDICT(MODEL m, TABLE t)`, Trino's `input => TABLE(t)`
        Token::Word(found)
            if found.value.eq_ignore_ascii_case("model") && at > 0 && is(tokens, at - 1, &Token::LParen) =>
        {
            let mut end = at + 1;
            while matches!(
                tokens.get(end).map(|token| &token.token),
                Some(Token::Word(_) | Token::Period | Token::Minus)
            ) {
                end += 1;
            }
            tokens[at + 1..end].iter_mut().for_each(|token| token.token = nothing());
            tokens[at].token = Token::Number("0".to_owned(), false);
            true
        }
        // `RETURNING id INTO v`
        Token::Word(found) if found.keyword == Keyword::RETURNING => {
            let into = (at..tokens.len()).find(|at| is_word(tokens, *at, "into")).unwrap_or(tokens.len());
            tokens[into..]
                .iter_mut()
                .filter(|token| token.token != Token::EOF)
                .for_each(|token| token.token = nothing());
            into < tokens.len()
        }
        // Trino's `PREPARE p FROM …`
        Token::Word(found) if found.keyword == Keyword::FROM && at == 2 && is_word(tokens, 0, "prepare") => {
            tokens[at].token = keyword("AS", Keyword::AS);
            true
        }
        // `ON CONFLICT (a) WHERE …`: of which index.
        Token::Word(found) if found.keyword == Keyword::CONFLICT && is(tokens, at + 1, &Token::LParen) => {
            let end = closed(tokens, at + 1);
            let then = (end..tokens.len()).find(|at| is_word(tokens, *at, "do")).unwrap_or(end);
            let has_where = is_word(tokens, end, "where");
            tokens[end..then].iter_mut().filter(|_| has_where).for_each(|token| token.token = nothing());
            has_where
        }
        // `LIMIT 10%`
        Token::Mod if at > 1 && is_word(tokens, at - 2, "limit") => {
            tokens[at].token = nothing();
            true
        }
        _ => false,
    }
}

pub(super) fn keyword(value: &str, keyword: Keyword) -> Token {
    Token::Word(Word { value: value.to_owned(), quote_style: None, keyword })
}

/// The names in `CREATE TABLE t (a, b) AS …`, which are given no types there.
fn untyped_columns(tokens: &[TokenWithSpan]) -> Vec<usize> {
    let is_table = is_word(tokens, 0, "create") && (1..6).any(|at| is_word(tokens, at, "table"));
    let Some(open) = tokens.iter().position(|token| token.token == Token::LParen).filter(|_| is_table) else {
        return Vec::new();
    };
    if (0..open).any(|at| is_word(tokens, at, "as")) {
        return Vec::new();
    }
    let end = closed(tokens, open);
    let names: Vec<usize> = (open + 1..end).step_by(2).collect();
    let alternate = names
        .iter()
        .all(|at| matches!(tokens[*at].token, Token::Word(_)) && (is(tokens, at + 1, &Token::Comma) || *at + 2 == end));
    if alternate && is_word(tokens, end, "as") { names } else { Vec::new() }
}

/// The commas between the tables of MySQL's `UPDATE a, b SET …`.
fn comma_tables(tokens: &[TokenWithSpan]) -> Vec<usize> {
    if !is_word(tokens, 0, "update") {
        return Vec::new();
    }
    let mut depth = 0_usize;
    let mut commas = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            Token::Comma if depth == 0 => commas.push(at),
            _ if depth == 0 && is_word(tokens, at, "set") => return commas,
            _ => {}
        }
    }
    Vec::new()
}

/// The function whose arguments stand for what DuckDB's PIVOT groups by.
pub const PIVOT_GROUPS: &str = "group by";

/// What `INSERT INTO t BY NAME` is taken for: a partition of this name.
pub const BY_NAME: &str = "by name";

fn by_name() -> Token {
    Token::Word(Word { value: BY_NAME.to_owned(), quote_style: Some('"'), keyword: Keyword::NoKeyword })
}

/// `INSERT INTO a.b` and nothing more.
fn is_insert(tokens: &[TokenWithSpan]) -> bool {
    let name =
        tokens.iter().rposition(|token| matches!(&token.token, Token::Word(word) if word.keyword == Keyword::INTO));
    name.is_some_and(|into| into > 0 && tokens.len() - into < 8 && is_word(tokens, into - 1, "insert"))
}

/// `FROM ONLY t` of PostgreSQL, which the parser takes for a table called `only`.
pub(super) fn without_only(tokens: &mut [TokenWithSpan], dialect: Dialect) {
    if dialect != Dialect::Postgres {
        return;
    }
    let mut last = Keyword::NoKeyword;
    for token in tokens.iter_mut() {
        let Token::Word(found) = &token.token else {
            if !matches!(token.token, Token::Whitespace(_)) {
                last = Keyword::NoKeyword;
            }
            continue;
        };
        let keyword = if found.quote_style.is_none() { found.keyword } else { Keyword::NoKeyword };
        if keyword == Keyword::ONLY && matches!(last, Keyword::FROM | Keyword::JOIN | Keyword::UPDATE | Keyword::USING)
        {
            token.token = nothing();
        }
        last = keyword;
    }
}

/// INSERT ALL and COPY INTO.
pub(super) fn is_of_snowflake(tokens: &[TokenWithSpan]) -> bool {
    let mut content = tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_)));
    let mut keyword = || match content.next().map(|token| &token.token) {
        Some(Token::Word(word)) => word.keyword,
        _ => Keyword::NoKeyword,
    };
    matches!((keyword(), keyword()), (Keyword::INSERT, Keyword::ALL | Keyword::FIRST) | (Keyword::COPY, Keyword::INTO))
}

/// A text that reads or changes rows, as its first word has it.
pub(super) fn is_about_rows(tokens: &[TokenWithSpan]) -> bool {
    let first = tokens.iter().find(|token| !matches!(token.token, Token::Whitespace(_) | Token::LParen));
    first.is_some_and(|first| match &first.token {
        Token::Word(word) => matches!(
            word.keyword,
            Keyword::SELECT
                | Keyword::WITH
                | Keyword::FROM
                | Keyword::PIVOT
                | Keyword::UNPIVOT
                | Keyword::TABLE
                | Keyword::COPY
                | Keyword::INSERT
                | Keyword::UPDATE
                | Keyword::DELETE
                | Keyword::MERGE
        ),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn what_the_parser_refuses_is_put_in_words_that_it_takes() {
        for (text, dialect) in [
            ("select lag(name ignore nulls) over (order by id) from t", Dialect::DuckDb),
            ("select trim(leading from name) from t", Dialect::Postgres),
            ("select * from t using sample 10% (bernoulli)", Dialect::DuckDb),
            ("select id ** 2 from t limit 10%", Dialect::DuckDb),
            ("select id from a positional join b", Dialect::DuckDb),
            ("select id from a asof join b on a.x >= b.x", Dialect::DuckDb),
            ("select id from a where id not in [1, 2] and n glob 'a*'", Dialect::DuckDb),
            ("select * rename (a as b) from t", Dialect::DuckDb),
            ("create table t (a, b) as select 1, 2", Dialect::Postgres),
            ("update a, b set a.x = b.x", Dialect::MySql),
            ("select a from t for timestamp as of timestamp '2024-01-01' where b > 1", Dialect::Trino),
            ("select a from t for version as of 3 as v", Dialect::Trino),
            ("create or replace table t using delta as select 1 as a", Dialect::Databricks),
            ("select id from a global any left join b using (id)", Dialect::ClickHouse),
        ] {
            if let Err(problem) = parse(text, dialect) {
                panic!("{text}: {}", problem.message);
            }
        }
    }

    #[test]
    fn names_that_look_like_such_words_stay() {
        let text = "select t.any, x as final from t )";
        let tokens = super::super::tokenize(text, Dialect::Postgres).expect("tokens");
        assert!(adapted(tokens, Dialect::Postgres).is_none());
    }
}
