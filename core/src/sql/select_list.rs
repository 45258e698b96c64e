//! The SELECT list as it is written.

use super::lexeme::{is_name_byte, lexeme_at};
use crate::dialect::Dialect;
use crate::text::Span;

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
        let token = lexeme_at(bytes, at, dialect);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_select_list_is_cut_into_its_items() {
        let text = "select distinct max(a), (b + 1) * 2, case when c is distinct from d then 'x, y' end -- e\n, f[1, 2] from t";
        let items: Vec<&str> = select_items(text, 6, Dialect::Postgres).iter().map(|span| span.of(text)).collect();
        assert_eq!(items, ["max(a)", "(b + 1) * 2", "case when c is distinct from d then 'x, y' end", "f[1, 2]"]);
    }
}
