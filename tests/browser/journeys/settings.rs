//! The settings, which are a file of the review.

use crate::journey::journey;

#[tokio::test(flavor = "multi_thread")]
async fn a_dialect_is_chosen_and_the_review_read_again_with_it() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press("s").await;
        page.shows("[data-testid=settings-text]").await;
        page.js("const choice = document.querySelector('[data-testid=settings-dialect]'); choice.value = 'mysql'; choice.dispatchEvent(new Event('change', { bubbles: true })); return 1").await;
        page.until("the line", "return document.querySelector('[data-testid=settings-text]').value === 'dialect = \"mysql\"\\n'")
            .await;
        page.click("[data-testid=settings-apply]").await;
        page.says("[data-testid=open-files]", |files| files == "7 files").await;
        page.press("o").await;
        page.says("[data-testid=file][data-name='foreshock.toml']", |line| line.contains("Foreshock settings")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_is_none_is_said_with_the_file_and_costs_nothing() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press("s").await;
        page.click("[data-testid=settings-text]").await;
        page.press("colour = 3").await;
        page.click("[data-testid=settings-apply]").await;
        page.says("[data-testid=diagnostics]", |said| said.contains("colour") && said.contains("foreshock.toml")).await;
        page.shows("[data-testid=verdict][data-verdict=block]").await;
    })
    .await;
}
