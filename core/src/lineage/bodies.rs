//! The body of a routine or of a DO block: where it lies in the statement that holds it.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::dialect::Dialect;
use crate::schema::RelationName;
use crate::sql::{self, Locator};
use crate::text::Span;

/// The body of a routine.
pub(super) struct Body {
    pub(super) span: Span,
    /// Of a trigger, the relation that it is on: its row is NEW and OLD.
    pub(super) row: Option<RelationName>,
}

/// The body of a statement that begins with DO, or that creates a function, a procedure, a trigger or a task.
pub(super) fn body(code: &str, dialect: Dialect) -> Option<Body> {
    let head = code.get(..2).unwrap_or(code);
    let begins = |word: &str| code.get(..6).is_some_and(|own| own.eq_ignore_ascii_case(word));
    let creates = ["create", "alter ", "submit"].into_iter().any(begins);
    if !creates && !head.eq_ignore_ascii_case("do") {
        return None;
    }
    let tokens = sql::tokens(code, dialect).ok()?;
    let content: Vec<&TokenWithSpan> =
        tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
    let is = |at: usize, wanted: &[Keyword]| matches!(content.get(at).map(|token| &token.token), Some(Token::Word(word)) if wanted.contains(&word.keyword));
    let is_routine = (1..6).any(|at| is(at, &[Keyword::FUNCTION, Keyword::PROCEDURE, Keyword::TRIGGER]));
    let is_task = (1..4).any(|at| matches!(content.get(at).map(|token| &token.token), Some(Token::Word(word)) if word.value.eq_ignore_ascii_case("task")));
    let locator = Locator::new(code);
    if creates && !is_routine {
        let end = u32::try_from(code.len()).ok()?;
        let at = (1..content.len()).find(|at| is(*at, &[Keyword::AS])).filter(|_| is_task)?;
        let start = locator.span(content.get(at + 1)?.span)?.start;
        return Some(Body { span: Span { start, end }, row: None });
    }
    let row = (1..6).any(|at| is(at, &[Keyword::TRIGGER])).then(|| trigger_table(&content, dialect)).flatten();
    for (at, token) in content.iter().enumerate().skip(1) {
        let follows = at == 1 || is(at - 1, &[Keyword::AS]) || (is(at - 2, &[Keyword::LANGUAGE]) && !creates);
        match &token.token {
            Token::DollarQuotedString(text) if follows => {
                let mark = u32::try_from(text.tag.as_ref().map_or(0, String::len) + 2).ok()?;
                let span = locator.span(token.span)?;
                return (span.end >= span.start + 2 * mark)
                    .then(|| Body { span: Span { start: span.start + mark, end: span.end - mark }, row });
            }
            Token::Word(word) if word.keyword == Keyword::BEGIN => {
                let start = locator.span(token.span)?.start;
                return Some(Body { span: Span { start, end: u32::try_from(code.len()).ok()? }, row });
            }
            _ => {}
        }
    }
    None
}

/// The name behind ON.
fn trigger_table(content: &[&TokenWithSpan], dialect: Dialect) -> Option<RelationName> {
    let on =
        content.iter().position(|token| matches!(&token.token, Token::Word(word) if word.keyword == Keyword::ON))?;
    let mut parts = Vec::new();
    let mut at = on + 1;
    while let Some(Token::Word(word)) = content.get(at).map(|token| &token.token) {
        parts.push(dialect.fold(&word.value, word.quote_style.is_some()).into_owned());
        if !matches!(content.get(at + 1).map(|token| &token.token), Some(Token::Period)) {
            break;
        }
        at += 2;
    }
    Some(RelationName::new(parts)).filter(|name| !name.parts().is_empty())
}
