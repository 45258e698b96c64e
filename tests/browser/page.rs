//! The page as a person has it: what is there, found by its role and name or by its place, and what can be done with it.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::error::WebDriverResult;
use thirtyfour::{Key, TypingData, WebDriver, WebElement};

use crate::scratch::Scratch;
use crate::wire::{self, OrFail};
use crate::witness::Witness;

/// How long anything may take to appear. Long, because two cores may have more to do than this; nobody waits for it
/// unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks.
const BLINK: Duration = Duration::from_millis(25);

/// In scripts: the elements of a kind that a person can see.
const IN_SIGHT: &str = "const inSight = css => [...document.querySelectorAll(css)].filter(element => element.checkVisibility({ visibilityProperty: true }));";

/// A handle; clones are of the same page.
#[derive(Clone)]
pub(crate) struct Page {
    witness: Arc<Witness>,
    scratch: Scratch,
}

impl Page {
    pub(crate) fn new(witness: Witness, scratch: Scratch) -> Self {
        Self { witness: Arc::new(witness), scratch }
    }

    pub(crate) fn driver(&self) -> &WebDriver {
        &self.witness.driver
    }

    pub(crate) fn witness(&self) -> &Witness {
        &self.witness
    }

    pub(crate) fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    /// The address of the page's folder.
    pub(crate) fn base(&self) -> &str {
        &self.witness.base
    }

    // ── going there ──

    /// Loads the page anew, at the address below its folder.
    pub(crate) async fn open(&self, below: &str) {
        self.driver().goto(format!("{}{below}", self.base())).await.or_fail("the page's address");
        self.stands().await;
    }

    pub(crate) async fn reload(&self) {
        self.driver().refresh().await.or_fail("a page to reload");
        self.stands().await;
    }

    async fn stands(&self) {
        self.until("the page to stand", "return document.readyState === 'complete' && document.querySelector('main')")
            .await;
    }

    /// Which of its screens the page shows: start, working, gather, stopped, review.
    pub(crate) async fn comes_to(&self, screen: &str) {
        self.shows(&format!("main[data-screen={screen}]")).await;
    }

    /// From any screen with pickers: the files are chosen, as with the button's dialog.
    pub(crate) async fn give(&self, files: &[PathBuf]) {
        let files: Vec<&str> = files.iter().map(|path| path.to_str().expect("a path in UTF-8")).collect();
        // The input itself is hidden behind a button that a person can see.
        let input = self.element("[data-testid=input-files]", "return document.querySelector(arguments[0])").await;
        input.send_keys(files.join("\n")).await.or_fail("an input for files");
    }

    /// From any screen: files or folders are dragged onto the page and let go.
    pub(crate) async fn drop_on(&self, paths: &[PathBuf]) {
        let dragged = json!({ "items": [], "files": paths, "dragOperationsMask": 1 });
        for step in ["dragEnter", "dragOver", "drop"] {
            let event = json!({ "type": step, "x": 700, "y": 400, "data": dragged });
            wire::devtools(self.driver(), "Input.dispatchDragEvent", event).await.or_fail(step);
        }
    }

    pub(crate) async fn opens_the_example(&self) {
        self.click_button("Open the worked example").await;
        self.comes_to("review").await;
    }

    /// Opens the example and takes its first finding into a meeting.
    pub(crate) async fn meets_on_the_first_finding(&self) {
        self.opens_the_example().await;
        self.press("m").await;
        self.press(".").await;
        self.has_in_hand("stg_customers").await;
    }

    // ── looking ──

    /// What a script returns that runs in the page.
    pub(crate) async fn js(&self, script: &str) -> Value {
        self.run(script, Vec::new()).await
    }

