//! Where a stretch of compiled SQL stands in the template that it was compiled from.
//!
//! What dbt leaves as it is stands in both texts in the same order. So the two are compared word by word, and a stretch has
//! a place only where all of its words have one, outside of Jinja.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::text::Span;

/// Larger texts are not compared; their drafts do not need it.
const LARGEST: usize = 200_000;

pub(super) struct Places {
    /// Words of the compiled text that have a place in the template: both spans, in order.
    same: Vec<(Span, Span)>,
}

impl Places {
    pub(super) fn new(template: &str, compiled: &str) -> Self {
        if template.len().max(compiled.len()) > LARGEST {
            return Self { same: Vec::new() };
        }
        let (ours, theirs) = (literal_words(template), words(compiled, 0, compiled.len()));
        let texts = |spans: &[Span], text| spans.iter().map(|span| span.of(text)).collect::<Vec<_>>();
        // A word of a Jinja block stands for itself alone: no compiled word is like it.
        let left: Vec<&str> =
            ours.iter().map(|(span, is_sql)| if *is_sql { span.of(template) } else { "\0" }).collect();
        let right = texts(&theirs, compiled);
        let mut same = Vec::new();
        for op in capture_diff_slices(Algorithm::Patience, &left, &right) {
            if let DiffOp::Equal { old_index, new_index, len } = op {
                same.extend((0..len).map(|at| (theirs[new_index + at], ours[old_index + at].0)));
            }
        }
        Self { same }
    }

    pub(super) fn of(&self, compiled: Span) -> Option<Span> {
        let first = self.same.partition_point(|(own, _)| own.start < compiled.start);
        let (mut at, mut found): (u32, Option<Span>) = (compiled.start, None);
        for (own, place) in self.same[first..].iter().take_while(|(own, _)| own.end <= compiled.end) {
            // The words follow each other in both texts without a gap.
            if own.start != at || found.is_some_and(|found| found.end != place.start) {
                return None;
            }
            (at, found) = (own.end, Some(found.map_or(*place, |found| found.to(*place))));
        }
        found.filter(|_| at == compiled.end)
    }
}

/// Words, blanks and signs from one place of a text to another.
fn words(text: &str, from: usize, to: usize) -> Vec<Span> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut spans: Vec<Span> = Vec::new();
    let mut last = ' ';
    for (at, c) in text[from..to].char_indices() {
        let end = from + at + c.len_utf8();
        match spans.last_mut() {
            Some(span) if is_word(c) && is_word(last) => *span = Span::new(span.start as usize, end),
            _ => spans.push(Span::new(from + at, end)),
        }
        last = c;
    }
    spans
}

/// The words of a template, and whether each stands outside of Jinja.
fn literal_words(template: &str) -> Vec<(Span, bool)> {
    let mut found = Vec::new();
    let mut at = 0;
    for block in blocks(template) {
        let (start, end) = (block.start as usize, block.end as usize);
        found.extend(words(template, at, start).into_iter().map(|span| (span, true)));
        found.push((block, false));
        at = end;
    }
    found.extend(words(template, at, template.len()).into_iter().map(|span| (span, true)));
    found
}

/// The stretches of Jinja: `{{ … }}`, `{% … %}`, `{# … #}`.
pub(super) fn blocks(template: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = template.get(at..).and_then(|rest| rest.find('{')).map(|open| at + open) {
        let close = match template.as_bytes().get(open + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                at = open + 1;
                continue;
            }
        };
        let end = end_of(template, open + 2, close);
        found.push(Span::new(open, end));
        at = end;
    }
    found
}

/// The end of a block; a closing sign within a text does not close it.
fn end_of(template: &str, from: usize, close: &str) -> usize {
    let mut quote: Option<u8> = None;
    let bytes = template.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), b'\\') => at += 1,
            (None, b'\'' | b'"') if close != "#}" => quote = Some(bytes[at]),
            (None, _) if bytes[at..].starts_with(close.as_bytes()) => return at + 2,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// The calls `source('name', 'table')` of one source: the whole block where it is nothing else, and the arguments.
pub(super) fn source_calls(template: &str, source: &str, table: &str) -> Vec<Call> {
    let mut calls = Vec::new();
    for block in blocks(template) {
        let text = block.of(template);
        if text.starts_with("{#") {
            continue;
        }
        for (at, _) in text.match_indices("source") {
            let Some((name, other, arguments)) = arguments(&text[at..]) else { continue };
            if (name.as_str(), other.as_str()) != (source, table) {
                continue;
            }
            let start = block.start as usize + at;
            let inside = text.trim_start_matches(['{', '-', '+', ' ', '\n', '\t']).len();
            let is_alone = text.starts_with("{{")
                && text.len() - inside == at
                && text[at + arguments.1..].trim_matches(['}', '-', '+', ' ', '\n', '\t']).is_empty();
            let span = |from: usize, to: usize| Span::new(start + from, start + to);
            calls.push(Call { block: is_alone.then_some(block), arguments: span(arguments.0, arguments.1) });
        }
    }
    calls
}

pub(super) struct Call {
    pub(super) block: Option<Span>,
    /// From after the opening parenthesis to after the closing one.
    pub(super) arguments: Span,
}

/// `source('a', 'b')`: the two texts, and where what stands in the parentheses starts and ends.
fn arguments(call: &str) -> Option<(String, String, (usize, usize))> {
    let open = call.find('(')?;
    if !call["source".len()..open].trim().is_empty() {
        return None;
    }
    let close = open + call[open..].find(')')?;
    let mut texts = call[open + 1..close].split(',').map(|text| {
        let text = text.trim();
        let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        text[1..].strip_suffix(quote).map(str::to_owned)
    });
    let (name, table) = (texts.next()??, texts.next()??);
    texts.next().is_none().then_some((name, table, (open + 1, close + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_has_a_place_only_where_dbt_left_it_as_it_is() {
        let template = "select {{ star('a') }}, t.customer_id -- {{ x }}\nfrom {{ source('b', 'c') }} as t";
        let compiled = "select a.x, a.y, t.customer_id -- other\nfrom \"db\".\"c\" as t";
        let places = Places::new(template, compiled);
        let of = |text: &str| {
            let at = compiled.find(text).expect("it is there");
            places.of(Span::new(at, at + text.len())).map(|span| span.of(template))
        };
        assert_eq!(of("t.customer_id"), Some("t.customer_id"));
        assert_eq!(of("a.y"), None);
        assert_eq!(of("\"db\""), None);
    }

    #[test]
    fn calls_of_a_source_are_found_wherever_they_stand() {
        let template = "{# source('a', 'b') #}{{ source('a', \"b\") }} {{ f(source('a','b')) }} {{ source('a', 'c') }}";
        let calls = source_calls(template, "a", "b");
        let blocks: Vec<Option<&str>> = calls.iter().map(|call| call.block.map(|span| span.of(template))).collect();
        assert_eq!(blocks, [Some("{{ source('a', \"b\") }}"), None]);
    }
}
