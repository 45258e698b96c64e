//! The words and signs of a statement, without comments and blanks. It holds for every dialect, also where the parser
//! refuses a statement.

use super::lexeme::{is_name_byte, lexeme_at};
use crate::dialect::Dialect;
use crate::text::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordKind {
    /// A keyword, a bare name or a number.
    Bare,
    /// A name in quotes.
    Quoted,
    /// A string.
    Text,
    Sign,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    pub kind: WordKind,
    /// A number below 128, by which most words that differ are seen to differ.
    pub mark: u8,
    pub span: Span,
}

/// A word's mark, by its ends and its length; cases are as one.
pub fn mark(word: &[u8]) -> u8 {
    let letter = |byte: Option<&u8>| byte.map_or(0, |byte| byte | 0x20);
    let ends = letter(word.first()).wrapping_mul(7).wrapping_add(letter(word.last()).wrapping_mul(29));
    #[allow(clippy::cast_possible_truncation, reason = "of a long word any number will do")]
    let length = word.len() as u8;
    ends.wrapping_add(length.wrapping_mul(3)) & 127
}

/// The words of a text, each with its place in it.
pub fn words(text: &str, dialect: Dialect) -> Vec<Word> {
    use Dialect as D;
    const BYTES_OF_WORD: usize = 6;
    let bytes = text.as_bytes();
    let strings_in_double_quotes = matches!(dialect, D::MySql | D::StarRocks | D::BigQuery | D::Databricks);
    let mut words = Vec::with_capacity(bytes.len() / BYTES_OF_WORD + 1);
    let mut at = 0;
    while at < bytes.len() {
        let lexeme = lexeme_at(bytes, at, dialect);
        if lexeme.is_content {
            let kind = match bytes[at] {
                b'"' if strings_in_double_quotes => WordKind::Text,
                b'"' | b'`' => WordKind::Quoted,
                b'[' if matches!(dialect, D::SqlServer | D::Sqlite) => WordKind::Quoted,
                b'\'' => WordKind::Text,
                b'$' if lexeme.end > at + 1 => WordKind::Text,
                byte if is_name_byte(byte) => WordKind::Bare,
                _ => WordKind::Sign,
            };
            words.push(Word { kind, mark: mark(&bytes[at..lexeme.end]), span: Span::new(at, lexeme.end) });
        }
        at = lexeme.end;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_no_words_and_quotes_hold_together() {
        let text = "drop /* the */ table \"a b\" -- gone\n, 'x;y' $f$ z $f$";
        let found: Vec<&str> = words(text, Dialect::Postgres).iter().map(|word| word.span.of(text)).collect();
        assert_eq!(found, ["drop", "table", "\"a b\"", ",", "'x;y'", "$f$ z $f$"]);
    }
}
