//! sqlparser, made safe for any input: bounded before it parses, its errors as places, its spans as byte offsets.
//!
//! This is the one door to the parser. Upstream's limits are worked round here and nowhere else.

mod adapt;
mod batch;
mod bounds;
mod children;
mod client;
mod flow;
mod heads;
mod lexeme;
mod literal;
mod rewrites;
mod select_list;
mod split;
mod versioned;
mod words;

pub use adapt::{BY_NAME, PIVOT_GROUPS};
pub use children::{
    for_each_child, for_each_function_child, for_each_spec_child, for_each_subscript, for_each_window_child,
};
pub use literal::{as_text, compared_column, is_column};
pub use select_list::select_items;
pub use split::{Piece, split, split_body};
pub use words::{Word, WordKind, mark, words};

use sqlparser::ast::Statement;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Span as AstSpan, TokenWithSpan, Tokenizer};

use crate::dialect::Dialect;
use crate::text::{LineIndex, Span};

/// Why a piece of SQL was not parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseProblem {
    /// In a few words, without the place.
    pub message: String,
    /// Byte offset in the piece.
    pub at: u32,
}

/// The statements of a text that holds SQL alone. One that does not parse costs the whole text, so split first.
pub fn parse(text: &str, dialect: Dialect) -> Result<Vec<Statement>, ParseProblem> {
    let tokens = plain_tokens(text, dialect)?;
    if let Some(place) = bounds::first_excess(&tokens) {
        return Err(ParseProblem {
            message: format!("an expression has more than {} operators in a row", bounds::CHAIN_LIMIT),
            at: offset(text, place.line, place.column),
        });
    }
    let parse = |parser: &'static dyn sqlparser::dialect::Dialect, tokens| {
        Parser::new(parser).with_tokens_with_locations(tokens).parse_statements()
    };
    parse(dialect.parser(), tokens).or_else(|error| {
        let said = problem(text, &error.to_string());
        if error == ParserError::RecursionLimitExceeded {
            return Err(said);
        }
        let tokens = plain_tokens(text, dialect)?;
        let is_about_rows = adapt::is_about_rows(&tokens);
        // What one engine began, others have too; upstream knows it of that one alone.
        let other = if adapt::is_of_snowflake(&tokens) { Dialect::Snowflake } else { Dialect::Generic };
        match adapt::adapted(tokens, dialect) {
            Some(tokens) if is_about_rows => {
                parse(dialect.parser(), tokens.clone()).or_else(|_| parse(other.parser(), tokens)).map_err(|_| said)
            }
            Some(tokens) => parse(dialect.parser(), tokens).map_err(|_| said),
            None if is_about_rows => parse(other.parser(), plain_tokens(text, dialect)?).map_err(|_| said),
            None => Err(said),
        }
    })
}

/// The tokens without the words that the parser would take for names.
fn plain_tokens(text: &str, dialect: Dialect) -> Result<Vec<TokenWithSpan>, ParseProblem> {
    let mut tokens = tokenize(text, dialect)?;
    adapt::without_only(&mut tokens, dialect);
    heads::without_decoration(&mut tokens, dialect);
    Ok(tokens)
}

/// The tokens of a text, blanks and comments with them.
pub fn tokens(text: &str, dialect: Dialect) -> Result<Vec<TokenWithSpan>, ParseProblem> {
    tokenize(text, dialect)
}

fn tokenize(text: &str, dialect: Dialect) -> Result<Vec<TokenWithSpan>, ParseProblem> {
    // A token is large, and there is one for every few bytes: a list that grows is copied again and again.
    const BYTES_OF_TOKEN: usize = 3;
    const MOST_AT_ONCE: usize = 1 << 16;
    let mut tokens = Vec::with_capacity((text.len() / BYTES_OF_TOKEN + 1).min(MOST_AT_ONCE));
    let text = &*versioned::as_written(text, dialect);
    match Tokenizer::new(dialect.parser(), text).tokenize_with_location_into_buf(&mut tokens) {
        Ok(()) => Ok(tokens),
        Err(error) => {
            Err(ParseProblem { message: error.message, at: offset(text, error.location.line, error.location.column) })
        }
    }
}

