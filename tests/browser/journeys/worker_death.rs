//! A worker that dies is told of and replaced, whatever it was doing.

use serde_json::json;

use crate::journey::journey;
use crate::page::Page;
use crate::wire::{OrFail, devtools};
use crate::worker;

/// In the worker: it ends itself, as the browser ends one whose memory it needs.
const GO: &str = "close()";

/// In the worker: a trap in the middle of a review. As soon as it has said that it reads the catalog, the next thing that it
/// asks of the browser throws through its WebAssembly.
const TRAP: &str = "
    const post = self.postMessage;
    // Bytes of postcard: progress, its stage, and somewhere in it the file.
    const reads = ([kind, stage, ...rest]) => kind === 1 && stage === 1 && String.fromCharCode(...rest).includes('catalog.json');
    self.postMessage = message => {
        post.call(self, message);
        if (reads(message)) Date.now = () => { throw new WebAssembly.RuntimeError('unreachable'); };
    };
";

/// In the worker: it never comes to an end with the catalog.
const HANG: &str = "
    const post = self.postMessage;
    const reads = ([kind, stage, ...rest]) => kind === 1 && stage === 1 && String.fromCharCode(...rest).includes('catalog.json');
    self.postMessage = message => {
        post.call(self, message);
        while (reads(message)) {}
    };
";

/// In the page: its patience with a silent worker is half a minute, and this test's is not.
const HURRY: &str = "
    const setIntervalAsItWas = setInterval;
    window.setInterval = (act, time) => setIntervalAsItWas(act, time / 10);
";

/// In the page: it is from a cache, and its worker is no longer on the host.
const WORKER_OF_YESTERDAY: &str = "
    new MutationObserver((_, observer) => {
        const worker = document.querySelector('meta[name=foreshock-worker]');
        if (worker) { worker.content = './worker-of-yesterday/start-worker.js'; observer.disconnect(); }
    }).observe(document, { childList: true, subtree: true });
";

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_behind_a_review_is_replaced_and_the_review_read_anew() {
    journey(async |page| {
        page.opens_the_example().await;
        page.click_button("stg_orders, model, fails").await;
        page.has_in_hand("stg_orders").await;
        worker_goes(&page).await;
        page.says("[role=status] [data-testid=notice]", |notice| notice.contains("started again")).await;
        page.shows("[data-testid=verdict][data-verdict=block]").await;
        // What is on screen stays, and what is asked now is answered by the new worker.
        page.has_in_hand("stg_orders").await;
        page.click_button("stg_payments, model, fails").await;
        page.has_in_hand("stg_payments").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_before_it_was_needed_is_replaced_without_a_word() {
    journey(async |page| {
        worker_goes(&page).await;
        page.comes_to("start").await;
        page.opens_the_example().await;
        page.shows("[data-testid=verdict][data-verdict=block]").await;
        assert_eq!(page.count("[data-testid=notice]").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_crashes_over_a_file_is_told_of_with_the_file_and_one_click_reviews_again() {
    journey(async |page| {
        example_ends_in(&page, TRAP).await;
        page.says("[role=alert] [data-testid=stopped-reason]", |reason| {
            reason.contains("crashed") && reason.contains("Reading catalog.json")
        })
        .await;
        page.click_button("Review again").await;
        page.comes_to("review").await;
        page.shows("[data-testid=verdict][data-verdict=block]").await;
        page.named("button", "6 files").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_that_a_worker_crashed_over_can_be_left_out() {
    journey(async |page| {
        example_ends_in(&page, TRAP).await;
        page.click_button("Leave out catalog.json and review").await;
        page.comes_to("review").await;
        page.named("button", "5 files").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_falls_silent_is_told_of_and_replaced() {
    journey(async |page| {
        starts_with(&page, HURRY).await;
        example_ends_in(&page, HANG).await;
        page.says("[role=alert] [data-testid=stopped-reason]", |reason| {
            reason.contains("stopped answering") && reason.contains("Reading catalog.json")
        })
        .await;
        page.click_button("Review again").await;
        page.comes_to("review").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_cannot_start_is_told_of() {
    journey(async |page| {
        starts_with(&page, WORKER_OF_YESTERDAY).await;
        page.comes_to("stopped").await;
        page.says("[role=alert] [data-testid=stopped-reason]", |reason| reason.contains("could not be started")).await;
        // What the browser has to say of the missing file is no fault of the page.
        page.witness().console().await;
    })
    .await;
}

async fn worker_goes(page: &Page) {
    worker::is_up(page).await;
    let worker = worker::target(page).await.expect("the page has a worker");
    worker::tell(page, GO).await;
    worker::is_replaced(page, &worker).await;
}

async fn example_ends_in(page: &Page, end: &str) {
    worker::is_up(page).await;
    worker::tell(page, end).await;
    page.click_button("Open the worked example").await;
    page.comes_to("stopped").await;
}

/// Loads the page anew, with a script that runs before any of its own.
async fn starts_with(page: &Page, script: &str) {
    let script = json!({ "source": script });
    devtools(page.driver(), "Page.addScriptToEvaluateOnNewDocument", script).await.or_fail("a page that takes scripts");
    page.reload().await;
}
