//! The table: the same nodes as a list to sort, to filter and to scroll through.

use thirtyfour::Key;

use crate::journey::journey;
use crate::page::Page;
use crate::shop;
use crate::wire::OrFail;

#[tokio::test(flavor = "multi_thread")]
async fn the_table_sorts_by_a_column_and_back() {
    journey(async |page| {
        opens_the_table(&page).await;
        let shown = names(&page).await;
        assert_eq!(shown.len(), 46);
        let mut sorted = shown.clone();
        sorted.sort_by_key(|name| name.to_lowercase());
        assert_ne!(shown, sorted, "it comes sorted by outcome");

        page.click("[data-testid=sort-name]").await;
        page.shows("th[aria-sort=ascending] [data-testid=sort-name]").await;
        comes_to(&page, &sorted).await;
        page.click("[data-testid=sort-name]").await;
        page.shows("th[aria-sort=descending] [data-testid=sort-name]").await;
        sorted.reverse();
        comes_to(&page, &sorted).await;
        page.click("[data-testid=sort-outcome]").await;
        comes_to(&page, &shown).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_filtered_by_text_and_by_outcome_and_a_row_opens_its_evidence() {
    journey(async |page| {
        opens_the_table(&page).await;
        page.click_button("4 fails: 4 models").await;
        comes_to(&page, &["stg_customers", "stg_orders", "stg_payments", "stg_web_events"]).await;
        page.says("[data-testid=table-count]", |count| count == "4 of 46 nodes").await;
        page.shows("[data-testid=filter]").await.send_keys("orders").await.or_fail("a box to type in");
        comes_to(&page, &["stg_orders"]).await;
        page.click_button("4 fails: 4 models").await;
        page.says("[data-testid=table-count]", |count| count != "1 of 46 nodes" && count != "46 nodes").await;
        for row in page.texts("[data-testid=row]").await {
            assert!(row.contains("orders"), "{row}");
        }
        page.click_button("Show all").await;
        page.says("[data-testid=table-count]", |count| count == "46 nodes").await;

        // Anywhere on the row, not only on the name.
        page.click("[data-testid=row][data-node='model.acme_analytics.fct_orders'] .c-kind").await;
        page.has_in_hand("fct_orders").await;
        page.shows("[data-testid=row].selected[data-node='model.acme_analytics.fct_orders']").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_a_thousand_nodes_holds_only_the_rows_near_the_eye() {
    journey(async |page| {
        page.give(&shop::write(page.scratch().folder())).await;
        page.comes_to("review").await;
        page.click_button("Table").await;
        let last = page.until("the rows", "return document.querySelector('[data-testid=row]') && Number(document.querySelector('[data-testid=table]').getAttribute('aria-rowcount'))").await;
        assert!(last.as_u64() > Some(1_000), "{last} rows");
        for place in [0.0, 0.25, 0.5, 1.0] {
            let scroll = "const view = document.querySelector('.table-scroller');";
            page.js(&format!("{scroll} view.scrollTop = {place} * view.scrollHeight")).await;
            // A row at the middle of the view, and not a gap.
            page.until("rows where it was scrolled to", &format!("{scroll} const box = view.getBoundingClientRect(); return document.elementFromPoint(box.left + 40, box.top + box.height / 2)?.closest('[data-testid=row]')")).await;
            let rows = page.count("[data-testid=row]").await;
            assert!((1..200).contains(&rows), "{rows} rows at {place}");
        }
        page.shows(&format!("tr[aria-rowindex='{last}']")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_arrows_lead_down_a_long_table() {
    journey(async |page| {
        page.give(&shop::write(page.scratch().folder())).await;
        page.comes_to("review").await;
        page.click_button("Table").await;
        page.shows("#row-0").await.focus().await.or_fail("a row that takes the focus");
        // Further than the rows that are there at first.
        for _ in 0..150 {
            page.press(Key::Down).await;
        }
        page.until("the focus on row 150", "return document.activeElement.id === 'row-150'").await;
    })
    .await;
}

async fn opens_the_table(page: &Page) {
    page.opens_the_example().await;
    page.click_button("Table").await;
    page.shows("[data-testid=row]").await;
}

async fn names(page: &Page) -> Vec<String> {
    page.texts("[data-testid=row] .c-name").await
}

async fn comes_to(page: &Page, wanted: &[impl AsRef<str>]) {
    let wanted: Vec<&str> = wanted.iter().map(AsRef::as_ref).collect();
    page.wait(&format!("the rows {wanted:?}"), async || (names(page).await == wanted).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_filter_takes_an_expression_in_the_grammar_of_dbt() {
    journey(async |page| {
        opens_the_table(&page).await;
        page.shows("[data-testid=filter]")
            .await
            .send_keys("stg_payments+ --exclude exposure:*")
            .await
            .or_fail("a box to type in");
        page.says("[data-testid=table-count]", |count| count != "46 of 46 nodes" && count.ends_with("of 46 nodes"))
            .await;
        let shown = names(&page).await;
        assert!(
            shown.iter().any(|name| name == "stg_payments") && shown.iter().any(|name| name == "fct_orders"),
            "{shown:?}"
        );
        assert!(!shown.iter().any(|name| name == "stg_customers" || name == "Executive KPIs"), "{shown:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selector_is_completed_while_it_is_typed_and_a_node_is_focused_on() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press("2").await;
        page.press("/").await;
        page.press("group:fi").await;
        let offers = |text: &str| {
            format!("return [...document.querySelectorAll('#filter-completions option')].some(one => one.value === '{text}')")
        };
        page.until("the group", &offers("group:finance")).await;
        page.press(",+stg_c").await;
        page.until("the model after the comma", &offers("group:fi,+stg_customers")).await;
        page.click("[data-testid=clear-filter]").await;
        page.click("[data-testid=row] .c-kind").await;
        page.shows("[data-testid=focus-node]").await;
        let node = page.attribute("[data-testid=evidence]", "data-node").await.expect("a node");
        let name = node.rsplit('.').next().expect("its name").to_owned();
        page.click("[data-testid=focus-node]").await;
        page.until("the filter", &format!("return document.querySelector('[data-testid=filter]').value.includes('{name}+')"))
            .await;
    })
    .await;
}
