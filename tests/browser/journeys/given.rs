//! Files as people have them: broken, of the wrong kind, in a folder.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::journey::journey;
use crate::page::Page;
use crate::surroundings;
use crate::wire::{OrFail, devtools};

const MIGRATION: &str = "V042__accounts_migration.sql";

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_file_is_told_its_own_reason_and_good_ones_go_on_to_a_verdict() {
    journey(async |page| {
        let bad = [
            ("empty.json", b"".as_slice(), "empty"),
            (
                "login.json",
                b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body></body></html>\n",
                "web page",
            ),
            ("truncated.json", b"{\"metadata\": {}, \"nodes\": {\"model.shop.orders\": {\"name\": \"ord", "cut short"),
            ("catalog.json", b"[{\"name\": \"orders\"}, {\"name\": \"customers\"}]", "list"),
            ("picture.sql", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\xff\xfe\x00\x00", "not text"),
        ];
        page.give(&bad.map(|(name, bytes, _)| page.scratch().write(name, bytes))).await;
        page.comes_to("gather").await;
        page.says("[data-testid=missing]", |text| text.contains("manifest.json") && text.contains("migration")).await;
        let mut reasons = BTreeSet::new();
        for (name, _, word) in bad {
            let reason = reason_for(&page, name).await;
            assert!(reason.contains(word), "{name}: {reason}");
            reasons.insert(reason);
        }
        assert_eq!(reasons.len(), bad.len(), "{reasons:?}");

        let good = ["manifest.json", MIGRATION].map(|name| surroundings::example().join(name));
        page.give(&good).await;
        page.comes_to("review").await;
        page.shows("[data-testid=verdict][data-verdict=block]").await;
        page.click_button("7 files").await;
        reason_for(&page, "login.json").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_project_folder_is_searched_for_what_a_review_reads() {
    journey(async |page| {
        let example = |name: &str| fs::read(surroundings::example().join(name)).expect("a file of the example");
        page.scratch().write("project/target/manifest.json", example("manifest.json"));
        page.scratch().write("project/migrations/V042__accounts_migration.sql", example(MIGRATION));
        page.scratch().write("project/target/compiled/orders.sql", "select 1");
        page.scratch().write("project/node_modules/left/package.json", "{}");
        page.scratch().write("project/logo.png", "no picture");
        page.drop_on(&[page.scratch().folder().join("project")]).await;
        page.comes_to("review").await;
        page.shows("[data-testid=verdict][data-verdict=block]").await;
        page.click_button("2 files").await;
        let names = page.texts("[data-testid=dialog-files] .file-name").await;
        assert_eq!(names, ["project/migrations/V042__accounts_migration.sql", "project/target/manifest.json"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_has_changed_on_disk_since_is_told_of_and_can_be_given_again() {
    journey(async |page| {
        let files = ["manifest.json", MIGRATION].map(|name| {
            page.scratch().write(name, fs::read(surroundings::example().join(name)).expect("a file of the example"))
        });
        page.give(&files).await;
        page.comes_to("review").await;
        page.scratch().write(MIGRATION, "ALTER TABLE raw.raw_orders DROP COLUMN order_status;\n");
        page.click_button("2 files").await;
        page.give(&[surroundings::example().join("catalog.json")]).await;
        page.comes_to("gather").await;
        let reason = reason_for(&page, MIGRATION).await;
        assert!(reason.contains("changed on disk"), "{reason}");

        page.give(&files[1..]).await;
        page.comes_to("review").await;
        page.says("[data-testid=changes]", |changes| changes.contains("order_status")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_look_like_code_stay_text() {
    journey(async |page| {
        let text = fs::read_to_string(surroundings::example().join("manifest.json")).expect("a file of the example");
        let mut manifest: Value = serde_json::from_str(&text).expect("a manifest");
        let exposure = &mut manifest["exposures"]["exposure.acme_analytics.daily_revenue"];
        exposure["label"] = json!("<img src=x onerror=alert(1)> [click](javascript:alert(2))");
        exposure["owner"]["name"] = json!("<script>alert(3)</script>");
        exposure["url"] = json!("javascript:alert(4)");
        page.give(&[
            page.scratch().write("manifest.json", manifest.to_string()),
            surroundings::example().join(MIGRATION),
        ])
        .await;
        page.comes_to("review").await;
        page.click_button("Table").await;
        page.click("[data-testid=row][data-node='exposure.acme_analytics.daily_revenue'] button").await;
        page.says("[data-testid=evidence-title]", |title| title.starts_with("<img src=x onerror=alert(1)>")).await;
        page.says("[data-testid=owner]", |owner| owner.contains("<script>alert(3)</script>")).await;
        is_only_text(&page).await;
        page.click_button("Documents").await;
        for document in ["checklist.md", "postmortem.md", "review.md"] {
            page.click_button(document).await;
            page.shows(&format!("[data-testid=document][data-file='{document}']")).await;
            is_only_text(&page).await;
        }
        page.says("[data-testid=document]", |text| text.contains("<script>alert(3)</script>")).await;
    })
    .await;
}

async fn is_only_text(page: &Page) {
    assert_eq!(page.count("main img, main script, main a[href^='javascript' i]").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_example_that_cannot_be_fetched_is_told_of() {
    journey(async |page| {
        devtools(page.driver(), "Network.setBlockedURLs", json!({ "urls": ["*/example/*"] }))
            .await
            .or_fail("a network");
        page.click_button("Open the worked example").await;
        page.says("[role=alert] [data-testid=notice]", |notice| notice.contains("example could not be loaded")).await;
        page.comes_to("start").await;
        // What the browser has to say of the missing file is no fault of the page.
        page.witness().console().await;
    })
    .await;
}

/// The reason that stands with a file's name, in the list of files.
async fn reason_for(page: &Page, name: &str) -> String {
    let line = format!("[data-testid=file][data-name='{name}'][data-tone=bad]");
    let said = page.text(&line).await;
    assert!(said.contains(name), "{said}");
    page.text(&format!("{line} [data-testid=file-reason]")).await
}
