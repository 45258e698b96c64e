//! The world outside the page's origin, played by a listener: the browser has it for its proxy, so whatever the page, its
//! worker or anything else in that browser sends to any other address arrives here, and nowhere else.

use std::io::{BufRead, BufReader, Write};
use std::mem;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

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
                thread::spawn(move || {
                    if let Some(request) = answer(caller) {
                        ear.lock().expect("no listener panics").push(request);
                    }
                });
            }
        });
        Self { address, heard }
    }

    /// The flags that make it the way to everywhere but the page.
    pub(crate) fn flags(&self, page: &str) -> [String; 2] {
        // Without `<-loopback>`, a proxy is never asked about this machine.
        [format!("--proxy-server=http://{}", self.address), format!("--proxy-bypass-list=<-loopback>;{page}")]
    }

    /// The first lines of the requests that came since this was last asked, without the browser's housekeeping.
    pub(crate) fn heard(&self) -> Vec<String> {
        let mut heard = mem::take(&mut *self.heard.lock().expect("no listener panics"));
        heard.retain(|request| !HOUSEKEEPING.iter().any(|host| host_of(request).ends_with(host)));
        heard
    }
}

/// Turns the caller away, and returns what it asked for. Chromium also opens connections in advance and says nothing on them.
fn answer(mut caller: TcpStream) -> Option<String> {
    let mut request = String::new();
    BufReader::new(&caller).read_line(&mut request).ok()?;
    let _gone = caller.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    Some(request.trim_end().to_owned()).filter(|request| !request.is_empty())
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
