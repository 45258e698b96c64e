//! Statements and expressions of one engine that say in other words what the parser has words for.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use super::adapt::{PIVOT_GROUPS, closed, is, is_word, keyword, word};
use crate::dialect::Dialect;

/// Each costs a walk over the statement: one that has more of them is left as it is.
const MOST: usize = 200;

/// Whether anything was put in other words.
pub(super) fn rewritten(tokens: &mut Vec<TokenWithSpan>, dialect: Dialect) -> bool {
    let before = tokens.len();
    let mut changed = false;
    if is_word(tokens, 0, "table") {
        let span = tokens[0].span;
        tokens.splice(0..1, words(&["select", "*", "from"], span));
        changed = true;
    }
    match dialect {
        Dialect::DuckDb => {
            changed |= each(tokens, merge_action);
            changed |= from_first(tokens);
            changed |= comprehensions(tokens);
            changed |= pivots(tokens);
        }
        Dialect::Databricks | Dialect::Generic => changed |= inserts_of_one(tokens),
        Dialect::ClickHouse => changed |= named_expressions(tokens) | choices(tokens),
        Dialect::Postgres | Dialect::Redshift => changed |= each(tokens, rows_from) | named_joins(tokens),
        Dialect::SqlServer => changed |= added(tokens),
        Dialect::Snowflake => changed |= each(tokens, whole_row) | each(tokens, filtered_star),
        Dialect::Sqlite => changed |= each(tokens, in_table),
        Dialect::StarRocks => changed |= each(tokens, partition_first),
        Dialect::BigQuery => changed |= each(tokens, table_given),
        Dialect::Trino => changed |= each(tokens, table_given) | each(tokens, bare_values),
        _ => {}
    }
    changed || tokens.len() != before
}

/// What a rewrite puts in the place of some tokens: where they end, and the others.
type Rewrite = fn(&[TokenWithSpan], usize) -> Option<(usize, Vec<TokenWithSpan>)>;

/// Takes what a rewrite says of each place.
fn each(tokens: &mut Vec<TokenWithSpan>, rewrite: Rewrite) -> bool {
    let (mut out, mut at, mut count) = (Vec::with_capacity(tokens.len()), 0, 0);
    while at < tokens.len() {
        match rewrite(tokens, at).filter(|_| count < MOST) {
            Some((end, others)) => {
                out.extend(others);
                at = end.max(at + 1);
                count += 1;
            }
            None => {
                out.push(tokens[at].clone());
                at += 1;
            }
        }
    }
    *tokens = out;
    count > 0
}

/// The place behind `a.b.c`.
fn name_end(tokens: &[TokenWithSpan], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        if !matches!(tokens.get(at)?.token, Token::Word(_)) {
            return None;
        }
        if !is(tokens, at + 1, &Token::Period) {
            return Some(at + 1);
        }
        at += 2;
    }
}

fn all_of(table: &[TokenWithSpan]) -> Vec<TokenWithSpan> {
    let span = table[0].span;
    let mut query = words(&["(", "select", "*", "from"], span);
    query.extend_from_slice(table);
    query.extend(words(&[")"], span));
    query
}

/// SQLite's `x IN t`
fn in_table(tokens: &[TokenWithSpan], at: usize) -> Option<(usize, Vec<TokenWithSpan>)> {
    if at == 0 || !is_word(tokens, at - 1, "in") {
        return None;
    }
    let end = name_end(tokens, at)?;
    Some((end, all_of(&tokens[at..end])))
}

/// A table as an argument: BigQuery's `TABLE t`, Trino's `TABLE(t)`.
fn table_given(tokens: &[TokenWithSpan], at: usize) -> Option<(usize, Vec<TokenWithSpan>)> {
    let is_argument = at > 0 && matches!(tokens[at - 1].token, Token::LParen | Token::Comma | Token::RArrow);
    if !is_argument || !is_word(tokens, at, "table") {
        return None;
    }
    let is_call = is(tokens, at + 1, &Token::LParen);
    let from = at + 1 + usize::from(is_call);
    let end = name_end(tokens, from)?;
    let is_whole = !is_call || is(tokens, end, &Token::RParen);
    is_whole.then(|| (end + usize::from(is_call), all_of(&tokens[from..end])))
}

