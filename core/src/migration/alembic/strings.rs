//! Strings as Python writes them, each character with its place in the file.

use std::rc::Rc;

use ruff_python_ast::{
    ConversionFlag, Expr, ExprFString, ExprStringLiteral, FStringPart, InterpolatedStringElement, StringFlags,
    StringLiteral,
};
use ruff_text_size::Ranged;

use super::span;
use super::value::{LONGEST_TEXT, Value};
use crate::migration::mapped::Mapped;
use crate::text::Span;

/// A literal, of one or several parts.
pub(super) fn literal(literal: &ExprStringLiteral, text: &str) -> Value {
    let mut mapped = Mapped::default();
    literal.value.as_slice().iter().for_each(|part| add_part(&mut mapped, part, text));
    Value::Text(Rc::new(mapped))
}

fn add_part(mapped: &mut Mapped, part: &StringLiteral, text: &str) {
    let (open, close) = (part.flags.opener_len().to_u32(), part.flags.closer_len().to_u32());
    let whole = span(part.range);
    let inner = Span { start: whole.start + open, end: whole.end.saturating_sub(close).max(whole.start + open) };
    decode(mapped, text, inner, part.flags.prefix().is_raw(), false);
}

/// An f-string; `value` tells what an expression in it comes to.
pub(super) fn formatted<'a>(string: &'a ExprFString, text: &str, value: &mut dyn FnMut(&'a Expr) -> Value) -> Value {
    let mut built = Built::default();
    for part in string.value.as_slice() {
        match part {
            FStringPart::Literal(part) => add_part(&mut built.mapped, part, text),
            FStringPart::FString(part) => {
                let is_raw = part.flags.prefix().is_raw();
                for element in &*part.elements {
                    match element {
                        InterpolatedStringElement::Literal(element) => {
                            decode(&mut built.mapped, text, span(element.range), is_raw, true);
                        }
                        InterpolatedStringElement::Interpolation(element) => {
                            let place = span(element.range);
                            let written = span(element.expression.range()).of(text);
                            let known = value(&element.expression);
                            let is_plain = element.format_spec.is_none() && element.debug_text.is_none();
                            let shown = match element.conversion {
                                ConversionFlag::None | ConversionFlag::Str if is_plain => shown(&known),
                                ConversionFlag::Repr if is_plain => repr(&known),
                                _ => None,
                            };
                            built.add(shown.as_deref(), written, Some(place));
                        }
                    }
                }
            }
        }
    }
    built.finish()
}

/// Text that is put together of parts.
#[derive(Default)]
pub(super) struct Built {
    pub(super) mapped: Mapped,
    unknown: Option<Rc<str>>,
}

impl Built {
    /// Adds a text as it stands in the file, or what is known of it.
    pub(super) fn append(&mut self, value: &Value, written: &str, place: Option<Span>) {
        match value {
            Value::Text(text) => self.mapped.append(text, 0, text.text.len()),
            Value::Partly(text, unknown) => {
                self.mapped.append(text, 0, text.text.len());
                self.unknown.get_or_insert_with(|| unknown.clone());
            }
            other => self.add(shown(other).as_deref(), written, place),
        }
    }

    /// Adds what stands for an expression, or a mark that it is not known.
    pub(super) fn add(&mut self, shown: Option<&str>, written: &str, place: Option<Span>) {
        let mark = || {
            let is_name = written.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte));
            format!("${{{}}}", if is_name && !written.is_empty() { written } else { "computed" })
        };
        let stands = shown.map_or_else(mark, str::to_owned);
        match place {
            Some(place) => self.mapped.stand_in(&stands, place),
            None => self.mapped.lead(&stands),
        }
        if shown.is_none() && self.unknown.is_none() {
            let Value::Unknown(short) = Value::unknown(written) else { return };
            self.unknown = Some(short);
        }
    }

    pub(super) fn finish(self) -> Value {
        if self.mapped.text.len() > LONGEST_TEXT {
            return Value::unknown("a text that grows too large");
        }
        match self.unknown {
            None => Value::Text(Rc::new(self.mapped)),
            Some(unknown) => Value::Partly(Rc::new(self.mapped), unknown),
        }
    }
}

