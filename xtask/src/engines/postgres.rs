//! A PostgreSQL for one run: its own data, its own socket, no port, and gone at the end.

use crate::process;
use anyhow::{Context, Result};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) struct Postgres {
    programs: PathBuf,
    /// Holds the data and the socket. Not below target/: a socket's path is short, and another user has to reach it.
    folder: PathBuf,
}

/// The folder with `initdb` and its like, of the newest version.
pub(super) fn find() -> Option<PathBuf> {
    if let Some(initdb) = process::find("initdb") {
        return fs::canonicalize(&initdb).unwrap_or(initdb).parent().map(Path::to_owned);
    }
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let number = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let newest = versions.filter_map(|entry| Some(entry.ok()?.path())).max_by_key(number)?.join("bin");
    newest.join("initdb").is_file().then_some(newest)
}

impl Postgres {
    pub(super) fn start(programs: PathBuf) -> Result<Self> {
        let folder = env::temp_dir().join(format!("foreshock-postgres-{}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("could not make {}", folder.display()))?;
        let postgres = Self { programs, folder };
        if is_root() {
            process::run(process::command("chown").arg("postgres").arg(&postgres.folder))?;
        }
        let mut initdb = postgres.program("initdb");
        initdb.args(["--username", "foreshock", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"]);
        process::capture(initdb.arg(postgres.data()))?;
        // It holds nothing that is worth a wait for the disk.
        let options = format!(
            "-k {} -c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off",
            postgres.folder.display()
        );
        let mut start = postgres.control("start");
        start.args(["-w", "-o", &options, "-l"]).arg(postgres.folder.join("log"));
        // Its output would keep a pipe open for as long as the server runs.
        process::run(start.stdout(std::process::Stdio::null()))?;
        Ok(postgres)
    }

    pub(super) fn socket_folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn programs(&self) -> &Path {
        &self.programs
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn control(&self, verb: &str) -> Command {
        let mut control = self.program("pg_ctl");
        control.arg("-D").arg(self.data()).arg(verb);
        control
    }

    /// One of its programs, as a user who may run it: the server refuses to be root.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = process::command("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            process::command(path)
        };
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // What cannot be stopped has not started, or is gone already.
        process::capture(self.control("stop").args(["-m", "immediate"])).ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

fn is_root() -> bool {
    process::capture(process::command("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
