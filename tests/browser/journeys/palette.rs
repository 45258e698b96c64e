//! The palette: everything by its name.

use thirtyfour::Key;

use crate::journey::journey;

#[tokio::test(flavor = "multi_thread")]
async fn a_view_and_a_node_are_found_by_their_letters() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press_with_control("k").await;
        page.shows("[data-testid=palette-input]").await;
        page.press("mtrx").await;
        page.says("[data-testid=palette-option]", |first| first.starts_with("Matrix")).await;
        page.press(Key::Enter).await;
        page.shows("[data-sheet=matrix]").await;
        page.press_with_control("k").await;
        page.shows("[data-testid=palette-input]").await;
        page.press("fct_orders").await;
        page.says("[data-testid=palette-option]", |first| first.contains("fct_orders")).await;
        page.press(Key::Enter).await;
        page.has_in_hand("fct_orders").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_published_as_pages_with_and_without_names() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press_with_control("k").await;
        page.shows("[data-testid=palette-input]").await;
        page.press("outsiders").await;
        page.press(Key::Enter).await;
        let pages = page.downloaded("review.zip").await;
        let holds = |text: &str| pages.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(holds("index.html") && holds("matrix.html") && holds("review.json"));
        for secret in ["stg_customers", "raw_accounts", "Finance Team", "ALTER TABLE", "account_tier"] {
            assert!(!holds(secret), "{secret} is in what outsiders get");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_can_be_read_again() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press_with_control("z").await;
        page.comes_to("start").await;
        page.opens_the_example().await;
        page.press_with_control("k").await;
        page.shows("[data-testid=palette-input]").await;
        page.press("export json").await;
        page.press(Key::Enter).await;
        page.downloaded("review.json").await;
        page.click("[data-testid=notice] button").await;
        page.press_with_control("k").await;
        page.shows("[data-testid=palette-input]").await;
        page.press("messages").await;
        page.press(Key::Enter).await;
        page.says("[data-testid=dialog-messages] li", |text| text.starts_with("Writing")).await;
    })
    .await;
}
