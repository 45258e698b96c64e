//! Cutting a script into statements, byte-exact, whatever it holds.
//!
//! The cut knows strings, quoted names, dollar quotes and comments, and nothing else of SQL. A quote that is never closed
//! costs the statement it stands in and not the rest of the file: the statement is taken to end at the next semicolon that
//! ends a line.

use crate::dialect::Dialect;
use crate::text::Span;

/// A statement without its semicolon, and without the comments and blanks before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    pub span: Span,
    /// A quote or a comment in it is never closed.
    pub unclosed: bool,
}

/// The statements of a script, in order. Stretches of blanks and comments alone are none.
pub fn split(text: &str, dialect: Dialect) -> impl Iterator<Item = Piece> + '_ {
    let (mut at, mut unclosed) = (0, 0);
    std::iter::from_fn(move || {
        while at < text.len() {
            if unclosed == MOST_UNCLOSED {
                let rest = Span::new(at, text.len());
                at = text.len();
                return Some(Piece { span: rest, unclosed: true });
            }
            let (piece, next) = next_piece(text, at, dialect);
            at = next;
            if let Some(piece) = piece {
                unclosed += usize::from(piece.unclosed);
                return Some(piece);
            }
        }
        None
    })
}

/// Each quote that is never closed is looked for to the end of the file, so after this many the rest is one piece.
const MOST_UNCLOSED: usize = 64;

/// The piece that starts at `from`, if it holds anything, and where the next one starts.
fn next_piece(text: &str, from: usize, dialect: Dialect) -> (Option<Piece>, usize) {
    let bytes = text.as_bytes();
    let mut content: Option<(usize, usize)> = None;
    let mut at = from;
    while at < bytes.len() {
        if bytes[at] == b';' {
            return (piece(content, false), at + 1);
        }
        let token = token_at(bytes, at, dialect);
        if token.unclosed {
            let start = content.map_or(at, |(start, _)| start);
            let end = line_ending_semicolon(bytes, at).unwrap_or(bytes.len());
            return (piece(Some((start, end)), true), end + 1);
        }
        if token.is_content {
            content = Some((content.map_or(at, |(start, _)| start), token.end));
        }
        at = token.end;
    }
    (piece(content, false), at)
}

fn piece(content: Option<(usize, usize)>, unclosed: bool) -> Option<Piece> {
    content.map(|(start, end)| Piece { span: Span::new(start, end), unclosed })
}

