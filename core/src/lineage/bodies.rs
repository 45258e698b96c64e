//! The body of a routine or of a DO block: where it lies in the statement that holds it.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::dialect::Dialect;
use crate::sql::{self, Locator};
use crate::text::Span;

/// The body of a statement that begins with DO, or that creates a function, a procedure or a trigger.
pub(super) fn body(code: &str, dialect: Dialect) -> Option<Span> {
    let head = code.get(..2).unwrap_or(code);
    let creates =
        code.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("create") || word.eq_ignore_ascii_case("alter "));
    if !creates && !head.eq_ignore_ascii_case("do") {
        return None;
    }
    let tokens = sql::tokens(code, dialect).ok()?;
    let content: Vec<&TokenWithSpan> =
        tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
    let is = |at: usize, wanted: &[Keyword]| matches!(content.get(at).map(|token| &token.token), Some(Token::Word(word)) if wanted.contains(&word.keyword));
    let is_routine = (1..6).any(|at| is(at, &[Keyword::FUNCTION, Keyword::PROCEDURE, Keyword::TRIGGER]));
    if creates && !is_routine {
        return None;
    }
    let locator = Locator::new(code);
    for (at, token) in content.iter().enumerate().skip(1) {
        let follows = at == 1 || is(at - 1, &[Keyword::AS]) || (is(at - 2, &[Keyword::LANGUAGE]) && !creates);
        match &token.token {
            Token::DollarQuotedString(text) if follows => {
                let mark = u32::try_from(text.tag.as_ref().map_or(0, String::len) + 2).ok()?;
                let span = locator.span(token.span)?;
                return (span.end >= span.start + 2 * mark)
                    .then(|| Span { start: span.start + mark, end: span.end - mark });
            }
            Token::Word(word) if word.keyword == Keyword::BEGIN => {
                let start = locator.span(token.span)?.start;
                return Some(Span { start, end: u32::try_from(code.len()).ok()? });
            }
            _ => {}
        }
    }
    None
}
