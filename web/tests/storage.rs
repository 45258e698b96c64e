//! Settings outlive the page, and nothing in the storage can break it.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that meets an error stops right there")]

use foreshock_web::storage::{Settings, Theme, load, save};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Storage;

wasm_bindgen_test_configure!(run_in_browser);

const KEY: &str = "foreshock.settings";

fn storage() -> Storage {
    web_sys::window().unwrap().local_storage().unwrap().unwrap()
}

#[wasm_bindgen_test]
fn settings_come_back() {
    let settings =
        Settings { theme: Theme::Dark, view: "table".to_owned(), left: 333, right: 555, keeps_reviews: false };
    save(&settings);
    assert_eq!(load(), settings);
}

#[wasm_bindgen_test]
fn nothing_stored_means_the_defaults() {
    storage().remove_item(KEY).unwrap();
    assert_eq!(load(), Settings::default());
}

#[wasm_bindgen_test]
fn what_cannot_be_read_means_the_defaults() {
    for broken in ["", "{", "null", "[]", "{\"theme\":\"purple\"}", "{\"left\":\"wide\"}", "\u{0}"] {
        storage().set_item(KEY, broken).unwrap();
        assert_eq!(load(), Settings::default(), "{broken:?}");
    }
}

#[wasm_bindgen_test]
fn settings_of_an_older_page_keep_what_they_have() {
    storage().set_item(KEY, "{\"theme\":\"light\",\"gone\":1}").unwrap();
    assert_eq!(load(), Settings { theme: Theme::Light, ..Settings::default() });
}
