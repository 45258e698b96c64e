//! What becomes of a file whose name is there already.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that meets an error stops right there")]

use foreshock_web::files::{GivenFile, add};
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{File, FilePropertyBag};

wasm_bindgen_test_configure!(run_in_browser);

fn given(name: &str, text: &str, modified: f64) -> GivenFile {
    let options = FilePropertyBag::new();
    options.set_last_modified(modified);
    let file = File::new_with_str_sequence_and_options(&Array::of1(&JsValue::from(text)), name, &options).unwrap();
    GivenFile { name: name.to_owned(), file }
}

fn names(held: &[GivenFile]) -> Vec<&str> {
    held.iter().map(|file| file.name.as_str()).collect()
}

#[wasm_bindgen_test]
fn a_corrected_migration_takes_the_place_of_the_first() {
    let mut held = vec![given("V1.sql", "old", 1.0), given("manifest.json", "{}", 1.0)];
    assert_eq!(add(&mut held, vec![given("V1.sql", "newer", 2.0)]), ["V1.sql"]);
    assert_eq!(names(&held), ["V1.sql", "manifest.json"]);
    assert!((held[0].file.size() - 5.0).abs() < f64::EPSILON);
}

#[wasm_bindgen_test]
fn run_results_stand_side_by_side_and_the_same_file_counts_once() {
    let mut held = vec![given("run_results.json", "one", 1.0)];
    assert!(
        add(&mut held, vec![given("run_results.json", "two", 2.0), given("run_results.json", "four", 3.0)]).is_empty()
    );
    assert_eq!(names(&held), ["run_results.json", "run_results (2).json", "run_results (3).json"]);
    assert!(add(&mut held, vec![given("run_results.json", "one", 1.0)]).is_empty());
    assert_eq!(held.len(), 3);
}