/// Trino's `VALUES 1, 2`
fn bare_values(tokens: &[TokenWithSpan], at: usize) -> Option<(usize, Vec<TokenWithSpan>)> {
    if !is_word(tokens, at, "values") || is(tokens, at + 1, &Token::LParen) {
        return None;
    }
    let span = tokens[at].span;
    let (mut rows, mut from) = (vec![tokens[at].clone()], at + 1);
    loop {
        let end = end_of(tokens, from, &[",", "order", "limit", "union"]);
        rows.extend(words(&["("], span));
        rows.extend_from_slice(&tokens[from..end]);
        rows.extend(words(&[")"], span));
        if !is(tokens, end, &Token::Comma) {
            return Some((end, rows));
        }
        rows.push(tokens[end].clone());
        from = end + 1;
    }
}

/// `* ILIKE 'a%' EXCLUDE (b)`: the parser takes one of the two; the columns are those of the star at most.
fn filtered_star(tokens: &[TokenWithSpan], at: usize) -> Option<(usize, Vec<TokenWithSpan>)> {
    let is_star = is(tokens, at, &Token::Mul) && is_word(tokens, at + 1, "ilike");
    let then = ["exclude", "replace", "rename"].iter().any(|word| is_word(tokens, at + 3, word));
    (is_star && then).then(|| (at + 3, vec![tokens[at].clone()]))
}

/// `ROWS FROM (f(a), g(b)) AS x`: as a query of the same columns.
fn rows_from(tokens: &[TokenWithSpan], at: usize) -> Option<(usize, Vec<TokenWithSpan>)> {
    let is_it = is_word(tokens, at, "rows") && is_word(tokens, at + 1, "from") && is(tokens, at + 2, &Token::LParen);
    if !is_it {
        return None;
    }
    let (span, end) = (tokens[at].span, closed(tokens, at + 2));
    let is_numbered = is_word(tokens, end, "with") && is_word(tokens, end + 1, "ordinality");
    let mut query = words(&["lateral", "("], span);
    query.extend(words(&["select"], span));
    query.extend_from_slice(tokens.get(at + 3..end.checked_sub(1)?)?);
    if is_numbered {
        let number = [Token::Comma, Token::Number("1".to_owned(), false)];
        query.extend(number.map(|token| TokenWithSpan { token, span }));
    }
    query.push(TokenWithSpan { token: Token::RParen, span });
    Some((end + if is_numbered { 2 } else { 0 }, query))
}

/// `JOIN b USING (id) AS k`: what is said of `k` is said of the columns that it joins by.
fn named_joins(tokens: &mut [TokenWithSpan]) -> bool {
    let mut changed = false;
    for at in 0..tokens.len().min(MOST * MOST) {
        if !is_word(tokens, at, "using") || !is(tokens, at + 1, &Token::LParen) {
            continue;
        }
        let end = closed(tokens, at + 1);
        let Some(name) = word(tokens, end + 1).filter(|_| is_word(tokens, end, "as")).map(str::to_owned) else {
            continue;
        };
        tokens[end].token = super::adapt::nothing();
        tokens[end + 1].token = super::adapt::nothing();
        for own in 0..tokens.len().saturating_sub(1) {
            let is_use = is_word(tokens, own, &name) && is(tokens, own + 1, &Token::Period);
            if is_use && !own.checked_sub(1).is_some_and(|before| is(tokens, before, &Token::Period)) {
                tokens[own].token = super::adapt::nothing();
                tokens[own + 1].token = super::adapt::nothing();
            }
        }
        changed = true;
    }
    changed
}

