//! `catalog.json`: the columns that the warehouse really has.

use super::broken_json;
use super::tolerant::{Map, Text, tolerant};
use crate::text::Diagnostic;

tolerant! {
    struct CatalogJson {
        nodes: Map<TableJson> = "nodes",
        sources: Map<TableJson> = "sources",
    }
}

tolerant! {
    struct TableJson {
        columns: Map<ColumnJson> = "columns",
    }
}

tolerant! {
    struct ColumnJson {
        name: Text = "name",
        data_type: Text = "type",
        index: Text = "index",
    }
}

#[derive(Debug, Default)]
pub struct Catalog {
    pub tables: Vec<Table>,
}

#[derive(Debug)]
pub struct Table {
    pub unique_id: String,
    /// Names and types, in the table's order.
    pub columns: Vec<(String, Option<String>)>,
}

pub fn read_catalog(bytes: &[u8], file: &str) -> (Option<Catalog>, Vec<Diagnostic>) {
    let json: CatalogJson = match serde_json::from_slice(bytes) {
        Ok(json) => json,
        Err(error) => return (None, vec![broken_json(file, &error)]),
    };
    let tables = json.nodes.0.into_iter().chain(json.sources.0);
    let tables = tables.map(|(unique_id, table)| Table { unique_id, columns: columns(table) });
    let tables = tables.filter(|table| !table.columns.is_empty()).collect();
    (Some(Catalog { tables }), Vec::new())
}

fn columns(table: TableJson) -> Vec<(String, Option<String>)> {
    let mut columns: Vec<(u64, String, Option<String>)> = table
        .columns
        .0
        .into_iter()
        .map(|(key, column)| {
            let index = column.index.0.and_then(|index| index.parse().ok()).unwrap_or(u64::MAX);
            (index, column.name.given().unwrap_or(key), column.data_type.given())
        })
        .collect();
    columns.sort_by_key(|(index, ..)| *index);
    columns.into_iter().map(|(_, name, data_type)| (name, data_type)).collect()
}
