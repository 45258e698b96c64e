//! The worked example, from the first click to the documents.

use std::process::Command;

use serde_json::json;

use crate::journey::journey;
use crate::page::Page;
use crate::surroundings;
use crate::wire::{OrFail, devtools};

#[tokio::test(flavor = "multi_thread")]
async fn the_example_leads_from_its_verdict_to_a_node_and_the_evidence_in_both_files() {
    journey(async |page| {
        page.opens_the_example().await;
        assert_eq!(page.driver().title().await.or_fail("a title"), "Block · acme_analytics · Foreshock");
        let verdict = page.attribute("[data-testid=header] [data-testid=verdict]", "data-verdict").await;
        assert_eq!(verdict.as_deref(), Some("block"));
        assert_eq!(
            page.text("[data-testid=header] [data-testid=coverage]").await,
            "covers 10/10 models · 20/20 statements"
        );
        for tally in ["4 fails: 4 models", "27 blocked: 4 models, 23 tests", "15 dark: 15 dashboards"] {
            page.named("button", tally).await;
        }

        page.click_button("stg_customers, model, fails").await;
        page.has_in_hand("stg_customers").await;
        let reason = page.text("[data-testid=reason]").await;
        assert_eq!(reason, "reads raw.raw_customers, which V042__accounts_migration.sql:8 renames to raw_accounts");
        let path = page.texts("[data-testid=path] li").await;
        assert_eq!(path, ["V042__accounts_migration.sql:8", "raw_customers", "✕stg_customers"]);
        let marked_in = async |file: &str| page.texts(&format!("[data-testid=listing][data-file='{file}'] mark")).await;
        let in_migration = marked_in("V042__accounts_migration.sql").await;
        assert!(in_migration.iter().any(|mark| mark == "customer_id"), "{in_migration:?}");
        let in_model = marked_in("models/staging/stg_customers.sql").await;
        assert!(in_model.iter().any(|mark| mark == "customer_id"), "{in_model:?}");
        assert!(in_model.iter().any(|mark| mark.contains("raw_customers")), "{in_model:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_that_are_downloaded_are_byte_for_byte_those_of_the_command_line() {
    journey(async |page| {
        let clipboard = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        devtools(page.driver(), "Browser.grantPermissions", clipboard).await.or_fail("a clipboard");
        page.opens_the_example().await;
        let files = files_of_the_review(&page).await;
        page.click_button("Documents").await;
        for (document, command) in [
            ("checklist.md", ["checklist"].as_slice()),
            ("postmortem.md", &["postmortem"]),
            ("review.md", &["review", "--format", "markdown"]),
        ] {
            page.click_button(document).await;
            page.shows(&format!("[data-testid=document][data-file='{document}']")).await;
            page.click_button("Download").await;
            let downloaded = page.downloaded(document).await;
            let written = command_line(command, &files);
            same_bytes(&downloaded, &written, document);

            page.click_button("Copy").await;
            page.says("[data-testid=notice]", |notice| notice.starts_with("Copied")).await;
            let copied = page.js("return navigator.clipboard.readText()").await;
            same_bytes(copied.as_str().unwrap_or_default().as_bytes(), &written, document);
            page.click("[data-testid=notice] button").await;
        }
    })
    .await;
}

/// Compared in this way, a failure does not print two documents.
fn same_bytes(given: &[u8], written: &[u8], document: &str) {
    let differ_at = given.iter().zip(written).position(|(a, b)| a != b).unwrap_or(given.len().min(written.len()));
    assert!(
        given == written,
        "{document}: {} bytes, {} from the command line, another from byte {differ_at}",
        given.len(),
        written.len()
    );
}

/// The names that the page has its files under.
async fn files_of_the_review(page: &Page) -> Vec<String> {
    page.click_button("6 files").await;
    let names = page.texts("[data-testid=dialog-files] [data-testid=file] .file-name").await;
    page.click("[data-testid=dialog-files] button[aria-label=Close]").await;
    assert_eq!(names.len(), 6, "{names:?}");
    names
}

/// What the command line writes when it is started where the example's files are.
fn command_line(command: &[&str], files: &[String]) -> Vec<u8> {
    let program = surroundings::command_line();
    let ran = Command::new(&program).args(command).args(files).current_dir(surroundings::example()).output();
    let output = ran.unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    assert!(!output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
