//! Real manifests and migrations of other people, read where they lie. Without them these tests say so and pass.
#![allow(clippy::print_stderr, reason = "says what was read, and what was not there")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use foreshock_core::InputFile;
use foreshock_core::dbt::{Sql, read_manifest};
use foreshock_core::dialect::Dialect;
use foreshock_core::lineage::Parsed;
use foreshock_core::migration::{Effect, MigrationFile, detect};
use foreshock_core::review::InputKind;
use foreshock_tests::{example_file, repository, session};

/// The corpus, if this checkout has it beside it.
fn corpus(folder: &str) -> Option<PathBuf> {
    let path = repository("../shared/corpus").join(folder);
    if !path.is_dir() {
        eprintln!("not run: there is no corpus at {}", path.display());
        return None;
    }
    Some(path)
}

fn files(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let (mut found, mut pending) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                pending.push(path);
            } else if wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|extension| extension == wanted)
}

#[test]
fn every_manifest_opens_and_nearly_all_of_its_sql_parses() {
    let Some(folder) = corpus("manifests") else { return };
    let manifests = files(&folder, &|path| {
        let name = path.file_name().expect("a name").to_string_lossy();
        has_extension(path, "json") && !name.contains("catalog") && !name.contains("run_results")
    });
    assert!(manifests.len() > 40, "{}", manifests.len());
    let (mut parsed, mut refused) = (0, Vec::new());
    for path in &manifests {
        let bytes = fs::read(path).expect("readable");
        let (project, said) = read_manifest(&bytes, "manifest.json");
        let project = project.unwrap_or_else(|| panic!("{}: {said:?}", path.display()));
        assert!(!project.nodes.is_empty(), "{}", path.display());
        for node in &project.nodes {
            let Sql::Compiled(sql) = &node.sql else { continue };
            match Parsed::new(sql, project.sql_dialect()) {
                Ok(_) => parsed += 1,
                Err(problem) => refused.push(format!("{} {}: {}", path.display(), node.unique_id, problem.message)),
            }
        }
    }
    eprintln!("{} manifests, {parsed} queries parsed, {} refused", manifests.len(), refused.len());
    let share = parsed * 100 / (parsed + refused.len());
    assert!(share >= 97, "only {share} % parse:\n{}", refused.join("\n"));
}

/// What is checked in of the corpus: paths and numbers, nothing of its content.
const SNAPSHOT: &str = "tests/snapshots/corpus_migrations.tsv";

/// A file's statements that are understood, of all. One that is entered several times counts once.
fn understood(file: &MigrationFile) -> (usize, usize) {
    let mut by_place = BTreeMap::new();
    for statement in &file.statements {
        *by_place.entry(statement.span).or_insert(true) &= !matches!(statement.effect, Effect::Unknown(_));
    }
    (by_place.values().filter(|understood| **understood).count(), by_place.len())
}

#[test]
fn nearly_every_statement_of_real_migrations_is_understood_and_every_other_one_is_named() {
    let Some(root) = corpus("") else { return };
    let is_script = |path: &Path| has_extension(path, "sql");
    let mut scripts = files(&root.join("migrations"), &is_script);
    scripts.extend(files(&root.join("wt04/migrations"), &is_script));
    assert!(scripts.len() > 100, "{}", scripts.len());
    let mut table = String::from("file\tdialect\tunderstood\tstatements\n");
    let (mut known, mut all, mut missed) = (0, 0, Vec::new());
    for path in &scripts {
        let name = path.strip_prefix(&root).expect("within the corpus").display().to_string();
        let text = String::from_utf8_lossy(&fs::read(path).expect("readable")).into_owned();
        let candidates = [Dialect::Postgres, Dialect::Snowflake, Dialect::MySql, Dialect::Generic];
        let dialect = detect(&name, &text, &candidates).dialect;
        let (file, said) = MigrationFile::read(&name, text, dialect);
        let unknown = file.statements.iter().filter(|statement| matches!(statement.effect, Effect::Unknown(_))).count();
        assert_eq!(unknown, said.len(), "each statement that is not understood is named: {name}");
        assert!(said.iter().all(|said| said.place.is_some()), "with its place: {name}");
        missed.extend(said.into_iter().map(|said| format!("{name}: {}", said.message)));
        let (understood, of) = understood(&file);
        table.push_str(&format!("{name}\t{}\t{understood}\t{of}\n", dialect.name()));
        (known, all) = (known + understood, all + of);
    }
    eprintln!("{} scripts, {known} of {all} statements understood\n{}", scripts.len(), missed.join("\n"));
    assert!(known * 100 >= all * 98, "{known} of {all}");
    let snapshot = repository(SNAPSHOT);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&snapshot, &table).expect("writable");
    }
    let expected = fs::read_to_string(&snapshot).expect("the snapshot");
    assert_eq!(table, expected, "UPDATE_EXPECT=1 rewrites {SNAPSHOT}");
}

#[test]
fn every_hostile_file_costs_itself_alone_and_says_why() {
    let Some(folder) = corpus("hostile") else { return };
    for path in files(&folder, &|path| !has_extension(path, "py")) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let file = InputFile { name: format!("hostile/{name}"), bytes: fs::read(&path).expect("readable") };
        let mine = file.name.clone();
        let session = session(vec![file, example_file("V042__accounts_migration.sql")]);
        let kind = session.inputs().iter().find(|input| input.name == mine).expect("it is listed").kind;
        let said = session.diagnostics().iter().any(|diagnostic| diagnostic.file == mine);
        assert!(kind == InputKind::Manifest || said, "{name}: {kind:?} without a word");
        if kind == InputKind::Manifest {
            assert!(session.review().is_ok(), "{name}");
        }
    }
}
