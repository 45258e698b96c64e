//! The PostgreSQL scripts of the corpus: those of a folder that lead forward, in order, as one script.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use foreshock_core::dialect::Dialect;
use foreshock_core::migration::{FileName, Role, detect};

use crate::compare::Case;

pub(crate) fn folders(corpus: &Path) -> Vec<Case> {
    let mut folders: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut pending = vec![corpus.join("migrations"), corpus.join("wt04/migrations")];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                pending.push(path);
                continue;
            }
            if path.extension().is_none_or(|extension| extension != "sql") {
                continue;
            }
            let name = path.strip_prefix(corpus).expect("within").display().to_string();
            let sql = String::from_utf8_lossy(&fs::read(&path).expect("readable")).into_owned();
            let candidates = [Dialect::Postgres, Dialect::Snowflake, Dialect::MySql, Dialect::Generic];
            // psql knows no ways back within a file.
            let marks = ["+goose down", "migrate:down", "//@undo"];
            let has_way_back = marks.iter().any(|mark| sql.to_lowercase().contains(mark));
            let is_forward = FileName::parse(&name).role != Role::Rollback && !has_way_back;
            if is_forward && detect(&name, &sql, &candidates).dialect == Dialect::Postgres {
                let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
                folders.entry(folder).or_default().push((name, sql));
            }
        }
    }
    let case = |(folder, mut scripts): (String, Vec<(String, String)>)| {
        scripts.sort_by_cached_key(|(name, _)| FileName::order(name));
        let sql: Vec<String> = scripts.into_iter().map(|(_, sql)| sql).collect();
        Case::real(&folder, &sql.join("\n;\n"))
    };
    folders.into_iter().map(case).collect()
}
