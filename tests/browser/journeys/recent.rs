//! Coming back: reviews that this browser keeps, and a page that needs no network.

use crate::journey::journey;
use crate::worker;

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_review_is_kept_here_and_can_be_gone_on_with_and_forgotten() {
    journey(async |page| {
        page.opens_the_example().await;
        page.until(
            "it to be kept",
            "return indexedDB.databases().then(all => all.some(one => one.name === 'foreshock'))",
        )
        .await;
        page.reload().await;
        page.says("[data-testid=recent]", |line| line.contains("Block") && line.contains("acme_analytics")).await;
        page.click("[data-testid=recent] .link").await;
        page.comes_to("review").await;
        page.says("[data-testid=open-files]", |files| files == "6 files").await;
        page.reload().await;
        page.click("[data-testid=forget]").await;
        page.hides("[data-testid=recent]").await;
        page.reload().await;
        page.says("[data-testid=recents]", |text| text.contains("kept here, in this browser alone")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_kept_where_that_is_switched_off() {
    journey(async |page| {
        page.click("[data-testid=keeps-reviews]").await;
        page.opens_the_example().await;
        page.press("5").await;
        page.shows("[data-sheet=checks]").await;
        page.reload().await;
        page.shows("[data-testid=recents]").await;
        page.hides("[data-testid=recent]").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_works_without_a_network_once_it_was_there() {
    journey(async |page| {
        let ready = "return navigator.serviceWorker.ready.then(ready => ready.active.state === 'activated' && !!navigator.serviceWorker.controller)";
        page.until("the page to be kept", ready).await;
        worker::is_cut_off(&page).await;
        page.until("no network", "return fetch('icon.svg?x=' + Math.random()).then(() => false, () => true)").await;
        let said = page.witness().console().await;
        assert!(said.iter().all(|line| line.contains("icon.svg?x=")), "{said:?}");
        page.reload().await;
        page.opens_the_example().await;
        page.press("8").await;
        page.says("[data-testid=document]", |text| text.contains("raw_customers")).await;
    })
    .await;
}
