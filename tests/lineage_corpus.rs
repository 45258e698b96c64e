//! Lineage held to catalogs: for each model whose columns a catalog knows, the columns that its SQL gives, in order.
//!
//! Real manifests of other people, read where they lie. Without them this test says so and passes.
#![allow(clippy::print_stderr, reason = "says what was read, what disagrees, and what was not there")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use foreshock_core::dbt::{Project, open_project};
use foreshock_core::dialect::Dialect;
use foreshock_core::lineage::{Known, Lineage, Parsed};
use foreshock_core::outcome::NodeKind;
use foreshock_core::schema::RelationName;
use foreshock_tests::repository;
use serde_json::Value;

/// What became of the models of one manifest.
#[derive(Default)]
struct Tally {
    /// Every relation that the model reads is in the catalog.
    known: usize,
    known_equal: usize,
    /// Some are not; the columns that are known are equal as far as they go.
    open: usize,
    open_equal: usize,
    refused: usize,
}

#[test]
fn the_columns_that_a_query_gives_are_those_of_the_catalog() {
    let folder = repository("../shared/corpus/manifests");
    if !folder.is_dir() {
        eprintln!("not run: there is no corpus at {}", folder.display());
        return;
    }
    let mut folders: Vec<PathBuf> =
        fs::read_dir(&folder).expect("it is there").flatten().map(|one| one.path()).collect();
    folders.sort();
    let (mut table, mut known, mut equal) = (String::new(), 0, 0);
    for folder in folders {
        let (manifest, catalog) = (folder.join("manifest.json"), folder.join("catalog.json"));
        if !manifest.is_file() || !catalog.is_file() {
            continue;
        }
        let tally = compare(&manifest, &catalog);
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let Tally { known: with, known_equal, open, open_equal, refused } = tally;
        let _ = writeln!(table, "{name}: {known_equal} of {with} · open {open_equal} of {open} · refused {refused}");
        known += with;
        equal += known_equal;
    }
    eprintln!("{table}\n{equal} of {known} models whose inputs are all known have the catalog's columns, in order");
    let path = repository("tests/snapshots/lineage_catalogs.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &table).expect("writable");
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), table, "UPDATE_EXPECT=1 rewrites {}", path.display());
}

fn compare(manifest: &Path, catalog: &Path) -> Tally {
    let bytes = fs::read(manifest).expect("readable");
    let (project, _) = open_project("manifest.json", Rc::new(bytes));
    let project = project.unwrap_or_else(|| panic!("{}", manifest.display()));
    project.load(0..project.nodes.len());
    let catalog: Value = serde_json::from_slice(&fs::read(catalog).expect("readable")).expect("JSON");
    let dialect = project.sql_dialect();
    let columns = columns_by_relation(&project, &catalog);
    let mut tally = Tally::default();
    for (ix, node) in project.nodes.iter().enumerate() {
        let Some(expected) = columns_of(&catalog, &node.unique_id).filter(|_| node.kind == NodeKind::Model) else {
            continue;
        };
        let Some(sql) = project.sql(ix) else { continue };
        let Ok(parsed) = Parsed::new(sql, dialect) else {
            tally.refused += 1;
            continue;
        };
        let lineage = parsed.trace(&|name| find(&columns, name, dialect));
        let equal = agrees(&lineage, &expected);
        if lineage.open {
            tally.open += 1;
            tally.open_equal += usize::from(equal);
        } else {
            tally.known += 1;
            tally.known_equal += usize::from(equal);
        }
        if !equal {
            let given: Vec<&str> = lineage.outputs.iter().map(|output| &*output.name).collect();
            eprintln!("{} {}\n  catalog {expected:?}\n  lineage {given:?}", manifest.display(), node.unique_id);
        }
    }
    tally
}

/// What a catalog has for a node, in order.
fn columns_of(catalog: &Value, unique_id: &str) -> Option<Vec<String>> {
    let table = catalog["nodes"].get(unique_id).or_else(|| catalog["sources"].get(unique_id))?;
    let mut columns: Vec<(i64, String)> = table["columns"]
        .as_object()?
        .iter()
        .map(|(name, column)| {
            (column["index"].as_i64().unwrap_or(0), column["name"].as_str().unwrap_or(name).to_lowercase())
        })
        .collect();
    columns.sort();
    Some(columns.into_iter().map(|(_, name)| name).collect())
}

fn columns_by_relation(project: &Project, catalog: &Value) -> BTreeMap<RelationName, Vec<String>> {
    let nodes = project.nodes.iter();
    nodes.filter_map(|node| Some((node.relation.as_ref()?.caseless(), columns_of(catalog, &node.unique_id)?))).collect()
}

fn find(columns: &BTreeMap<RelationName, Vec<String>>, name: &RelationName, dialect: Dialect) -> Option<Known> {
    let columns = columns.get(&name.caseless())?;
    let columns = columns.iter().map(|name| (name.as_str().into(), dialect.fold(name, false).into())).collect();
    Some(Known { exists: true, columns, complete: true, ..Known::default() })
}

/// Equal in number, names and order; where more columns than are known may come, those that are known come in this order.
fn agrees(lineage: &Lineage, expected: &[String]) -> bool {
    let mut given = lineage.outputs.iter().map(|output| output.name.to_lowercase());
    if lineage.open {
        let mut rest = expected.iter();
        return given.all(|name| rest.any(|other| *other == name));
    }
    given.eq(expected.iter().cloned())
}
