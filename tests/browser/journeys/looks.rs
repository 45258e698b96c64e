//! Light and dark, wide and narrow.

use serde_json::json;

use crate::journey::journey;
use crate::page::Page;
use crate::wire::{OrFail, devtools};

#[tokio::test(flavor = "multi_thread")]
async fn the_theme_turns_the_colours_and_is_remembered() {
    journey(async |page| {
        let system = background(&page).await;
        page.click_button("Theme: as the system").await;
        page.named("button", "Theme: light").await;
        let light = background(&page).await;
        page.click_button("Theme: light").await;
        page.named("button", "Theme: dark").await;
        let dark = background(&page).await;
        assert_eq!(light, system, "headless Chromium prefers light");
        assert!(brightness(&dark) + 300 < brightness(&light), "{dark:?} {light:?}");

        page.reload().await;
        page.named("button", "Theme: dark").await;
        assert_eq!(background(&page).await, dark);
        page.opens_the_example().await;
        assert_eq!(background(&page).await, dark);
        page.press("t").await;
        page.named("button", "Theme: high contrast").await;
        page.press("t").await;
        page.named("button", "Theme: as the system").await;
        assert_eq!(background(&page).await, system);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_theme_of_the_system_is_followed() {
    journey(async |page| {
        let light = background(&page).await;
        let dark = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
        devtools(page.driver(), "Emulation.setEmulatedMedia", dark).await.or_fail("a theme to emulate");
        assert!(brightness(&background(&page).await) + 300 < brightness(&light));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_narrow_window_nothing_sticks_out_and_every_panel_is_reached() {
    journey(async |page| {
        let narrow = json!({ "width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": false });
        devtools(page.driver(), "Emulation.setDeviceMetricsOverride", narrow).await.or_fail("a window to emulate");
        fits(&page, "start").await;
        page.opens_the_example().await;
        page.shows("[data-testid=graph]").await;
        fits(&page, "graph").await;
        page.click_button("Changes").await;
        page.shows("[data-testid=change]").await;
        page.hides("[data-testid=graph]").await;
        fits(&page, "changes").await;
        page.click_button("Evidence").await;
        page.shows("[data-testid=summary]").await;
        fits(&page, "summary").await;
        page.click("[data-testid=first-finding]").await;
        page.shows("[data-testid=listing]").await;
        fits(&page, "evidence").await;
        page.click_button("Review").await;
        page.click_button("Table").await;
        page.shows("[data-testid=row]").await;
        fits(&page, "table").await;
        page.click_button("stg_orders").await;
        page.has_in_hand("stg_orders").await;
        page.click_button("Review").await;
        page.click_button("Documents").await;
        page.shows("[data-testid=document]").await;
        fits(&page, "documents").await;
        page.click_button("6 files").await;
        page.shows("[data-testid=dialog-files][open]").await;
        fits(&page, "files").await;
        page.press("\u{e00c}").await;
        page.click_button("Keys and signs").await;
        fits(&page, "help").await;
    })
    .await;
}

/// No scrolling sideways, and no control beyond the window's edge that no scrolling leads to.
async fn fits(page: &Page, screen: &str) {
    let width = page.js("return document.scrollingElement.scrollWidth - innerWidth").await;
    assert!(width.as_i64() <= Some(0), "{screen} is {width} px too wide");
    let out = page
        .js("
            const scrolls = element => element && (/auto|scroll/.test(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth || scrolls(element.parentElement));
            return [...document.querySelectorAll('button, a, input, summary')]
                .filter(element => element.checkVisibility({ visibilityProperty: true }) && !element.matches('.door, .skip'))
                .filter(element => { const box = element.getBoundingClientRect(); return (box.left < -1 || box.right > innerWidth + 1) && !scrolls(element.parentElement); })
                .map(element => element.outerHTML.slice(0, 120))")
        .await;
    assert_eq!(out, json!([]), "{screen} has controls outside the window");
}

/// Red, green and blue of what lies behind everything.
async fn background(page: &Page) -> Vec<u64> {
    let colour =
        page.js("return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)").await;
    colour.as_array().into_iter().flatten().filter_map(serde_json::Value::as_u64).collect()
}

fn brightness(colour: &[u64]) -> u64 {
    colour.iter().sum()
}
