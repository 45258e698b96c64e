//! The driver's commands that thirtyfour has no method for.

use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{RequestData, SessionId, WebDriver, WebElement};

/// Ends the test where a command was refused.
pub(crate) trait OrFail<T> {
    fn or_fail(self, what: &str) -> T;
}

impl<T> OrFail<T> for WebDriverResult<T> {
    #[track_caller]
    fn or_fail(self, what: &str) -> T {
        self.unwrap_or_else(|error| {
            let error = error.to_string();
            // The driver adds the stack of its own program, which tells nobody anything.
            let words = error.split("Stacktrace:").next().unwrap_or_default();
            panic!("{what}: {}", words.split_whitespace().collect::<Vec<_>>().join(" "))
        })
    }
}

#[derive(Debug)]
struct Raw {
    verb: &'static str,
    path: String,
    body: Option<Value>,
}

impl FormatRequestData for Raw {
    fn format_request(&self, session: &SessionId) -> RequestData {
        let verb = self.verb.parse().expect("a verb of HTTP");
        RequestData { body: self.body.clone(), ..RequestData::new(verb, format!("session/{session}/{}", self.path)) }
    }
}

/// A command of the DevTools protocol to the page.
pub(crate) async fn devtools(driver: &WebDriver, command: &str, params: Value) -> WebDriverResult<Value> {
    let body = Some(json!({ "cmd": command, "params": params }));
    driver.cmd(Raw { verb: "POST", path: "goog/cdp/execute".to_owned(), body }).await?.value_json()
}

/// The role and the name that the browser tells a screen reader.
pub(crate) async fn role_and_name(driver: &WebDriver, element: &WebElement) -> WebDriverResult<(String, String)> {
    let ask = |what| Raw { verb: "GET", path: format!("element/{}/computed{what}", element.element_id()), body: None };
    Ok((driver.cmd(ask("role")).await?.value()?, driver.cmd(ask("label")).await?.value()?))
}
