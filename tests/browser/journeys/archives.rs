//! Archives: unpacked in the page, by a part of it that is fetched only then.

use std::fs;

use crate::journey::journey;
use crate::packing::{gz, zip};
use crate::page::Page;
use crate::surroundings;
use crate::worker;

const MIGRATION: &str = "V042__accounts_migration.sql";

fn example(name: &str) -> Vec<u8> {
    fs::read(surroundings::example().join(name)).expect("a file of the example")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packed_manifest_is_read_like_any_other_whatever_it_is_called() {
    journey(async |page| {
        let manifest = page.scratch().write("manifest.json", gz(&example("manifest.json")));
        page.give(&[manifest, surroundings::example().join(MIGRATION)]).await;
        page.comes_to("review").await;
        page.shows("[data-testid=verdict][data-verdict=block]").await;
        let extras = fetched_extras(&page).await;
        assert!(extras.iter().any(|url| url.ends_with("extras_bg.wasm")), "{extras:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_without_archives_does_not_fetch_what_unpacks_them() {
    journey(async |page| {
        page.opens_the_example().await;
        assert_eq!(fetched_extras(&page).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_of_a_project_gives_what_its_folder_would() {
    journey(async |page| {
        let files: [(&str, &[u8]); 4] = [
            ("project/target/manifest.json", &example("manifest.json")),
            ("project/migrations/V042__accounts_migration.sql", &example(MIGRATION)),
            ("project/node_modules/left/package.json", b"{}"),
            ("project/logo.png", b"no picture"),
        ];
        page.give(&[page.scratch().write("project.zip", zip(&files))]).await;
        page.comes_to("review").await;
        page.shows("[data-testid=verdict][data-verdict=block]").await;
        page.named("button", "1 file").await;
        page.click_button("1 file").await;
        let names = page.texts("[data-testid=dialog-files] .file-name").await;
        assert_eq!(
            names,
            [
                "project.zip",
                "project.zip/project/migrations/V042__accounts_migration.sql",
                "project.zip/project/target/manifest.json"
            ]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_bomb_is_refused_with_its_reason_and_costs_no_other_file() {
    journey(async |page| {
        let bomb = zip(&[("bomb.json", &vec![b' '; 80 << 20])]);
        page.give(&[
            page.scratch().write("bomb.zip", bomb),
            page.scratch().write("cut.gz", &gz(&example("manifest.json"))[..5_000]),
            surroundings::example().join("manifest.json"),
            surroundings::example().join(MIGRATION),
        ])
        .await;
        page.comes_to("review").await;
        page.shows("[data-testid=verdict][data-verdict=block]").await;
        page.click_button("4 files").await;
        for (name, word) in [("bomb.zip/bomb.json", "zip bomb"), ("cut.gz/cut", "damaged")] {
            let reason = format!("[data-testid=file][data-name='{name}'][data-tone=bad] [data-testid=file-reason]");
            let said = page.text(&reason).await;
            assert!(said.contains(word), "{name}: {said}");
        }
    })
    .await;
}

/// What the worker has fetched of the part that unpacks.
async fn fetched_extras(page: &Page) -> Vec<String> {
    let fetched = "performance.getEntriesByType('resource').map(entry => entry.name)";
    let extras = format!("{fetched}.filter(name => name.includes('/extras'))");
    serde_json::from_value(worker::ask(page, &extras).await).expect("a list of addresses")
}
