//! What stands at one place of a script: a word, a quoted stretch, a comment, a sign. Nothing more of SQL is known here.

use crate::dialect::Dialect;

/// A stretch of a script that a cut never goes through.
pub(super) struct Lexeme {
    pub(super) end: usize,
    /// Neither a blank nor a comment.
    pub(super) is_content: bool,
    /// A quote or comment that is never closed; it goes on to the end.
    pub(super) unclosed: bool,
}

/// The lexeme at a place that is not the end.
pub(super) fn lexeme_at(bytes: &[u8], at: usize, dialect: Dialect) -> Lexeme {
    let content =
        |end: Option<usize>| Lexeme { end: end.unwrap_or(bytes.len()), is_content: true, unclosed: end.is_none() };
    let blank =
        |end: Option<usize>| Lexeme { end: end.unwrap_or(bytes.len()), is_content: false, unclosed: end.is_none() };
    match bytes[at] {
        b'-' if bytes[at..].starts_with(b"--") => blank(Some(line_end(bytes, at))),
        b'#' if matches!(dialect, Dialect::MySql | Dialect::StarRocks | Dialect::BigQuery) => {
            blank(Some(line_end(bytes, at)))
        }
        // MySQL runs what such a comment holds: dumps create their views in it.
        b'/' if is_mysql(dialect) && bytes[at..].starts_with(b"/*!") => content(Some(at + 3)),
        b'/' if bytes[at..].starts_with(b"/*") => blank(comment_end(bytes, at, comments_nest(dialect))),
        quote @ (b'\'' | b'"') if dialect == Dialect::BigQuery && bytes[at..].starts_with(&[quote; 3]) => {
            content(find(bytes, at + 3, &[quote; 3]).map(|close| close + 3))
        }
        b'\'' if dialect == Dialect::Oracle && is_prefixed(bytes, at, *b"qQ") => content(oracle_quote_end(bytes, at)),
        b'\'' => content(quote_end(bytes, at, has_backslashes(dialect) || is_prefixed(bytes, at, *b"eE"))),
        b'"' | b'`' => content(quote_end(bytes, at, has_backslashes(dialect) && bytes[at] == b'"')),
        b'[' if matches!(dialect, Dialect::SqlServer | Dialect::Sqlite) => content(quote_end(bytes, at, false)),
        b'$' if has_dollar_quotes(dialect) && (at == 0 || !is_name_byte(bytes[at - 1])) => {
            match dollar_tag(bytes, at) {
                Some(tag) => content(find(bytes, at + tag.len(), tag).map(|close| close + tag.len())),
                None => content(Some(at + 1)),
            }
        }
        byte if byte.is_ascii_whitespace() => blank(Some(at + 1)),
        byte if is_name_byte(byte) => content(Some(word_end(bytes, at))),
        _ => content(Some(at + 1)),
    }
}

fn is_mysql(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::MySql | Dialect::StarRocks)
}

fn has_backslashes(dialect: Dialect) -> bool {
    matches!(
        dialect,
        Dialect::MySql
            | Dialect::StarRocks
            | Dialect::BigQuery
            | Dialect::Databricks
            | Dialect::Snowflake
            | Dialect::ClickHouse
    )
}

fn has_dollar_quotes(dialect: Dialect) -> bool {
    use Dialect as D;
    !matches!(dialect, D::MySql | D::StarRocks | D::BigQuery | D::SqlServer | D::Oracle | D::Sqlite | D::ClickHouse)
}

/// Where they do not nest, `/* a /* b */` is closed.
fn comments_nest(dialect: Dialect) -> bool {
    use Dialect as D;
    !matches!(dialect, D::MySql | D::StarRocks | D::BigQuery | D::Oracle | D::Snowflake | D::Sqlite | D::Trino)
}

pub(super) fn is_name_byte(byte: u8) -> bool {
    const IS_ONE: [bool; 256] = {
        let mut is_one = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            #[allow(clippy::cast_possible_truncation, reason = "it is below 256")]
            let own = byte as u8;
            is_one[byte] = own.is_ascii_alphanumeric() || own == b'_' || own >= 0x80;
            byte += 1;
        }
        is_one
    };
    IS_ONE[usize::from(byte)]
}

pub(super) fn word_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| !is_name_byte(*byte)).map_or(bytes.len(), |length| at + length)
}

pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}

/// Whether one of these letters, and no longer word, stands right before.
fn is_prefixed(bytes: &[u8], at: usize, letters: [u8; 2]) -> bool {
    at > 0 && letters.contains(&bytes[at - 1]) && (at < 2 || !is_name_byte(bytes[at - 2]))
}

fn comment_end(bytes: &[u8], at: usize, nest: bool) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, at);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) if nest || depth == 0 => (depth, at) = (depth + 1, at + 2),
            (b'*', Some(b'/')) => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => at += 1,
        }
    }
    None
}

/// The end of a quoted stretch; a doubled quote stands for one.
fn quote_end(bytes: &[u8], at: usize, backslashes: bool) -> Option<usize> {
    let quote = if bytes[at] == b'[' { b']' } else { bytes[at] };
    let mut at = at + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if backslashes => at += 2,
            byte if byte == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// Oracle's `q'[it's]'`.
fn oracle_quote_end(bytes: &[u8], at: usize) -> Option<usize> {
    let open = *bytes.get(at + 1)?;
    let close = match open {
        b'[' => b']',
        b'(' => b')',
        b'{' => b'}',
        b'<' => b'>',
        other => other,
    };
    find(bytes, at + 2, &[close, b'\'']).map(|close| close + 2)
}

/// `$$` or `$tag$` at this place.
pub(super) fn dollar_tag(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let length = bytes[at + 1..].iter().position(|byte| !is_name_byte(*byte))?;
    let starts_like_a_name = !bytes[at + 1].is_ascii_digit();
    (bytes[at + 1 + length] == b'$' && starts_like_a_name).then(|| &bytes[at..at + length + 2])
}

/// A plain search is quadratic at worst in the needle, which is a tag or a sign.
pub(super) fn find(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    bytes.get(from..)?.windows(what.len()).position(|window| window == what).map(|at| from + at)
}

/// Whether nothing but blanks stands before this place on its line.
pub(super) fn is_line_start(bytes: &[u8], at: usize) -> bool {
    bytes[..at].iter().rev().take_while(|byte| **byte != b'\n').all(u8::is_ascii_whitespace)
}
