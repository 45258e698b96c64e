//! Manifests in odd clothes, and files that want to be one and are not: the worker stays alive, and says what each of them is.

use std::fs;

use foreshock_tests::repository;
use serde_json::Value;

use crate::journey::journey;
use crate::page::Page;
use crate::surroundings;

const MIGRATION: &str = "V042__accounts_migration.sql";

fn manifest() -> String {
    fs::read_to_string(surroundings::example().join("manifest.json")).expect("a file of the example")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_is_read_in_whatever_clothes_it_comes() {
    journey(async |page| {
        let plain = manifest();
        let value: Value = serde_json::from_str(&plain).expect("a manifest");
        let pretty = serde_json::to_string_pretty(&value).expect("JSON").replace('\n', "\r\n");
        // What is given twice counts as it was given last.
        let doubled = plain.replacen('{', "{\"metadata\": {\"adapter_type\": \"oracle\"}, \"nodes\": {}, ", 1);
        let utf16 = |text: &str| [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let clothes: [(&str, Vec<u8>); 4] = [
            ("bom.json", format!("\u{feff}{plain}").into_bytes()),
            ("utf16.json", utf16(&plain)),
            ("crlf.json", pretty.into_bytes()),
            ("doubled.json", doubled.into_bytes()),
        ];
        for (name, bytes) in clothes {
            page.open("").await;
            page.give(&[page.scratch().write(name, bytes), surroundings::example().join(MIGRATION)]).await;
            page.comes_to("review").await;
            page.shows("[data-testid=verdict][data-verdict=block]").await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_manifest_says_so_with_its_place() {
    journey(async |page| {
        let plain = manifest();
        let nested = format!(
            "{{\"metadata\": {{\"dbt_schema_version\": \"manifest/v12.json\"}}, \"nodes\": {}",
            "[".repeat(200_000)
        );
        let cases: [(&str, String, &str); 4] = [
            ("twice.json", format!("{plain}{plain}"), "line"),
            ("nan.json", plain.replacen("null", "NaN", 1), "line"),
            ("cut.json", plain[..plain.len() * 2 / 3].to_owned(), "cut short"),
            ("nested.json", nested, "line"),
        ];
        page.give(&cases.each_ref().map(|(name, text, _)| page.scratch().write(name, text))).await;
        page.comes_to("gather").await;
        for (name, _, word) in cases {
            let reason = format!("[data-testid=file][data-name='{name}'][data-tone=bad] [data-testid=file-reason]");
            let said = page.text(&reason).await;
            assert!(said.contains(word), "{name}: {said}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn none_of_the_hostile_files_there_are_ends_the_worker() {
    // The browser takes no path with dots.
    let Ok(folder) = repository("../shared/corpus/hostile").canonicalize() else { return };
    let entries = fs::read_dir(&folder).expect("a folder");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    journey(async move |page: Page| {
        for file in files {
            page.open("").await;
            page.give(&[file.clone(), surroundings::example().join(MIGRATION)]).await;
            let settled = "return ['review', 'gather', 'stopped'].find(screen => document.querySelector(`main[data-screen=${screen}]`))";
            let screen = page.until("the file to be read", settled).await;
            assert_ne!(screen, "stopped", "{}", file.display());
        }
    })
    .await;
}