/// `a ? b : c`: as the CASE that it stands for.
fn choices(tokens: &mut Vec<TokenWithSpan>) -> bool {
    let is_choice = |token: &TokenWithSpan| {
        matches!(&token.token, Token::Placeholder(sign) if sign == "?") || token.token == Token::Question
    };
    let mut changed = false;
    for _ in 0..MOST {
        let Some(at) = tokens.iter().rposition(is_choice) else { break };
        let Some(colon) = edge(tokens, at + 1, 1).filter(|colon| is(tokens, *colon, &Token::Colon)) else { break };
        let from = edge(tokens, at, -1).map_or(0, |edge| edge + 1);
        let to = edge(tokens, colon + 1, 1).unwrap_or(tokens.len());
        let span = tokens[at].span;
        let own = |token: Token| TokenWithSpan { token, span };
        tokens[at] = own(keyword("THEN", Keyword::THEN));
        tokens[colon] = own(keyword("ELSE", Keyword::ELSE));
        tokens.insert(to, own(keyword("END", Keyword::END)));
        tokens.splice(from..from, [own(keyword("CASE", Keyword::CASE)), own(keyword("WHEN", Keyword::WHEN))]);
        changed = true;
    }
    changed
}

/// Where an expression ends that goes on from here, to the right or to the left: what stands there is no part of it.
fn edge(tokens: &[TokenWithSpan], from: usize, step: isize) -> Option<usize> {
    const ENDS: [&str; 22] = [
        "select", "distinct", "from", "where", "prewhere", "group", "by", "order", "having", "limit", "as", "on",
        "when", "then", "else", "end", "union", "settings", "format", "asc", "desc", "with",
    ];
    let (mut depth, mut cases) = (0_isize, 0_usize);
    let (opens, closes) = if step < 0 { ("end", "case") } else { ("case", "end") };
    let mut at = if step < 0 { from.checked_sub(1)? } else { from };
    loop {
        let token = &tokens.get(at)?.token;
        match token {
            _ if is_word(tokens, at, opens) && (step > 0 || cases > 0) => cases += 1,
            _ if cases > 0 => cases -= usize::from(is_word(tokens, at, closes)),
            Token::LParen | Token::LBracket | Token::LBrace => depth += step,
            Token::RParen | Token::RBracket | Token::RBrace => depth -= step,
            Token::Comma | Token::Colon | Token::SemiColon | Token::EOF if depth == 0 => return Some(at),
            _ if depth == 0 && ENDS.iter().any(|word| is_word(tokens, at, word)) => return Some(at),
            _ => {}
        }
        if depth < 0 {
            return Some(at);
        }
        at = at.checked_add_signed(step)?;
    }
}

/// Snowflake's `{*}`
fn whole_row(tokens: &[TokenWithSpan], at: usize) -> Option<(usize, Vec<TokenWithSpan>)> {
    let is_row =
        is(tokens, at, &Token::LBrace) && is(tokens, at + 1, &Token::Mul) && is(tokens, at + 2, &Token::RBrace);
    is_row.then(|| (at + 3, words(&["object_construct", "(", "*", ")"], tokens[at].span)))
}

/// StarRocks' `PARTITION (p) (a, b)`: the parser wants the columns first.
fn partition_first(tokens: &[TokenWithSpan], at: usize) -> Option<(usize, Vec<TokenWithSpan>)> {
    if !is_word(tokens, at, "partition") || !is(tokens, at + 1, &Token::LParen) {
        return None;
    }
    let middle = closed(tokens, at + 1);
    if !is(tokens, middle, &Token::LParen) || is_word(tokens, middle + 1, "select") {
        return None;
    }
    let end = closed(tokens, middle);
    Some((end, [&tokens[middle..end], &tokens[at..middle]].concat()))
}

