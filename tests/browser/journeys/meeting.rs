//! The meeting: one finding a screen, decisions that go into the checklist, and a file to go on with elsewhere.

use crate::journey::journey;
use crate::wire::OrFail;

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_is_held_by_keyboard_and_its_decisions_reach_the_checklist() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press("m").await;
        page.shows("[data-testid=meeting]").await;
        page.says("[data-testid=agenda]", |line| line == "0 decided · 4 findings to decide about").await;
        page.press(".").await;
        page.has_in_hand("stg_customers").await;
        page.click("[data-testid=choice-waive]").await;
        page.says("[data-testid=decision-lacks]", |line| line.contains("reason")).await;
        page.shows("[data-testid=decision-note]").await.send_keys("read by nobody").await.or_fail("a box to type in");
        page.hides("[data-testid=decision-lacks]:not(:empty)").await;
        page.says("[data-testid=agenda]", |line| line.starts_with("1 decided")).await;
        // The findings that need a decision, round and round.
        page.click("[data-testid=meeting-next]").await;
        page.has_in_hand("stg_orders").await;
        page.click("[data-testid=choice-approve]").await;
        page.says("[data-testid=agenda]", |line| line.starts_with("2 decided")).await;
        page.click("[data-testid=take-back]").await;
        page.says("[data-testid=agenda]", |line| line.starts_with("1 decided")).await;
        page.click("[data-testid=meeting-previous]").await;
        page.has_in_hand("stg_customers").await;
        page.until(
            "the reason",
            "return document.querySelector('[data-testid=decision-note]').value === 'read by nobody'",
        )
        .await;

        page.click("[data-testid=view-documents]").await;
        page.says("[data-testid=document][data-file='checklist.md']", |text| text.contains("read by nobody")).await;
        page.click("[data-testid=download-document]").await;
        let checklist = String::from_utf8(page.downloaded("checklist.md").await).expect("text");
        assert!(checklist.contains("| fails | Waive | read by nobody |"), "{checklist}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_saved_and_opened_again_with_its_inputs_and_decisions() {
    journey(async |page| {
        page.meets_on_the_first_finding().await;
        page.click("[data-testid=choice-reject]").await;
        page.click("[data-testid=view-documents]").await;
        page.click("[data-testid=edit-document]").await;
        let editor = page.shows("[data-testid=document-editor]").await;
        page.until("the text", "return document.querySelector('[data-testid=document-editor]').value.length > 500")
            .await;
        editor.send_keys("\n\nRehearsed by Ada.\n").await.or_fail("a box to type in");
        page.says("[data-testid=document]", |text| text.contains("Rehearsed by Ada.")).await;
        page.click("[data-testid=view-meeting]").await;
        page.click("[data-testid=save-review]").await;
        let saved = page.downloaded("review.foreshock").await;

        // As on another machine: nothing is kept there.
        page.js("localStorage.clear(); return 1").await;
        page.open("").await;
        page.comes_to("start").await;
        page.give(&[page.scratch().write("meeting.foreshock", saved)]).await;
        page.comes_to("review").await;
        page.shows("[data-testid=verdict][data-verdict=block]").await;
        page.press("m").await;
        page.says("[data-testid=agenda]", |line| line.starts_with("1 decided")).await;
        page.press(".").await;
        page.has_in_hand("stg_customers").await;
        page.shows("[data-testid=choice-reject][aria-pressed=true]").await;
        page.click("[data-testid=view-documents]").await;
        page.says("[data-testid=document]", |text| text.contains("Rehearsed by Ada.")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_on_other_inputs_than_these_are_told_of() {
    journey(async |page| {
        page.meets_on_the_first_finding().await;
        page.click("[data-testid=choice-approve]").await;
        page.click("[data-testid=save-review]").await;
        let saved = String::from_utf8(page.downloaded("review.foreshock").await).expect("text");
        let changed = saved.replacen("ALTER TABLE raw_customers", "ALTER  TABLE raw_customers", 1);
        assert_ne!(changed, saved);
        page.click("[data-testid=open-files]").await;
        page.click("[data-testid=start-over]").await;
        page.comes_to("start").await;
        page.give(&[
            page.scratch().write("changed.foreshock", &changed),
            page.scratch().write("torn.foreshock", &changed[..400]),
        ])
        .await;
        page.comes_to("review").await;
        page.says("[role=alert]", |said| {
            said.contains("torn.foreshock") && said.contains("not whole") && said.contains("not the version")
        })
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_tab_decides_is_shown_in_this_one() {
    journey(async |page| {
        page.meets_on_the_first_finding().await;
        page.click("[data-testid=choice-approve]").await;
        page.says("[data-testid=agenda]", |line| line.starts_with("1 decided")).await;

        let this = page.driver().window().await.or_fail("this tab");
        let other = page.driver().new_tab().await.or_fail("another tab");
        page.driver().switch_to_window(other).await.or_fail("the other tab");
        page.open("").await;
        page.opens_the_example().await;
        page.press("m").await;
        page.says("[data-testid=agenda]", |line| line.starts_with("1 decided")).await;
        for node in ["stg_customers", "stg_orders"] {
            page.click("[data-testid=meeting-next]").await;
            page.has_in_hand(node).await;
        }
        page.click("[data-testid=choice-reject]").await;
        page.says("[data-testid=agenda]", |line| line.starts_with("2 decided")).await;

        page.driver().switch_to_window(this).await.or_fail("the first tab");
        page.says("[data-testid=agenda]", |line| line.starts_with("2 decided")).await;
        page.says("[data-testid=notice]", |text| text.contains("Another tab")).await;
    })
    .await;
}
