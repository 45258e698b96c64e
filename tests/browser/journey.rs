//! One journey: a browser of its own from start to end, and what has to hold at the end of each.

use std::any::{Any, type_name};
use std::path::Path;

use serde_json::json;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{ChromeCapabilities, WebDriver};
use tokio::task::{LocalSet, spawn_local};

use crate::outside::Outside;
use crate::page::Page;
use crate::scratch::Scratch;
use crate::surroundings;
use crate::wire::OrFail;
use crate::witness::{Witness, origin};

/// Opens the page in a new browser and goes through the story. Where the story or the witness has something to complain of,
/// the test fails with it, and with the place of a screenshot.
pub(crate) async fn journey<Story, Told>(story: Story)
where
    Story: FnOnce(Page) -> Told + 'static,
    Told: Future<Output = ()> + 'static,
{
    let name = name_of::<Story>();
    let base = surroundings::page();
    let scratch = Scratch::new(name);
    let outside = Outside::listen();
    let driver = browser(&base, &outside, &scratch).await.or_fail("no browser");
    let page = Page::new(Witness { driver: driver.clone(), outside, base }, scratch.clone());

    let of_story = page.clone();
    let whole = async move {
        of_story.open("").await;
        story(of_story).await;
    };
    // A task of its own, so that a failed assertion ends the story and not the browser before it was photographed.
    let told = LocalSet::new().run_until(async { spawn_local(whole).await }).await;
    let mut complaints: Vec<String> =
        told.err().map(|failed| words(failed.into_panic().as_ref())).into_iter().collect();
    complaints.extend(page.witness().complaints().await);
    let screenshot = if complaints.is_empty() { None } else { Some(photograph(&driver, &scratch.screenshot()).await) };
    drop(page);
    driver.quit().await.or_fail("the browser does not end");
    if let Some(screenshot) = screenshot {
        panic!("{name}\n  {}\n  {screenshot}", complaints.join("\n  "));
    }
}

async fn browser(base: &str, outside: &Outside, scratch: &Scratch) -> WebDriverResult<WebDriver> {
    let mut chrome = ChromeCapabilities::new();
    chrome.set_binary(&surroundings::chrome())?;
    let page = origin(base).trim_start_matches("http://").trim_end_matches('/');
    for flag in surroundings::chrome_flags().into_iter().chain(outside.flags(page)) {
        chrome.add_arg(&flag)?;
    }
    chrome.add_arg("--window-size=1440,900")?;
    chrome.add_experimental_option("prefs", json!({ "download.default_directory": scratch.downloads() }))?;
    chrome.add_experimental_option("perfLoggingPrefs", json!({ "enableNetwork": true, "enablePage": false }))?;
    chrome.as_mut().set("goog:loggingPrefs", json!({ "browser": "ALL", "performance": "ALL" }))?;
    WebDriver::new(surroundings::driver(), chrome).await
}

async fn photograph(driver: &WebDriver, path: &Path) -> String {
    match driver.screenshot(path).await {
        Ok(()) => format!("screenshot: {}", path.display()),
        Err(error) => format!("no screenshot: {error}"),
    }
}

/// The name of the test that the story stands in.
fn name_of<Story>() -> &'static str {
    let path = type_name::<Story>().split("::{{").next().unwrap_or_default();
    path.rsplit("::").next().unwrap_or_default()
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}
