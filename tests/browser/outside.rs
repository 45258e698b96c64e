//! The world outside the page's origin, played by a listener: the browser has it for its proxy, so whatever the page, its
//! worker or anything else in that browser sends to any other address arrives here, and nowhere else.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What Chromium asks for by itself (clock, updates, accounts), even with all of that turned off. The page's own requests
/// to such a host are told apart: the driver's log names them (see `witness`).
const HOUSEKEEPING: [&str; 3] = [".google.com", ".googleapis.com", ".gvt1.com"];

#[derive(Debug)]
pub(crate) struct Outside {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Outside {
    pub(crate) fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = Arc::clone(&heard);
        // It ends with the test's process.
        thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                let ear = Arc::clone(&ear);
                thread::spawn(move || ear.lock().expect("no listener panics").push(answer(caller)));
            }
        });
        Self { address, heard }
    }

    /// The flags that make it the way to everywhere but the page.
    pub(crate) fn flags(&self, page: &str) -> [String; 2] {
        // Without `<-loopback>`, a proxy is never asked about this machine.
        [format!("--proxy-server=http://{}", self.address), format!("--proxy-bypass-list=<-loopback>;{page}")]
    }

    /// The first lines of the requests that came, without the browser's housekeeping.
    pub(crate) fn heard(&self) -> Vec<String> {
        let heard = self.heard.lock().expect("no listener panics");
        heard.iter().filter(|request| !HOUSEKEEPING.iter().any(|host| host_of(request).ends_with(host))).cloned().collect()
    }
}

/// Turns the caller away, and returns what it asked for.
fn answer(mut caller: TcpStream) -> String {
    // A caller that says nothing has said enough by calling.
    let _unsupported = caller.set_read_timeout(Some(Duration::from_secs(2)));
    let mut request = String::new();
    let read = BufReader::new(&caller).read_line(&mut request);
    let _gone = caller.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    read.map_or_else(|error| format!("a connection without a request: {error}"), |_| request.trim_end().to_owned())
}

/// From `CONNECT host:443 HTTP/1.1` or `GET http://host/path HTTP/1.1`.
fn host_of(request: &str) -> &str {
    let target = request.split(' ').nth(1).unwrap_or_default();
    let host = target.split_once("://").map_or(target, |(_, rest)| rest);
    host.split(['/', ':']).next().unwrap_or_default()
}

#[test]
fn the_host_is_read_from_both_forms_of_a_request() {
    assert_eq!(host_of("CONNECT accounts.google.com:443 HTTP/1.1"), "accounts.google.com");
    assert_eq!(host_of("GET http://127.0.0.1:8080/x HTTP/1.1"), "127.0.0.1");
    assert_eq!(host_of(""), "");
}
