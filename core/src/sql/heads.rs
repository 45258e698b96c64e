//! The head of a statement that makes a relation of a query, in the few words that the parser takes in every dialect.
//!
//! Between the name and AS stand the words of fifteen engines: how the rows are stored, spread, kept and refreshed. None of
//! them says anything about columns.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::adapt::{closed, is, is_word, keyword, word};
use crate::dialect::Dialect;

/// Words between CREATE and TABLE or VIEW that the parser takes.
const KEPT: [&str; 10] =
    ["or", "replace", "temporary", "temp", "transient", "global", "local", "unlogged", "materialized", "secure"];

/// What a query begins with.
const QUERY: [&str; 6] = ["select", "with", "from", "values", "pivot", "unpivot"];

/// What stands behind a query and says nothing about columns, after WITH.
const TAIL: [&str; 6] = ["no", "data", "read", "check", "cascaded", "local"];

/// Leaves of `CREATE … AS query` what the parser takes; whether there was such a statement.
pub(super) fn plain_create(tokens: &mut Vec<TokenWithSpan>, dialect: Dialect) -> bool {
    if !is_word(tokens, 0, "create") {
        return false;
    }
    let Some(kind) = (1..14).find(|at| is_word(tokens, *at, "table") || is_word(tokens, *at, "view")) else {
        return false;
    };
    let is_routine =
        |at: usize| ["function", "procedure", "trigger", "index"].iter().any(|word| is_word(tokens, at, word));
    if (1..=kind + 1).any(is_routine) {
        return false;
    }
    let mut at = kind + 1;
    let conditional =
        ["if", "not", "exists"].iter().enumerate().all(|(offset, word)| is_word(tokens, at + offset, word));
    if conditional {
        at += 3;
    }
    let name = at;
    while at < tokens.len() && matches!(tokens[at].token, Token::Word(_)) {
        let continues = is(tokens, at + 1, &Token::Period) || is(tokens, at + 1, &Token::Minus);
        at += if continues { 2 } else { 1 };
        if !continues {
            break;
        }
    }
    let list = if is(tokens, at, &Token::LParen) { at..closed(tokens, at) } else { at..at };
    let Some(query) = query_behind(tokens, list.end) else {
        return is_copy(tokens, list.end, dialect);
    };
    let mut plain: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    plain.push(tokens[0].clone());
    // `CREATE OR REFRESH` makes it anew.
    let is_kept = |at: &usize| KEPT.iter().any(|kept| is_word(tokens, *at, kept));
    let replaces = is_word(tokens, 1, "or") && (is_word(tokens, 2, "replace") || is_word(tokens, 2, "alter"));
    let kept = (if replaces { 3 } else { 1 }..kind).filter(is_kept).filter(|at| !is_word(tokens, *at, "or"));
    if replaces || is_word(tokens, 2, "refresh") {
        plain.push(TokenWithSpan { token: keyword("OR", Keyword::OR), span: tokens[1].span });
        plain.push(TokenWithSpan { token: keyword("REPLACE", Keyword::REPLACE), span: tokens[2].span });
    }
    plain.extend(kept.map(|at| tokens[at].clone()));
    plain.push(tokens[kind].clone());
    if conditional {
        plain.extend_from_slice(&tokens[kind + 1..name]);
    }
    plain.extend_from_slice(&tokens[name..list.start]);
    if is_word(tokens, kind, "view") {
        plain.extend(names_alone(&tokens[list.clone()]));
    } else {
        plain.extend_from_slice(&tokens[list]);
    }
    plain.push(TokenWithSpan { token: keyword("AS", Keyword::AS), span: tokens[query].span });
    plain.extend_from_slice(&tokens[query..tail(tokens, query)]);
    *tokens = plain;
    true
}

/// Where the query begins, which has AS before it; MySQL leaves that out.
fn query_behind(tokens: &[TokenWithSpan], from: usize) -> Option<usize> {
    let begins = |at: usize| QUERY.iter().any(|word| is_word(tokens, at, word));
    let mut at = from;
    let mut bare = None;
    while at < tokens.len() {
        match tokens[at].token {
            Token::LParen => {
                at = closed(tokens, at);
                continue;
            }
            _ if is_word(tokens, at, "as") => {
                let mut inner = at + 1;
                while is(tokens, inner, &Token::LParen) {
                    inner += 1;
                }
                if begins(inner) || is_word(tokens, inner, "table") {
                    return Some(at + 1);
                }
            }
            _ if bare.is_none() && is_word(tokens, at, "select") => bare = Some(at),
            _ => {}
        }
        at += 1;
    }
    bare
}

/// `(a COMMENT 'x', b)` as `(a, b)`.
fn names_alone(list: &[TokenWithSpan]) -> Vec<TokenWithSpan> {
    let (mut depth, mut skips) = (0_usize, false);
    let mut names = Vec::new();
    for token in list {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_edge = (depth == 1 && matches!(token.token, Token::LParen | Token::Comma)) || depth == 0;
        if is_edge || (depth == 1 && !skips) {
            names.push(token.clone());
        }
        skips = !is_edge;
    }
    names
}

/// Where `WITH NO DATA`, `WITH CHECK OPTION` and their like begin.
fn tail(tokens: &[TokenWithSpan], from: usize) -> usize {
    let last = tokens.len().saturating_sub(6).max(from);
    let is_tail = |at: &usize| is_word(tokens, *at, "with") && TAIL.iter().any(|word| is_word(tokens, at + 1, word));
    (last..tokens.len()).find(is_tail).unwrap_or(tokens.len())
}

/// ClickHouse's `CREATE TABLE t AS other` has the columns of the other; Databricks' clones are clones, deep or shallow.
fn is_copy(tokens: &mut Vec<TokenWithSpan>, from: usize, dialect: Dialect) -> bool {
    if is_word(tokens, from + 1, "clone") && word(tokens, from).is_some() {
        tokens.remove(from);
        return true;
    }
    let Some(at) = (from..tokens.len()).find(|at| is_word(tokens, *at, "as")) else { return false };
    let is_name = dialect == Dialect::ClickHouse
        && matches!(tokens.get(at + 1), Some(next) if matches!(next.token, Token::Word(_)));
    if is_name {
        tokens[at].token = keyword("LIKE", Keyword::LIKE);
        tokens.drain(from..at);
    }
    is_name
}

/// Words before the name of what is written, which the parser takes for the name itself.
pub(super) fn without_decoration(tokens: &mut [TokenWithSpan], dialect: Dialect) {
    if !matches!(dialect, Dialect::MySql | Dialect::SqlServer) {
        return;
    }
    let mut content = (0..tokens.len()).filter(|at| !matches!(tokens[*at].token, Token::Whitespace(_)));
    let Some(first) = content.next() else { return };
    let is_dml = ["update", "delete", "insert", "merge"].iter().any(|verb| is_word(tokens, first, verb));
    let next: Vec<usize> = content.take(6).collect();
    let [second, open, ..] = next.as_slice() else { return };
    if !is_dml {
        return;
    }
    let is_top = dialect == Dialect::SqlServer && is_word(tokens, *second, "top") && is(tokens, *open, &Token::LParen);
    if is_top {
        let end = closed(tokens, *open);
        tokens[*second..end].iter_mut().for_each(|token| token.token = super::adapt::nothing());
    }
    let is_mysql = dialect == Dialect::MySql && !is_word(tokens, first, "insert");
    for at in next.into_iter().take(2).filter(|_| is_mysql) {
        if ["low_priority", "quick", "ignore"].iter().any(|word| is_word(tokens, at, word)) {
            tokens[at].token = super::adapt::nothing();
        }
    }
}
