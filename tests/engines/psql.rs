//! Scripts, run on the PostgreSQL of this run by its own client.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder with the server's socket; none, and it is said, where there is no server.
pub(crate) fn socket() -> Option<PathBuf> {
    let socket = std::env::var_os("FORESHOCK_POSTGRES").map(PathBuf::from);
    if socket.is_none() {
        eprintln!("not run: there is no PostgreSQL");
    }
    socket
}

/// An empty database of this name.
pub(crate) fn create(socket: &Path, database: &str) {
    let created = Command::new("createdb").args(["-U", "foreshock", "-h"]).arg(socket).arg(database).status();
    assert!(created.expect("createdb is there").success());
}

/// What a script prints, or the error at which it stops.
pub(crate) fn run(socket: &Path, database: &str, script: &str) -> Result<String, String> {
    let mut psql = Command::new("psql")
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "foreshock", "-d", database, "-h"])
        .arg(socket)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("psql is there");
    // A script that stops early is not read to its end.
    let _ = psql.stdin.take().expect("it reads").write_all(script.as_bytes());
    let output = psql.wait_with_output().expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}
