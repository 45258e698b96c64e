//! `catalog.json`: the columns that the warehouse really has.

use super::project::Artifact;
use super::tolerant::{Count, tolerant};
use super::walk::Walk;
use crate::bytes::{Extent, Stream};
use crate::text::Diagnostic;

tolerant! {
    struct TableJson {
        columns: Count = b"columns",
    }
}

/// A catalog's index.
#[derive(Debug)]
pub(crate) struct Catalog {
    pub(super) artifact: Artifact,
    pub(super) tables: Vec<Table>,
}

#[derive(Debug)]
pub(super) struct Table {
    pub(super) unique_id: String,
    pub(super) extent: Extent,
}

pub(crate) fn read_catalog(stream: &mut Stream<'_>, file: &str) -> (Option<Catalog>, Vec<Diagnostic>) {
    let bytes = stream.bytes().clone();
    let mut tables = Vec::new();
    let read = Walk::new(stream).and_then(|mut walk| {
        walk.file(|walk, key| match key.as_str() {
            "nodes" | "sources" => walk.entries(|unique_id, json: TableJson, extent| {
                if json.columns.0 > 0 {
                    tables.push(Table { unique_id, extent });
                }
            }),
            _ => walk.skip_section(),
        })
    });
    match read {
        Ok(()) => (Some(Catalog { artifact: Artifact { file: file.to_owned(), bytes }, tables }), Vec::new()),
        Err(broken) => (None, vec![broken.say(file, bytes.as_ref())]),
    }
}
