//! `catalog.json`: the columns that the warehouse really has.

use super::broken::say;
use super::project::Artifact;
use crate::text::Diagnostic;
use foreshock_artifacts::bytes::{Extent, Stream};
use foreshock_artifacts::tolerant;
use foreshock_artifacts::tolerant::{Count, Text};
use foreshock_artifacts::walk::Walk;

tolerant! {
    struct TableJson {
        columns: Count = b"columns",
        metadata: MetadataJson = b"metadata",
        stats: StatsJson = b"stats",
    }
}

tolerant! {
    struct MetadataJson {
        name: Text = b"name",
    }
}

tolerant! {
    /// Each adapter has its own word for it.
    struct StatsJson {
        rows: StatJson = b"row_count" | b"num_rows" | b"rows",
    }
}

tolerant! {
    struct StatJson {
        value: Text = b"value",
    }
}

/// A catalog's index.
#[derive(Debug)]
pub(crate) struct Catalog {
    pub(super) artifact: Artifact,
    pub(super) tables: Vec<Table>,
    /// How many rows a table has, by its name, where the warehouse counted them.
    pub(crate) rows: Vec<(String, u64)>,
}

#[derive(Debug)]
pub(super) struct Table {
    pub(super) unique_id: String,
    pub(super) extent: Extent,
}

pub(crate) fn read_catalog(stream: &mut Stream<'_>, file: &str) -> (Option<Catalog>, Vec<Diagnostic>) {
    let bytes = stream.bytes().clone();
    let (mut tables, mut rows) = (Vec::new(), Vec::new());
    let read = Walk::new(stream).and_then(|mut walk| {
        walk.file(|walk, key| match key.as_str() {
            "nodes" | "sources" => walk.entries(|unique_id, json: TableJson, extent| {
                let counted =
                    json.stats.rows.value.0.as_deref().and_then(|value| value.split('.').next()?.parse().ok());
                rows.extend(json.metadata.name.given().zip(counted.filter(|count| *count > 0)));
                if json.columns.0 > 0 {
                    tables.push(Table { unique_id, extent });
                }
            }),
            _ => walk.skip_section(),
        })
    });
    match read {
        Ok(()) => (Some(Catalog { artifact: Artifact { file: file.to_owned(), bytes }, tables, rows }), Vec::new()),
        Err(broken) => (None, vec![say(&broken, file, bytes.as_ref())]),
    }
}
