//! Documents that people complete.

use thirtyfour::Key;

use crate::journey::journey;
use crate::wire::OrFail;

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_into_a_document_stays_and_what_is_decided_later_joins_it() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press("8").await;
        page.shows("[data-testid=document]").await;
        page.click("[data-testid=edit-document]").await;
        let editor = page.shows("[data-testid=document-editor]").await;
        page.until("the text", "return document.querySelector('[data-testid=document-editor]').value.length > 500")
            .await;
        editor.send_keys("\n\nRehearsed by Ada on staging.\n").await.or_fail("a box to type in");
        page.says("[data-testid=document]", |text| text.contains("Rehearsed by Ada on staging.")).await;

        // A decision changes another part of the paper.
        page.press(Key::Escape).await;
        page.click("[data-testid=view-meeting]").await;
        page.click("[data-testid=meeting-next]").await;
        page.has_in_hand("stg_customers").await;
        page.click("[data-testid=choice-reject]").await;
        page.click("[data-testid=view-documents]").await;
        page.says("[data-testid=document]", |text| {
            text.contains("Rehearsed by Ada on staging.") && text.contains("Reject")
        })
        .await;
        page.click("[data-testid=html-document]").await;
        let html = String::from_utf8(page.downloaded("checklist.html").await).expect("text");
        assert!(html.contains("Rehearsed by Ada on staging.") && html.contains("Content-Security-Policy"));

        // As the next day: the same inputs, the same edits.
        page.reload().await;
        page.opens_the_example().await;
        page.says("[data-testid=document]", |text| text.contains("Rehearsed by Ada on staging.")).await;
        page.click("[data-testid=discard-edits]").await;
        page.says("[data-testid=document]", |text| !text.contains("Rehearsed by Ada")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_ones_own_stands_in_the_timeline_where_its_time_belongs() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press("8").await;
        page.shows("[data-testid=document]").await;
        assert_eq!(page.count("[data-testid=own-event]").await, 0, "the checklist has no timeline");
        page.click("[data-testid='document-postmortem.md']").await;
        page.shows("[data-testid=own-event]").await;
        // How a date is typed hangs on the browser's language; what the box holds does not.
        page.js("const box = document.querySelector('[data-testid=event-at]'); box.value = '2026-11-20T16:05'; box.dispatchEvent(new Event('input', { bubbles: true }))").await;
        page.shows("[data-testid=event-what]").await.send_keys("deployed by Ada").await.or_fail("a box to type in");
        page.click("[data-testid=add-event]").await;
        let first = |text: &str| {
            let at = text.find("deployed by Ada");
            at.is_some() && at < text.find("model.acme_analytics.stg_orders error")
        };
        page.says("[data-testid=document]", first).await;
        page.reload().await;
        page.opens_the_example().await;
        page.says("[data-testid=document]", first).await;
    })
    .await;
}