/// DuckDB's MERGE may leave out what is set and inserted: every column, by its name.
fn merge_action(tokens: &[TokenWithSpan], at: usize) -> Option<(usize, Vec<TokenWithSpan>)> {
    let is_update = is_word(tokens, at, "update");
    if !is_word(tokens, 0, "merge") || !(is_update || is_word(tokens, at, "insert")) {
        return None;
    }
    let by = if is_word(tokens, at + 1, "by") { 3 } else { 1 };
    let ends = matches!(tokens.get(at + by).map(|token| &token.token), None | Some(Token::SemiColon | Token::EOF))
        || is_word(tokens, at + by, "when")
        || is_word(tokens, at + by, "returning");
    let action: &[&str] = if is_update { &["update", "set", "*"] } else { &["insert", "*"] };
    ends.then(|| (at + by, words(action, tokens[at].span)))
}

/// Tokens that were not written, at the place of one that was.
fn words(texts: &[&str], span: sqlparser::tokenizer::Span) -> Vec<TokenWithSpan> {
    let token = |text: &&str| match *text {
        "(" => Token::LParen,
        ")" => Token::RParen,
        "," => Token::Comma,
        "*" => Token::Mul,
        "->" => Token::Arrow,
        "=" => Token::Eq,
        ";" => Token::SemiColon,
        word if word.contains(' ') => {
            Token::Word(Word { value: word.to_owned(), quote_style: Some('"'), keyword: Keyword::NoKeyword })
        }
        word => Token::make_keyword(word),
    };
    texts.iter().map(|text| TokenWithSpan { token: token(text), span }).collect()
}