/// Takes "… at Line: 3, Column: 14" off a message of sqlparser's, which is the only form in which it tells the place.
fn problem(text: &str, message: &str) -> ParseProblem {
    let message = message.strip_prefix("sql parser error: ").unwrap_or(message);
    let (what, place) = message.rsplit_once(" at Line: ").unwrap_or((message, ""));
    let at = place
        .split_once(", Column: ")
        .and_then(|(line, column)| Some(offset(text, line.parse().ok()?, column.trim().parse().ok()?)));
    ParseProblem { message: readable(what), at: at.unwrap_or(0) }
}

/// sqlparser prints the whole token that it found; a page of it helps nobody.
fn readable(message: &str) -> String {
    const LONGEST: usize = 160;
    let line = message.lines().next().unwrap_or("").trim();
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}

fn offset(text: &str, line: u64, column: u64) -> u32 {
    LineIndex::new(text).offset(text, line, column)
}

/// Turns the parser's lines and columns into byte spans of the text that was parsed.
#[derive(Debug)]
pub struct Locator<'t> {
    text: &'t str,
    lines: LineIndex,
}

impl<'t> Locator<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, lines: LineIndex::new(text) }
    }

    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The byte span; none for a span that the parser left empty.
    pub fn span(&self, span: AstSpan) -> Option<Span> {
        if span.start.line == 0 {
            return None;
        }
        let start = self.lines.offset(self.text, span.start.line, span.start.column);
        let end = self.lines.offset(self.text, span.end.line, span.end.column);
        Some(Span { start, end: end.max(start) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlparser::ast::{Spanned, Statement};

    #[test]
    fn spans_are_bytes_and_survive_other_scripts() {
        let text = "select 'ü',\r\n  größe from t";
        let statements = parse(text, Dialect::Postgres).expect("it parses");
        let Statement::Query(query) = &statements[0] else { panic!("a query") };
        let select = query.body.as_select().expect("a select");
        let locator = Locator::new(text);
        let span = locator.span(select.projection[1].span()).expect("a span");
        assert_eq!(span.of(text), "größe");
    }

    #[test]
    fn an_error_tells_its_place_and_not_a_page() {
        let text = "select a\nfrom t where )";
        let error = parse(text, Dialect::Postgres).expect_err("broken");
        assert_eq!((&text[error.at as usize..], error.message.as_str()), (")", "Expected: an expression, found: )"));
    }

    #[test]
    fn long_chains_and_deep_nesting_are_refused_before_they_can_overflow() {
        let deep = format!("select {}1{}", "(".repeat(5000), ")".repeat(5000));
        let bombs = [
            format!("select 1{}", " + 1".repeat(100_000)),
            format!("select 1{}", " and case when a then b end".repeat(100_000)),
            format!("select 1{}", " union all select 1".repeat(100_000)),
            format!("select x{}", "::int".repeat(100_000)),
            format!("select {}1", "- ".repeat(100_000)),
            format!("select {}1", "not ".repeat(100_000)),
            format!("select {}", "case when a then ".repeat(50_000)),
            format!("select x{}", "[1]".repeat(100_000)),
            format!("select x{}", " is null".repeat(100_000)),
            format!("select a from t where a{}", " between a and b".repeat(100_000)),
            deep,
        ];
        for bomb in bombs {
            for dialect in [Dialect::Postgres, Dialect::Snowflake, Dialect::BigQuery] {
                let _ = parse(&bomb, dialect);
            }
        }
    }

    #[test]
    fn what_is_within_bounds_parses() {
        for text in [
            format!("select 1{}", " + 1".repeat(800)),
            format!("select a from t where x in ({})", vec!["1"; 50_000].join(", ")),
        ] {
            assert!(parse(&text, Dialect::Postgres).is_ok());
        }
    }
}
