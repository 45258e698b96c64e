//! A finished review as pages for any file host, and what outsiders do not get to see of it.

use std::collections::BTreeSet;

use foreshock_core::documents::published;
use foreshock_core::redact::{Redaction, redact};
use foreshock_core::review::Review;
use foreshock_tests::{example_file, session};
use serde_json::Value;

fn reviewed() -> Review {
    let names = ["manifest.json", "catalog.json", "V042__accounts_migration.sql", "run_results.run.json"];
    let session = session(names.map(example_file).to_vec());
    Review { remedies: session.remedies(), ..session.review().expect("a review").clone() }
}

fn hidden(words: &str) -> String {
    let mut review = reviewed();
    redact(&mut review, Redaction::from_words(words).expect("known words"));
    published(&review).into_iter().map(|(path, text)| format!("{path}\n{text}\n")).collect()
}

#[test]
fn the_pages_lead_to_each_other_and_ask_for_nothing_else() {
    let files = published(&reviewed());
    let paths: BTreeSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths.len(), files.len());
    for (path, text) in files.iter().filter(|(path, _)| path.contains(".html")) {
        assert!(!text.contains("<script") && !text.contains("src=") && !text.contains("#do/"), "{path}");
        let links = text.split("<nav>").nth(1).and_then(|rest| rest.split("</nav>").next()).expect("ways");
        for link in links.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(paths.contains(link), "{path} leads to {link}");
        }
    }
    assert!(paths.contains("index.html") && paths.contains("review.json"));
}

#[test]
fn outsiders_see_the_verdict_and_no_name_statement_or_person() {
    let review = reviewed();
    let pages = hidden("sql,names,owners");
    assert!(pages.contains("fails") && pages.contains("dark"));
    let mut secrets: BTreeSet<String> = BTreeSet::from(["ALTER TABLE".to_owned(), "premium".to_owned()]);
    secrets.extend(review.nodes.iter().flat_map(|node| [node.name.clone(), node.unique_id.clone(), node.path.clone()]));
    secrets.extend(review.nodes.iter().filter_map(|node| node.owner.as_ref()).map(|owner| owner.name.clone()));
    secrets.extend(review.changes.iter().flat_map(|change| [change.relation.clone(), change.file.clone()]));
    secrets.insert(review.project.name.clone());
    for secret in secrets.iter().filter(|secret| secret.len() > 5) {
        assert!(!pages.contains(secret.as_str()), "{secret} can be read");
    }
}

#[test]
fn each_part_is_hidden_by_itself() {
    let without_owners = hidden("owners");
    assert!(!without_owners.contains("Finance Team") && without_owners.contains("stg_customers"));
    let without_sql = hidden("sql");
    assert!(!without_sql.contains("'premium'") && !without_sql.contains("premium → gold"));
    assert!(!without_sql.contains("ALTER TABLE raw_customers") && without_sql.contains("stg_customers"));
}

/// A field that is added to the review has to be thought of here: what it holds can be a name.
#[test]
fn every_text_of_a_redacted_review_is_accounted_for() {
    let mut review = reviewed();
    redact(&mut review, Redaction::from_words("sql,names,owners").expect("known words"));
    let json = serde_json::to_value(&review).expect("JSON");
    let known = reviewed();
    let names: Vec<String> = known.nodes.iter().map(|node| node.name.clone()).filter(|name| name.len() > 5).collect();
    let mut open = vec![("review".to_owned(), &json)];
    while let Some((place, value)) = open.pop() {
        match value {
            Value::String(text) => {
                assert!(!names.iter().any(|name| text.contains(name.as_str())), "{place}: {text}");
            }
            Value::Array(items) => open.extend(items.iter().map(|item| (place.clone(), item))),
            Value::Object(fields) => open.extend(fields.iter().map(|(name, item)| (format!("{place}.{name}"), item))),
            _ => {}
        }
    }
}
