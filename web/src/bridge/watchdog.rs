//! Notices a worker that is there and says nothing.
//!
//! It counts its own ticks, not the clock: a laptop that slept for an hour has missed one tick, not an hour of answers.

pub(super) const TICK_MS: u32 = 2_000;

/// A worker with work says something at least this often; with huge files some steps are long and silent, and it gets more.
const PATIENCE_TICKS: u32 = 15;
/// Bytes a slow machine reads in one tick.
const BYTES_A_TICK: f64 = 8e6;
/// An idle worker is asked for a sign of life every so often.
const IDLE_TICKS: u32 = 8;

#[derive(Debug, Default)]
pub(super) struct Watchdog {
    quiet: u32,
    extra: u32,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Fine,
    AskForLife,
    Silent,
}

impl Watchdog {
    pub(super) fn heard(&mut self) {
        self.quiet = 0;
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped first; a file has no negative size"
    )]
    pub(super) fn expect_to_read(&mut self, bytes: f64) {
        self.extra = (bytes / BYTES_A_TICK).clamp(0.0, 10_000.0) as u32;
    }

    pub(super) fn tick(&mut self, busy: bool) -> Verdict {
        self.quiet += 1;
        if busy && self.quiet > PATIENCE_TICKS + self.extra {
            Verdict::Silent
        } else if !busy && self.quiet >= IDLE_TICKS {
            Verdict::AskForLife
        } else {
            Verdict::Fine
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_worker_may_be_quiet_for_a_while_and_for_longer_with_a_large_file() {
        let quiet_until_silent = |bytes: f64| {
            let mut dog = Watchdog::default();
            dog.expect_to_read(bytes);
            (1..100_000).find(|_| dog.tick(true) == Verdict::Silent).expect("at some time")
        };
        assert_eq!(quiet_until_silent(0.0), PATIENCE_TICKS + 1);
        assert!(quiet_until_silent(9e8) > 3 * quiet_until_silent(0.0));
    }

    #[test]
    fn every_word_starts_the_count_again() {
        let mut dog = Watchdog::default();
        for _ in 0..10 {
            for _ in 0..PATIENCE_TICKS {
                assert_eq!(dog.tick(true), Verdict::Fine);
            }
            dog.heard();
        }
    }

    #[test]
    fn an_idle_worker_is_asked_not_ended() {
        let mut dog = Watchdog::default();
        for _ in 1..IDLE_TICKS {
            assert_eq!(dog.tick(false), Verdict::Fine);
        }
        assert_eq!(dog.tick(false), Verdict::AskForLife);
    }
}
