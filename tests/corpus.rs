//! Real manifests and migrations of other people, read where they lie. Without them these tests say so and pass.
#![allow(clippy::print_stderr, reason = "says what was read, and what was not there")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use foreshock_core::InputFile;
use foreshock_core::dbt::{Node, Project, Sql, open_project};
use foreshock_core::dialect::Dialect;
use foreshock_core::lineage::Parsed;
use foreshock_core::migration::{Effect, MigrationFile, detect};
use foreshock_core::outcome::NODE_KINDS;
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
    let manifests = files(&folder, &|path| is_manifest(path) && has_extension(path, "json"));
    assert!(manifests.len() > 40, "{}", manifests.len());
    let (mut parsed, mut refused) = (0, Vec::new());
    for path in &manifests {
        let bytes = fs::read(path).expect("readable");
        let (project, said) = open_project("manifest.json", Rc::new(bytes));
        let project = project.unwrap_or_else(|| panic!("{}: {said:?}", path.display()));
        assert!(!project.nodes.is_empty(), "{}", path.display());
        assert!(project.load(0..project.nodes.len()).is_empty(), "{}", path.display());
        for (ix, node) in project.nodes.iter().enumerate() {
            let Some(sql) = project.sql(ix) else { continue };
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

#[test]
fn every_manifest_holds_what_it_held_when_its_counts_were_looked_at() {
    let Some(folder) = corpus("manifests") else { return };
    let manifests = files(&folder, &is_manifest);
    let mut table = String::new();
    for path in &manifests {
        let (project, _) = open_project("manifest.json", Rc::new(bytes(path)));
        let project = project.unwrap_or_else(|| panic!("{}", path.display()));
        let name = path.strip_prefix(&folder).expect("it lies there").display();
        table += &format!("{name}\n    {}\n", counts(&project));
    }
    expect("corpus_manifests.txt", &table);
}

/// By its name: dbt's mark stands at the head of some manifests, and far down in others.
fn is_manifest(path: &Path) -> bool {
    let name = path.file_name().expect("a name").to_string_lossy();
    let is_json = name.ends_with(".json") || name.ends_with(".json.gz");
    is_json && !name.contains("catalog") && !name.contains("run_results")
}

/// The bytes of a file, unpacked.
fn bytes(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).expect("readable");
    if !has_extension(path, "gz") {
        return bytes;
    }
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked).expect("gzip");
    unpacked
}

/// What a manifest holds, in one line.
fn counts(project: &Project) -> String {
    let all = || 0..project.nodes.len();
    let kinds = NODE_KINDS.iter().filter_map(|face| {
        let count = project.nodes.iter().filter(|node| node.kind == face.kind).count();
        (count > 0).then(|| format!("{} {count}", face.word))
    });
    let number = |what: &str, count: usize| (count > 0).then(|| format!("{what} {count}"));
    let having =
        |what: &str, has: &dyn Fn(&Node) -> bool| number(what, project.nodes.iter().filter(|node| has(node)).count());
    let mut relations: Vec<_> = project.nodes.iter().filter_map(|node| node.relation.clone()).collect();
    relations.sort();
    relations.dedup();
    let facts = [
        number("relations", relations.len()),
        number("columns", all().map(|ix| project.columns(ix).len()).sum()),
        having("owned", &|node| node.owner.is_some()),
        having("versioned", &|node| node.version.is_some()),
        having("without compiled SQL", &|node| node.sql == Sql::Template),
        having("in another language", &|node| matches!(node.sql, Sql::Foreign(_))),
        number("disabled", project.disabled),
        number("parents elsewhere", project.missing_parents.len()),
        number("cycles", project.cycles.len()),
    ];
    let dialect = format!("{:?} {}", project.sql_dialect(), project.facts.dbt_version);
    [dialect].into_iter().chain(kinds).chain(facts.into_iter().flatten()).collect::<Vec<_>>().join(" · ")
}

/// Holds a table to the one that was looked at; `UPDATE_EXPECT=1` writes it anew. What is checked in of the corpus are paths
/// and numbers, nothing of its content.
fn expect(name: &str, table: &str) {
    let path = repository("tests/snapshots").join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, table).expect("writable");
        return;
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    let differs = known.lines().zip(table.lines()).position(|(a, b)| a != b);
    let differs = differs.or((known.lines().count() != table.lines().count()).then_some(0));
    assert!(differs.is_none(), "{} differs from line {} on", path.display(), differs.unwrap_or(0) + 1);
}

#[test]
fn a_manifest_without_compiled_sql_comes_to_the_same_outcomes() {
    let Some(folder) = corpus("wt04/healthy") else { return };
    let compiled = fs::read(folder.join("manifest.json")).expect("readable");
    let mut json: serde_json::Value = serde_json::from_slice(&compiled).expect("JSON");
    for node in json["nodes"].as_object_mut().expect("nodes").values_mut() {
        node.as_object_mut().expect("a node").remove("compiled_code");
    }
    let outcomes = |manifest: Vec<u8>| {
        let manifest = InputFile::new("manifest.json", manifest);
        let session = session(vec![manifest, example_file("V042__accounts_migration.sql")]);
        let review = session.review().expect("a review").clone();
        review.nodes.into_iter().map(|node| (node.unique_id, node.outcome)).collect::<Vec<_>>()
    };
    let rendered = outcomes(serde_json::to_vec(&json).expect("JSON"));
    assert!(!rendered.is_empty());
    assert_eq!(outcomes(compiled), rendered);
}

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
    expect("corpus_migrations.tsv", &table);
}

#[test]
fn every_hostile_file_costs_itself_alone_and_says_why() {
    let Some(folder) = corpus("hostile") else { return };
    for path in files(&folder, &|path| !has_extension(path, "py")) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let file = InputFile::new(format!("hostile/{name}"), fs::read(&path).expect("readable"));
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
