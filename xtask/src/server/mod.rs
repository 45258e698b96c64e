//! A static file server as plain as the hosts that Foreshock is published on: no headers but the content type and the
//! cache rule, no knowledge of the page. What works here works on any of them.
//!
//! A thread for each connection, and one request on each. A pool of threads would be less simple, and the one of `tiny_http`
//! left connections waiting for each other when a browser opened six at once.

mod content_type;
mod site;

pub(crate) use site::Site;

use anyhow::Result;
use site::Answer;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// More than any browser sends before the empty line.
const LONGEST_HEAD: u64 = 64 * 1024;
/// How long a connection may stay silent: browsers open some in advance.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server in the background. It stops when this is dropped.
pub(crate) struct Running {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    pub(crate) url: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // It looks up at the next connection; if none can be made, nobody is there to look up.
        TcpStream::connect(self.address).ok();
    }
}

/// Serve until the process ends.
pub(crate) fn serve(listener: &TcpListener, site: Site) {
    listen(listener, &Arc::new(site), &AtomicBool::new(false));
}

/// Serve on a free port, in the background.
pub(crate) fn serve_in_background(site: Site) -> Result<Running> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let url = format!("http://{address}{}", site.mount());
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    thread::spawn(move || listen(&listener, &Arc::new(site), &told));
    Ok(Running { address, stop, url })
}

fn listen(listener: &TcpListener, site: &Arc<Site>, stop: &AtomicBool) {
    for connection in listener.incoming() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let Ok(connection) = connection else { continue };
        let site = Arc::clone(site);
        // A browser that went away before it got its answer is no error of ours.
        thread::spawn(move || respond(&connection, &site).ok());
    }
}

fn respond(connection: &TcpStream, site: &Site) -> io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    let mut head = BufReader::new(connection.take(LONGEST_HEAD)).lines();
    let request = head.next().transpose()?.unwrap_or_default();
    // All of it is read, because closing a connection with something unread resets it.
    for line in head {
        if line?.is_empty() {
            break;
        }
    }
    let mut words = request.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let answer = match method {
        "GET" | "HEAD" => site.answer(target),
        _ => Answer::NotAllowed,
    };
    let with_body = method != "HEAD";
    match answer {
        Answer::File(path) => match File::open(&path) {
            Ok(mut file) => {
                // Always ask again: a build must be seen at the next reload.
                let headers = format!("Content-Type: {}\r\nCache-Control: no-cache\r\n", content_type::of(&path));
                send(connection, "200 OK", &headers, file.metadata()?.len(), with_body, &mut file)
            }
            Err(_) => plain(connection, "404 Not Found", "", with_body),
        },
        Answer::Redirect(to) => plain(connection, "301 Moved Permanently", &format!("Location: {to}\r\n"), with_body),
        Answer::NotFound => plain(connection, "404 Not Found", "", with_body),
        Answer::NotAllowed => plain(connection, "405 Method Not Allowed", "Allow: GET, HEAD\r\n", with_body),
    }
}

fn plain(connection: &TcpStream, status: &str, headers: &str, with_body: bool) -> io::Result<()> {
    let headers = format!("Content-Type: text/plain; charset=utf-8\r\n{headers}");
    send(connection, status, &headers, status.len() as u64, with_body, &mut status.as_bytes())
}

fn send(
    mut connection: &TcpStream,
    status: &str,
    headers: &str,
    length: u64,
    with_body: bool,
    body: &mut dyn Read,
) -> io::Result<()> {
    write!(connection, "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n")?;
    if with_body {
        io::copy(body, &mut connection)?;
    }
    connection.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(server: &Running, request: &str) -> String {
        let mut connection = TcpStream::connect(server.address).unwrap();
        write!(connection, "{request}\r\nHost: here\r\n\r\n").unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn connections_do_not_wait_for_each_other() {
        let folder = std::env::temp_dir().join(format!("foreshock-xtask-server-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("index.html"), "<p>here").unwrap();
        let server = serve_in_background(Site::new(&folder, "/some/path/").unwrap()).unwrap();
        let silent: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(server.address).unwrap()).collect();
        let answer = ask(&server, "GET /some/path/ HTTP/1.1");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n<p>here"), "{answer}");
        assert!(ask(&server, "HEAD /some/path/ HTTP/1.1").ends_with("\r\n\r\n"));
        assert!(ask(&server, "GET /else HTTP/1.1").starts_with("HTTP/1.1 404 "));
        assert!(ask(&server, "POST /some/path/ HTTP/1.1").starts_with("HTTP/1.1 405 "));
        assert!(ask(&server, "GET /some/path HTTP/1.1").contains("Location: /some/path/\r\n"));
        drop((silent, server));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
