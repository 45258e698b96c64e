//! MySQL's `/*!40101 … */`: comments to others, code to MySQL. The signs around the code become blanks, so that it is read
//! where it stands.

use std::borrow::Cow;

use crate::dialect::Dialect;

const OPEN: [&[u8]; 2] = [b"/*!", b"/*M!"];

/// The text as MySQL runs it, byte for byte in the same place.
pub(super) fn as_written(text: &str, dialect: Dialect) -> Cow<'_, str> {
    if !matches!(dialect, Dialect::MySql | Dialect::StarRocks) || !text.contains('!') || !text.contains("/*") {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut written = bytes.to_vec();
    let (mut at, mut within, mut quote) = (0, false, None);
    while at < bytes.len() {
        let byte = bytes[at];
        let opens = OPEN.iter().find(|open| quote.is_none() && !within && bytes[at..].starts_with(open));
        let length = match (opens, quote) {
            (Some(open), _) => {
                within = true;
                let digits = bytes[at + open.len()..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                blank(&mut written[at..at + open.len() + digits])
            }
            (None, Some(open)) => {
                quote = Some(open).filter(|open| byte != *open);
                1 + usize::from(byte == b'\\' && at + 1 < bytes.len())
            }
            (None, None) if within && bytes[at..].starts_with(b"*/") => {
                within = false;
                blank(&mut written[at..at + 2])
            }
            (None, None) => {
                quote = Some(byte).filter(|byte| matches!(byte, b'\'' | b'"' | b'`'));
                1
            }
        };
        at += length;
    }
    String::from_utf8(written).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn blank(bytes: &mut [u8]) -> usize {
    bytes.fill(b' ');
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_for_mysql_alone_stands_where_it_stood() {
        let text = "/*!50003 CREATE*/ /*M!100 x '*/' */ /* no */ \"/*!\" y";
        let written = as_written(text, Dialect::MySql);
        assert_eq!(written, "         CREATE           x '*/'    /* no */ \"/*!\" y");
        assert_eq!(written.len(), text.len());
        assert_eq!(as_written(text, Dialect::Postgres), text);
    }
}