/// Where the part that starts here ends: at one of these words, a comma if asked for, a closing parenthesis or the end.
fn end_of(tokens: &[TokenWithSpan], from: usize, ends: &[&str]) -> usize {
    let mut at = from;
    while at < tokens.len() {
        match tokens[at].token {
            Token::LParen | Token::LBracket | Token::LBrace => {
                at = closed(tokens, at);
                continue;
            }
            Token::RParen | Token::RBracket | Token::RBrace | Token::SemiColon => return at,
            Token::Comma if ends.contains(&",") => return at,
            _ if ends.iter().any(|end| is_word(tokens, at, end)) => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

/// `(FROM t SELECT x …)` as `(SELECT x FROM t …)`.
fn from_first(tokens: &mut [TokenWithSpan]) -> bool {
    const ENDS: [&str; 10] =
        ["where", "group", "having", "order", "limit", "qualify", "window", "union", "using", "offset"];
    let mut changed = false;
    let begins = |at: &usize| is_word(tokens, *at, "from") && is(tokens, at - 1, &Token::LParen);
    let starts: Vec<usize> = (1..tokens.len()).filter(begins).take(MOST).collect();
    for at in starts {
        let select = end_of(tokens, at, &["select"]);
        if is_word(tokens, select, "select") {
            let end = end_of(tokens, select, &ENDS);
            tokens[at..end].rotate_left(select - at);
            changed = true;
        }
    }
    changed
}

/// `[x + 1 FOR x IN list IF x > 2]` as `list_transform(list, x -> (x + 1, x > 2))`.
fn comprehensions(tokens: &mut Vec<TokenWithSpan>) -> bool {
    let (mut changed, mut count) = (false, 0);
    let mut at = 0;
    while at < tokens.len() && count < MOST {
        let open = at;
        at += 1;
        if !is(tokens, open, &Token::LBracket) {
            continue;
        }
        // Most brackets hold a list or a place in one.
        count += 1;
        let end = closed(tokens, open);
        let each = end_of(tokens, open + 1, &["for"]);
        let within = end_of(tokens, each, &["in"]);
        if !is_word(tokens, each, "for") || !is_word(tokens, within, "in") || end <= within + 1 {
            continue;
        }
        let condition = end_of(tokens, within + 1, &["if"]).min(end - 1);
        let span = tokens[open].span;
        let mut call = words(&["list_transform", "("], span);
        call.extend_from_slice(&tokens[within + 1..condition]);
        call.extend(words(&[",", "("], span));
        call.extend_from_slice(&tokens[each + 1..within]);
        call.extend(words(&[")", "->", "("], span));
        call.extend_from_slice(&tokens[open + 1..each]);
        if condition + 1 < end {
            call.extend(words(&[","], span));
            call.extend_from_slice(&tokens[condition + 1..end - 1]);
        }
        call.extend(words(&[")", ")"], span));
        tokens.splice(open..end, call);
        changed = true;
    }
    changed
}

/// DuckDB's PIVOT and UNPIVOT where a query may stand, and GROUP BY within the standard's.
fn pivots(tokens: &mut Vec<TokenWithSpan>) -> bool {
    let (mut changed, mut count) = (false, 0);
    let mut at = tokens.len();
    // From behind, so that one within another is done before it.
    while at > 0 && count < MOST {
        at -= 1;
        let turns = ["pivot", "pivot_wider", "unpivot", "pivot_longer"].iter().any(|verb| is_word(tokens, at, verb));
        let begins = at == 0
            || is(tokens, at - 1, &Token::LParen)
            || is_word(tokens, at - 1, "as")
            || is(tokens, at - 1, &Token::RParen);
        if !turns {
            continue;
        }
        count += 1;
        let is_unpivot = is_word(tokens, at, "unpivot") || is_word(tokens, at, "pivot_longer");
        if is(tokens, at + 1, &Token::LParen) && !is_statement(tokens, at) {
            changed |= grouped_pivot(tokens, at);
        } else if begins && is_unpivot {
            changed |= unpivot_statement(tokens, at);
        } else if begins {
            changed |= pivot_statement(tokens, at);
        }
    }
    changed
}

/// `PIVOT (SELECT …) ON …`, and not `FROM t PIVOT (…)`.
fn is_statement(tokens: &[TokenWithSpan], at: usize) -> bool {
    is_word(tokens, closed(tokens, at + 1), "on")
}

/// `PIVOT (sum(x) FOR y IN (…) GROUP BY z)`
fn grouped_pivot(tokens: &mut Vec<TokenWithSpan>, at: usize) -> bool {
    let end = closed(tokens, at + 1);
    let (given, group) = (end_of(tokens, at + 2, &["for"]), end_of(tokens, at + 2, &["group"]));
    if !is_word(tokens, group, "group") || given > group || end < group + 3 {
        return false;
    }
    let span = tokens[group].span;
    let groups = as_call(&tokens[group + 2..end - 1], span);
    tokens.drain(group..end - 1);
    tokens.splice(given..given, groups);
    true
}

fn as_call(groups: &[TokenWithSpan], span: sqlparser::tokenizer::Span) -> Vec<TokenWithSpan> {
    let mut call = words(&[",", PIVOT_GROUPS, "("], span);
    call.extend_from_slice(groups);
    call.extend(words(&[")"], span));
    call
}

const BEHIND: [&str; 5] = ["using", "group", "order", "limit", "into"];

/// `PIVOT t ON a, b USING sum(x) GROUP BY c`
fn pivot_statement(tokens: &mut Vec<TokenWithSpan>, at: usize) -> bool {
    let span = tokens[at].span;
    let on = end_of(tokens, at + 1, &["on"]);
    let end_on = end_of(tokens, on, &BEHIND);
    let has_on = is_word(tokens, on, "on");
    let mut query = words(&["select", "*", "from"], span);
    query.extend_from_slice(&tokens[at + 1..on.min(end_on)]);
    query.extend(words(&["pivot", "("], span));
    let mut at_end = end_on;
    if is_word(tokens, end_on, "using") {
        at_end = end_of(tokens, end_on + 1, &BEHIND);
        query.extend_from_slice(&tokens[end_on + 1..at_end]);
    } else {
        query.extend(words(&["count", "(", "*", ")"], span));
    }
    if is_word(tokens, at_end, "group") {
        let end = end_of(tokens, at_end + 1, &BEHIND);
        query.extend(as_call(tokens.get(at_end + 2..end).unwrap_or_default(), span));
        at_end = end;
    }
    // The values of one expression may be listed; those of several are not told apart.
    let exprs = if has_on { &tokens[on + 1..end_on] } else { &[] };
    let within = end_of(exprs, 0, &["in"]);
    let is_one = end_of(exprs, 0, &[","]) == exprs.len();
    query.extend(words(&["for", "("], span));
    let (listed, rest) = exprs.split_at(if is_one { within } else { 0 });
    query.extend_from_slice(listed);
    if !is_one {
        query.extend(without_lists(rest));
    }
    query.extend(words(&[")"], span));
    if is_one && !rest.is_empty() {
        query.extend_from_slice(rest);
    } else {
        query.extend(words(&["in", "(", "any", ")"], span));
    }
    query.extend(words(&[")"], span));
    tokens.splice(at..at_end, query);
    true
}

/// `a IN (…), b IN (…)` as `a, b`.
fn without_lists(exprs: &[TokenWithSpan]) -> Vec<TokenWithSpan> {
    let mut names = Vec::new();
    let mut at = 0;
    while at < exprs.len() {
        if is_word(exprs, at, "in") && is(exprs, at + 1, &Token::LParen) {
            at = closed(exprs, at + 1);
        } else {
            names.push(exprs[at].clone());
            at += 1;
        }
    }
    names
}

/// `UNPIVOT t ON a, b INTO NAME n VALUE v`
fn unpivot_statement(tokens: &mut Vec<TokenWithSpan>, at: usize) -> bool {
    let span = tokens[at].span;
    let on = end_of(tokens, at + 1, &["on"]);
    if !is_word(tokens, on, "on") {
        return false;
    }
    let end_on = end_of(tokens, on, &BEHIND);
    let (mut name, mut values, mut end) = (words(&["name"], span), words(&["value"], span), end_on);
    if is_word(tokens, end_on, "into") && is_word(tokens, end_on + 1, "name") {
        let value = end_of(tokens, end_on + 2, &["value"]);
        end = end_of(tokens, value, &["order", "limit", "where"]);
        name = tokens[end_on + 2..value].to_vec();
        values = tokens.get(value + 1..end).unwrap_or_default().to_vec();
    }
    if values.len() > 1 {
        values.insert(0, TokenWithSpan { token: Token::LParen, span });
        values.push(TokenWithSpan { token: Token::RParen, span });
    }
    let mut query = words(&["select", "*", "from"], span);
    query.extend_from_slice(&tokens[at + 1..on]);
    query.extend(words(&["unpivot", "("], span));
    query.extend(values);
    query.extend(words(&["for"], span));
    query.extend(name);
    query.extend(words(&["in", "("], span));
    query.extend_from_slice(&tokens[on + 1..end_on]);
    query.extend(words(&[")", ")"], span));
    tokens.splice(at..end, query);
    true
}

/// Hive's `FROM t INSERT INTO a SELECT x INSERT INTO b SELECT y` as a statement for each.
fn inserts_of_one(tokens: &mut Vec<TokenWithSpan>) -> bool {
    const ENDS: [&str; 9] = ["where", "group", "having", "order", "cluster", "distribute", "sort", "limit", "lateral"];
    let first = end_of(tokens, 0, &["insert"]);
    if !is_word(tokens, 0, "from") || !is_word(tokens, first, "insert") {
        return false;
    }
    let span = tokens[first].span;
    let (from, mut statements, mut at) = (tokens[..first].to_vec(), Vec::new(), first);
    while at < tokens.len() && is_word(tokens, at, "insert") {
        let end = end_of(tokens, at + 1, &["insert"]);
        let select = end_of(tokens, at, &["select"]);
        let items = end_of(tokens, select, &ENDS).min(end);
        statements.extend_from_slice(&tokens[at..items]);
        statements.extend_from_slice(&from);
        statements.extend_from_slice(&tokens[items..end]);
        statements.extend(words(&[";"], span));
        at = end;
    }
    *tokens = statements;
    true
}

/// ClickHouse's `WITH expression AS name SELECT …`: the expression is put where the name stands.
fn named_expressions(tokens: &mut Vec<TokenWithSpan>) -> bool {
    /// A name within a name within a name may grow without end.
    const LONGEST: usize = 200_000;
    if !is_word(tokens, 0, "with") {
        return false;
    }
    let select = end_of(tokens, 1, &["select", "insert"]);
    let mut named: Vec<(String, Vec<TokenWithSpan>)> = Vec::new();
    let (mut kept, mut at, mut length) = (Vec::new(), 1, 0);
    while at < select {
        let end = end_of(tokens, at, &[",", "select", "insert"]);
        let is_name = end >= at + 2 && is_word(tokens, end - 2, "as") && word(tokens, end - 1).is_some();
        if is_name {
            let span = tokens[at].span;
            let mut expr = words(&["("], span);
            expr.extend(put_in(&tokens[at..end - 2], &named));
            expr.extend(words(&[")"], span));
            named.extend(word(tokens, end - 1).map(|name| (name.to_owned(), expr)));
        } else {
            kept.extend_from_slice(&tokens[at..end]);
            kept.extend(tokens.get(end).filter(|_| is(tokens, end, &Token::Comma)).cloned());
        }
        at = if is(tokens, end, &Token::Comma) { end + 1 } else { end };
        length += named.last().filter(|_| is_name).map_or(0, |(_, expr)| expr.len());
        if length > LONGEST || named.len() > MOST {
            return false;
        }
    }
    if named.is_empty() {
        return false;
    }
    while kept.last().is_some_and(|last| last.token == Token::Comma) {
        kept.pop();
    }
    let mut query: Vec<TokenWithSpan> = Vec::new();
    if !kept.is_empty() {
        query.push(tokens[0].clone());
        query.extend(kept);
    }
    query.extend(put_in(&tokens[select..], &named));
    let fits = query.len() <= LONGEST;
    if fits {
        *tokens = query;
    }
    fits
}

fn put_in(tokens: &[TokenWithSpan], named: &[(String, Vec<TokenWithSpan>)]) -> Vec<TokenWithSpan> {
    let mut out = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        let is_other = is(tokens, at + 1, &Token::Period)
            || is(tokens, at + 1, &Token::LParen)
            || (at > 0 && (is(tokens, at - 1, &Token::Period) || is_word(tokens, at - 1, "as")));
        let found = word(tokens, at).and_then(|name| named.iter().find(|(own, _)| own == name));
        match found.filter(|_| !is_other) {
            Some((name, expr)) => {
                out.extend_from_slice(expr);
                // An item of the list goes by the name.
                let ends = is(tokens, at + 1, &Token::Comma) || is_word(tokens, at + 1, "from");
                let begins = at > 0 && (is_word(tokens, at - 1, "select") || is(tokens, at - 1, &Token::Comma));
                if ends && begins {
                    out.push(TokenWithSpan { token: keyword("AS", Keyword::AS), span: token.span });
                    out.push(TokenWithSpan { token: Token::make_word(name, None), span: token.span });
                }
            }
            None => out.push(token.clone()),
        }
    }
    out
}

/// SQL Server's `SET a += 1` as `SET a = a + 1`.
fn added(tokens: &mut Vec<TokenWithSpan>) -> bool {
    let (mut changed, mut count) = (false, 0);
    let mut at = 1;
    while at < tokens.len() && count < MOST {
        let is_operator = matches!(tokens[at].token, Token::Plus | Token::Minus | Token::Mul | Token::Div | Token::Mod);
        if is_operator && is(tokens, at + 1, &Token::Eq) && matches!(tokens[at - 1].token, Token::Word(_)) {
            let mut name = at - 1;
            while name >= 2 && is(tokens, name - 1, &Token::Period) {
                name -= 2;
            }
            let mut value = vec![tokens[at + 1].clone()];
            value.extend_from_slice(&tokens[name..at]);
            value.push(tokens[at].clone());
            tokens.splice(at..at + 2, value);
            (changed, count) = (true, count + 1);
        }
        at += 1;
    }
    changed
}
