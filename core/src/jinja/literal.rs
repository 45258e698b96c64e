//! Text in a template, as Python reads its escapes. The parser reads some of them in another way.

use super::stop::{Step, Stop};

/// The value of one literal, quotes and all. None where this is more than one, side by side.
pub(super) fn text_of(written: &str) -> Step<Option<String>> {
    let Some(quote) = written.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { return Ok(None) };
    let mut out = String::new();
    let mut chars = written[1..].chars();
    while let Some(c) = chars.next() {
        if c == quote {
            return Ok(chars.as_str().is_empty().then_some(out));
        }
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('\n') => {}
            Some(c @ ('\\' | '\'' | '"')) => out.push(c),
            Some('a') => out.push('\u{7}'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('v') => out.push('\u{b}'),
            Some('x') => out.push(code(&mut chars, 2)?),
            Some('u') => out.push(code(&mut chars, 4)?),
            Some('U') => out.push(code(&mut chars, 8)?),
            Some('N') => return Err(Stop::unsupported("a letter by its Unicode name")),
            Some(first @ '0'..='7') => {
                let mut value = first.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    let Some(digit) = chars.as_str().chars().next().and_then(|c| c.to_digit(8)) else { break };
                    value = value * 8 + digit;
                    chars.next();
                }
                out.extend(char::from_u32(value));
            }
            // What is no escape stays what it is, backslash and all.
            Some(c) => out.extend(['\\', c]),
            None => break,
        }
    }
    Ok(None)
}

fn code(chars: &mut std::str::Chars<'_>, digits: usize) -> Step<char> {
    let text = chars.as_str().get(..digits).filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let value = text.and_then(|text| u32::from_str_radix(text, 16).ok()).and_then(char::from_u32);
    chars.nth(digits - 1);
    value.ok_or_else(|| Stop::failed("a text with an escape that is none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_mean_what_they_mean_in_python() {
        let read = |written: &str| text_of(written).ok().flatten();
        assert_eq!(read(r"'a\/\d\n\'\x41\u00e9\101\\'").as_deref(), Some("a\\/\\d\n'A\u{e9}A\\"));
        assert_eq!(read(r#"'a' "b""#), None);
        assert!(text_of(r"'\xZZ'").is_err());
    }
}
