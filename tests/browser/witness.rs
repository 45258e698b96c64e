//! What the browser saw that a person would not: the console, and every request.

use serde_json::Value;
use thirtyfour::WebDriver;

use crate::outside::Outside;
use crate::wire::OrFail;

/// What the page, in this browser, may load from: its own folder, and what it made itself.
#[derive(Debug)]
pub(crate) struct Witness {
    pub(crate) driver: WebDriver,
    pub(crate) outside: Outside,
    /// The address of the page's folder.
    pub(crate) base: String,
}

impl Witness {
    /// Why this was no healthy page, in a sentence each; empty where it was.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        complaints.extend(self.console().await.into_iter().map(|said| format!("the console says: {said}")));
        let stray = self.requests().await.into_iter().filter(|url| !self.is_its_own(url));
        complaints.extend(stray.map(|url| format!("the page asked for {url}")));
        complaints
            .extend(self.outside.heard().into_iter().map(|request| format!("a request left the browser: {request}")));
        complaints
    }

    /// Warnings and errors since it was last asked, of the page and its worker: exceptions, failed loads, and whatever the
    /// content security policy refused.
    pub(crate) async fn console(&self) -> Vec<String> {
        let entries = self.driver.get_log("browser").await.or_fail("the driver was told to keep the console");
        let loud = entries.into_iter().filter(|entry| matches!(entry.level.as_str(), "WARNING" | "SEVERE"));
        loud.map(|entry| entry.message).collect()
    }

    /// What the page asked for since this was last asked, sent or refused.
    pub(crate) async fn requests(&self) -> Vec<String> {
        let entries = self.driver.get_log("performance").await.or_fail("the driver was told to keep the requests");
        entries.iter().filter_map(|entry| requested(&entry.message)).collect()
    }

    fn is_its_own(&self, url: &str) -> bool {
        url.starts_with(&self.base)
            || url.starts_with("data:")
            || url.starts_with(&format!("blob:{}", origin(&self.base)))
    }
}

/// `http://host:port/` of an address.
pub(crate) fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |end| &url[..=host + end])
}

/// The address in an event of the DevTools protocol that tells of a request.
fn requested(message: &str) -> Option<String> {
    let event: Value = serde_json::from_str(message).ok()?;
    let event = &event["message"];
    let url = match event["method"].as_str()? {
        "Network.requestWillBeSent" => &event["params"]["request"]["url"],
        "Network.webSocketCreated" => &event["params"]["url"],
        _ => return None,
    };
    url.as_str().map(str::to_owned)
}

#[test]
fn an_origin_ends_with_the_slash_that_begins_the_path() {
    assert_eq!(origin("http://127.0.0.1:80/some/app/"), "http://127.0.0.1:80/");
    assert_eq!(origin("http://127.0.0.1:80"), "http://127.0.0.1:80");
}