/// `str(value)`, where it is known.
pub(super) fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::None => Some("None".to_owned()),
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        Value::List(_) => repr(value),
        // `str(sa.text("…"))` is its text.
        other => match other.call() {
            Some(("sqlalchemy.text", call)) => call.args.first().and_then(shown),
            _ => None,
        },
    }
}

/// `repr(value)`. A tuple is written as one, because that is what goes into SQL; lists of a migration seldom do.
pub(super) fn repr(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => {
            let quote = if text.text.contains('\'') && !text.text.contains('"') { '"' } else { '\'' };
            let escaped = text.text.replace('\\', "\\\\").replace('\n', "\\n");
            let escaped = if quote == '\'' { escaped.replace('\'', "\\'") } else { escaped };
            Some(format!("{quote}{escaped}{quote}"))
        }
        Value::List(list) => {
            let parts: Option<Vec<String>> = list.values.iter().map(repr).collect();
            let parts = parts?.join(", ");
            Some(match list.values.len() {
                1 => format!("({parts},)"),
                _ => format!("({parts})"),
            })
        }
        Value::Dict(_) => None,
        other => shown(other),
    }
}

/// Adds the characters that a stretch of the file stands for.
fn decode(mapped: &mut Mapped, text: &str, inner: Span, is_raw: bool, doubled_braces: bool) {
    let (mut at, end) = (inner.start as usize, (inner.end as usize).min(text.len()));
    while at < end {
        let Some(rest) = text.get(at..end) else { return };
        let special = rest.find(|c| c == '\\' && !is_raw || doubled_braces && matches!(c, '{' | '}'));
        let plain = special.unwrap_or(rest.len());
        mapped.keep(&rest[..plain], at);
        at += plain;
        let Some(escape) = text.get(at..end).filter(|rest| !rest.is_empty()) else { return };
        let (length, stands) = if escape.starts_with('\\') { unescaped(escape) } else { brace(escape) };
        let length = length.clamp(1, end - at);
        match stands {
            Some(character) => mapped.stand_in(character.encode_utf8(&mut [0; 4]), Span::new(at, at + length)),
            None if escape.starts_with("\\\n") || escape.starts_with("\\\r") => {}
            None => mapped.keep(&escape[..length], at),
        }
        at += length;
    }
}

fn brace(escape: &str) -> (usize, Option<char>) {
    let first = escape.chars().next();
    if escape.starts_with("{{") || escape.starts_with("}}") { (2, first) } else { (1, first) }
}

/// How long an escape is, and what it stands for; nothing for the end of a line, and where it is none.
fn unescaped(escape: &str) -> (usize, Option<char>) {
    let rest = &escape[1..];
    let Some(first) = rest.chars().next() else { return (1, None) };
    let code = |digits: usize| {
        let value = rest.get(1..=digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        (value.is_some(), value.and_then(char::from_u32), digits + 2)
    };
    let (is_code, character, length) = match first {
        '\r' if rest.starts_with("\r\n") => return (3, None),
        '\n' | '\r' => return (2, None),
        '\\' | '\'' | '"' => return (2, Some(first)),
        'a' => return (2, Some('\x07')),
        'b' => return (2, Some('\x08')),
        'f' => return (2, Some('\x0c')),
        'n' => return (2, Some('\n')),
        'r' => return (2, Some('\r')),
        't' => return (2, Some('\t')),
        'v' => return (2, Some('\x0b')),
        '0'..='7' => {
            let digits = rest.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            let value = u32::from_str_radix(&rest[..digits], 8).ok().and_then(char::from_u32);
            return (1 + digits, value);
        }
        'x' => code(2),
        'u' => code(4),
        'U' => code(8),
        // The names of all characters are not known here.
        'N' if rest.starts_with("N{") => {
            return (rest.find('}').map_or(2, |at| at + 2), Some(char::REPLACEMENT_CHARACTER));
        }
        _ => return (1 + first.len_utf8(), None),
    };
    if is_code { (length, Some(character.unwrap_or(char::REPLACEMENT_CHARACTER))) } else { (2, None) }
}
