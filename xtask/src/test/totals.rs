//! The sum over the `test result:` lines of any number of test binaries.

use std::fmt;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) passed: u32,
    pub(super) failed: u32,
    pub(super) ignored: u32,
}

impl Totals {
    /// Adds what the line says, when it is a result line; libtest and wasm-bindgen-test write the same form.
    pub(super) fn add_line(&mut self, line: &str) {
        let Some((_, counts)) = line.split_once("test result: ") else {
            return;
        };
        // "ok. 3 passed; 0 failed; 1 ignored; …": in each part, the last two words.
        for part in counts.split(';') {
            let mut words = part.split_whitespace().rev();
            let (what, count) = (words.next(), words.next().and_then(|count| count.parse::<u32>().ok()));
            match (what, count) {
                (Some("passed"), Some(count)) => self.passed += count,
                (Some("failed"), Some(count)) => self.failed += count,
                (Some("ignored"), Some(count)) => self.ignored += count,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)?;
        if self.ignored > 0 {
            write!(formatter, ", {} skipped", self.ignored)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_add_up() {
        let mut totals = Totals::default();
        for line in [
            "running 3 tests",
            "test reads_a_manifest ... ok",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.01s",
            "test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: ok. 5 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.02s",
        ] {
            totals.add_line(line);
        }
        assert_eq!(totals, Totals { passed: 10, failed: 4, ignored: 1 });
        assert_eq!(totals.to_string(), "10 passed, 4 failed, 1 skipped");
    }

    #[test]
    fn nothing_skipped_is_not_mentioned() {
        assert_eq!(Totals { passed: 2, failed: 0, ignored: 0 }.to_string(), "2 passed, 0 failed");
    }
}
