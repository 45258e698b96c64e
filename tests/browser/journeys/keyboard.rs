//! Without a mouse: everything can be reached, and the focus can always be seen.

use thirtyfour::Key;

use crate::journey::journey;
use crate::page::Page;

/// More Tab stops than any screen of the example has.
const MANY: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn keys_alone_lead_from_the_start_to_a_finding_and_a_document() {
    journey(async |page| {
        tab_to(&page, "Open the worked example").await;
        page.press(Key::Enter).await;
        page.comes_to("review").await;

        page.press(".").await;
        page.has_in_hand("stg_customers").await;
        page.press(".").await;
        page.has_in_hand("stg_orders").await;
        page.press(",").await;
        page.has_in_hand("stg_customers").await;
        page.press(Key::Escape).await;
        page.hides("[data-testid=evidence-title]").await;

        page.press("8").await;
        tab_to(&page, "postmortem.md").await;
        page.press(Key::Enter).await;
        page.shows("[data-testid=document][data-file='postmortem.md']").await;
        tab_to(&page, "Download").await;
        page.press(Key::Enter).await;
        page.downloaded("postmortem.md").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_slash_goes_to_the_filter_and_escape_leaves_one_thing_at_a_time() {
    journey(async |page| {
        page.opens_the_example().await;
        page.press("2").await;
        page.shows("[data-testid=table]").await;
        page.press("/").await;
        has_focus(&page, "combobox", "Filter by name, owner, path or reason").await;
        page.press("web").await;
        page.says("[data-testid=table-count]", |count| count.contains(" of 46 nodes")).await;
        // In the box, these are letters.
        page.press("1.").await;
        assert_eq!(page.js("return document.activeElement.value").await, "web1.");
        page.press(Key::Backspace + Key::Backspace).await;
        tab_to(&page, "stg_web_events").await;
        page.press(Key::Enter).await;
        page.has_in_hand("stg_web_events").await;

        page.press("?").await;
        page.shows("[data-testid=dialog-help][open]").await;
        page.press(Key::Escape).await;
        page.hides("[data-testid=dialog-help]").await;
        page.has_in_hand("stg_web_events").await;
        page.press(Key::Escape).await;
        page.hides("[data-testid=evidence-title]").await;
        page.says("[data-testid=table-count]", |count| count.contains(" of 46 nodes")).await;
        page.press(Key::Escape).await;
        page.says("[data-testid=table-count]", |count| count == "46 nodes").await;

        // The documents have no filter; the table has.
        page.press("8").await;
        page.shows("[data-testid=document]").await;
        page.press("/").await;
        has_focus(&page, "combobox", "Filter by name, owner, path or reason").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_help_keeps_the_focus_inside_and_gives_it_back() {
    journey(async |page| {
        page.opens_the_example().await;
        tab_to(&page, "Table").await;
        page.press("?").await;
        page.shows("[data-testid=dialog-help][open]").await;
        for _ in 0..3 {
            page.press(Key::Tab).await;
            let inside = page
                .js("return document.activeElement === document.body || !!document.activeElement.closest('dialog')")
                .await;
            assert_eq!(inside, true, "the focus left the dialog");
        }
        page.press(Key::Escape).await;
        page.hides("[data-testid=dialog-help]").await;
        has_focus(&page, "button", "Table").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_graph_is_walked_with_the_arrows() {
    journey(async |page| {
        page.opens_the_example().await;
        tab_to(&page, "raw_customers, source, changed by the migration").await;
        page.press(Key::Right).await;
        has_focus(&page, "button", "stg_customers, model, fails").await;
        focus_is_visible(&page).await;
        page.press(Key::Right).await;
        has_focus(&page, "button", "dim_customers, model, blocked").await;
        page.press(Key::Left).await;
        has_focus(&page, "button", "stg_customers, model, fails").await;
        page.press(Key::Enter).await;
        page.has_in_hand("stg_customers").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tab_stop_has_a_name_and_shows_its_focus() {
    journey(async |page| {
        let start = tab_stops(&page).await;
        assert!(start.iter().any(|name| name == "Choose files"), "{start:?}");
        page.opens_the_example().await;
        for view in ["1", "2", "3"] {
            page.press(".").await;
            page.press(view).await;
            let stops = tab_stops(&page).await;
            assert!(stops.len() > 20, "{stops:?}");
        }
    })
    .await;
}

/// The names of all that Tab stops at, from the link that skips the header to the end of the document.
async fn tab_stops(page: &Page) -> Vec<String> {
    page.js("document.querySelector('.skip').focus(); window.stops = new Set()").await;
    let mut names = Vec::new();
    for _ in 0..MANY {
        page.press(Key::Tab).await;
        // After the last one comes the document itself, or the first one again.
        let is_another = "
            const at = document.activeElement, known = window.stops.has(at);
            window.stops.add(at);
            return at !== document.body && !known";
        if page.js(is_another).await != true {
            return names;
        }
        focus_is_visible(page).await;
        let (role, name) = page.focused().await;
        assert!(!name.is_empty(), "a {role} without a name, after {:?}", names.last());
        names.push(name);
    }
    panic!("no end of Tab stops: {names:?}");
}

async fn tab_to(page: &Page, name: &str) {
    let mut passed = Vec::new();
    for _ in 0..MANY {
        page.press(Key::Tab).await;
        let (_, focused) = page.focused().await;
        if focused == name {
            focus_is_visible(page).await;
            return;
        }
        passed.push(focused);
    }
    panic!("Tab does not lead to “{name}” but to {passed:?}");
}

async fn has_focus(page: &Page, role: &str, name: &str) {
    page.wait(&format!("the focus on the {role} “{name}”"), async || {
        (page.focused().await == (role.to_owned(), name.to_owned())).then_some(())
    })
    .await;
}

/// An outline around the element, or around the box that it fills, within the window.
async fn focus_is_visible(page: &Page) {
    let look = "
        const at = document.activeElement, box = at.getBoundingClientRect();
        const outlined = element => { const style = getComputedStyle(element); return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0; };
        const inside = box.width > 0 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
        return inside && at.matches(':focus-visible') && (outlined(at) || outlined(at.parentElement)) ? '' : at.outerHTML.slice(0, 200)";
    let unseen = page.js(look).await;
    assert_eq!(unseen, "", "a focus that cannot be seen");
}
