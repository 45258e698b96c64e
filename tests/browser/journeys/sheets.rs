//! The sheets: one question each, and every name on them leads on.

use thirtyfour::Key;

use crate::journey::journey;

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_shows_which_change_harms_which_dashboard() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press("3").await;
        page.says("[data-testid=sheet][data-sheet=matrix]", |text| {
            text.contains("Account Health") && text.contains("raw_customers") && text.contains("dark")
        })
        .await;
        // A dashboard leads to its evidence, and the matrix stays.
        page.click_button("Account Health").await;
        page.has_in_hand("Account Health").await;
        page.shows("[data-sheet=matrix]").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_windows_compare_ways_to_deploy_by_what_is_seen() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press("4").await;
        page.says("[data-testid=sheet][data-sheet=windows]", |text| {
            text.contains("Ways to deploy") && text.contains("rebuilt") && text.contains("stale")
        })
        .await;
        page.shows("[data-sheet=windows] [data-outcome=dark]").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steps_of_a_deployment_are_put_in_another_order() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press("4").await;
        let first = "[data-sheet=windows] tbody tr:first-child td:nth-child(2)";
        page.says(first, |step| step == "The migration is applied").await;
        page.click_button("↓ later").await;
        page.says(first, |step| step == "dbt's new code is deployed").await;
        page.click_button("A view under the old names beside the migration, until dbt has moved").await;
        page.says(first, |step| step == "The migration is applied").await;
        page.says("[data-testid=sheet]", |text| text.contains("until dbt has moved (shown)")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_is_waived_with_a_reason_and_comes_back_by_undo() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press("5").await;
        let waivers = "[data-sheet=checks] [data-deed^='#do/waive']";
        page.shows(waivers).await;
        let before = page.count(waivers).await;
        page.click("[data-deed^='#do/waive?check=rename-table']").await;
        page.shows("[data-testid=dialog-waive]").await;
        // Not without a reason, a name and a day.
        page.shows("[data-testid=waive]:disabled").await;
        for (field, text) in [("waive-reason", "read by nobody"), ("waive-by", "Ada")] {
            page.click(&format!("[data-testid={field}]")).await;
            page.press(text).await;
        }
        page.js("const day = document.querySelector('[data-testid=waive-until]'); day.value = '2099-01-31'; day.dispatchEvent(new Event('input', { bubbles: true })); return 1").await;
        page.click("[data-testid=waive]").await;
        let fewer = format!("return document.querySelectorAll(\"{waivers}\").length === {}", before - 1);
        page.until("a finding less", &fewer).await;
        // It stands in the settings, as the command line reads them.
        page.press("s").await;
        page.until("the waiver as text", "return document.querySelector('[data-testid=settings-text]')?.value.includes('[[waiver]]')")
            .await;
        page.press(Key::Escape).await;
        page.press_with_control("z").await;
        page.until("it to be back", &format!("return document.querySelectorAll(\"{waivers}\").length === {before}")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_drafted_fixes_are_read_and_downloaded() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press("6").await;
        page.says("[data-testid=sheet][data-sheet=fixes]", |text| {
            text.contains("Staging shim") && text.contains("none with it")
        })
        .await;
        page.shows("[data-sheet=fixes] pre[data-language=diff] .added").await;
        page.click("[data-deed='#do/drafts']").await;
        let zip = page.downloaded("drafts.zip").await;
        assert!(zip.starts_with(b"PK"), "an archive");
        assert!(zip.windows(9).any(|name| name == b"fix.patch"), "the patch is in it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_added_to_the_migration_and_what_it_mends_is_listed() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press("9").await;
        page.says("[data-sheet=compared]", |text| text.contains("There is no review of this project before")).await;
        page.press("6").await;
        page.click("[data-sheet=fixes] [data-deed^='#do/add']").await;
        page.says("[data-testid=sheet][data-sheet=compared]", |text| {
            text.contains("V043__compatibility.sql")
                && text.contains("Better than before (46)")
                && !text.contains("Worse")
        })
        .await;
        page.press_with_control("z").await;
        page.says("[data-sheet=compared]", |text| text.contains("Worse than before (46)")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_owner_has_a_list_and_a_message_and_sees_what_was_decided() {
    journey(async |page| {
        page.meets_on_the_first_finding().await;
        page.click("[data-testid=choice-approve]").await;
        page.click("[data-testid=view-owners]").await;
        page.says("[data-testid=sheet][data-sheet=owners]", |text| {
            text.contains("Finance Team")
                && text.contains("A change of the database is planned")
                && text.contains("Approve")
        })
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_has_its_own_address() {
    journey(async |page| {
        page.open("#/windows").await;
        page.opens_the_example().await;
        page.shows("[data-sheet=windows]").await;
        page.press("5").await;
        page.shows("[data-sheet=checks]").await;
        page.js("history.back(); return 1").await;
        page.shows("[data-sheet=windows]").await;
    })
    .await;
}
