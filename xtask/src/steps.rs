//! A run of named steps: each is announced with its number, all are run, and what went wrong is told again at the end.

use anyhow::{Error, Result};
use std::time::{Duration, Instant};

pub(crate) struct Steps {
    total: usize,
    done: Vec<Done>,
}

pub(crate) enum Outcome {
    Done,
    /// Could not be run here, and why. Told at the end as loudly as a failure, and not one.
    NotRun(String),
}

struct Done {
    name: String,
    took: Duration,
    outcome: Result<Outcome, Error>,
}

impl Steps {
    pub(crate) fn new(total: usize) -> Steps {
        Steps { total, done: Vec::new() }
    }

    /// Returns whether the step went well.
    pub(crate) fn run(&mut self, name: &str, step: impl FnOnce() -> Result<Outcome>) -> bool {
        println!("[{}/{}] {name}", self.done.len() + 1, self.total);
        let started = Instant::now();
        let outcome = step();
        let went_well = outcome.is_ok();
        self.done.push(Done { name: name.to_owned(), took: started.elapsed(), outcome });
        went_well
    }

    pub(crate) fn failed(&self) -> usize {
        self.done.iter().filter(|done| done.outcome.is_err()).count()
    }

    pub(crate) fn print_summary(&self) {
        println!();
        for done in &self.done {
            let word = match done.outcome {
                Ok(Outcome::Done) => "ok",
                Ok(Outcome::NotRun(_)) => "NOT RUN",
                Err(_) => "FAILED",
            };
            println!("{word:>8} {:>6.1} s  {}", done.took.as_secs_f64(), done.name);
        }
        for done in &self.done {
            match &done.outcome {
                Ok(Outcome::Done) => {}
                Ok(Outcome::NotRun(why)) => println!("\nNOT RUN: {}\n  {why}", done.name),
                Err(error) => println!("\nFAILED: {}\n  {}", done.name, format!("{error:#}").replace('\n', "\n  ")),
            }
        }
    }
}
