//! Addresses: the page below a path of any host, and links into a review.

use serde_json::Value;

use crate::journey::journey;
use crate::wire::OrFail;
use crate::witness::origin;
use crate::worker;

#[tokio::test(flavor = "multi_thread")]
async fn all_of_the_page_and_its_worker_comes_from_below_the_path_it_is_served_at() {
    journey(async |page| {
        assert_ne!(origin(page.base()), page.base(), "the journeys need a page that is served below a path");
        page.opens_the_example().await;
        let address = page.js("return location.href").await;
        assert!(address.as_str().is_some_and(|address| address.starts_with(page.base())), "{address}");
        let loaded = "performance.getEntriesByType('resource').map(entry => entry.name)";
        let by_page = page.js(&format!("return {loaded}")).await;
        let by_worker = worker::ask(&page, loaded).await;
        for (loaded, wanted) in [(by_page, "manifest.json"), (by_worker, ".wasm")] {
            let loaded = texts(&loaded);
            assert!(loaded.iter().any(|url| url.ends_with(wanted)), "{loaded:?}");
            let own =
                |url: &&str| url.starts_with(page.base()) || url.starts_with(&format!("blob:{}", origin(page.base())));
            assert!(loaded.iter().all(own), "{loaded:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_keeps_view_filter_and_node_over_a_reload() {
    journey(async |page| {
        let link = "#/table?node=model.acme_analytics.stg_orders&outcome=fails&q=stg";
        page.open(link).await;
        for _ in 0..2 {
            assert_eq!(page.js("return location.hash").await, link);
            page.opens_the_example().await;
            page.says("[data-testid=table-count]", |count| count == "4 of 46 nodes").await;
            assert_eq!(page.js("return document.getElementById('filter').value").await, "stg");
            page.shows("[data-testid=tally][data-outcome=fails][aria-pressed=true]").await;
            page.has_in_hand("stg_orders").await;
            assert_eq!(page.js("return location.hash").await, link);
            page.reload().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_and_forward_lead_through_what_was_looked_at() {
    journey(async |page| {
        page.open("#/documents/postmortem.md").await;
        page.opens_the_example().await;
        page.shows("[data-testid=document][data-file='postmortem.md']").await;
        page.click_button("Table").await;
        page.click_button("stg_orders").await;
        page.has_in_hand("stg_orders").await;
        page.click_button("stg_payments").await;
        page.has_in_hand("stg_payments").await;
        page.driver().back().await.or_fail("a history");
        page.has_in_hand("stg_orders").await;
        page.driver().back().await.or_fail("a history");
        page.shows("[data-testid=table]").await;
        page.hides("[data-testid=evidence-title]").await;
        page.driver().back().await.or_fail("a history");
        page.shows("[data-testid=document][data-file='postmortem.md']").await;
        page.driver().forward().await.or_fail("a history");
        page.shows("[data-testid=table]").await;
    })
    .await;
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}
