//! Every view in every theme, looked at by axe.

use std::fs;

use crate::journey::journey;
use crate::page::Page;
use crate::surroundings;
use crate::wire::OrFail;

/// What a person waits for in each view, so that axe looks at the whole of it.
const VIEWS: [(&str, &str); 9] = [
    ("graph", "[data-testid=graph]"),
    ("table", "[data-testid=table] tbody tr"),
    ("matrix", "[data-sheet=matrix]"),
    ("windows", "[data-sheet=windows]"),
    ("checks", "[data-sheet=checks]"),
    ("fixes", "[data-sheet=fixes]"),
    ("owners", "[data-sheet=owners]"),
    ("documents", "[data-testid=document]"),
    ("meeting", "[data-testid=meeting]"),
];

const LOOK: &str = "window.said = null; axe.run(document, { resultTypes: ['violations'] }).then(found => { window.said = found.violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`); }); return 1";

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_in_any_view_of_any_theme() {
    let Some(script) = surroundings::axe() else {
        eprintln!("not run: axe is not there (it is fetched with npm)");
        return;
    };
    let script = fs::read_to_string(script).expect("axe can be read");
    journey(async move |page| {
        for theme in ["light", "dark", "contrast"] {
            page.js(&format!(
                "localStorage.setItem('foreshock.settings', JSON.stringify({{ theme: '{theme}' }})); return 1"
            ))
            .await;
            page.open("").await;
            page.reload().await;
            page.shows("[data-testid=open-example]").await;
            page.driver().execute(script.as_str(), Vec::new()).await.or_fail("axe");
            is_clean(&page, &format!("{theme}, start")).await;
            page.opens_the_example().await;
            for (view, whole) in VIEWS {
                page.click(&format!("[data-testid=view-{view}]")).await;
                page.shows(whole).await;
                is_clean(&page, &format!("{theme}, {view}")).await;
            }
            page.press(".").await;
            page.shows("[data-testid=evidence-title]").await;
            is_clean(&page, &format!("{theme}, a finding in the meeting")).await;
            for (key, dialog) in [("?", "help"), ("s", "settings"), ("o", "files")] {
                page.press(key).await;
                page.shows(&format!("[data-testid=dialog-{dialog}]")).await;
                is_clean(&page, &format!("{theme}, {dialog}")).await;
                page.press(thirtyfour::Key::Escape).await;
                page.hides(&format!("[data-testid=dialog-{dialog}]")).await;
            }
            page.press_with_control("k").await;
            page.shows("[data-testid=palette-option]").await;
            is_clean(&page, &format!("{theme}, palette")).await;
            page.press(thirtyfour::Key::Escape).await;
        }
    })
    .await;
}

async fn is_clean(page: &Page, place: &str) {
    page.js(LOOK).await;
    let said = page
        .wait("axe to have looked", async || {
            Some(page.js("return window.said").await).filter(serde_json::Value::is_array)
        })
        .await;
    assert_eq!(said.as_array().map(Vec::len), Some(0), "{place}: {said}");
}
