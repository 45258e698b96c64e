//! The sum over the `test result:` lines of any number of test binaries.

use std::fmt;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    pub(crate) ignored: u32,
}

impl Totals {
    /// A step that went wrong before a test could fail (it did not compile, say) is a failure all the same.
    pub(crate) fn count_step(&mut self, went_well: bool, failed_before: u32) {
        if !went_well {
            self.failed = self.failed.max(failed_before + 1);
        }
    }

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
