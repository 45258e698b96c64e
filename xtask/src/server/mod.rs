//! A static file server as plain as the hosts that Foreshock is published on: no headers but the content type and the
//! cache rule, no knowledge of the page. What works here works on any of them.

mod content_type;
mod site;

pub(crate) use site::Site;

use anyhow::{Result, anyhow};
use site::Answer;
use std::fs::File;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use tiny_http::{Header, Method, Request, Response, Server, StatusCode};

/// Enough that one slow download does not hold up the other files of a page.
const THREADS: usize = 4;

/// A server in the background. It stops when this is dropped.
pub(crate) struct Running {
    server: Arc<Server>,
    pub(crate) url: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        for _ in 0..THREADS {
            self.server.unblock();
        }
    }
}

/// Serve until the process ends.
pub(crate) fn serve(listener: TcpListener, site: Site) -> Result<()> {
    for thread in start(listener, site)?.1 {
        thread.join().map_err(|_| anyhow!("a thread of the server panicked"))?;
    }
    Ok(())
}

/// Serve on a free port, in the background.
pub(crate) fn serve_in_background(site: Site) -> Result<Running> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let url = format!("http://{}{}", listener.local_addr()?, site.mount());
    let (server, _threads) = start(listener, site)?;
    Ok(Running { server, url })
}

fn start(listener: TcpListener, site: Site) -> Result<(Arc<Server>, Vec<thread::JoinHandle<()>>)> {
    let server = Server::from_listener(listener, None).map_err(|error| anyhow!("the server did not start: {error}"))?;
    let server = Arc::new(server);
    let site = Arc::new(site);
    let threads = (0..THREADS)
        .map(|_| {
            let (server, site) = (Arc::clone(&server), Arc::clone(&site));
            thread::spawn(move || {
                while let Ok(request) = server.recv() {
                    respond(request, &site);
                }
            })
        })
        .collect();
    Ok((server, threads))
}

fn respond(request: Request, site: &Site) {
    let answer = match request.method() {
        Method::Get | Method::Head => site.answer(request.url()),
        _ => Answer::NotAllowed,
    };
    // A browser that went away before it got its answer is no error of ours.
    let _ = match answer {
        Answer::File(path) => match File::open(&path) {
            Ok(file) => request.respond(
                Response::from_file(file)
                    .with_header(header("Content-Type", content_type::of(&path)))
                    // Always ask again: a build must be seen at the next reload.
                    .with_header(header("Cache-Control", "no-cache")),
            ),
            Err(_) => request.respond(plain(404)),
        },
        Answer::Redirect(to) => request.respond(plain(301).with_header(header("Location", &to))),
        Answer::NotFound => request.respond(plain(404)),
        Answer::NotAllowed => request.respond(plain(405).with_header(header("Allow", "GET, HEAD"))),
    };
}

fn plain(status: u16) -> Response<std::io::Cursor<Vec<u8>>> {
    let status = StatusCode(status);
    Response::from_string(status.default_reason_phrase())
        .with_status_code(status)
        .with_header(header("Content-Type", "text/plain; charset=utf-8"))
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("header names and values here are ASCII without line breaks")
}
