//! `cargo xtask serve`: the page on this machine, the way a static host would serve it.

use crate::build::{self, Quality};
use crate::server::{self, Site};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::net::TcpListener;

#[derive(Args)]
pub(crate) struct Options {
    /// The port; without it, 8080 or the next free one
    #[arg(long)]
    port: Option<u16>,
    /// Serve below this path, as a shared host would: /some/team/foreshock/
    #[arg(long, value_name = "PATH", default_value = "/")]
    open_sub_path: String,
    /// Build without optimisation: sooner there, slower to use
    #[arg(long)]
    debug: bool,
}

const DEFAULT_PORT: u16 = 8080;
/// How many ports after the default are tried.
const PORTS: u16 = 20;

pub(crate) fn run(options: &Options) -> Result<()> {
    let quality = if options.debug { Quality::Debug } else { Quality::Release };
    // Before the build, which takes minutes: a port that is taken should be said at once.
    let listener = listen(options.port)?;
    let site = Site::new(&build::build(quality)?, &options.open_sub_path)?;
    let url = format!("http://{}{}", listener.local_addr()?, site.mount());
    println!("Foreshock runs at {url}   (Ctrl-C stops it)");
    server::serve(&listener, site);
    Ok(())
}

fn listen(port: Option<u16>) -> Result<TcpListener> {
    if let Some(port) = port {
        return TcpListener::bind(("127.0.0.1", port))
            .with_context(|| format!("port {port} cannot be used; choose another with --port"));
    }
    let last = DEFAULT_PORT + PORTS;
    match (DEFAULT_PORT..last).find_map(|port| TcpListener::bind(("127.0.0.1", port)).ok()) {
        Some(listener) => Ok(listener),
        None => bail!("the ports {DEFAULT_PORT} to {} are all taken; choose one with --port", last - 1),
    }
}
