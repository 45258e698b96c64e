//! What is said of a file that could not be read to its end.

use foreshock_artifacts::bytes::{Bytes, CHUNK};
use foreshock_artifacts::walk::{Broken, LARGEST_ENTRY};

use crate::text::{Diagnostic, Place};

/// One sentence with the position.
pub(super) fn say(broken: &Broken, file: &str, bytes: &dyn Bytes) -> Diagnostic {
    let again = "Copy the file again from dbt's target folder; `dbt compile` writes it anew.";
    match broken {
        Broken::Unreadable(why) => Diagnostic::error("unreadable-file", file, why.clone()).help("Give it again."),
        Broken::TooLarge { at } => {
            let place = place(bytes, *at, file);
            let message = format!(
                "the entry at line {}, column {} is larger than {} MB, more than is read",
                place.line,
                place.column,
                LARGEST_ENTRY >> 20
            );
            Diagnostic::error("too-large", file, message).at(place).help(again)
        }
        Broken::Json { at, ended, message } => {
            let place = place(bytes, *at, file);
            let (line, column) = (place.line, place.column);
            let message = if *ended {
                format!("the file ends in the middle (line {line}, column {column}); it is cut short and was not used")
            } else {
                let what = message.split(" at line ").next().unwrap_or_default();
                format!("not valid JSON at line {line}, column {column}: {what}")
            };
            Diagnostic::error("broken-json", file, message).at(place).help(again)
        }
    }
}

/// The line and column of a byte: a second look at the file, for an error alone.
fn place(bytes: &dyn Bytes, at: u64, file: &str) -> Place {
    let (mut line, mut column, mut read) = (1_u32, 1_u32, 0_u64);
    let mut chunk = vec![0; CHUNK];
    while read < at {
        let count = usize::try_from(at - read).unwrap_or(CHUNK).min(CHUNK);
        if bytes.read_at(read, &mut chunk[..count]).is_err() {
            break;
        }
        for byte in &chunk[..count] {
            (line, column) =
                if *byte == b'\n' { (line.saturating_add(1), 1) } else { (line, column.saturating_add(1)) };
        }
        read += count as u64;
    }
    Place { file: file.to_owned(), line, column, end_line: line, end_column: column, compiled: false }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use foreshock_artifacts::bytes::{Stream, sha256};
    use foreshock_artifacts::walk::Walk;

    use super::*;

    fn sentence(json: &[u8]) -> String {
        let mut on_read = |_| ();
        let mut stream = Stream::new(Rc::new(json.to_vec()), &mut on_read);
        let read = Walk::new(&mut stream).and_then(|mut walk| walk.file(|walk, _| walk.skip_section()));
        let broken = read.expect_err("it is broken");
        say(&broken, "x.json", &json.to_vec()).message
    }

    #[test]
    fn what_is_broken_is_said_with_its_line_and_column() {
        assert!(sentence(b"{\"a\": 1,\n \"b\": NaN}").contains("line 2, column 7"));
        assert!(sentence(b"{\"a\": {\"b\": [1, 2").contains("the file ends in the middle"));
        assert!(sentence(b"{} {}").contains("more after the end"));
        assert!(sentence(b"{\"a\" 1}").contains("a colon was expected"));
        assert!(sentence(b"").contains("the file ends in the middle"));
    }

    #[test]
    fn a_file_that_goes_away_while_it_is_read_is_said() {
        struct Gone;
        impl Bytes for Gone {
            fn size(&self) -> u64 {
                1_000
            }
            fn read_at(&self, _: u64, _: &mut [u8]) -> Result<(), String> {
                Err("it is no longer there".to_owned())
            }
            fn sha256(&self) -> Result<String, String> {
                sha256(self)
            }
        }
        let Err(broken) = Walk::new(&mut Stream::new(Rc::new(Gone), &mut |_| ())).map(drop) else {
            panic!("it is gone")
        };
        assert!(say(&broken, "x.json", &Gone).message.contains("no longer there"));
    }
}
