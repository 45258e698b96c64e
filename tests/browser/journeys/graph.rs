//! The picture: painted on a canvas, with a real button over every card.

use serde_json::{Value, json};

use crate::journey::journey;
use crate::page::Page;
use crate::shop;
use crate::wire::{OrFail, devtools};

/// Text on a card makes many colours; bare ground has one.
const EVERY_CARD_IS_PAINTED: &str = "
    const canvas = document.querySelector('[data-testid=graph] canvas');
    const ground = canvas.getBoundingClientRect(), density = canvas.width / ground.width;
    const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
    const pen = copy.getContext('2d', { willReadFrequently: true });
    pen.drawImage(canvas, 0, 0);
    const colours = ({ left, top, width, height }) => {
        const pixels = pen.getImageData((left - ground.left) * density, (top - ground.top) * density, width * density, height * density);
        return new Set(new Uint32Array(pixels.data.buffer)).size;
    };
    const doors = [...document.querySelectorAll('.door')];
    return doors.length > 20 && doors.every(door => colours(door.getBoundingClientRect()) > 8)";

#[tokio::test(flavor = "multi_thread")]
async fn every_card_is_painted_where_its_button_is() {
    journey(async |page| {
        shows_the_graph(&page).await;
        page.until("the painted cards", EVERY_CARD_IS_PAINTED).await;
        page.click("[data-testid=zoom-out]").await;
        page.until("the painted cards, smaller", EVERY_CARD_IS_PAINTED).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_is_dragged_zoomed_and_fitted_and_a_drag_selects_nothing() {
    journey(async |page| {
        shows_the_graph(&page).await;
        let fitted = place_of(&page, "stg_customers, model, fails").await;
        let card = page.named("button", "stg_customers, model, fails").await;
        let drag =
            page.driver().action_chain().click_and_hold_element(&card).move_by_offset(-60, 25).move_by_offset(-60, 25);
        drag.release().perform().await.or_fail("a drag");
        let dragged = place_of(&page, "stg_customers, model, fails").await;
        assert_near(&dragged, &[fitted[0] - 120.0, fitted[1] + 50.0]);
        assert_eq!(page.count("[data-testid=evidence-title]").await, 0, "the drag selected the card");

        let zoom = zoom(&page).await;
        page.click_button("Zoom in").await;
        assert!(self::zoom(&page).await > zoom);
        page.press("-").await;
        page.press("-").await;
        assert!(self::zoom(&page).await < zoom);
        page.press("f").await;
        assert_near(&place_of(&page, "stg_customers, model, fails").await, &fitted);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_finger_moves_the_picture_two_zoom_it_and_a_tap_selects() {
    journey(async |page| {
        let touch = json!({ "enabled": true, "maxTouchPoints": 2 });
        devtools(page.driver(), "Emulation.setTouchEmulationEnabled", touch).await.or_fail("a touch screen");
        shows_the_graph(&page).await;
        let card = "stg_customers, model, fails";
        let [x, y] = place_of(&page, card).await[..] else { panic!("a place") };
        fingers(&page, "touchStart", &[(x + 8.0, y + 8.0)]).await;
        fingers(&page, "touchMove", &[(x + 38.0, y + 28.0)]).await;
        fingers(&page, "touchMove", &[(x + 68.0, y + 48.0)]).await;
        fingers(&page, "touchEnd", &[]).await;
        assert_near(&place_of(&page, card).await, &[x + 60.0, y + 40.0]);
        assert_eq!(page.count("[data-testid=evidence-title]").await, 0, "the drag selected the card");

        let before = zoom(&page).await;
        fingers(&page, "touchStart", &[(x, y), (x + 80.0, y)]).await;
        fingers(&page, "touchMove", &[(x - 40.0, y), (x + 120.0, y)]).await;
        fingers(&page, "touchEnd", &[]).await;
        let after = zoom(&page).await;
        assert!(after > before * 1.5, "from {before} to {after}");

        let [x, y] = place_of(&page, card).await[..] else { panic!("a place") };
        fingers(&page, "touchStart", &[(x + 8.0, y + 8.0)]).await;
        fingers(&page, "touchEnd", &[]).await;
        page.has_in_hand("stg_customers").await;
    })
    .await;
}

/// Fingers on the screen, or off it.
async fn fingers(page: &Page, what: &str, at: &[(f64, f64)]) {
    let points: Vec<Value> = at.iter().zip(0..).map(|((x, y), id)| json!({ "x": x, "y": y, "id": id })).collect();
    let event = json!({ "type": what, "touchPoints": points });
    devtools(page.driver(), "Input.dispatchTouchEvent", event).await.or_fail("a touch");
}

#[tokio::test(flavor = "multi_thread")]
async fn crowds_of_dashboards_and_the_tests_of_a_model_are_unfolded() {
    journey(async |page| {
        shows_the_graph(&page).await;
        let folded = page.count(".door").await;
        page.click_button("+3 more dashboards, fct_orders").await;
        page.named("button", "Web Funnel, dashboard, dark").await;
        assert_eq!(page.count(".door").await, folded + 3);
        page.click_button("fold dashboards, fct_orders").await;
        page.named("button", "+3 more dashboards, fct_orders").await;

        page.click_button("Tests").await;
        page.named("button", "unique_fct_orders_order_id, test, blocked").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_columns_of_a_node_are_shown_follow_the_hand_and_a_node_is_hidden() {
    journey(async |page| {
        shows_the_graph(&page).await;
        assert!(!page.shows("[data-testid=graph-columns]").await.is_enabled().await.or_fail("a button"));
        page.click_button("dim_customers, model, blocked").await;
        page.has_in_hand("dim_customers").await;
        page.press("c").await;
        let has = |node: &str, column: &str| {
            format!("return document.querySelector('.door[data-node=\"model.acme_analytics.{node}\"]')?.title.includes('{column}')")
        };
        page.until("its own columns", &has("dim_customers", "segment_rank")).await;
        page.until("those that they are made of", &has("stg_customers", "customer_segment")).await;
        page.until("those made of them", &has("fct_orders", "customer_segment")).await;
        page.click_button("stg_orders, model, fails").await;
        page.until("another node's", &has("stg_orders", "order_total")).await;
        page.press("c").await;
        page.until("no columns", "return ![...document.querySelectorAll('.door')].some(door => door.title.includes('Columns:'))").await;

        let is_gone = "return !document.querySelector('.door[data-node=\"model.acme_analytics.stg_orders\"]')";
        page.press("h").await;
        page.until("one card less", is_gone).await;
        page.click_button("Show 1 hidden").await;
        page.named("button", "stg_orders, model, fails").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_shows_what_it_reaches() {
    journey(async |page| {
        shows_the_graph(&page).await;
        page.click("[data-testid=change][title*='raw_payments']").await;
        page.shows("[data-testid=filter-change]").await;
        page.click_button("Table").await;
        page.says("[data-testid=table-count]", |count| count == "6 of 46 nodes").await;
        page.click("[data-testid=filter-change]").await;
        page.says("[data-testid=table-count]", |count| count == "46 nodes").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_larger_than_the_screen_opens_on_cards() {
    journey(async |page| {
        page.give(&shop::write(page.scratch().folder())).await;
        page.comes_to("review").await;
        page.shows("[data-testid=graph-node]").await;
        page.press(".").await;
        page.has_in_hand("model_0000").await;
        let in_front = "
            const box = document.querySelector('.door[aria-current]')?.getBoundingClientRect();
            return box && document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)?.matches('.door[aria-current]')";
        page.until("the selected card, behind nothing", in_front).await;
    })
    .await;
}

async fn shows_the_graph(page: &Page) {
    page.opens_the_example().await;
    page.named("button", "stg_customers, model, fails").await;
}

async fn zoom(page: &Page) -> f64 {
    page.js("return Number(document.querySelector('[data-testid=graph]').dataset.zoom)").await.as_f64().unwrap_or(0.0)
}

async fn place_of(page: &Page, card: &str) -> Vec<f64> {
    let script = format!(
        "const box = document.querySelector('.door[aria-label=\"{card}\"]').getBoundingClientRect(); return [box.left, box.top]"
    );
    page.js(&script).await.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

fn assert_near(place: &[f64], wanted: &[f64]) {
    let near = place.len() == wanted.len() && place.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 2.0);
    assert!(near, "{place:?}, not {wanted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_project_is_shown_on_request_and_saved_as_a_picture() {
    journey(async |page| {
        page.opens_the_example().await;
        let cards = "[data-testid=graph]";
        let reached = page.attribute(cards, "aria-label").await;
        page.click("[data-testid=graph-whole]").await;
        page.shows("[data-testid=graph-whole][aria-pressed=true]").await;
        page.wait("more cards", async || (page.attribute(cards, "aria-label").await != reached).then_some(())).await;
        page.click("[data-testid=graph-png]").await;
        assert!(page.downloaded("lineage.png").await.starts_with(b"\x89PNG"));
        page.click("[data-testid=graph-svg]").await;
        let drawing = String::from_utf8(page.downloaded("lineage.svg").await).expect("text");
        assert!(drawing.starts_with("<svg ") && drawing.contains("stg_customers"));
    })
    .await;
}
