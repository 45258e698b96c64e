//! An address leads back to what was on screen.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that meets an error stops right there")]

use foreshock_core::outcome::Outcome;
use foreshock_web::protocol::Filter;
use foreshock_web::ui::route::{Route, View};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn every_route_survives_its_address() {
    let routes = [
        Route::default(),
        Route { view: View::Table, node: Some("model.shop.a & b=c#é?".to_owned()), ..Route::default() },
        Route { view: View::Windows, way: Some("dbt_first".to_owned()), ..Route::default() },
        Route { view: View::Documents, document: Some("postmortem.md".to_owned()), ..Route::default() },
        Route {
            filter: Filter {
                outcomes: vec![Outcome::Fails, Outcome::Wrong],
                change: Some("c3".to_owned()),
                text: "100% \"ü\" + more".to_owned(),
            },
            ..Route::default()
        },
    ];
    for route in routes {
        assert_eq!(Route::parse(&route.hash()), Some(route));
    }
}

#[wasm_bindgen_test]
fn addresses_from_elsewhere_are_read_as_far_as_they_go() {
    assert_eq!(Route::parse(""), None);
    assert_eq!(Route::parse("#main"), None);
    let route = Route::parse("#/table?outcome=fails+nonsense+dark&utm_source=x&node=").unwrap();
    assert_eq!(route.filter.outcomes, [Outcome::Fails, Outcome::Dark]);
    assert_eq!(route.node, None);
}
