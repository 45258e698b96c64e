//! Python's two ways to put values into text: `'%s' % x` and `'{}'.format(x)`.

use std::rc::Rc;

use super::arguments::int_of;
use super::print::within_limit;
use super::stop::{Step, Stop};
use super::value::{Heap, Value};

/// A width and digits are padded to; more is refused.
const WIDEST: usize = 1_000;

impl Heap {
    pub(super) fn percent_format(&self, pattern: &str, values: &[Value]) -> Step<String> {
        let mut values = values.iter();
        let mut out = String::new();
        let mut rest = pattern;
        while let Some(at) = rest.find('%') {
            self.spend_text(at)?;
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('%') {
                out.push('%');
                rest = after;
                continue;
            }
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let letter = rest[end..].chars().next().ok_or_else(|| unsupported(pattern))?;
            let value = values.next().ok_or_else(|| Stop::failed("fewer values than the text has places for"))?;
            let kind = if letter == 'i' { 'd' } else { letter };
            out.push_str(&self.formatted(value, &rest[..end], Some(kind), pattern)?);
            within_limit(&out)?;
            rest = &rest[end + letter.len_utf8()..];
        }
        if values.next().is_some() {
            return Err(Stop::failed("more values than the text has places for"));
        }
        out.push_str(rest);
        Ok(out)
    }

    pub(super) fn brace_format(&self, pattern: &str, positional: &[Value], named: &[(Rc<str>, Value)]) -> Step<String> {
        let mut out = String::new();
        let mut next = 0;
        let mut rest = pattern;
        while let Some(at) = rest.find(['{', '}']) {
            self.spend_text(at)?;
            out.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                out.push_str(brace);
                rest = after;
                continue;
            }
            let end = rest.find('}').filter(|_| brace == "{").ok_or_else(|| unsupported(pattern))?;
            let (name, spec) = rest[..end].split_once(':').unwrap_or((&rest[..end], ""));
            let value = if name.is_empty() {
                next += 1;
                positional.get(next - 1)
            } else if let Ok(at) = name.parse::<usize>() {
                positional.get(at)
            } else if name.chars().all(|c| c.is_alphanumeric() || c == '_') {
                named.iter().find(|(known, _)| **known == *name).map(|(_, value)| value)
            } else {
                return Err(unsupported(pattern));
            };
            let value =
                value.ok_or_else(|| Stop::failed(format!("the text has a place '{name}' with no value for it")))?;
            let letter = spec.chars().next_back().filter(char::is_ascii_alphabetic);
            let width = &spec[..spec.len() - letter.map_or(0, char::len_utf8)];
            out.push_str(&self.formatted(value, width, letter, pattern)?);
            within_limit(&out)?;
            rest = &rest[end + 1..];
        }
        out.push_str(rest);
        Ok(out)
    }

    fn formatted(&self, value: &Value, width: &str, letter: Option<char>, pattern: &str) -> Step<String> {
        let (width, digits) = width.split_once('.').map_or((width, None), |(width, digits)| (width, Some(digits)));
        let zeros = width.starts_with('0');
        let size = |text: &str| match text {
            "" => Ok(0),
            text => text.parse::<usize>().ok().filter(|size| *size <= WIDEST).ok_or_else(|| unsupported(pattern)),
        };
        let (width, digits) = (size(width)?, digits.map(size).transpose()?);
        match (letter, digits) {
            (Some('s') | None, None) if width == 0 => self.text(value),
            (Some('d'), None) => {
                let number = int_of(value)?;
                Ok(if zeros { format!("{number:0width$}") } else { format!("{number:width$}") })
            }
            (None, None) if zeros && matches!(value, Value::Int(_)) => Ok(format!("{:0width$}", int_of(value)?)),
            (Some('f'), digits) => {
                let number =
                    value.number().ok_or_else(|| Stop::failed(format!("{} is no number", value.kind())))?.float();
                let digits = digits.unwrap_or(6);
                Ok(if zeros { format!("{number:0width$.digits$}") } else { format!("{number:width$.digits$}") })
            }
            _ => Err(unsupported(pattern)),
        }
    }
}

fn unsupported(pattern: &str) -> Stop {
    Stop::unsupported(format!("the format '{pattern}'"))
}
