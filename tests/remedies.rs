//! The drafts for the worked example: what they leave broken, that their patch applies, and that nothing in them is guessed.

use std::fs;
use std::path::Path;
use std::process::Command;

use foreshock_core::documents::{Document, from_template};
use foreshock_core::outcome::Outcome;
use foreshock_core::remedy;
use foreshock_core::review::Remedy;
use foreshock_core::{InputFile, Session};
use foreshock_tests::{example_file, made_up, repository, session};

const PROJECT: &str = "tests/engines/dbt_projects/acme_analytics";
const SOURCES: &str = "models/staging/_sources.yml";

fn files(names: &[&str]) -> Vec<InputFile> {
    names.iter().map(|name| example_file(name)).collect()
}

fn with_sources(names: &[&str]) -> Session {
    let text = fs::read_to_string(repository(PROJECT).join(SOURCES)).expect("the project's sources");
    let mut files = files(names);
    files.push(made_up(SOURCES, text));
    session(files)
}

const ALL: [&str; 4] =
    ["manifest.json", "catalog.json", "V042__accounts_migration.sql", "U042__accounts_migration.sql"];

fn kind<'r>(remedies: &'r [Remedy], kind: &str) -> &'r Remedy {
    remedies.iter().find(|remedy| remedy.kind == kind).unwrap_or_else(|| panic!("a remedy of the kind {kind}"))
}

fn left(remedy: &Remedy) -> usize {
    remedy.residual.as_ref().expect("it was judged").after
}

#[test]
fn with_the_way_back_given_the_shim_leaves_nothing_broken() {
    let remedies = with_sources(&ALL).remedies();
    let shim = kind(&remedies, "staging_shim");
    assert_eq!(left(shim), 0, "{:?}", shim.residual);
    assert!(shim.residual.as_ref().is_some_and(|residual| residual.before == 46 && residual.unknown == 0));
    assert!(shim.decisions.is_empty(), "{:?}", shim.decisions);
    assert_eq!(left(kind(&remedies, "compatibility")), 0);
    assert_eq!(left(kind(&remedies, "expand_contract")), 0);
}

#[test]
fn what_no_script_says_is_a_decision_and_counts_as_broken() {
    let remedies = with_sources(&ALL[..3]).remedies();
    let shim = kind(&remedies, "staging_shim");
    assert!(shim.decisions.iter().any(|decision| decision.contains("country")), "{:?}", shim.decisions);
    let customers = shim.files.iter().find(|file| file.path.ends_with("stg_customers.sql")).expect("its draft");
    assert!(customers.text.contains("-- TODO: country"), "{}", customers.text);
    assert!(left(shim) > 0);
}

#[test]
fn the_compatibility_layer_given_with_the_migration_is_judged_as_its_draft_says() {
    for names in [&ALL[..], &ALL[..3]] {
        let remedies = with_sources(names).remedies();
        let draft = kind(&remedies, "compatibility");
        let create =
            draft.files.iter().find(|file| file.path == "compatibility/postgres/create.sql").expect("a script");
        let mut files = files(names);
        files.push(made_up("V043__compatibility.sql", create.text.clone()));
        let session = session(files);
        let review = session.review().expect("a review");
        let broken = review
            .nodes
            .iter()
            .filter(|node| !matches!(node.outcome, Outcome::Safe | Outcome::Unknown | Outcome::Changes));
        assert_eq!(broken.count(), left(draft), "{names:?}");
        assert_eq!(review.coverage.statements, review.coverage.statements_understood);
    }
}

#[test]
fn a_model_in_which_only_names_change_is_edited_where_they_stand() {
    let remedies = with_sources(&ALL).remedies();
    let shim = kind(&remedies, "staging_shim");
    let orders = shim.files.iter().find(|file| file.path.ends_with("stg_orders.sql")).expect("its draft");
    let changed: Vec<&str> = orders
        .diff
        .as_deref()
        .unwrap_or_default()
        .lines()
        .filter(|line| line.starts_with(['+', '-']) && !line.starts_with("+++") && !line.starts_with("---"))
        .collect();
    assert_eq!(changed, ["-    customer_id,", "+    account_id as customer_id,"]);
}

#[test]
fn the_patch_applies_to_the_project_with_and_without_its_yaml() {
    for (name, session) in [("with", with_sources(&ALL)), ("without", session(files(&ALL)))] {
        let patch = remedy::patch(&session.remedies());
        let folder = std::env::temp_dir().join(format!("foreshock-fix-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        copy(&repository(PROJECT), &folder);
        fs::write(folder.join("fix.patch"), &patch).expect("it is written");
        for arguments in [["git", "init", "-q", "."], ["git", "apply", "--whitespace=nowarn", "fix.patch"]] {
            let done =
                Command::new(arguments[0]).args(&arguments[1..]).current_dir(&folder).output().expect("git runs");
            assert!(done.status.success(), "{name}: {}\n{patch}", String::from_utf8_lossy(&done.stderr));
        }
        let customers = fs::read_to_string(folder.join("models/staging/stg_customers.sql")).expect("the model");
        assert!(customers.contains("when 'gold' then 'premium'"), "{name}: {customers}");
        fs::remove_dir_all(&folder).expect("it is taken away");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("it is made");
    for entry in fs::read_dir(from).expect("it is read") {
        let entry = entry.expect("an entry");
        let into = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &into);
        } else {
            fs::copy(entry.path(), into).expect("it is copied");
        }
    }
}

#[test]
fn a_team_can_bring_its_own_template() {
    let session = session(files(&ALL));
    let review = session.review().expect("a review");
    let template = "{{ title }}\n{% for part in sections if part.title == 'Backout' %}{{ part.text }}{% endfor %}{{ review.verdict }}";
    let paper = from_template(template, Document::Checklist, review).expect("it is written");
    assert!(paper.starts_with("Deployment checklist: V042") && paper.ends_with("block"), "{paper}");
    let error = from_template("\n{{ nothing.here }}", Document::Checklist, review).expect_err("a misspelt name");
    assert!(error.starts_with("line 2:"), "{error}");
}