/// The items of the SELECT list that starts at `from`, as they are written. The parser's spans leave out what stands round
/// an expression, such as the closing parenthesis of a call.
pub fn select_items(text: &str, from: u32, dialect: Dialect) -> Vec<Span> {
    const ENDS: [&str; 15] = [
        "from",
        "into",
        "where",
        "group",
        "having",
        "qualify",
        "window",
        "order",
        "limit",
        "offset",
        "fetch",
        "union",
        "except",
        "intersect",
        "minus",
    ];
    let bytes = text.as_bytes();
    let (mut items, mut depth, mut at) = (Vec::new(), 0_usize, from as usize);
    let mut item: Option<(usize, usize)> = None;
    let mut last_word = String::new();
    while at < bytes.len() {
        let token = token_at(bytes, at, dialect);
        let word = if is_name_byte(bytes[at]) { text[at..token.end].to_lowercase() } else { String::new() };
        let ends = ENDS.contains(&word.as_str()) && !(word == "from" && last_word == "distinct");
        match bytes[at] {
            b')' | b']' | b'}' if depth == 0 => break,
            b';' => break,
            _ if depth == 0 && ends => break,
            b',' if depth == 0 => {
                items.extend(item.take().map(|(start, end)| Span::new(start, end)));
                at = token.end;
                continue;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        let is_quantifier =
            depth == 0 && items.is_empty() && item.is_none() && matches!(word.as_str(), "distinct" | "all");
        if token.is_content && !is_quantifier {
            item = Some((item.map_or(at, |(start, _)| start), token.end));
        }
        if !word.is_empty() {
            last_word = word;
        }
        at = token.end;
    }
    items.extend(item.map(|(start, end)| Span::new(start, end)));
    items
}

struct Token {
    end: usize,
    is_content: bool,
    unclosed: bool,
}

fn token_at(bytes: &[u8], at: usize, dialect: Dialect) -> Token {
    let content =
        |end: Option<usize>| Token { end: end.unwrap_or(bytes.len()), is_content: true, unclosed: end.is_none() };
    let blank =
        |end: Option<usize>| Token { end: end.unwrap_or(bytes.len()), is_content: false, unclosed: end.is_none() };
    let backslashes = matches!(
        dialect,
        Dialect::MySql
            | Dialect::StarRocks
            | Dialect::BigQuery
            | Dialect::Databricks
            | Dialect::Snowflake
            | Dialect::ClickHouse
    );
    match bytes[at] {
        b'-' if bytes[at..].starts_with(b"--") => blank(Some(line_end(bytes, at))),
        b'#' if matches!(dialect, Dialect::MySql | Dialect::StarRocks | Dialect::BigQuery) => {
            blank(Some(line_end(bytes, at)))
        }
        b'/' if bytes[at..].starts_with(b"/*") => blank(comment_end(bytes, at)),
        b'\'' => {
            let escape_string =
                at > 0 && matches!(bytes[at - 1], b'e' | b'E') && (at < 2 || !is_name_byte(bytes[at - 2]));
            content(quote_end(bytes, at, backslashes || escape_string))
        }
        b'"' | b'`' => content(quote_end(bytes, at, backslashes && bytes[at] == b'"')),
        b'$' if at == 0 || !is_name_byte(bytes[at - 1]) => match dollar_tag(bytes, at) {
            Some(tag) => content(find(bytes, at + tag.len(), tag).map(|close| close + tag.len())),
            None => content(Some(at + 1)),
        },
        byte if byte.is_ascii_whitespace() => blank(Some(at + 1)),
        byte if is_name_byte(byte) => content(Some(
            bytes[at..].iter().position(|byte| !is_name_byte(*byte)).map_or(bytes.len(), |length| at + length),
        )),
        _ => content(Some(at + 1)),
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}

/// Comments nest, as in PostgreSQL; where an engine does not nest them, scripts do not hold nested ones.
fn comment_end(bytes: &[u8], at: usize) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, at);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => (depth, at) = (depth + 1, at + 2),
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
    let quote = bytes[at];
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

/// `$$` or `$tag$` at this place.
fn dollar_tag(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let length = bytes[at + 1..].iter().position(|byte| !is_name_byte(*byte))?;
    let starts_like_a_name = !bytes[at + 1].is_ascii_digit();
    (bytes[at + 1 + length] == b'$' && starts_like_a_name).then(|| &bytes[at..at + length + 2])
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    bytes[from..].windows(what.len()).position(|window| window == what).map(|at| from + at)
}

fn line_ending_semicolon(bytes: &[u8], from: usize) -> Option<usize> {
    (from..bytes.len()).find(|at| {
        bytes[*at] == b';'
            && bytes[at + 1..]
                .iter()
                .find(|byte| !matches!(**byte, b' ' | b'\t' | b'\r'))
                .is_none_or(|byte| *byte == b'\n')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces(text: &str) -> Vec<&str> {
        split(text, Dialect::Postgres).map(|piece| piece.span.of(text)).collect()
    }

    #[test]
    fn semicolons_in_strings_names_comments_and_bodies_do_not_cut() {
        let text = "select ';'; -- a;b\nselect \";\" /* ; /* ; */ ; */ , 'it''s;' ;\ndo $body$ begin; end; $body$;\nselect E'a\\';b'";
        assert_eq!(
            pieces(text),
            [
                "select ';'",
                "select \";\" /* ; /* ; */ ; */ , 'it''s;'",
                "do $body$ begin; end; $body$",
                "select E'a\\';b'"
            ]
        );
    }

    #[test]
    fn comments_before_a_statement_are_not_part_of_it() {
        assert_eq!(pieces("-- why\n/* and */ drop table a -- gone\n;;\n-- end"), ["drop table a"]);
    }

    #[test]
    fn a_quote_never_closed_costs_its_own_statement() {
        let text = "drop table a;\nselect 'oops;\ndrop table b;\n";
        let found: Vec<(&str, bool)> =
            split(text, Dialect::Postgres).map(|piece| (piece.span.of(text), piece.unclosed)).collect();
        assert_eq!(found, [("drop table a", false), ("select 'oops", true), ("drop table b", false)]);
    }

    #[test]
    fn a_select_list_is_cut_into_its_items() {
        let text = "select distinct max(a), (b + 1) * 2, case when c is distinct from d then 'x, y' end -- e\n, f[1, 2] from t";
        let items: Vec<&str> = select_items(text, 6, Dialect::Postgres).iter().map(|span| span.of(text)).collect();
        assert_eq!(items, ["max(a)", "(b + 1) * 2", "case when c is distinct from d then 'x, y' end", "f[1, 2]"]);
    }

    #[test]
    fn a_dollar_is_not_always_a_quote() {
        assert_eq!(pieces("select $1; select a$b$c; select $"), ["select $1", "select a$b$c", "select $"]);
    }

    proptest! {
        #[test]
        fn pieces_are_ordered_and_lie_on_character_boundaries(text in "[a-z;'\"$/*\\-\\n é]{0,60}") {
            let mut last = 0;
            for piece in split(&text, Dialect::Postgres) {
                prop_assert!(piece.span.start >= last && piece.span.end > piece.span.start);
                prop_assert!(text.get(piece.span.start as usize..piece.span.end as usize).is_some());
                last = piece.span.end;
            }
        }

        #[test]
        fn every_letter_outside_comments_is_in_some_piece(text in "[a-z; \\n]{0,60}") {
            let letters = |text: &str| text.chars().filter(char::is_ascii_alphabetic).count();
            let in_pieces: usize = split(&text, Dialect::Postgres).map(|piece| letters(piece.span.of(&text))).sum();
            prop_assert_eq!(in_pieces, letters(&text));
        }
    }
}