    async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.driver().execute(script, arguments).await.or_fail(script.lines().next().unwrap_or_default()).json().clone()
    }

    /// Waits until the script returns something other than null, false, zero or the empty string, and returns that.
    pub(crate) async fn until(&self, what: &str, script: &str) -> Value {
        self.wait(what, async || Some(self.js(script).await).filter(is_something)).await
    }

    pub(crate) async fn wait<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            if Instant::now() > deadline {
                let text = self.js("return (document.querySelector('main') ?? document.body).innerText.replace(/\\s+/g, ' ').slice(0, 800)").await;
                panic!("waited {} s for {what}; the page says: {text}", PATIENCE.as_secs());
            }
            tokio::time::sleep(BLINK).await;
        }
    }

    /// The first element of this kind that is in sight, once there is one.
    pub(crate) async fn shows(&self, css: &str) -> WebElement {
        self.element(css, &format!("{IN_SIGHT} return inSight(arguments[0])[0]")).await
    }

    async fn element(&self, css: &str, script: &str) -> WebElement {
        let look = async || self.driver().execute(script, vec![json!(css)]).await.ok()?.element().ok();
        self.wait(&format!("“{css}”"), look).await
    }

    pub(crate) async fn hides(&self, css: &str) {
        self.wait(&format!("“{css}” to be gone"), async || self.texts(css).await.is_empty().then_some(())).await;
    }

    /// Waits for the node's evidence.
    pub(crate) async fn has_in_hand(&self, node: &str) {
        self.says("[data-testid=evidence-title]", |title| title == node).await;
    }

    /// Waits for the text, with its white space folded, of the first such element in sight to be as wanted.
    pub(crate) async fn says(&self, css: &str, wanted: impl Fn(&str) -> bool) -> String {
        let look = async || Some(self.text(css).await).filter(|text| wanted(text));
        self.wait(&format!("the right words at “{css}”"), look).await
    }

    pub(crate) async fn text(&self, css: &str) -> String {
        self.shows(css).await;
        self.texts(css).await.into_iter().next().unwrap_or_default()
    }

    /// The texts of all such elements in sight, as they were written: styles may shout them.
    pub(crate) async fn texts(&self, css: &str) -> Vec<String> {
        let script = format!(
            "{IN_SIGHT} return inSight(arguments[0]).map(element => element.textContent.replace(/\\s+/g, ' ').trim())"
        );
        serde_json::from_value(self.run(&script, vec![json!(css)]).await).expect("a list of texts")
    }

    pub(crate) async fn attribute(&self, css: &str, name: &str) -> Option<String> {
        self.shows(css).await.attr(name.to_owned()).await.or_fail("an element that stays for a moment")
    }

    pub(crate) async fn count(&self, css: &str) -> u64 {
        self.run("return document.querySelectorAll(arguments[0]).length", vec![json!(css)]).await.as_u64().unwrap_or(0)
    }

    /// The element of this role and accessible name, once there is one in sight.
    pub(crate) async fn named(&self, role: &str, name: &str) -> WebElement {
        // What can bear the name, by a look that costs little; the browser has the last word on each.
        let script = format!(
            "{IN_SIGHT} return inSight('button, a, input, summary, [role], [aria-label]').filter(element => (element.ariaLabel ?? element.textContent).includes(arguments[0]))"
        );
        let is_it = async |element: &WebElement| {
            let found = wire::role_and_name(self.driver(), element).await;
            found.is_ok_and(|found| found.0 == role && found.1 == name)
        };
        let look = async || {
            let candidates = self.driver().execute(script.as_str(), vec![json!(name)]).await.ok()?.elements().ok()?;
            for candidate in candidates {
                if is_it(&candidate).await {
                    return Some(candidate);
                }
            }
            None
        };
        self.wait(&format!("the {role} “{name}”"), look).await
    }

    /// The bytes of a download, once it is complete: until then the browser keeps an empty file under its name.
    pub(crate) async fn downloaded(&self, name: &str) -> Vec<u8> {
        let path = self.scratch.downloads().join(name);
        let look = async || fs::read(&path).ok().filter(|bytes| !bytes.is_empty());
        self.wait(&format!("the download of {name}"), look).await
    }

    // ── acting ──

    pub(crate) async fn click(&self, css: &str) {
        self.until_done(&format!("a click on “{css}”"), async || self.shows(css).await.click().await).await;
    }

    pub(crate) async fn click_button(&self, name: &str) {
        self.until_done(&format!("a click on “{name}”"), async || self.named("button", name).await.click().await).await;
    }

    /// The page may be drawing the element anew, or moving it, in the moment of the click.
    async fn until_done(&self, what: &str, act: impl AsyncFn() -> WebDriverResult<()>) {
        self.wait(what, async || act().await.ok()).await;
    }

    /// Presses keys, wherever the focus is.
    pub(crate) async fn press(&self, keys: impl Into<TypingData>) {
        let keys = self.driver().action_chain().send_keys(keys);
        keys.perform().await.or_fail("keys that can be pressed");
    }

    /// Presses a key while Ctrl is held.
    pub(crate) async fn press_with_control(&self, key: &str) {
        let keys = self.driver().action_chain().key_down(Key::Control).send_keys(key).key_up(Key::Control);
        keys.perform().await.or_fail("keys that can be pressed");
    }

    /// Role and name of what has the focus.
    pub(crate) async fn focused(&self) -> (String, String) {
        let focused = self.driver().active_element().await.or_fail("something always has the focus");
        wire::role_and_name(self.driver(), &focused).await.or_fail("an element that stays for a moment")
    }
}

fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is) => *is,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}
