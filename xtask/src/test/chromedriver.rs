//! A chromedriver for the length of the journeys, or of a measurement.

use crate::process;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long the driver may take to close its browsers before it is killed.
const PATIENCE: Duration = Duration::from_secs(5);

/// Stopped when dropped, and the browsers it started with it.
pub(crate) struct ChromeDriver {
    child: Child,
    pub(crate) url: String,
}

impl ChromeDriver {
    pub(crate) fn start(program: &Path, log: &Path) -> Result<ChromeDriver> {
        let mut command = process::command(program);
        // Port 0: it takes a free one and says which, so nobody can take it in between.
        command.arg("--port=0").arg(format!("--log-path={}", log.display())).stdout(Stdio::piped());
        let mut child = command.spawn().with_context(|| process::not_started(&command))?;
        let mut lines = BufReader::new(child.stdout.take().context("the output is piped")?).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| announced_port(&line));
        let Some(port) = port else {
            child.kill().ok();
            bail!("{} ended without saying its port; its log is {}", program.display(), log.display());
        };
        // Read on, or the driver would block once the pipe is full.
        thread::spawn(move || lines.for_each(drop));
        Ok(ChromeDriver { child, url: format!("http://127.0.0.1:{port}") })
    }
}

impl Drop for ChromeDriver {
    fn drop(&mut self) {
        // A test that failed has left its browser open. Killed, the driver would leave it running; asked, it closes it.
        if self.ask_to_shut_down().is_ok() && self.ends_within(PATIENCE) {
            return;
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl ChromeDriver {
    fn ask_to_shut_down(&self) -> std::io::Result<()> {
        let address = self.url.trim_start_matches("http://");
        let mut connection = TcpStream::connect(address)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        write!(connection, "GET /shutdown HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        // It closes its browsers before it answers.
        connection.read_to_end(&mut Vec::new()).map(drop)
    }

    fn ends_within(&mut self, time: Duration) -> bool {
        let started = Instant::now();
        while started.elapsed() < time {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return true;
            }
            thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

/// From `ChromeDriver was started successfully on port 37405.`
fn announced_port(line: &str) -> Option<u16> {
    line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_greeting() {
        assert_eq!(announced_port("ChromeDriver was started successfully on port 37405."), Some(37405));
        assert_eq!(announced_port("Starting ChromeDriver 156.0.8078.79 on port 0"), None);
    }
}
